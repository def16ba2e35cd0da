/** A void and its answers; while nobody knows whether it was obeyed, sessions and CDRs wait for the provider's record. Pure. (F79) */
import { isZero, limitReached, zero } from './amounts.ts'
import { billWaiting } from './cells-cdr.ts'
import { adviseNothing, lookAfterItsEnd, RELEASED } from './cells-money.ts'
import { isOfWaiting, neverBilled } from './cells-refund.ts'
import { sessionReported, voidedWhileRunning } from './cells-session.ts'
import { stopAgainIfItGoesOn } from './cells-stop.ts'
import type { PaymentOrder } from './events.ts'
import type { Advice, Payment } from './payment.ts'
import { newest } from './session-seen.ts'
import { alarm, also, type PaymentCell, type PaymentVerdict, stopOrders } from './verdicts.ts'

/**
 * Nothing is sure to be held: the word is kept, and what runs is neither paid nor stopped before we know. At the limit of
 * the hold it is stopped whatever will be known: more is paid by nobody, however long the provider is away. (I2, F79)
 */
export const sessionWhileVoidUnknown: PaymentCell<'session-reported'> = (payment, event) => {
  const session = newest(payment.session, event.session)
  if (!session) return { ignore: 'nothing newer' }
  const noted = { to: 'void-unknown', set: { session } } as const
  if (session.status !== 'ACTIVE') return noted
  if (payment.stop?.tries) return also(noted, stopAgainIfItGoesOn(payment, session, event))
  return limitReached(payment, session) ? also(noted, stopOrders(session, 'limit', event)) : noted
}

/** A bill that waits for that answer and is taken back meanwhile asks for nothing; a corrected one may follow. (F52, F79) */
export const creditWhileVoidUnknown: PaymentCell<'credit-received'> = (payment, { credit, of, at }) => {
  if (isOfWaiting(payment, of)) return neverBilled(payment)
  if (!payment.meanwhile || payment.cdr?.id !== of) return { ignore: 'nothing was captured' }
  const set = correctedBy(payment) ?? { credit: { ...credit, at }, cdr: undefined, meanwhile: undefined }
  return { to: 'void-unknown', set }
}

/** The corrected one came before: it waits in place of what is taken back. (I12) */
const correctedBy = ({ replacement }: Payment): Partial<Payment> | undefined =>
  replacement && {
    cdr: replacement.cdr,
    meanwhile: { ...(replacement.check && { check: replacement.check }) },
    replacement: undefined,
  }

/**
 * The hold stands: a CDR that came meanwhile takes it, a session that runs goes on with it, else the void is asked for
 * again. A CDR that was there before had its turn: it was zero, or somebody decided against it. (D-F05, I10)
 */
export const holdStands: PaymentCell<'hold-found'> = (payment, event) => {
  const { session, cdr, meanwhile } = payment
  const again: PaymentVerdict = { to: 'voiding', effects: [{ do: 'void', why: payment.reason ?? 'given back' }] }
  if (cdr) {
    // A session the CPO had declared invalid is not billed. (C-506)
    return meanwhile && session?.status !== 'INVALID' ? billWaiting(payment, event) : again
  }
  // One that is about to run out has no time left to be taken back. (I4)
  if (payment.holdEnding) return again
  if (!session || !(session.status === 'ACTIVE' || (session.status === 'COMPLETED' && session.kwh > 0))) return again
  const { stopCommandId, at } = event
  return sessionReported({ ...payment, session: undefined }, { type: 'session-reported', session, stopCommandId, at })
}

/** It was obeyed: what was billed is advised as FAILED, what runs is stopped. */
export const voidKnown: PaymentCell<'voided'> = (payment, event) => {
  // A bill of nothing asks for nothing: it is confirmed like any other, however late its void is known. (D-F16)
  if (payment.cdr && !isZero(payment.cdr.due) && !payment.advice) return voidedBeforeCapture(payment, event)
  return also(voidDone(payment, event), voidedWhileRunning(payment, event))
}

/** The void had won after all: nothing can be captured, and the CPO is told so. (F56) */
export const voidedBeforeCapture: PaymentCell<'voided'> = (payment, event) => {
  const lost = ranOut(event.expired)
  return also(adviseNothing('voided', payment, { ...event, set: { reason: RELEASED }, message: RELEASED }), lost)
}

/** A hold that ran out before it was given back is told, whatever else happened to it. (I4) */
const ranOut = (
  expired: boolean | undefined,
): { readonly set: Partial<Payment>; readonly effects: readonly PaymentOrder[] } =>
  expired
    ? { set: { expired }, effects: [alarm('HOLD_EXPIRED', 'The hold ran out before it was given back.')] }
    : { set: {}, effects: [] }

/** A zero CDR is confirmed with 0, one that could not be captured as FAILED; without a bill nothing is advised. (D-F16) */
export const voidDone: PaymentCell<'voided'> = (payment, event) => {
  const lost = ranOut(event.expired)
  const set = { voidsLost: undefined, ...lost.set }
  if ((!payment.cdr && !payment.credit) || payment.advice) return { to: 'voided', set, effects: lost.effects }
  const unpaid = payment.cdr && !payment.credit && !isZero(payment.cdr.due)
  const advice: Advice = {
    id: event.adviceId,
    status: unpaid ? 'FAILED' : 'SUCCESS',
    amount: zero(payment.asked.currency),
    ...(unpaid && payment.reason && { message: payment.reason }),
    at: event.at,
  }
  return { to: 'voided', set: { ...set, advice }, effects: [{ do: 'advise', adviceId: advice.id }, ...lost.effects] }
}

/** Asked after 5 s, then ever later: a provider that decides by message needs its time. */
const QUERY_VOID_AFTER_MS = 5_000
const QUERY_VOID_AT_MOST_MS = 600_000
/** So many lost answers in a row, some two hours, and an operator has to ask the provider. */
const VOIDS_LOST = 20

/** F79: the answer was lost. The provider's own record is read before anything else happens. */
export const voidLost: PaymentCell<'void-lost'> = (payment, event) => {
  const voidsLost = (payment.voidsLost ?? 0) + 1
  if (voidsLost > VOIDS_LOST) return voidGivenUp(payment, { ...event, type: 'void-given-up' })
  const wait = Math.min(QUERY_VOID_AT_MOST_MS, QUERY_VOID_AFTER_MS * 2 ** (voidsLost - 1))
  return { to: 'void-unknown', set: { voidsLost }, effects: [{ do: 'query-void', notBefore: event.at + wait }] }
}

/** The hold stays until it runs out; then its end is noted. (I4) What runs meanwhile is stopped. (I5) */
export const voidGivenUp: PaymentCell<'void-given-up'> = (payment, event) => ({
  to: 'stuck',
  set: {
    outcome: 'void-failed',
    reason: `The hold could not be released: ${event.reason}`,
    polling: true,
    pollAt: event.at,
  },
  effects: [lookAfterItsEnd(payment, event), { do: 'remind', of: 'session-poll-due', at: event.at }],
})
