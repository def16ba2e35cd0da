/** Whether a void was obeyed is not known: sessions and CDRs wait for the provider's record. Pure. (F79) */
import { isZero, limitReached } from './amounts.ts'
import { cdrReceived } from './cells-cdr.ts'
import { voidDone, voidedBeforeCapture } from './cells-money.ts'
import { sessionReported, voidedWhileRunning } from './cells-session.ts'
import { newest } from './session-seen.ts'
import { also, type PaymentCell, type PaymentVerdict, stopOrders } from './verdicts.ts'

/**
 * Nothing is sure to be held: the word is kept, and what runs is neither paid nor stopped before we know. At the limit of
 * the hold it is stopped whatever will be known: more is paid by nobody, however long the provider is away. (I2, F79)
 */
export const sessionWhileVoidUnknown: PaymentCell<'session-reported'> = (payment, event) => {
  const session = newest(payment.session, event.session)
  if (!session) return { ignore: 'nothing newer' }
  if (session.status !== 'ACTIVE' || payment.stop?.tries || !limitReached(payment, session))
    return { to: 'void-unknown', set: { session } }
  const stop = stopOrders(session, 'limit', event.stopCommandId)
  return { to: 'void-unknown', set: { session, ...stop.set }, effects: stop.effects }
}

/** A bill that waits for that answer and is taken back meanwhile asks for nothing; a corrected one may follow. (F52, F79) */
export const creditWhileVoidUnknown: PaymentCell<'credit-received'> = (payment, { credit, of, at }) =>
  payment.meanwhile && payment.cdr?.id === of
    ? { to: 'void-unknown', set: { credit: { ...credit, at }, cdr: undefined, meanwhile: undefined } }
    : { ignore: 'nothing was captured' }

/**
 * The hold stands: a CDR that came meanwhile takes it, a session that runs goes on with it, else the void is asked for
 * again. A CDR that was there before had its turn: it was zero, or somebody decided against it. (D-F05, I10)
 */
export const holdStands: PaymentCell<'hold-found'> = (payment, event) => {
  const { session, cdr, meanwhile } = payment
  const again: PaymentVerdict = { to: 'voiding', effects: [{ do: 'void', why: payment.reason ?? 'given back' }] }
  if (cdr) {
    if (!meanwhile) return again
    const { check } = meanwhile
    const taken = cdrReceived(
      { ...payment, cdr: undefined },
      { type: 'cdr-received', cdr, ...(check && { check }), adviceId: event.adviceId, at: event.at },
    )
    return also(taken, { set: { meanwhile: undefined } })
  }
  // One that is about to run out has no time left to be taken back. (I4)
  if (payment.holdEnding) return again
  if (!session || !(session.status === 'ACTIVE' || (session.status === 'COMPLETED' && session.kwh > 0))) return again
  const { stopCommandId, at } = event
  const goesOn = sessionReported(
    { ...payment, session: undefined },
    { type: 'session-reported', session, stopCommandId, at },
  )
  // What became of a stop that was ordered before nobody has listened to.
  const { stop } = payment
  return session.status === 'ACTIVE' && stop?.tries ? also(goesOn, stopOrders(session, stop.by, stopCommandId)) : goesOn
}

/** It was obeyed: what was billed is advised as FAILED, what runs is stopped. */
export const voidKnown: PaymentCell<'voided'> = (payment, event) => {
  // A bill of nothing asks for nothing: it is confirmed like any other, however late its void is known. (D-F16)
  if (payment.cdr && !isZero(payment.cdr.due) && !payment.advice) return voidedBeforeCapture(payment, event)
  return also(voidDone(payment, event), voidedWhileRunning(payment, event))
}
