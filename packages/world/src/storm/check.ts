/**
 * The checker. It reads books that are not the platform's: the provider's ledger, what the CPOs know and were told, what
 * the terminals show. Each broken rule is one line that begins with the number of the invariant.
 */

import type { LedgerEntry } from '@plugtill/psp/simulated/ledger'
import type { PaymentView } from '@plugtill/terminal/link'
import { forgotten, lostWhole, shownAfterLoss } from './check-lost.ts'
import { capturedByOperator, decided, fitsRefunds, isDecided, rightDecisions } from './check-operator.ts'
import { heldTooLong, rightTimes } from './check-prompt.ts'
import { oneCurrency, rightView } from './check-shown.ts'
import { rightStart } from './check-start.ts'
import type { Advice, Bill, Books, Charge } from './cpo-books.ts'
import { isCalled } from './cpo-names.ts'
import { centsOf, costOf, RAISE } from './cpo-objects.ts'
import { leastIn } from './currencies.ts'
import { type Call, type Logbook, outBetween } from './log.ts'

export interface Witness {
  readonly reference: string
  readonly entries: readonly LedgerEntry[]
  readonly charge: Charge | undefined
  /** What the terminal shows in the end; absent where no driver was told of the payment. */
  readonly view: PaymentView | undefined
  readonly cardKind: string
  /** Ids of bills that belong to no payment of ours. */
  readonly strays: ReadonlySet<string>
  /** When the driver came. */
  readonly tappedAt: number
  /** The terminal was told of the payment at this moment. */
  readonly toldAt: number | undefined
  /** What was asked of the provider about it. */
  readonly calls: readonly Call[]
  readonly log: Logbook
  /** When the world ended. */
  readonly end: number
  /** Times of which the platform has lost all memory: what it did then it may do again, or not know. */
  readonly lost: readonly { readonly from: number; readonly to: number }[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Cards whose issuer keeps the hold or the capture from ending well, whatever we do. */
export const HOPELESS = ['void-fails', 'capture-fails', 'capture-later-fails', 'hold-expires']

/** What the tariffs let us hold at most, in the smallest units of every currency. */
const MOST = 5000

/** One payment as the provider's ledger tells it. */
export interface Told {
  readonly approved: number
  /** Cents of the first hold that was approved. */
  readonly held: number
  readonly heldAt: number
  /** Captures that a request of ours made, and the provider's own doubles. */
  readonly captures: readonly {
    readonly cents: number
    readonly at: number
    readonly heldThen: number
    readonly cdrRef: string
  }[]
  readonly doubles: number
  readonly reversed: boolean
  readonly refunded: number
  readonly releasedAt: number | undefined
  readonly expired: boolean
  readonly currency: string
  /** Requests of ours that should never have been made. */
  readonly wrongs: readonly string[]
  /** Cents that stayed with us. */
  readonly net: number
}

const NOTHING = { amount: { amountMinor: 0, currency: 'EUR' } }

export function toldBy(entries: readonly LedgerEntry[]): Told {
  let [approved, held, heldNow, heldAt, doubles, refunded, pending] = [0, 0, 0, 0, 0, 0, 0]
  let [reversed, expired] = [false, false]
  let releasedAt: number | undefined
  const captures: { cents: number; at: number; heldThen: number; cdrRef: string }[] = []
  const wrongs: string[] = []
  const keys = new Set<string>()
  const [
    {
      amount: { currency },
    } = NOTHING,
  ] = entries
  for (const { operation, status, amount, key, request, at } of entries) {
    const cents = amount.amountMinor
    if (amount.currency !== currency) wrongs.push(`I2: asked to ${operation} ${amount.currency}, held are ${currency}`)
    if (operation === 'capture' && key !== '') {
      // One that was refused has taken nothing: another bill is asked for under a key of its own. (F65)
      if (status !== 'refused') keys.add(key)
      if (cents > heldNow && captures.length === 0 && releasedAt === undefined)
        wrongs.push(`I2: asked to capture ${cents} of a hold of ${heldNow}`)
    }
    if (operation === 'refund' && cents > taken(captures, doubles) - refunded)
      wrongs.push(`I3: asked to refund ${cents}`)
    if (operation === 'capture' && cents < leastIn(amount.currency)) wrongs.push(`I6: asked to capture ${cents}`)
    if ((operation === 'increment' || operation === 'authorize') && cents > MOST)
      wrongs.push(`I2: asked to hold ${cents}`)
    if (status === 'approved') {
      approved++
      held = heldNow = cents
      heldAt = at
    } else if (status === 'pending') {
      pending++
      captures.push({ cents, at, heldThen: heldNow, cdrRef: cdrOf(request) })
    } else if (status === 'refused' && operation === 'capture' && key === '') reversed = true
    else if (status !== 'done') continue
    else if (operation === 'increment' || operation === 'reduce') heldNow = cents
    else if (operation === 'capture' && key === '' && pending > 0) pending--
    else if (operation === 'capture' && key === '') doubles += cents
    else if (operation === 'capture') captures.push({ cents, at, heldThen: heldNow, cdrRef: cdrOf(request) })
    else if (operation === 'refund') refunded += cents
    else if (operation === 'void' || operation === 'expire') {
      if (releasedAt === undefined && captures.length === 0) releasedAt = at
      expired ||= operation === 'expire'
    }
  }
  if (keys.size > 1) wrongs.push(`I1: captures under ${keys.size} keys`)
  const net = reversed ? 0 : taken(captures, doubles) - refunded
  return { approved, held, currency, heldAt, captures, doubles, reversed, refunded, releasedAt, expired, wrongs, net }
}

const taken = (captures: readonly { readonly cents: number }[], doubles: number) =>
  captures.reduce((sum, { cents }) => sum + cents, doubles)
const cdrOf = (request: string) => (JSON.parse(request) as { readonly cdrRef?: string }).cdrRef ?? ''

export function checkPayment(witness: Witness): readonly string[] {
  const told = toldBy(witness.entries)
  const always = [...told.wrongs, ...heldTooLong(told, witness), ...oneEnd(told, witness), ...rightMoney(told, witness)]
  always.push(...oneCurrency(told, witness))
  // What was said and done in a lost quarter of an hour is known to the others only. (F75)
  const broken = forgotten(told, witness)
    ? [...always, ...shownAfterLoss(told, witness)]
    : [
        ...always,
        ...rightAdvice(told, witness),
        ...rightStart(told, witness),
        ...rightTimes(told, witness),
        ...rightDecisions(told, witness),
        ...rightView(told, witness),
      ]
  return broken.map((line) => `${line} (${witness.reference}, ${words(told, witness)})`)
}

function words(told: Told, { charge, cardKind, view }: Witness): string {
  const bills = charge?.bills
    .map(({ fairness, due, takenAt }) => `${fairness} ${due}${takenAt === undefined ? ' untaken' : ''}`)
    .join(', ')
  const advices = [...(charge?.advices.values() ?? [])].map(({ status, cents }) => `${status} ${cents}`).join(', ')
  const script =
    charge &&
    Object.values(charge.script)
      .filter((one) => typeof one === 'string' && one !== 'usual' && one !== 'obeys')
      .join(' ')
  return `s${charge?.script.n ?? '?'} ${script ?? cardKind}; held ${told.held}, net ${told.net}; bills ${bills ?? 'none'}; advices ${advices || 'none'}; shown ${view?.state ?? 'nothing'} ${view?.captured?.amountMinor ?? ''} ${view?.message ?? ''}`
}

/** I1, I3, I4, I6: one capture, or the hold is back. */
function oneEnd(told: Told, witness: Witness): readonly string[] {
  const { charge, cardKind } = witness
  const broken: string[] = []
  if (told.approved === 0) return broken
  if (told.approved > 1) broken.push('I4: two holds for one payment')
  if (told.captures.length > 1) broken.push('I1: captured twice by us')
  const ended = told.captures.length > 0 || told.releasedAt !== undefined
  if (!ended) broken.push('I4: the hold is still open')
  if (told.expired && !HOPELESS.includes(cardKind)) broken.push('I4: the hold ran out')
  if (told.captures.length > 0 && told.releasedAt !== undefined) broken.push('I4: captured and released')
  const energy = charge?.runsSince !== undefined
  if (!energy && told.captures.length > 0) broken.push('I6: captured without energy')
  const [capture] = told.captures
  if (capture && charge?.endedAt !== undefined && capture.at - charge.endedAt > DAY)
    broken.push('I7: captured after a day')
  broken.push(...keptForLong(told, witness))
  return broken
}

/** I7, F57: what nobody bills is given back within a day, too. A CPO that still calls the session running is believed. */
function keptForLong({ captures, releasedAt, expired }: Told, { charge, cardKind, log }: Witness): readonly string[] {
  const { endedAt, shown } = charge ?? {}
  if (captures.length > 0 || releasedAt === undefined || endedAt === undefined || expired) return []
  if (HOPELESS.includes(cardKind) || shown?.['status'] === 'ACTIVE') return []
  // A provider that is away gives nothing back. (F74)
  return releasedAt - endedAt - outBetween(log, endedAt, releasedAt) > DAY
    ? ['I7: neither captured nor given back for a day']
    : []
}

const billable = ({ fairness, due }: Bill) => (fairness === 'fair' || fairness === 'under') && due > 0

/** What was delivered, and at which spot. */
export interface Ran extends Pick<Charge, 'wh'> {
  readonly script: Pick<Charge['script'], 'spot'>
}

/** What the driver has agreed to for what was delivered: by the spot that was chosen, and a price rise of so much. */
export const acceptedCents = ({ wh, script }: Ran, raise: number) => centsOf(costOf(wh, script.spot, raise))

/** I10, I11, I14: what was taken is what one right bill of this CPO asks, as far as the hold goes. */
function rightMoney(told: Told, witness: Witness): readonly string[] {
  const { charge, strays } = witness
  const [capture] = told.captures
  if (!capture) return unpaid(told, witness)
  if (strays.has(capture.cdrRef)) return ['I14: captured for a bill of nobody']
  const bill = charge?.bills.find(({ id }) => isCalled(id, capture.cdrRef))
  const ordered = capturedByOperator(told, witness, bill)
  if (ordered) return ordered
  // At a lower price than was accepted an overclaim may still be less than the driver agreed to.
  const agreed = charge && bill?.fairness === 'over' && bill.due <= acceptedCents(charge, charge.raise)
  if (!charge || !bill || !(billable(bill) || agreed)) return [`I10: captured for ${bill?.fairness ?? 'no'} bill`]
  const broken: string[] = []
  const due = Math.min(bill.due, capture.heldThen)
  if (capture.cents !== due) broken.push(`I10: captured ${capture.cents}, due ${bill.due}, held ${capture.heldThen}`)
  const credited = charge.bills.some(({ creditOf }) => creditOf !== undefined)
  const isUnsure = credited || decided(witness).length > 0
  if (told.reversed || (isUnsure && forgotten(told, witness))) return broken
  if (charge.bills.some(({ creditOf, cameFirst }) => creditOf === bill.id && cameFirst))
    broken.push('I10: captured for a bill that had been taken back before it came')
  if (!fitsRefunds(told, witness, expectedNet(capture.cents, bill, charge)) && !lostWhole(told, witness))
    broken.push(`I9: ${told.net} stayed with us`)
  return broken
}

/** After credits: what was taken back by the CPO goes back to the driver; a push that was lost stands in its list. (F59) */
function expectedNet(cents: number, bill: Bill, { bills }: Charge): Parameters<typeof fitsRefunds>[2] {
  const credit = bills.find(({ creditOf }) => creditOf === bill.id)
  if (!credit) return { without: [cents], corrected: undefined }
  const next = bills[bills.indexOf(credit) + 1]
  if (!next) return { without: [0], corrected: undefined }
  // A replacement that comes when the money has gone back is not taken from the driver again.
  const [first = UNKNOWN, second = UNKNOWN] = [credit.takenAt, next.takenAt]
  const late = first === UNKNOWN || second === UNKNOWN || second - first > 10 * MINUTE
  return {
    without: [Math.min(cents, next.due), ...(late ? [0] : [])],
    corrected: { taken: cents, at: Math.max(first, second) },
  }
}

/** It was pulled: nobody here knows when. */
const UNKNOWN = Number.POSITIVE_INFINITY

/** Nothing was captured: was it right to give the hold back? (D-F05, F56, F57) */
function unpaid(told: Told, witness: Witness): readonly string[] {
  const { charge, cardKind } = witness
  if (forgotten(told, witness) || decided(witness, 'void').length > 0) return []
  if (!charge || told.approved === 0 || HOPELESS.includes(cardKind)) return []
  const { bills } = charge
  const bill = bills.find((one) => billable(one) && one.due >= leastIn(charge.currency))
  // What was taken back by its CPO asks for nothing; what replaces it is judged where something was captured.
  if (!bill || bills.some(({ creditOf }) => creditOf !== undefined)) return []
  // Which price the driver has accepted: a database set back does not know the new one before its next pull.
  const setBack =
    charge.raise > 0 &&
    witness.lost.some(({ from, to }) => charge.orderedAt >= from && charge.orderedAt <= to + 75 * MINUTE)
  const raise = setBack ? 0 : Math.max(0, charge.raise - (charge.priceUnsure ? RAISE : 0))
  // Right by the price at that charger, and more than the driver has accepted: an operator decides. (F21, F38, F55)
  if (bill.due > acceptedCents(charge, raise)) return []
  const released = told.releasedAt ?? Number.POSITIVE_INFINITY
  const known = bill.takenAt ?? bill.at + 40 * MINUTE
  return released > known + MINUTE ? ['I16: delivered and billed, and not paid'] : []
}

/** I8, I9: the newest advice says what stayed with us, and it arrived. */
function rightAdvice(told: Told, witness: Witness): readonly string[] {
  const { charge } = witness
  if (!charge) return []
  const broken: string[] = []
  const all = [...charge.advices.values()].sort((a, b) => a.firstAt - b.firstAt)
  const newest = all.at(-1)
  const taken = all.some(({ takenAt }) => takenAt !== undefined)
  const deaf = charge.script.advice === 'status-2001'
  if (told.captures.length > 0 && !newest) broken.push('I8: captured, and no advice')
  const once = !charge.bills.some(({ creditOf }) => creditOf !== undefined) && told.refunded === 0 && !told.reversed
  const anew = isDecided(witness)
  if (!anew && once && all.length > 1) broken.push(`I8: ${all.length} advices for one outcome`)
  const nothing = charge.bills.length === 1 && charge.bills[0]?.due === 0
  if (nothing && newest && newest.status !== 'SUCCESS') broken.push(`I9: ${newest.status} for a bill of nothing`)
  if (newest && !taken && !deaf) broken.push('I8: no advice has arrived')
  if (newest && newest.cents !== told.net) broken.push(`I9: the advice says ${newest.cents}, ${told.net} stayed`)
  const bill = charge.bills.find((one) => billable(one) && one.takenAt !== undefined)
  const credited = charge.bills.some(({ creditOf }) => creditOf !== undefined)
  if (bill && bill.due >= leastIn(charge.currency) && !newest && !credited) broken.push('I8: billed, and no advice')
  if (newest && bill && !anew && !statusFits(newest, told, charge, bill))
    broken.push(`I9: ${newest.status} for ${newest.cents} of ${bill.due}`)
  return broken
}

function statusFits(advice: Advice, told: Told, { bills, currency }: Charge, bill: Bill): boolean {
  if (bills.some(({ creditOf }) => creditOf !== undefined) || told.refunded > 0 || told.reversed) return true
  if (bill.due < leastIn(currency)) return advice.cents === 0
  if (advice.cents === 0) return advice.status === 'FAILED'
  return advice.status === (advice.cents < bill.due ? 'PARTIAL_SUCCESS' : 'SUCCESS')
}

export const wrongsOf = (books: readonly Books[]): readonly string[] => books.flatMap(({ wrongs }) => wrongs)
