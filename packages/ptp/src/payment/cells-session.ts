/** What the Session says, and how charging is stopped. A Session is proof, whatever else was said. Pure. */
import { sameCi } from '@plugtill/ocpi/types'
import { costAtLimit } from './amounts.ts'
import { mustStop, raiseDue } from './cells-raise.ts'
import { awaitPlug, neverPlugged } from './cells-start.ts'
import type { PaymentOrder } from './events.ts'
import type { Payment, SessionSeen } from './payment.ts'
import { newest } from './session-seen.ts'
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
  release,
  releaseBy,
  STOP_TRIES,
  stopOrders,
} from './verdicts.ts'

const STOP_AGAIN_MS = 30_000

const isOther = (payment: Payment, session: SessionSeen): boolean =>
  payment.session !== undefined && !sameCi(payment.session.id, session.id)

const ONLY_WAITS: readonly SessionSeen['status'][] = ['PENDING', 'RESERVATION']

/** What only waited goes on under another id: a CPO that makes the session of the reservation, or of the car, anew. (C-304) */
const beganAnew = ({ session }: Payment, other: SessionSeen): boolean =>
  session !== undefined && ONLY_WAITS.includes(session.status) && (other.status !== 'COMPLETED' || other.kwh > 0)

/** A Session is proof, whatever the command messages said. (C-304, reliability 3.2) */
export const sessionReported: PaymentCell<'session-reported'> = (payment, event) => {
  if (isOther(payment, event.session)) {
    if (!beganAnew(payment, event.session))
      return { refuse: `Session ${event.session.id} carries the reference of session ${payment.session?.id}.` }
    return sessionReported({ ...payment, session: undefined }, event)
  }
  const session = newest(payment.session, event.session)
  // The last look shows what we knew: it still only waits.
  if (!session && payment.state === 'awaiting-session' && decidesPlug(payment, event))
    return neverPlugged(payment, event)
  if (!session) return { ignore: `nothing newer in session ${event.session.id}` }
  switch (session.status) {
    case 'PENDING':
    case 'RESERVATION':
      return sessionPending(payment, session, event)
    case 'ACTIVE':
      return sessionActive(payment, session, event)
    case 'COMPLETED':
      return awaitCdr(payment, session, event.at)
    case 'INVALID':
      // The CPO's own window has ended too.
      if (payment.plugInWindowPassed && session.kwh === 0) return neverPlugged({ ...payment, session }, event)
      return release(payment, event, {
        outcome: 'session-invalid',
        why: 'The operator marked the session as invalid; it is not billed.',
        set: { session },
      })
  }
}

/**
 * Whether a session that only waits ends the waiting. A word that was sent does not: after an outage the CPO delivers what it has
 * kept in its order, and the one that says the car has come follows. (F26, F27)
 */
const decidesPlug = (payment: Payment, event: Happens<'session-reported'>) =>
  payment.plugInWindowPassed === true && event.lastLook === true

function sessionPending(payment: Payment, session: SessionSeen, event: Happens<'session-reported'>): PaymentVerdict {
  if (decidesPlug(payment, event)) return neverPlugged({ ...payment, session }, event)
  if (payment.state === 'starting' || payment.state === 'start-unknown') return awaitPlug(payment, event.at, session)
  return { to: payment.state, set: { session } }
}

function sessionActive(payment: Payment, session: SessionSeen, event: Happens<'session-reported'>): PaymentVerdict {
  const first = firstPoll(payment, event.at)
  const set = { session, sessionSeenAt: event.at, polling: true, ...stillElsewhere(payment) }
  // A stop that was ordered stays ordered, also when the session had looked dead in between.
  if (payment.stop?.tries) return { to: 'stopping', set, effects: first }
  if (session.elsewhere === 'other-tariff') return atOtherPrice(payment, session, { event, set, first })
  const moved = session.elsewhere !== undefined && !payment.session?.elsewhere
  // At the same price nothing is different: a driver who wants to stop is obeyed there too, and the hold has its end. (F30)
  const told = moved ? [alarm('SESSION_ELSEWHERE', `${movedTo(payment, session)}, at the same price.`)] : []
  const raise = raiseDue(payment, session)
  const more: readonly PaymentOrder[] = raise ? [{ do: 'raise-hold', n: raise.n, to: raise.to }] : []
  // More is asked for also when it will not do: then charging does not wait for the answer. (F33)
  const enough = raise ? !costAtLimit({ ...payment, held: raise.to }, session) : !mustStop(payment, session)
  const going = { ...set, ...(raise && { raise }) }
  if (!payment.stop && enough) return { to: 'charging', set: going, effects: [...told, ...more, ...first] }
  const stop = stopOrders(session, payment.stop?.by ?? 'limit', event.stopCommandId)
  return { to: 'stopping', set: { ...going, ...stop.set }, effects: [...told, ...more, ...stop.effects, ...first] }
}

/** What the driver is told about another charger stays true until the money is decided. (F21) */
const stillElsewhere = ({ outcome }: Payment) =>
  outcome === 'other-charger' ? {} : { outcome: undefined, reason: undefined }

const movedTo = ({ evseUid, connectorId }: Payment, session: SessionSeen) =>
  `Session ${session.id} runs at another connector than ${evseUid}/${connectorId}`

/** F21: another connector than was paid for, at another price: the driver has not agreed to it, and it is stopped. */
function atOtherPrice(
  payment: Payment,
  session: SessionSeen,
  { event, set, first }: { event: Happens<'session-reported'>; set: Partial<Payment>; first: readonly PaymentOrder[] },
): PaymentVerdict {
  const stop = stopOrders(session, 'policy', event.stopCommandId)
  const reason = `${movedTo(payment, session)}, at another price. It is stopped.`
  return {
    to: 'stopping',
    set: { ...set, ...stop.set, outcome: 'other-charger', reason },
    effects: [alarm('SESSION_ELSEWHERE', reason), ...stop.effects, ...first],
  }
}

function awaitCdr(payment: Payment, session: SessionSeen, at: number): PaymentVerdict {
  if (payment.state === 'awaiting-cdr') return { to: 'awaiting-cdr', set: { session } }
  return {
    to: 'awaiting-cdr',
    set: { session, ...stillElsewhere(payment), releaseBy: releaseBy(payment, at) },
    effects: [{ do: 'remind', of: 'cdr-deadline-passed', at: at + payment.timers.cdrDeadlineMs }],
  }
}

/**
 * The hold still stands while its void is under way: a session that really runs, or has run, wins and the void is
 * dropped. (D-F05) One that only waits is stopped. Once a CDR of zero has decided, nothing else matters; a hold that is
 * about to run out is no longer worth taking back, because nobody would give it back in time. (I4)
 */
export const sessionWhileVoiding: PaymentCell<'session-reported'> = (payment, event) => {
  if (payment.cdr) return { ignore: 'the CDR has decided' }
  if (isOther(payment, event.session)) return sessionReported(payment, event)
  if (payment.holdEnding) return stopUnpaid(payment, event)
  const session = newest(payment.session, event.session)
  if (!session) return { ignore: `nothing newer in session ${event.session.id}` }
  if (session.status === 'ACTIVE' || (session.status === 'COMPLETED' && session.kwh > 0))
    return sessionReported(payment, event)
  if (session.status !== 'PENDING' || payment.stop) return { to: 'voiding', set: { session } }
  const stop = stopOrders(session, 'policy', event.stopCommandId)
  return { to: 'voiding', set: { ...stop.set, session }, effects: stop.effects }
}

/**
 * Whether the hold can be given back, or ever was, is for a person to find out: until then nothing is sure to pay for what
 * runs, and it is stopped. Once there is a bill, the words of its session change nothing. (I5, F79)
 */
export const sessionWhileStuck: PaymentCell<'session-reported'> = (payment, event) =>
  payment.cdr || !payment.held ? { ignore: 'too late to matter' } : stopUnpaid(payment, event)

/** F20: energy without a hold. Stop at once; the operator bears it by contract. */
export const stopUnpaid: PaymentCell<'session-reported'> = (payment, event) => {
  // Another session under the same reference is as unpaid as the first.
  const session = isOther(payment, event.session) ? event.session : newest(payment.session, event.session)
  if (!session) return { ignore: `nothing newer in session ${event.session.id}` }
  if (session.status !== 'ACTIVE' && session.status !== 'PENDING') return { to: payment.state, set: { session } }
  // Each word of the session would be an order otherwise, and all tries be used up in a minute. (F31)
  const { at = 0, tries = 0 } = payment.stop ?? {}
  if (event.at < at + STOP_AGAIN_MS) return { to: payment.state, set: { session } }
  if (tries >= STOP_TRIES) return { refuse: `Session ${session.id} runs without a hold and does not stop.` }
  const first = payment.stop
    ? []
    : [alarm('SESSION_UNPAID', `Session ${session.id} runs without a hold that is sure: it is stopped.`)]
  return {
    to: payment.state,
    set: {
      session,
      polling: true,
      stop: { by: 'policy', commandId: event.stopCommandId, tries: tries + 1, at: event.at },
    },
    effects: [
      { do: 'stop-session', commandId: event.stopCommandId, sessionId: session.id },
      ...first,
      ...firstPoll(payment, event.at),
    ],
  }
}

const running = ({ session }: Payment): SessionSeen | undefined =>
  session?.status === 'ACTIVE' || session?.status === 'PENDING' ? session : undefined

/** Unpaid, and not at its end: it is told to stop, up to the limit of orders; what only waits must not begin. (I5, F20, F31) */
export const pollUnpaid: PaymentCell<'session-poll-due'> = (payment, event) => {
  const session = running(payment)
  if (!session) return pollEnds(payment, event)
  const look = lookAt(payment, event)
  if (!payment.stop) return also(look, stopOrders(session, 'policy', event.stopCommandId))
  if (event.at < (payment.stop.at ?? 0) + STOP_AGAIN_MS) return look
  const again = stopAgain(payment, event.stopCommandId, event.at)
  return 'to' in again ? also(look, again) : again
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
    set: { stop: { by, commandId, tries: STOP_TRIES, at: event.at } },
    effects: [{ do: 'stop-session', commandId, sessionId: session.id }],
  }
}

export const stopCharging: PaymentCell<'stop-requested'> = (payment, event) => {
  if (!payment.session) return { refuse: 'STOP_SESSION needs the session id, and no Session has been seen.' }
  return { to: 'stopping', ...stopOrders(payment.session, event.by, event.stopCommandId) }
}

/** D-F09: a refused or unanswered stop is repeated; the cap of the capture limits the loss. */
export const stopAnswered: PaymentCell<'stop-answered'> = (payment, event) => {
  if (event.outcome === 'accepted') return { ignore: 'the Session will tell when it has ended' }
  if (event.outcome === 'unknown-session') {
    return { to: payment.state, effects: [{ do: 'find-session', last: false }, { do: 'pull-cdr' }] }
  }
  const { stop, state } = payment
  // Nobody has heard the last of them: it is no order that was disobeyed, and the next look gives it again. (F29)
  if (event.outcome === 'unanswered' && stop && stop.tries >= STOP_TRIES)
    return { to: state, set: { stop: { ...stop, tries: STOP_TRIES - 1 } } }
  return stopAgain(payment, event.stopCommandId, event.at + STOP_AGAIN_MS)
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
    set: { stop: { by: stop.by, commandId, tries: stop.tries + 1, at: notBefore } },
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

/** The void won the race against the session: nothing is held, so nothing may flow. */
export const voidedWhileRunning = (payment: Payment, event: Happens<'voided'>): Moved => {
  const session = running(payment)
  if (!session) return { to: 'voided' }
  const stop = stopOrders(session, 'policy', event.adviceId)
  return {
    to: 'voided',
    set: { ...stop.set, polling: true },
    effects: [...stop.effects, ...firstPoll(payment, event.at)],
  }
}
