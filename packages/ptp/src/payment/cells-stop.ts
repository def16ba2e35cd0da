/** How charging is stopped: the order, what is answered to it, and the looks that give it again. Pure. */
import { parseDateTime } from '@plugtill/ocpi/types'
import { raiseDue } from './cells-raise.ts'
import type { PaymentOrder } from './events.ts'
import type { Payment, SessionSeen, StopOrdered } from './payment.ts'
import { silence } from './silence.ts'
import {
  alarm,
  also,
  firstPoll,
  type Happens,
  type Moved,
  type PaymentCell,
  type PaymentVerdict,
  STOP_AGAIN_MS,
  stopOrders,
} from './verdicts.ts'

export const stopAgainDue = ({ stop }: Payment, at: number): boolean => at >= (stop?.at ?? 0) + STOP_AGAIN_MS

export const running = ({ session }: Payment): SessionSeen | undefined =>
  session?.status === 'ACTIVE' || session?.status === 'PENDING' ? session : undefined

/** A stop is ordered this often before an operator has to look. (F31) */
const STOP_TRIES = 5

/** All orders are given. The limit is of those that were heard: those of a CPO that was away were not disobeyed. (F29, F31) */
export const usedUp = ({ tries, unheard = 0 }: StopOrdered): boolean => tries - unheard >= STOP_TRIES

/** Unpaid, and not at its end: it is told to stop, up to the limit of orders; what only waits must not begin. (I5, F20, F31) */
export const pollUnpaid = whenDue((payment, event) => {
  const session = running(payment)
  if (!session) return pollEnds(payment, event)
  if (!payment.stop) return also({ to: payment.state, ...stopOrders(session, 'policy', event) }, LOOK)
  const look = lookAt(payment, event)
  if (!stopAgainDue(payment, event.at)) return look
  const again = stopAgain(payment, event.stopCommandId, event.at)
  if ('to' in again) return also(look, again)
  const told = session.status === 'ACTIVE' ? [alarm('SESSION_NOT_STOPPED', again.refuse)] : []
  return also(pollEnds(payment, event), { effects: told })
})

/** The last word of a session and its bill may be of two clocks. (I17) */
const AFTER_BILL_MS = 60_000

/** What the CPO tells of a time after the end of its bill is paid by nobody; what is of before only comes late. (F27, F43) */
export const runsAfterBill = ({ cdr }: Payment, session: SessionSeen | undefined): boolean =>
  cdr?.endedAt !== undefined &&
  session?.status === 'ACTIVE' &&
  parseDateTime(session.lastUpdated) > parseDateTime(cdr.endedAt) + AFTER_BILL_MS

/** Billed: what was not told to have ended is looked at once more; what goes on is told to stop. (I5, F43) */
export const pollAfterBill: PaymentCell<'session-poll-due'> = (payment, event) => {
  if (runsAfterBill(payment, payment.session)) return pollUnpaid(payment, event)
  const ends = pollEnds(payment, event)
  return payment.session?.status === 'ACTIVE' ? also(ends, LOOK) : ends
}

export const pollWhileStuck: PaymentCell<'session-poll-due'> = (payment, event) =>
  payment.cdr ? pollAfterBill(payment, event) : pollUnpaid(payment, event)

export const stopAnsweredAfterBill: PaymentCell<'stop-answered'> = (payment, event) =>
  runsAfterBill(payment, payment.session) ? stopAnswered(payment, event) : { ignore: 'the session is billed' }

/** Its bill was taken back while it runs: it goes on with the hold. (F52) */
export const pollUntilBill: PaymentCell<'session-poll-due'> = (payment, event) =>
  running(payment) ? pollCharging(payment, event) : pollEnds(payment, event)

/** Whether the hold stands nobody knows: what was told to stop is told again, all else is only looked for. (F29, F79) */
export const pollUnknown: PaymentCell<'session-poll-due'> = (payment, event) =>
  payment.stop?.tries && running(payment) ? pollUnpaid(payment, event) : pollSession(payment, event)

/** Nothing is looked for any more. That the chain of polls has ended is noted: a session that comes back begins a new one. */
export const pollEnds: PaymentCell<'session-poll-due'> = (payment) =>
  payment.polling
    ? { to: payment.state, set: { polling: undefined, pollAt: undefined } }
    : { ignore: 'nothing is looked for' }

/** The orders are used up, and the driver stands there and asks once more: one more is given. (F30, F31) */
export const stopOnceMore: PaymentCell<'stop-requested'> = ({ state, session, stop }, event) => {
  if (!session || !stop || !usedUp(stop)) return { ignore: 'already known' }
  const { stopCommandId: commandId, by } = event
  return {
    to: state,
    set: { stop: { ...stop, by, commandId, at: event.at } },
    effects: [{ do: 'stop-session', commandId, sessionId: session.id }],
  }
}

export const stopCharging: PaymentCell<'stop-requested'> = (payment, event) => {
  if (!payment.session) return { refuse: 'STOP_SESSION needs the session id, and no Session has been seen.' }
  return { to: 'stopping', ...stopOrders(payment.session, event.by, event) }
}

/** D-F09: a refused or unanswered stop is repeated; the cap of the capture limits the loss. (F29, F31) */
export const stopAnswered: PaymentCell<'stop-answered'> = (payment, event) => {
  switch (event.outcome) {
    case 'accepted':
      return { ignore: 'the Session will tell when it has ended' }
    case 'unknown-session':
      return { to: payment.state, effects: [{ do: 'find-session', last: false }, { do: 'pull-cdr' }] }
    case 'unanswered':
      return stopUnanswered(payment, event)
    case 'refused':
      return stopAgain(payment, event.stopCommandId, event.at + STOP_AGAIN_MS)
  }
}

/** The first ones follow quickly on each other; from then on the next look gives it again, however long nobody hears. */
function stopUnanswered({ stop, ...payment }: Payment, event: Happens<'stop-answered'>): PaymentVerdict {
  const noted = stop && { ...stop, unheard: (stop.unheard ?? 0) + 1 }
  if (!noted || noted.tries < STOP_TRIES)
    return stopAgain({ ...payment, stop: noted }, event.stopCommandId, event.at + STOP_AGAIN_MS)
  // The looks may have ended with this order, before it was known that nobody heard it.
  return { to: payment.state, set: { stop: noted, polling: true }, effects: firstPoll(payment, event.at) }
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
  if (usedUp(stop)) return { refuse: `The session does not stop after ${STOP_TRIES} orders. Call the operator.` }
  return {
    to: state,
    set: { stop: { ...stop, commandId, tries: stop.tries + 1, at: notBefore } },
    effects: [{ do: 'stop-session', commandId, sessionId: session.id, notBefore }],
  }
}

/** A word that it goes on half a minute after the order: the next one, up to their limit. (F31) */
export function stopAgainIfItGoesOn(payment: Payment, session: SessionSeen, event: Happens<'session-reported'>) {
  const { stop } = payment
  if (!stop || usedUp(stop) || !stopAgainDue(payment, event.at)) return {}
  return stopOrders(session, stop.by, event, stop)
}

const LOOK: { readonly effects: readonly PaymentOrder[] } = { effects: [{ do: 'find-session', last: false }] }

/** One look, and the next one ordered. Where one was ordered sooner than usual, the usual one is none any more. */
function lookAt(payment: Payment, { at }: { readonly at: number }, next = at + payment.timers.sessionPollMs): Moved {
  const sooner = payment.pollAt !== undefined || next < at + payment.timers.sessionPollMs
  return {
    to: payment.state,
    ...(sooner && { set: { pollAt: next } }),
    effects: [...LOOK.effects, { do: 'remind', of: 'session-poll-due', at: next }],
  }
}

/** What was ordered before a sooner look took its place. */
function whenDue(cell: PaymentCell<'session-poll-due'>): PaymentCell<'session-poll-due'> {
  return (payment, event) =>
    event.at >= (payment.pollAt ?? 0) ? cell(payment, event) : { ignore: 'the next look is ordered' }
}

/** After a word: fast power may use up the hold before the usual look. (F26) */
export function lookSooner(payment: Payment, at: number): Pick<Moved, 'set' | 'effects'> {
  const { next } = silence(payment, at)
  if (next >= (payment.pollAt ?? at + payment.timers.sessionPollMs)) return {}
  return { set: { pollAt: next }, effects: [{ do: 'remind', of: 'session-poll-due', at: next }] }
}

export const pollSession = whenDue((payment, event) => lookAt(payment, event))

/** F26: no word for so long that the hold might be passed, at the worst: it is stopped before, or a larger hold asked for. */
export const pollCharging = whenDue((payment, event) => {
  const { tooLong, near, next } = silence(payment, event.at)
  const look = lookAt(payment, event, next)
  if (!payment.session) return look
  if (tooLong) return also({ to: 'stopping', ...stopOrders(payment.session, 'limit', event) }, LOOK)
  const raise = near ? raiseDue(payment, { ...payment.session, nearHold: true }) : undefined
  return raise ? also(look, { set: { raise }, effects: [{ do: 'raise-hold', n: raise.n, to: raise.to }] }) : look
})

/**
 * F31: accepted, still active as far as we know. It is looked at soon after each order, which goes out again with every usual
 * poll, up to its limit. Then its bill is looked for: a CPO that lists a session for ever may have ended and billed it. (I7)
 */
export const pollAndStopAgain = whenDue((payment, event) => {
  const { stop, timers } = payment
  const due = (stop?.at ?? 0) + (stop && usedUp(stop) ? STOP_AGAIN_MS : timers.sessionPollMs)
  if (event.at < due) return lookAt(payment, event, due)
  const again = stopAgain(payment, event.stopCommandId, event.at)
  if ('to' in again) return also(lookAt(payment, event, event.at + STOP_AGAIN_MS), again)
  const told = payment.reason === again.refuse ? [] : [alarm('SESSION_NOT_STOPPED', again.refuse)]
  return also(lookAt(payment, event), { set: { reason: again.refuse }, effects: [{ do: 'pull-cdr' }, ...told] })
})
