/** How charging is stopped: the order, what is answered to it, and the looks that give it again. Pure. */
import type { Payment, SessionSeen } from './payment.ts'
import { silentTooLong } from './silence.ts'
import {
  alarm,
  also,
  firstPoll,
  type Happens,
  type Moved,
  type PaymentCell,
  type PaymentVerdict,
  poll,
  STOP_TRIES,
  stopOrders,
} from './verdicts.ts'

/** So long after an order that was not obeyed the next one is given. */
export const STOP_AGAIN_MS = 30_000

export const running = ({ session }: Payment): SessionSeen | undefined =>
  session?.status === 'ACTIVE' || session?.status === 'PENDING' ? session : undefined

/** Unpaid, and not at its end: it is told to stop, up to the limit of orders; what only waits must not begin. (I5, F20, F31) */
export const pollUnpaid: PaymentCell<'session-poll-due'> = (payment, event) => {
  const session = running(payment)
  if (!session) return pollEnds(payment, event)
  const look = lookAt(payment, event)
  if (!payment.stop) return also(look, stopOrders(session, 'policy', event.stopCommandId))
  if (event.at < (payment.stop.at ?? 0) + STOP_AGAIN_MS) return look
  const again = stopAgain(payment, event.stopCommandId, event.at)
  if ('to' in again) return also(look, again)
  const told = session.status === 'ACTIVE' ? [alarm('SESSION_NOT_STOPPED', again.refuse)] : []
  return also(pollEnds(payment, event), { effects: told })
}

/** Nothing is looked for any more. That the chain of polls has ended is noted: a session that comes back begins a new one. */
export const pollEnds: PaymentCell<'session-poll-due'> = (payment) =>
  payment.polling ? { to: payment.state, set: { polling: undefined } } : { ignore: 'nothing is looked for' }

/** The orders are used up, and the driver stands there and asks once more: one more is given. (F30, F31) */
export const stopOnceMore: PaymentCell<'stop-requested'> = ({ state, session, stop }, event) => {
  if (!session || !stop || stop.tries < STOP_TRIES) return { ignore: 'already known' }
  const { stopCommandId: commandId, by } = event
  return {
    to: state,
    set: { stop: { ...stop, by, commandId, tries: STOP_TRIES, at: event.at } },
    effects: [{ do: 'stop-session', commandId, sessionId: session.id }],
  }
}

export const stopCharging: PaymentCell<'stop-requested'> = (payment, event) => {
  if (!payment.session) return { refuse: 'STOP_SESSION needs the session id, and no Session has been seen.' }
  return { to: 'stopping', ...stopOrders(payment.session, event.by, event.stopCommandId) }
}

/**
 * D-F09: a refused or unanswered stop is repeated; the cap of the capture limits the loss. The limit is of orders that were
 * heard: those before them, of a CPO that was away, are no orders that were disobeyed. (F29, F31)
 */
export const stopAnswered: PaymentCell<'stop-answered'> = (payment, event) => {
  if (event.outcome === 'unanswered') return stopUnanswered(payment, event)
  const { state } = payment
  const stop = heard(payment.stop)
  switch (event.outcome) {
    case 'accepted':
      return stop === payment.stop
        ? { ignore: 'the Session will tell when it has ended' }
        : { to: state, set: { stop } }
    case 'unknown-session':
      return { to: state, set: { stop }, effects: [{ do: 'find-session', last: false }, { do: 'pull-cdr' }] }
    case 'refused':
      return stopAgain({ ...payment, stop }, event.stopCommandId, event.at + STOP_AGAIN_MS)
  }
}

/** Five are given quickly after each other; from then on the next look gives it again, however long nobody hears. */
function stopUnanswered(payment: Payment, event: Happens<'stop-answered'>): PaymentVerdict {
  const { stop, state } = payment
  // The looks may have ended with the last order, before it was known that nobody heard it.
  if (stop && stop.tries >= STOP_TRIES)
    return {
      to: state,
      set: { stop: { ...stop, tries: STOP_TRIES - 1 }, polling: true },
      effects: firstPoll(payment, event.at),
    }
  const noted = stop && { ...stop, unheard: (stop.unheard ?? 0) + 1 }
  return stopAgain({ ...payment, stop: noted }, event.stopCommandId, event.at + STOP_AGAIN_MS)
}

/** Somebody answers: what nobody had answered before was not heard. */
function heard(stop: Payment['stop']): Payment['stop'] {
  if (!stop?.unheard) return stop
  const { unheard, ...rest } = stop
  return { ...rest, tries: Math.max(1, rest.tries - unheard) }
}

/** Nothing pays for it: the stop of a session that has not ended is repeated until it is obeyed. (F20, I5) */
export const stopUnpaidAgain: PaymentCell<'stop-answered'> = (payment, event) =>
  running(payment) ? stopAnswered(payment, event) : { ignore: 'the session has ended' }

function stopAgain(
  { state, session, stop }: Payment,
  commandId: string,
  notBefore: number,
): Moved | { readonly refuse: string } {
  if (!session || !stop) return { refuse: 'No stop was ordered: there is none to repeat.' }
  if (stop.tries >= STOP_TRIES)
    return { refuse: `The session does not stop after ${STOP_TRIES} orders. Call the operator.` }
  return {
    to: state,
    set: { stop: { ...stop, commandId, tries: stop.tries + 1, at: notBefore } },
    effects: [{ do: 'stop-session', commandId, sessionId: session.id, notBefore }],
  }
}

const lookAt = (payment: Payment, { at }: { readonly at: number }): Moved => ({
  to: payment.state,
  effects: [{ do: 'find-session', last: false }, poll(payment, at)],
})

export const pollSession: PaymentCell<'session-poll-due'> = lookAt

/** F26: no word for so long that the hold might be passed until the next look, at the worst: it is stopped before. */
export const pollCharging: PaymentCell<'session-poll-due'> = (payment, event) => {
  const look = lookAt(payment, event)
  if (!payment.session || !silentTooLong(payment, event.at)) return look
  return also({ to: 'stopping', ...stopOrders(payment.session, 'limit', event.stopCommandId) }, look)
}

/**
 * F31: accepted, still active. The order goes out again with every poll, up to its limit. Then its bill is looked for: a CPO
 * that lists a session for ever may have ended and billed it long ago. (I7)
 */
export const pollAndStopAgain: PaymentCell<'session-poll-due'> = (payment, event) => {
  const again = stopAgain(payment, event.stopCommandId, event.at)
  if ('to' in again) return also(lookAt(payment, event), again)
  const told = payment.reason === again.refuse ? [] : [alarm('SESSION_NOT_STOPPED', again.refuse)]
  return also(lookAt(payment, event), { set: { reason: again.refuse }, effects: [{ do: 'pull-cdr' }, ...told] })
}
