/** What the Session says. A Session is proof, whatever else was said. Pure. */
import { sameCi } from '@plugtill/ocpi/types'
import { costAtLimit } from './amounts.ts'
import { mustStop, raiseDue } from './cells-raise.ts'
import { awaitPlug, neverPlugged } from './cells-start.ts'
import { lookSooner, running, runsAfterBill, stopAgainDue, stopAgainIfItGoesOn, usedUp } from './cells-stop.ts'
import type { PaymentOrder } from './events.ts'
import type { Payment, SessionSeen } from './payment.ts'
import { newest } from './session-seen.ts'
import {
  alarm,
  also,
  firstPoll,
  type Happens,
  type Moved,
  type PaymentCell,
  type PaymentVerdict,
  RELEASE_WITHIN_MS,
  release,
  stopOrders,
} from './verdicts.ts'

const isOther = (payment: Payment, session: SessionSeen): boolean =>
  payment.session !== undefined && !sameCi(payment.session.id, session.id)

const ONLY_WAITS: readonly SessionSeen['status'][] = ['PENDING', 'RESERVATION']

/** What only waited goes on under another id: a CPO that makes the session of the reservation, or of the car, anew. (C-304) */
const beganAnew = ({ session }: Payment, other: SessionSeen): boolean =>
  session !== undefined && ONLY_WAITS.includes(session.status) && (other.status !== 'COMPLETED' || other.kwh > 0)

/** A Session is proof, whatever the command messages said. (C-304, reliability 3.2) */
export const sessionReported: PaymentCell<'session-reported'> = (payment, event) => {
  if (isOther(payment, event.session)) {
    if (!beganAnew(payment, event.session)) {
      // Nothing else is there: what we know of still only waits. (C-304, I6)
      if (payment.state === 'awaiting-session' && decidesPlug(payment, event)) return neverPlugged(payment, event)
      return { refuse: `Session ${event.session.id} carries the reference of session ${payment.session?.id}.` }
    }
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
  // It runs: whatever had begun the day of the schemes before, a start that was said to have failed, has not ended it. (F19)
  const set = { session, sessionSeenAt: event.at, polling: true, releaseBy: undefined, ...stillElsewhere(payment) }
  // A stop that was ordered stays ordered, also when the session had looked dead in between.
  if (payment.stop?.tries)
    return also({ to: 'stopping', set, effects: first }, stopAgainIfItGoesOn(payment, session, event))
  if (session.elsewhere === 'other-tariff') return atOtherPrice(payment, session, { event, set })
  const moved = session.elsewhere !== undefined && !payment.session?.elsewhere
  // At the same price nothing is different: a driver who wants to stop is obeyed there too, and the hold has its end. (F30)
  const told = moved ? [alarm('SESSION_ELSEWHERE', `${movedTo(payment, session)}, at the same price.`)] : []
  const raise = raiseDue(payment, session)
  const more: readonly PaymentOrder[] = raise ? [{ do: 'raise-hold', n: raise.n, to: raise.to }] : []
  // More is asked for also when it will not do: then charging does not wait for the answer. (F33)
  const enough = raise ? !costAtLimit({ ...payment, held: raise.to }, session) : !mustStop(payment, session)
  const going = { ...set, ...(raise && { raise }) }
  if (!payment.stop && enough)
    return also(
      { to: 'charging', set: going, effects: [...told, ...more, ...first] },
      lookSooner({ ...payment, ...going }, event.at),
    )
  const stop = stopOrders(session, payment.stop?.by ?? 'limit', event)
  return { to: 'stopping', set: { ...going, ...stop.set }, effects: [...told, ...more, ...stop.effects] }
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
  { event, set }: { event: Happens<'session-reported'>; set: Partial<Payment> },
): PaymentVerdict {
  const stop = stopOrders(session, 'policy', event)
  const reason = `${movedTo(payment, session)}, at another price. It is stopped.`
  return {
    to: 'stopping',
    set: { ...set, ...stop.set, outcome: 'other-charger', reason },
    effects: [alarm('SESSION_ELSEWHERE', reason), ...stop.effects],
  }
}

function awaitCdr(payment: Payment, session: SessionSeen, at: number): PaymentVerdict {
  if (payment.state === 'awaiting-cdr') return { to: 'awaiting-cdr', set: { session } }
  return {
    to: 'awaiting-cdr',
    set: { session, ...stillElsewhere(payment), releaseBy: at + RELEASE_WITHIN_MS },
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
  const stop = stopOrders(session, 'policy', event)
  return { to: 'voiding', set: { ...stop.set, session }, effects: stop.effects }
}

/**
 * Whether the hold can be given back, or ever was, is for a person to find out: until then nothing is sure to pay for what
 * runs, and it is stopped. (I5, F79)
 */
export const sessionWhileStuck: PaymentCell<'session-reported'> = (payment, event) => {
  if (payment.cdr) return sessionAfterBill(payment, event)
  return payment.held ? stopUnpaid(payment, event) : { ignore: 'too late to matter' }
}

/** The words of a session change nothing about its bill; what goes on after the end of that is unpaid. (I5, F43) */
export const sessionAfterBill: PaymentCell<'session-reported'> = (payment, event) =>
  runsAfterBill(payment, event.session) ? stopUnpaid(payment, event) : { ignore: 'too late to matter' }

const unpaid = ({ id }: SessionSeen): PaymentOrder =>
  alarm('SESSION_UNPAID', `Session ${id} runs without a hold that is sure: it is stopped.`)

/** F20: energy without a hold. Stop at once; the operator bears it by contract. */
export const stopUnpaid: PaymentCell<'session-reported'> = (payment, event) => {
  // Another session under the same reference is as unpaid as the first.
  const session = isOther(payment, event.session) ? event.session : newest(payment.session, event.session)
  if (!session) return { ignore: `nothing newer in session ${event.session.id}` }
  if (session.status !== 'ACTIVE' && session.status !== 'PENDING') return { to: payment.state, set: { session } }
  // Each word of the session would be an order otherwise, and all tries be used up in a minute. (F31)
  const { stop } = payment
  if (!stopAgainDue(payment, event.at)) return { to: payment.state, set: { session } }
  if (stop && usedUp(stop)) return { refuse: `Session ${session.id} runs without a hold and does not stop.` }
  // That the driver or the limit had stopped it before tells nobody that it is unpaid now.
  const first = stop?.by === 'policy' ? [] : [unpaid(session)]
  const { set, effects } = stopOrders(session, 'policy', event, stop)
  return { to: payment.state, set: { session, ...set }, effects: [...effects, ...first] }
}

/** The void won the race against the session: nothing is held, so nothing may flow. */
export const voidedWhileRunning = (payment: Payment, event: Happens<'voided'>): Moved => {
  const session = running(payment)
  if (!session) return { to: 'voided' }
  const { set, effects } = stopOrders(session, 'policy', { stopCommandId: event.adviceId, at: event.at })
  return { to: 'voided', set, effects: [...effects, unpaid(session)] }
}
