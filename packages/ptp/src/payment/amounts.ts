/** What may be captured and when charging must stop. Integer minor units only. (I2, I10, D-33) */
import type { Money } from '@plugtill/psp/psp'
import type { Payment, Refunded, SessionSeen } from './payment.ts'

/** A START_SESSION leaves this soon after the tap or never: later nobody stands at the charger. (F12) */
export const START_WITHIN_MS = 60_000

export const zero = (currency: string): Money => ({ amountMinor: 0, currency })

export const isZero = (money: Money): boolean => money.amountMinor === 0

function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new RangeError(`cannot compare ${a.currency} with ${b.currency}`)
}

export function smaller(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return a.amountMinor <= b.amountMinor ? a : b
}

/** a - b, never below zero. */
export function rest(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return { amountMinor: Math.max(0, a.amountMinor - b.amountMinor), currency: a.currency }
}

/** What is asked from the driver: by the CDR, or by what was decided instead of it. */
export const dueFor = (payment: Payment): Money | undefined => payment.basis?.due ?? payment.cdr?.due

/** What is due, and the only amount that is ever captured for it. (I2) */
export function billed(payment: Payment): { readonly due: Money; readonly amount: Money } | undefined {
  const [due, { held }] = [dueFor(payment), payment]
  return due && held && due.currency === held.currency ? { due, amount: smaller(due, held) } : undefined
}

/** With the hold that the provider's record shows, if it is larger: a raise that our books have lost. (F75) */
export function withRecorded<P extends Pick<Payment, 'held'>>(payment: P, recorded: Money | undefined): P {
  const { held } = payment
  const larger = held && recorded?.currency === held.currency && recorded.amountMinor > held.amountMinor
  return larger ? { ...payment, held: recorded } : payment
}

export const captureAmount = (payment: Payment): Money | undefined => billed(payment)?.amount

/** Paid back, or on its way. */
export function refundedOf({ refunds = [], asked }: Payment): Money {
  const amountMinor = refunds.reduce((all, one) => all + (one.status === 'refused' ? 0 : one.amount.amountMinor), 0)
  return { amountMinor, currency: asked.currency }
}

const FOUND = 'found-'
export const foundId = (id: string): string => `${FOUND}${id}`
/** Read in the provider's books: asked for in a time that our books have lost, or in its own console. (F75) */
export const isFound = ({ id }: Pick<Refunded, 'id'>): boolean => id.startsWith(FOUND)

/** What the driver has paid in the end. */
export const netOf = (payment: Payment): Money =>
  payment.captured ? rest(payment.captured, refundedOf(payment)) : zero(payment.asked.currency)

/**
 * How far below the hold the PTP stops: 2 %, at least 10 minor units, because the cost goes on between our order
 * and the charger's obedience. (E-25: margin is ours)
 */
export function stopMargin(held: Money): number {
  return Math.max(10, Math.ceil(held.amountMinor / 50))
}

/** True when the running cost has come so near to the hold, or may pass it so soon, that charging must stop. (E-25) */
export function limitReached(payment: Payment, seen: Pick<SessionSeen, 'cost' | 'nearHold' | 'withinHold'>): boolean {
  return seen.nearHold === true || costAtLimit(payment, seen)
}

/** The cost itself has come to the limit; a forecast alone is not enough. What does not rise needs no margin. */
export function costAtLimit(
  { held }: Payment,
  { cost, withinHold }: Pick<SessionSeen, 'cost' | 'withinHold'>,
): boolean {
  if (held === undefined || cost?.currency !== held.currency) return false
  return withinHold ? cost.amountMinor > held.amountMinor : cost.amountMinor >= held.amountMinor - stopMargin(held)
}

/** The strongest of usual chargers: two words in one second would tell of any power. */
const STRONGEST_KW = 400

/** Between which a session is forecast. */
export interface Bounds {
  readonly held: Money
  readonly maxPowerKw: number
}

/** Undefined where nothing is known: then there is no forecast. */
export function boundsOf(payment: Payment, seen: Pick<SessionSeen, 'elsewhere' | 'pace'>): Bounds | undefined {
  const [{ held }, maxPowerKw] = [payment, mostPowerKw(payment, seen)]
  return held && maxPowerKw !== undefined ? { held, maxPowerKw } : undefined
}

/** What may flow. Of another connector than was paid for only what has flowed there is known. (F21) */
function mostPowerKw({ maxPowerKw }: Payment, seen: Pick<SessionSeen, 'elsewhere' | 'pace'>): number | undefined {
  if (maxPowerKw === undefined || !seen.elsewhere || !seen.pace) return maxPowerKw
  return Math.max(maxPowerKw, Math.min(STRONGEST_KW, Math.ceil(seen.pace.powerKw)))
}
