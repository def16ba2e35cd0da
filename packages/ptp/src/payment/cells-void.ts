/** Whether a void was obeyed is not known: sessions and CDRs wait for the provider's record. Pure. (F79) */
import { isZero } from './amounts.ts'
import { cdrReceived } from './cells-cdr.ts'
import { voidDone, voidedBeforeCapture } from './cells-money.ts'
import { newest, sessionReported, voidedWhileRunning } from './cells-session.ts'
import { firstPoll, type PaymentCell, type PaymentVerdict, stopOrders } from './verdicts.ts'

/** Nothing is sure to be held: the word is kept, and what runs is neither paid nor stopped before we know. */
export const sessionWhileVoidUnknown: PaymentCell<'session-reported'> = (payment, event) => {
  const session = newest(payment.session, event.session)
  return session ? { to: 'void-unknown', set: { session } } : { ignore: 'nothing newer' }
}

/**
 * The hold stands: a CDR that came meanwhile takes it, a session that runs goes on with it, else the void is asked for
 * again. A CDR that was there before had its turn: it was zero, or somebody decided against it. (D-F05, I10)
 */
export const holdStands: PaymentCell<'hold-found'> = (payment, event) => {
  const { session, cdr, meanwhile } = payment
  const again: PaymentVerdict = { to: 'voiding', effects: [{ do: 'void', why: payment.reason ?? 'given back' }] }
  if (cdr && !meanwhile) return again
  if (cdr) {
    const { check } = meanwhile ?? {}
    const taken = cdrReceived(
      { ...payment, cdr: undefined },
      { type: 'cdr-received', cdr, ...(check && { check }), adviceId: event.adviceId, at: event.at },
    )
    return 'to' in taken ? { ...taken, set: { ...taken.set, meanwhile: undefined } } : taken
  }
  // One that is about to run out has no time left to be taken back. (I4)
  if (payment.holdEnding) return again
  if (session?.status === 'ACTIVE') {
    const set = { polling: true, outcome: undefined, reason: undefined, sessionSeenAt: event.at }
    const first = firstPoll(payment, event.at)
    if (!payment.stop?.tries) return { to: 'charging', set, effects: first }
    const stop = stopOrders(session, payment.stop.by, event.stopCommandId)
    return { to: 'stopping', set: { ...set, ...stop.set }, effects: [...stop.effects, ...first] }
  }
  if (session?.status === 'COMPLETED' && session.kwh > 0)
    return sessionReported(
      { ...payment, session: undefined },
      { type: 'session-reported', session, stopCommandId: event.stopCommandId, at: event.at },
    )
  return again
}

/** It was obeyed: what was billed is advised as FAILED, what runs is stopped. */
export const voidKnown: PaymentCell<'voided'> = (payment, event) => {
  // A bill of nothing asks for nothing: it is confirmed like any other, however late its void is known. (D-F16)
  if (payment.cdr && !isZero(payment.cdr.due) && !payment.advice) return voidedBeforeCapture(payment, event)
  const over = voidDone(payment, event)
  const { session } = payment
  if (!('to' in over) || (session?.status !== 'ACTIVE' && session?.status !== 'PENDING')) return over
  const stop = voidedWhileRunning(payment, event)
  if (!('to' in stop)) return over
  return { ...over, set: { ...over.set, ...stop.set }, effects: [...(over.effects ?? []), ...(stop.effects ?? [])] }
}
