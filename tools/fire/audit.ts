/**
 * Four books side by side, none of them believed more than the others: what the provider booked, what the CPO did and
 * heard, what drivers were told, and what lies in the platform's database. Code of its own: nothing of the platform is
 * imported. Every difference is a line that names the payment. (I1 to I13)
 */
import { createHash } from 'node:crypto'
import { checkAdvice, checkAdviceWords } from './advice-rules.ts'
import { type Asked, askedOf, type Say } from './asked.ts'
import type { Books, HeardAdvice, Money } from './books.ts'
import { checkCause, checkLate } from './cause-rules.ts'
import { foldOf } from './fold.ts'
import { lastOf, momentsOf, standingAt } from './moments.ts'
import { checkRefunds, decidedBack } from './refund-rules.ts'

const FINAL = ['captured', 'voided', 'declined', 'stuck']
/** Every difference between the books; empty when they agree. */
export function audit(books: Books): readonly string[] {
  const findings: string[] = []
  for (const { reference, asked, knownBy } of askedOf(books)) {
    const say: Say = (rule, text) => findings.push(`${rule} ${reference}: ${text}`)
    if (asked === undefined) say('I4', `somebody knows it (${knownBy.join(', ')}), the platform does not`)
    else for (const check of CHECKS) check(asked, say)
  }
  return findings
}

const CHECKS = [
  checkHolds,
  checkEnd,
  checkCurrency,
  checkBill,
  checkStart,
  checkCause,
  checkLate,
  checkRefunds,
  checkAdvice,
  checkAdviceWords,
  checkTold,
  checkEvents,
  checkChain,
  checkFold,
]

/** One hold, taken or given back as a whole. Every hold is looked at: a second one is the driver's money too. */
function checkHolds({ bank: { holds, captures, strays } }: Asked, say: Say): void {
  if (captures > 1) say('I1', `captured ${captures} times`)
  if (holds.length > 1) say('I4', `${holds.length} holds: ${holds.map(({ name }) => name).join(', ')}`)
  for (const { operation, pspReference } of strays) say('I2', `${operation} of ${pspReference}, which holds nothing`)
  for (const { name, heldMinor, captures: taken, capturedMinor, refundedMinor, givenBackMinor } of holds) {
    const which = holds.length > 1 ? ` by ${name}` : ''
    if (capturedMinor > heldMinor) say('I2', `${capturedMinor} captured, ${heldMinor} held${which}`)
    if (refundedMinor > capturedMinor) say('I3', `${refundedMinor} refunded, ${capturedMinor} captured${which}`)
    if (taken > 0 && givenBackMinor.length > 0) say('I4', `captured and given back${which}`)
    if (taken === 0 && givenBackMinor.length === 0) say('I4', `${heldMinor} are still held${which}`)
    for (const minor of givenBackMinor)
      if (minor !== heldMinor) say('I4', `${minor} given back, ${heldMinor} held${which}`)
  }
}

function checkEnd({ payment, bank: { captured } }: Asked, say: Say): void {
  if (!FINAL.includes(payment.state)) say('I16', `still ${payment.state}`)
  if (payment.state === 'stuck') say('I16', 'stuck, though nothing here needs a person')
  const booked = payment.captured?.amountMinor ?? 0
  if (payment.state === 'captured' && captured !== booked)
    say('I9', `the platform says ${booked} captured, the provider ${captured}`)
  if (payment.state !== 'captured' && captured > 0) say('I9', `${captured} captured, but it is ${payment.state}`)
}

/** Amounts are compared as numbers everywhere else: here all of them have to be of one currency. (I2) */
function checkCurrency({ payment, lines, cdrs, advices, told }: Asked, say: Say): void {
  const named: readonly (readonly [book: string, currency: string | undefined])[] = [
    ...lines.map(({ operation, currency }) => [`the provider’s ${operation}`, currency] as const),
    ...cdrs.map(({ currency }) => ['the CDR', currency] as const),
    ...advices.map(({ currency }) => ['the advice', currency] as const),
    ...told.map(({ currency }) => ['the driver', currency] as const),
    ['the platform’s hold', payment.held?.currency],
    ['the platform’s capture', payment.captured?.currency],
    ['the platform’s CDR', payment.cdr?.due.currency],
  ]
  const known = named.filter(([, currency]) => currency !== undefined)
  if (new Set(known.map(([, currency]) => currency)).size > 1)
    say('I2', `two currencies: ${[...new Set(known.map((one) => one.join(' ')))].join(', ')}`)
}

/** What the driver has paid in the end is what the bill asks that stands, less what an operator gave back. */
function checkBill({ payment, bank, lines, cdrs }: Asked, say: Say): void {
  const standing = standingAt(cdrs)
  if (standing.length > 1) say('I11', `${standing.length} CDRs`)
  const cdr = standing[0] ?? cdrs.findLast(({ creditOf }) => creditOf === undefined)
  if (cdr === undefined) return
  const due = Math.min(standing[0]?.dueMinor ?? 0, bank.held)
  const { net } = lastOf({ lines, cdrs })
  const least = Math.max(0, due - decidedBack({ payment, bank }))
  if (payment.state === 'captured' && (net > due || net < least)) say('I10', `${net} captured, the CDR says ${due}`)
  if (payment.state !== 'captured' && due > 0) say('I10', `the CDR says ${due}, but it is ${payment.state}`)
  const { id, due: booked } = payment.cdr ?? {}
  if (payment.cdr && (id !== cdr.id || booked?.amountMinor !== cdr.dueMinor))
    say('I10', `the platform’s CDR is ${id} of ${booked?.amountMinor}, the CPO’s ${cdr.id} of ${cdr.dueMinor}`)
}

function checkStart({ starts, bank, charges }: Asked, say: Say): void {
  for (const { at, orders } of starts) {
    if (orders > 1) say('I12', `START_SESSION was sent ${orders} times`)
    if (bank.first === undefined || bank.first.at > at) say('I5', 'START_SESSION went out before there was a hold')
  }
  if (charges.some(({ charged }) => charged) && starts.length === 0) say('I5', 'energy without START_SESSION')
}

function checkTold({ told, payment, bank, lines, cdrs }: Asked, say: Say): void {
  const paid = momentsOf({ lines, cdrs }).filter(({ captured }) => captured > 0)
  for (const { state, capturedMinor } of told) {
    if (state === 'accepted') continue
    if (state !== payment.state) say('I9', `the driver was told ${state}, it is ${payment.state}`)
    if (state === 'captured' && !paid.some(({ net }) => net === capturedMinor))
      say('I9', `the driver was told ${capturedMinor}, the provider took ${bank.captured}`)
  }
}

/** I13: every event holds the one before it, and the last one the row. */
function checkChain({ payment: { reference, events, bodyHash, chainHash } }: Asked, say: Say): void {
  let [head, entity] = ['', '']
  for (const { seq, at, type, from, to, verdict, reason, text, afterHash, chainHash: written } of events) {
    const line = [head, entity, 'payment', reference, seq, at, type, from, to, verdict, reason, text, afterHash]
    head = createHash('sha256').update(JSON.stringify(line)).digest('base64url')
    entity = afterHash
    if (head === written) continue
    say('I13', `event ${seq} (${type}), or the row it was decided on, is not what was written`)
    return
  }
  if (head !== chainHash || entity !== bodyHash) say('I13', 'the row is not as its last event left it')
}

/** I13: the state is what its events come to, and none is missing. */
function checkEvents({ payment: { events, state, version } }: Asked, say: Say): void {
  const gap = events.findIndex(({ seq }, index) => seq !== index + (events[0]?.seq ?? 0))
  if (gap >= 0) say('I13', `an event is missing before number ${events[gap]?.seq}`)
  const torn = events.findIndex(({ from }, index) => index > 0 && from !== events[index - 1]?.to)
  if (torn > 0)
    say(
      'I13',
      `event ${events[torn]?.seq} begins at ${events[torn]?.from}, the one before ended at ${events[torn - 1]?.to}`,
    )
  if (events.at(-1)?.to !== state) say('I13', `the last event says ${events.at(-1)?.to}, the row ${state}`)
  if (events.at(-1)?.seq !== version)
    say('I13', `version ${version}, but the last event is number ${events.at(-1)?.seq}`)
}

const text = (money: Money | undefined) => (money ? `${money.amountMinor} ${money.currency}` : 'nothing')

/** I13: the money is what its events come to, and the events say what provider and CPO have in their books. */
function checkFold({ payment, lines, bank, cdrs, advices }: Asked, say: Say): void {
  const fold = foldOf(payment.events)
  if (fold === undefined) return
  const currency = lines[0]?.currency ?? ''
  const differ = (what: string, events: string, sides: Readonly<Record<string, string>>) => {
    for (const [side, says] of Object.entries(sides))
      if (says !== events) say('I13', `${what}: the events say ${events}, ${side} ${says}`)
  }
  const at = (amountMinor: number) => text({ amountMinor, currency })
  if (fold.held) differ('held', text(fold.held), { 'the row': text(payment.held), 'the provider': at(bank.held) })
  const taken = { 'the row': text(payment.captured), ...(bank.captures > 0 && { 'the provider': at(bank.captured) }) }
  differ('captured', text(fold.captured), taken)
  const bill = (cdr: { readonly id: string; readonly due: Money } | undefined) =>
    cdr ? `${cdr.id} of ${text(cdr.due)}` : 'none'
  const heard = cdrs.find(({ id }) => id === fold.cdr?.id)
  const sent = heard && { ...heard, due: { amountMinor: heard.dueMinor, currency: heard.currency } }
  differ('CDR', bill(fold.cdr), { 'the row': bill(payment.cdr), ...(fold.cdr && { 'the CPO': bill(sent) }) })
  if (fold.adviceId !== undefined)
    differ('advice', fold.adviceId, { 'the row': payment.adviceId ?? 'none', 'the CPO': idIn(advices, fold.adviceId) })
  for (const id of fold.taken) differ('advice taken', id, { 'the CPO': idIn(advices, id) })
}

const idIn = (advices: readonly HeardAdvice[], id: string) => advices.find((one) => one.id === id)?.id ?? 'none'
