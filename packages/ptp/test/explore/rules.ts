/**
 * The invariants I1 to I17, by what the provider and the CPO have in their books, never by what our own state says alone.
 * I13 (one ledger), I14 (parties) and I15 (secrets) are no matter of this table.
 */
import { decide } from '@plugtill/engine/machine'
import { netOf } from '../../src/payment/amounts.ts'
import { usedUp } from '../../src/payment/cells-stop.ts'
import { evseKey, paymentKeys } from '../../src/payment/desk.ts'
import type { PaymentEvent } from '../../src/payment/events.ts'
import type { Payment, SessionSeen } from '../../src/payment/payment.ts'
import { paymentMachine } from '../../src/payment/states.ts'
import { differenceOf } from '../../src/sweep-difference.ts'
import { recordOf } from './bank.ts'
import { copyOf, type Decided, type World } from './world.ts'

export class ViolationError extends Error {
  readonly rule: string
  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`)
    this.rule = rule
  }
}

export function violated(rule: string, message: string): never {
  throw new ViolationError(rule, message)
}

/** After every decision. */
export function assertStep(world: World, { before, event, decision }: Decided): void {
  const { bank } = world
  for (const order of decision.effects) {
    if (order.do === 'start-session' && (!decision.entity.held || recordOf(copyOf(world))?.state !== 'authorized'))
      violated('I5', 'A start was ordered and nothing is held.')
    if (order.do === 'capture' && !(order.amount.amountMinor > 0 && order.amount.amountMinor <= bank.authorized))
      violated('I2', `${order.amount.amountMinor} is to be captured, ${bank.authorized} were approved.`)
    if (order.do === 'capture' && !Number.isSafeInteger(order.amount.amountMinor))
      violated('I2', `${order.amount.amountMinor} is no integer.`)
  }
  assertWaits(decision)
  assertNobodyCharges(world, { before, event, decision })
  assertOneBill(before, event, decision)
  assertEvse(before, event, decision.entity)
  if (event.type === 'session-reported') assertNoForeignClock(world, before, { event, after: decision.entity })
  if ('to' in decision.verdict) assertTwice(decision.entity, event)
}

/** I7: once the day is counted in which the money is captured or given back, no wait for a bill or a person ends after it. */
function assertWaits({ entity: { releaseBy, state }, effects }: Decided['decision']): void {
  if (releaseBy === undefined || state === 'captured' || state === 'voided') return
  for (const order of effects)
    if (order.do === 'remind' && DECIDING.includes(order.of) && order.at > releaseBy)
      violated('I7', `${order.of} is awaited beyond the day of the payment.`)
}
const DECIDING: readonly string[] = ['cdr-deadline-passed', 'dispute-deadline-passed']

/** I10: a word that waited on its way gives nothing back while the CPO, asked, would say that the car charges. */
function assertNobodyCharges({ cpo }: World, { before, event, decision: { entity } }: Decided): void {
  if (event.type !== 'session-reported' || event.lastLook) return
  if (before.state === 'voiding' || entity.state !== 'voiding') return
  if (cpo.session?.status === 'ACTIVE') violated('I10', `Given back as ${entity.outcome} while the car charges.`)
}

/** I11: beside the bill that counts a second one moves nothing, unless the first was taken back. */
function assertOneBill(before: Payment, event: PaymentEvent, { effects }: Decided['decision']): void {
  if (event.type !== 'cdr-received' || !before.cdr || before.credit) return
  const moving = effects.filter((order) => MOVING.includes(order.do))
  if (moving.length > 0) violated('I11', `A second bill orders ${moving.map((one) => one.do).join(', ')}.`)
}

/** F22, T33: an EVSE that was let go may be another driver's by now; a payment claims it at its tap and never again. */
function assertEvse(before: Payment, event: PaymentEvent, after: Payment): void {
  const claims = (payment: Payment) => paymentKeys(payment).includes(evseKey(payment))
  if (event.type !== 'tapped' && claims(after) && !claims(before))
    violated('I5', 'The EVSE is claimed a second time: two payments may meet there.')
}

/** I12: the same message at once again orders nothing that moves money or starts a car. */
function assertTwice(after: Payment, event: PaymentEvent): void {
  if (!REPEATED.includes(event.type)) return
  const again = decide(paymentMachine, after, event)
  const moving = again.effects.filter((order) => MOVING.includes(order.do))
  if (moving.length > 0)
    violated('I12', `The same ${event.type} again orders ${moving.map((one) => one.do).join(', ')}.`)
  if (again.entity.state !== after.state && event.type !== 'session-reported')
    violated('I12', `The same ${event.type} again leads from ${after.state} to ${again.entity.state}.`)
}

/** What a partner or a provider may send twice. */
const REPEATED: readonly PaymentEvent['type'][] = [
  'authorized',
  'start-result',
  'session-reported',
  'captured',
  'voided',
]
const MOVING: readonly string[] = ['authorize', 'start-session', 'capture', 'void', 'refund', 'raise-hold']

const YEAR_MS = 365 * 24 * 3_600_000
const shifted = (seen: SessionSeen): SessionSeen => ({
  ...seen,
  lastUpdated: new Date(Date.parse(seen.lastUpdated) + YEAR_MS).toISOString(),
})

/** I17: a partner whose clock is a year ahead gets the same decision. */
function assertNoForeignClock(
  { setting }: World,
  before: Payment,
  { event, after }: { readonly event: Extract<PaymentEvent, { type: 'session-reported' }>; readonly after: Payment },
): void {
  const payment = before.session ? { ...before, session: shifted(before.session) } : before
  const other = decide(setting.machine ?? paymentMachine, payment, { ...event, session: shifted(event.session) })
  if (other.entity.state !== after.state)
    violated('I17', `With another clock the session leads to ${other.entity.state}, not ${after.state}.`)
}

/** In every state of the world. */
export function assertWorld(world: World): void {
  const { bank, payment } = world
  if (bank.captures > 1) violated('I1', `The provider captured ${bank.captures} times.`)
  if (bank.captured > bank.authorized && !bank.byItself)
    violated('I2', `${bank.captured} were captured of ${bank.authorized}.`)
  if (bank.refunded > bank.captured && bank.state === 'captured')
    violated('I3', `${bank.refunded} were paid back of ${bank.captured}.`)
  if (netOf(payment).amountMinor < 0) violated('I3', 'The driver has paid less than nothing.')
  if (bank.captures > 0 && !delivered(world)) violated('I6', 'Captured, and nothing was delivered.')
  if (bank.captures === 1 && payment.state === 'voided')
    violated('I4', 'Captured at the provider, given back in our books.')
}

/** Energy by the session or by a bill that agrees, or a bill that contract or operator take although it cannot be checked. */
const delivered = ({ cpo: { session, bills } }: World): boolean =>
  (session?.kwh ?? 0) > 0 ||
  bills.some(({ check }) => check?.verdict !== 'agrees' || (check.expected?.amountMinor ?? 0) > 0)

/** Nothing waits, nothing is on its way, the books agree: what stands now stands for ever, unless somebody begins anew. */
export function isQuiet(world: World): boolean {
  const { orders, wire, bank, payment } = world
  if (orders.length > 0 || wire.length > 0 || bank.pending) return false
  const booked = recordOf(copyOf(world))
  return !booked || !differenceOf(payment, booked, { clock: { now: () => world.now } as never, ids: () => '#0' })
}

/** Where nothing moves any more. */
export function assertEnd(world: World): void {
  const { payment, alarms, cpo } = world
  if (!(paymentMachine.final as readonly string[]).includes(payment.state))
    violated('I16', `Nothing is awaited and the payment is ${payment.state}.`)
  const record = recordOf(copyOf(world))
  if (record?.state === 'authorized' || record?.state === 'capture-pending')
    violated('I4', `The payment is ${payment.state} and the provider still holds ${record.held.amountMinor}.`)
  if (record?.state === 'expired' && alarms.length === 0 && payment.state !== 'declined')
    violated('I4', `The hold ran out and nobody was told; the payment is ${payment.state}.`)
  assertBooks(world)
  const knows = payment.session?.status === 'ACTIVE' && cpo.session?.status === 'ACTIVE'
  if (payment.state === 'voided' && knows && !cpo.stopAsked && !(payment.stop && usedUp(payment.stop)))
    violated('I5', 'The session runs without a hold and is not stopped.')
  for (const advice of [...(payment.earlierAdvices ?? []), ...(payment.advice ? [payment.advice] : [])])
    if (!(advice.id in cpo.advices)) violated('I8', `Advice ${advice.id} was never delivered.`)
}

/** I10, F51, F52: what the CPO has taken back, and not billed anew, is not paid; an operator who has to decide it is another matter. */
function assertTakenBack(
  { payment, bank, cpo: { credit, bills }, inbox }: World,
  { paid, refused }: { readonly paid: number; readonly refused: boolean },
): void {
  if (credit === undefined || bills.length > 1 || !inbox.includes(credit.id) || !inbox.includes(credit.of)) return
  if (refused || payment.terms?.refunds === 'operator' || bank.state !== 'captured' || payment.basis) return
  if (paid > 0) violated('I10', `${paid} were kept of a bill that was taken back.`)
}

/** I9 and I10: provider, payment and advice say the same, and it is what the bill asks. */
function assertBooks(world: World): void {
  const { payment, bank, cpo } = world
  const paid = bank.captured - bank.refunded
  const { cdr, basis, held, advice, refunds = [] } = payment
  const refused = refunds.some(({ status }) => status === 'refused')
  assertTakenBack(world, { paid, refused })
  if (payment.state === 'captured') {
    if (netOf(payment).amountMinor !== paid && bank.state === 'captured')
      violated('I9', `The provider has ${paid}, our books ${netOf(payment).amountMinor}.`)
    if (!advice) violated('I8', 'Captured, and no advice.')
    const told = JSON.parse(cpo.advices[advice!.id] ?? '{}') as { total_costs?: { before_taxes: number } }
    if (!refused && bank.state === 'captured' && Math.round((told.total_costs?.before_taxes ?? -1) * 100) !== paid)
      violated('I9', `The provider has ${paid}, the advice says ${told.total_costs?.before_taxes}.`)
    const most = Math.min(held?.amountMinor ?? 0, basis?.due.amountMinor ?? cdr?.due.amountMinor ?? 0)
    if (!refused && refunds.length === 0 && cpo.bills.length === 1 && bank.captures === 1 && paid !== most && cdr)
      violated('I10', `${paid} were taken; held ${held?.amountMinor}, billed ${cdr?.due.amountMinor}.`)
    return
  }
  if (payment.state !== 'stuck' && bank.captured > 0 && bank.state === 'captured')
    violated('I9', `The payment is ${payment.state}, the provider captured ${bank.captured}.`)
  const billed = cdr && cdr.due.amountMinor > 0 && cdr.due.currency === 'EUR'
  if (payment.state === 'voided' && billed && advice?.status !== 'FAILED')
    violated('I8', `Billed, not captured, and the advice says ${advice?.status ?? 'nothing'}.`)
}
