/**
 * Four books side by side, none of them believed more than the others: what the provider booked, what the CPO did and
 * heard, what drivers were told, and what lies in the platform's database. Code of its own: nothing of the platform is
 * imported. Every difference is a line that names the payment. (I1 to I13)
 */
import { createHash } from 'node:crypto'
import { bankOf } from './bank.ts'
import type { Booked, Books, CpoTruth, HeardAdvice, Money, StoredPayment, Told } from './books.ts'
import { foldOf } from './fold.ts'

const FINAL = ['captured', 'voided', 'declined', 'stuck']
const NOTHING: readonly never[] = []

function grouped<T extends { readonly reference: string }>(all: readonly T[]): (reference: string) => readonly T[] {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = one.reference.toLowerCase()
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return (reference) => groups.get(reference.toLowerCase()) ?? NOTHING
}

/** Every difference between the books; empty when they agree. */
export function audit({ provider, cpo, told, stored }: Books): readonly string[] {
  const findings: string[] = []
  const of = {
    provider: grouped(provider),
    starts: grouped(cpo.starts),
    charges: grouped(cpo.charges),
    cdrs: grouped(cpo.cdrs),
    advices: grouped(cpo.advices),
    told: grouped(told),
    stored: grouped(stored),
  }
  const references = new Set(
    [...provider, ...cpo.starts, ...cpo.cdrs, ...cpo.advices, ...told, ...stored].map(({ reference }) =>
      reference.toLowerCase(),
    ),
  )
  for (const reference of references) {
    const say = (rule: string, text: string) => findings.push(`${rule} ${reference}: ${text}`)
    const [payment] = of.stored(reference)
    if (payment === undefined) {
      say('I4', `somebody knows it (${whoKnows(reference, of)}), the platform does not`)
      continue
    }
    const asked: Asked = {
      payment,
      lines: of.provider(reference),
      bank: bankOf(of.provider(reference)),
      starts: of.starts(reference),
      charge: of.charges(reference).at(-1),
      cdrs: of.cdrs(reference),
      advices: of.advices(reference),
      told: of.told(reference),
    }
    for (const check of CHECKS) check(asked, say)
  }
  return findings
}

type Say = (rule: string, text: string) => void

interface Asked {
  readonly payment: StoredPayment
  readonly lines: readonly Booked[]
  readonly bank: ReturnType<typeof bankOf>
  readonly starts: CpoTruth['starts']
  readonly charge: CpoTruth['charges'][number] | undefined
  readonly cdrs: CpoTruth['cdrs']
  readonly advices: readonly HeardAdvice[]
  readonly told: readonly Told[]
}

const CHECKS = [
  checkHolds,
  checkEnd,
  checkCurrency,
  checkBill,
  checkStart,
  checkAdvice,
  checkTold,
  checkEvents,
  checkChain,
  checkFold,
]

function whoKnows(reference: string, of: Readonly<Record<string, (reference: string) => readonly unknown[]>>): string {
  return Object.entries(of)
    .filter(([, find]) => find(reference).length > 0)
    .map(([name]) => name)
    .join(', ')
}

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

function checkBill({ payment, bank, charge, cdrs }: Asked, say: Say): void {
  const [cdr] = cdrs
  if (cdrs.length > 1) say('I11', `${cdrs.length} CDRs`)
  if (cdr === undefined) {
    if (bank.captured > 0 && charge?.charged !== true) say('I10', `${bank.captured} captured for nothing`)
    return
  }
  const due = Math.min(cdr.dueMinor, bank.held)
  if (payment.state === 'captured' && bank.captured !== due)
    say('I10', `${bank.captured} captured, the CDR says ${due}`)
  if (payment.state !== 'captured' && due > 0) say('I10', `the CDR says ${due}, but it is ${payment.state}`)
  const { id, due: booked } = payment.cdr ?? {}
  if (payment.cdr && (id !== cdr.id || booked?.amountMinor !== cdr.dueMinor))
    say('I10', `the platform’s CDR is ${id} of ${booked?.amountMinor}, the CPO’s ${cdr.id} of ${cdr.dueMinor}`)
}

function checkStart({ starts, bank, charge }: Asked, say: Say): void {
  for (const { at, orders } of starts) {
    if (orders > 1) say('I12', `START_SESSION was sent ${orders} times`)
    if (bank.first === undefined || bank.first.at > at) say('I5', 'START_SESSION went out before there was a hold')
  }
  if (charge?.charged && starts.length === 0) say('I5', 'energy without START_SESSION')
}

function checkAdvice({ advices, payment, bank }: Asked, say: Say): void {
  for (const { id, hashes } of advices) {
    if (hashes.length > 1) say('I8', `advice ${id} came in ${hashes.length} versions`)
    const kept = payment.advices.find((one) => one.id === id)
    if (kept === undefined) say('I8', `advice ${id} was sent, and the platform keeps none of that name`)
    else if (!hashes.includes(kept.hash)) say('I8', `the platform keeps another advice ${id} than it has sent`)
  }
  if (payment.state !== 'captured') return
  const own = advices.filter(({ id }) => id === payment.adviceId)
  if (own.length === 0) {
    say('I8', `advice ${payment.adviceId ?? '(none)'} never arrived`)
    return
  }
  if (advices.length > 1) say('I8', `${advices.length} advices`)
  if (own[0]?.amountMinor !== bank.captured) say('I9', `advised ${own[0]?.amountMinor}, captured ${bank.captured}`)
}

function checkTold({ told, payment, bank }: Asked, say: Say): void {
  for (const { state, capturedMinor } of told) {
    if (state === 'accepted') continue
    if (state !== payment.state) say('I9', `the driver was told ${state}, it is ${payment.state}`)
    if (state === 'captured' && capturedMinor !== bank.captured)
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
