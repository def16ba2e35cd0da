/** What may be captured and when charging must stop. Integer minor units only. (I2, I10, D-33) */
import type { Money } from '@plugtill/psp/psp'
import type { Payment, SessionSeen } from './payment.ts'

/** A START_SESSION leaves this soon after the tap or never: later nobody stands at the charger. (F12) */
export const START_WITHIN_MS = 60_000

export const zero = (currency: string): Money => ({ amountMinor: 0, currency })

export const isZero = (money: Money): boolean => money.amountMinor === 0

export function smaller(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new RangeError(`cannot compare ${a.currency} with ${b.currency}`)
  return a.amountMinor <= b.amountMinor ? a : b
}

/**
 * How far below the hold the PTP stops: 2 %, at least 10 minor units, because the cost goes on between our order
 * and the charger's obedience. (E-25: margin is ours)
 */
export function stopMargin(held: Money): number {
  return Math.max(10, Math.ceil(held.amountMinor / 50))
}

/** True when the running cost has come so near to the hold, or may pass it so soon, that charging must stop. (E-25) */
export function limitReached(payment: Payment, { cost, nearHold }: Pick<SessionSeen, 'cost' | 'nearHold'>): boolean {
  if (!payment.held) return false
  if (nearHold) return true
  if (!cost || cost.currency !== payment.held.currency) return false
  return cost.amountMinor >= payment.held.amountMinor - stopMargin(payment.held)
}
