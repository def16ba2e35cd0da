/** The words of the state table: ignore, refuse, give the hold back, stop, poll. Pure. */
import type { Verdict } from '@plugtill/engine/machine'
import type { Outcome } from '@plugtill/terminal/link'
import type { Payment, PaymentEvent, PaymentOrder, SessionSeen, StopReason } from './payment.ts'

export type PaymentVerdict = Verdict<Payment, PaymentOrder>
export type Happens<T extends PaymentEvent['type']> = Extract<PaymentEvent, { readonly type: T }>
export type PaymentCell<T extends PaymentEvent['type']> = (payment: Payment, event: Happens<T>) => PaymentVerdict

/** A stop order is repeated this often before an operator has to look. (F31) */
export const STOP_TRIES = 5

export const known = (why: string) => (): PaymentVerdict => ({ ignore: why })
export const never = (why: string) => (): PaymentVerdict => ({ refuse: why })

export const poll = (payment: Payment, at: number): PaymentOrder => ({
  do: 'remind',
  of: 'session-poll-due',
  at: at + payment.timers.sessionPollMs,
})

/** The first poll is ordered once; from then on each poll orders the next. */
export const firstPoll = (payment: Payment, at: number): readonly PaymentOrder[] =>
  payment.polling ? [] : [poll(payment, at)]

export const release = (outcome: Outcome, why: string, set: Partial<Payment> = {}): PaymentVerdict => ({
  to: 'voiding',
  set: { ...set, outcome, reason: why, leftEvse: true },
  effects: [{ do: 'void', why }],
})

/** Orders the CPO to stop a session we know. */
export function stopOrders(
  session: SessionSeen,
  by: StopReason,
  commandId: string,
): { set: Partial<Payment>; effects: readonly PaymentOrder[] } {
  return {
    set: { stop: { by, commandId, tries: 1 } },
    effects: [{ do: 'stop-session', commandId, sessionId: session.id }],
  }
}

/** Voids the hold and stops a session that must not run. (I5) */
export function releaseAndStop(payment: Payment, why: string, commandId: string): PaymentVerdict {
  const { session } = payment
  if (!session || session.status === 'INVALID') return release('not-plugged-in', why, session && { session })
  const stop = stopOrders(session, 'policy', commandId)
  return {
    to: 'voiding',
    set: { ...stop.set, session, outcome: 'not-plugged-in', reason: why, leftEvse: true },
    effects: [{ do: 'void', why }, ...stop.effects],
  }
}
