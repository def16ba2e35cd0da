/** The words of the state table: ignore, refuse, give the hold back, stop, poll, advise, alarm. Pure. */
import type { Verdict } from '@plugtill/engine/machine'
import type { Outcome } from '@plugtill/terminal/link'
import type { Alarm, PaymentEvent, PaymentOrder } from './events.ts'
import type { Advice, Payment, SessionSeen, StopOrdered, StopReason } from './payment.ts'
import { termsOf } from './terms.ts'

export type PaymentVerdict = Verdict<Payment, PaymentOrder>
/** A verdict that moves something. */
export type Moved = Extract<PaymentVerdict, { readonly to: unknown }>
export type Happens<T extends PaymentEvent['type']> = Extract<PaymentEvent, { readonly type: T }>
export type PaymentCell<T extends PaymentEvent['type']> = (payment: Payment, event: Happens<T>) => PaymentVerdict

/** Within a day of knowing that less is due, or nothing, the money is captured or given back. (schemes' rule) */
export const RELEASE_WITHIN_MS = 24 * 3_600_000

export const known = (why: string) => (): PaymentVerdict => ({ ignore: why })
export const never = (why: string) => (): PaymentVerdict => ({ refuse: why })

/** What moves does this besides; what is ignored or refused stays so. */
export function also(verdict: Moved, more: Pick<Moved, 'set' | 'effects'>): Moved
export function also(verdict: PaymentVerdict, more: Pick<Moved, 'set' | 'effects'>): PaymentVerdict
export function also(verdict: PaymentVerdict, { set, effects = [] }: Pick<Moved, 'set' | 'effects'>): PaymentVerdict {
  if (!('to' in verdict)) return verdict
  return { ...verdict, set: { ...verdict.set, ...set }, effects: [...(verdict.effects ?? []), ...effects] }
}

export const alarm = (code: Alarm, message: string): PaymentOrder => ({ do: 'alarm', code, message })

export const poll = (payment: Payment, at: number): PaymentOrder => ({
  do: 'remind',
  of: 'session-poll-due',
  at: at + payment.timers.sessionPollMs,
})

/** The first poll is ordered once; from then on each poll orders the next. */
export const firstPoll = (payment: Payment, at: number): readonly PaymentOrder[] =>
  payment.polling ? [] : [poll(payment, at)]

/** By when the schemes want the money captured or given back; set once for each end of a session. */
export const releaseBy = (payment: Payment, at: number): number => payment.releaseBy ?? at + RELEASE_WITHIN_MS

const HOUR_MS = 3_600_000
/** Whatever is decided has to be done before the hold runs out. (F57) */
const BEFORE_HOLD_ENDS_MS = 6 * HOUR_MS

/** A decision that is waited for: so long before the day of the schemes is over, and so long before the hold runs out. */
const decision = (payment: Payment, at: number, { ofDay, ofHold }: Readonly<Record<'ofDay' | 'ofHold', number>>) => {
  const { captureBefore = Number.POSITIVE_INFINITY } = payment
  const latest = Math.min(releaseBy(payment, at) - ofDay, captureBefore - ofHold)
  return { do: 'remind', of: 'dispute-deadline-passed', at: Math.max(at, latest) } as const
}

/** So long an operator may decide about a bill; what the contract then says must still be done in time. (F57) */
export const decideBy = (payment: Payment, at: number): PaymentOrder =>
  decision(payment, at, { ofDay: RELEASE_WITHIN_MS - termsOf(payment).decideWithinMs, ofHold: BEFORE_HOLD_ENDS_MS })

/** What was refused may still be tried again, or billed anew; in the end it only has to be given back. (F65) */
export const giveBackBy = (payment: Payment, at: number): PaymentOrder =>
  decision(payment, at, { ofDay: HOUR_MS, ofHold: HOUR_MS })

export interface Released {
  readonly outcome: Outcome
  readonly why: string
  readonly set?: Partial<Payment>
}

export const release = (payment: Payment, { at }: { readonly at: number }, { outcome, why, set }: Released): Moved => ({
  to: 'voiding',
  set: { ...set, outcome, reason: why, leftEvse: true, dispute: undefined, releaseBy: releaseBy(payment, at) },
  effects: [{ do: 'void', why }],
})

/** So long after an order the session is looked at; where it goes on, the next order is given. (F31) */
export const STOP_AGAIN_MS = 30_000

/** Orders the CPO to stop a session we know; once more, where it did not obey those `before`. */
export function stopOrders(
  session: SessionSeen,
  by: StopReason,
  { stopCommandId: commandId, at }: { readonly stopCommandId: string; readonly at: number },
  before?: StopOrdered,
): { set: Partial<Payment>; effects: readonly PaymentOrder[] } {
  const pollAt = at + STOP_AGAIN_MS
  return {
    set: { stop: { ...before, by, commandId, tries: (before?.tries ?? 0) + 1, at }, polling: true, pollAt },
    effects: [
      { do: 'stop-session', commandId, sessionId: session.id },
      { do: 'remind', of: 'session-poll-due', at: pollAt },
    ],
  }
}

/** Voids the hold and stops a session that must not run. (I5) */
export function releaseAndStop(
  payment: Payment,
  event: { readonly at: number; readonly stopCommandId: string },
  why: string,
): PaymentVerdict {
  const { session } = payment
  const stop = session && session.status !== 'INVALID' ? stopOrders(session, 'policy', event) : undefined
  const over = release(payment, event, { outcome: 'not-plugged-in', why, set: { session } })
  return stop ? also(over, stop) : over
}

/** A new advice takes the place of the one before, which is still delivered as it was. (I8, E-16) */
export function advised(payment: Payment, advice: Advice): Partial<Payment> {
  return { advice, ...(payment.advice && { earlierAdvices: [...(payment.earlierAdvices ?? []), payment.advice] }) }
}
