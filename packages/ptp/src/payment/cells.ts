/** The verdicts that several states share. Pure: payment + event -> verdict. */
import type { Verdict } from '@plugtill/engine/machine'
import type { Outcome } from '@plugtill/terminal/link'
import { isZero, limitReached, smaller, zero } from './amounts.ts'
import type { Advice, Payment, PaymentEvent, PaymentOrder, SessionSeen, StopReason } from './payment.ts'

type PaymentVerdict = Verdict<Payment, PaymentOrder>
type Happens<T extends PaymentEvent['type']> = Extract<PaymentEvent, { readonly type: T }>
type PaymentCell<T extends PaymentEvent['type']> = (payment: Payment, event: Happens<T>) => PaymentVerdict

/** A stop order is repeated this often before an operator has to look. (F31) */
export const STOP_TRIES = 5
const STOP_AGAIN_MS = 30_000
/** While the driver still waits at the terminal a late approval may start the session. (F03) */
const DRIVER_WAITS_MS = 15_000
/** A CPO that gave no readable answer gets this much for its Session to show, before the start grace. (D-F03) */
const UNANSWERED_MS = 30_000

export const known = (why: string) => (): PaymentVerdict => ({ ignore: why })
export const never = (why: string) => (): PaymentVerdict => ({ refuse: why })

const poll = (payment: Payment, at: number): PaymentOrder =>
  ({ do: 'remind', of: 'session-poll-due', at: at + payment.timers.sessionPollMs })

/** The first poll is ordered once; from then on each poll orders the next. */
const firstPoll = (payment: Payment, at: number): readonly PaymentOrder[] => (payment.polling ? [] : [poll(payment, at)])

export const release = (outcome: Outcome, why: string, set: Partial<Payment> = {}): PaymentVerdict =>
  ({ to: 'voiding', set: { ...set, outcome, reason: why }, effects: [{ do: 'void', why }] })

/** Orders the CPO to stop a session we know. */
function stopOrders(session: SessionSeen, by: StopReason, commandId: string): { set: Partial<Payment>; effects: readonly PaymentOrder[] } {
  return {
    set: { stop: { by, commandId, tries: 1 } },
    effects: [{ do: 'stop-session', commandId, sessionId: session.id }],
  }
}

/** Voids the hold and stops a session that must not run. (I5) */
export function releaseAndStop(payment: Payment, why: string, commandId: string): PaymentVerdict {
  if (!payment.session) return release('not-plugged-in', why)
  const stop = stopOrders(payment.session, 'policy', commandId)
  return { to: 'voiding', set: { ...stop.set, session: payment.session, outcome: 'not-plugged-in', reason: why }, effects: [{ do: 'void', why }, ...stop.effects] }
}

export const holdApproved: PaymentCell<'authorized'> = (payment, event) => {
  const set = { held: event.held, pspReference: event.pspReference, captureBefore: event.captureBefore, eftData: event.eftData }
  if (event.held.currency !== payment.asked.currency) return release('hold-too-small', 'The provider held another currency.', set)
  if (event.held.amountMinor < payment.minimumHold.amountMinor) {
    return release('hold-too-small', 'The bank approved less than a charging session needs.', set)
  }
  if (payment.state === 'authorization-unknown' && event.at - payment.createdAt > DRIVER_WAITS_MS) {
    return release('psp-unavailable', 'The approval came after the driver had been told that it failed.', set)
  }
  return { to: 'starting', set, effects: [{ do: 'start-session' }] }
}

/** D-26: the CPO's immediate word. ACCEPTED means only that the charger will be asked. (C-301) */
export const startAnswered: PaymentCell<'start-answered'> = (payment, event) => {
  if (!event.accepted) return release('start-refused', event.message ?? 'The operator refused the start.')
  const at = event.at + event.timeoutMs + payment.timers.startGraceMs
  return { to: 'starting', effects: [{ do: 'remind', of: 'start-deadline-passed', at }] }
}

/** D-F03: the order may have arrived. It is never sent again; a Session with our reference tells. (F13) */
export const startUnanswered: PaymentCell<'start-unanswered'> = (payment, event) => ({
  to: 'start-unknown',
  set: { polling: true, reason: event.reason },
  effects: [
    { do: 'find-session', last: false },
    ...firstPoll(payment, event.at),
    { do: 'remind', of: 'start-deadline-passed', at: event.at + UNANSWERED_MS + payment.timers.startGraceMs },
  ],
})

/** D-27: what the charger said. Accepted is not yet a session: the cable may never be plugged in. (C-304) */
export const startResult: PaymentCell<'start-result'> = (payment, event) =>
  event.accepted ? awaitPlug(payment, event.at) : release(outcomeOf(event.result), event.message ?? `The charger did not start (${event.result}).`)

function outcomeOf(result: string): Outcome {
  if (result === 'EVSE_OCCUPIED') return 'charger-occupied'
  if (result === 'EVSE_INOPERATIVE') return 'charger-broken'
  return result === 'TIMEOUT' ? 'start-timeout' : 'start-refused'
}

function awaitPlug(payment: Payment, at: number, session?: SessionSeen): PaymentVerdict {
  return {
    to: 'awaiting-session',
    set: { polling: true, outcome: undefined, reason: undefined, ...(session && { session }) },
    effects: [{ do: 'remind', of: 'plug-in-window-passed', at: at + payment.timers.plugInWindowMs }, ...firstPoll(payment, at)],
  }
}

/** The last look before the hold is given back: a push may have been lost. (D-F06, D-F07) */
export const lookOnceMore: PaymentCell<'start-deadline-passed'> = (payment) =>
  ({ to: payment.state, effects: [{ do: 'find-session', last: true }] })

/** The car was not plugged in in time. A session that only waits is stopped, so that it cannot start unpaid. */
export const windowPassed: PaymentCell<'plug-in-window-passed'> = (payment, event) => {
  const why = 'No car was plugged in.'
  if (payment.session) return releaseAndStop({ ...payment, plugInWindowPassed: true }, why, event.stopCommandId)
  return { to: payment.state, set: { plugInWindowPassed: true }, effects: [{ do: 'find-session', last: true }] }
}

export const noSession: PaymentCell<'session-not-found'> = (payment) =>
  payment.plugInWindowPassed
    ? release('not-plugged-in', 'No car was plugged in.')
    : release('start-timeout', 'The session did not start.')

/** Keeps the newest word and the highest cost: an update that arrives late never lowers the ceiling. (F27, F28) */
export function newest(seen: SessionSeen | undefined, word: SessionSeen): SessionSeen | undefined {
  if (!seen) return word
  if (word.lastUpdated <= seen.lastUpdated) return undefined
  if (seen.status === 'COMPLETED' && word.status !== 'COMPLETED') return undefined
  const cost = seen.cost && word.cost && seen.cost.amountMinor > word.cost.amountMinor ? seen.cost : (word.cost ?? seen.cost)
  return { ...word, ...(cost && { cost }), ...(word.startedAt ?? seen.startedAt ? { startedAt: word.startedAt ?? seen.startedAt } : {}) }
}

/** A Session is proof, whatever the command messages said. (C-304, reliability 3.2) */
export const sessionReported: PaymentCell<'session-reported'> = (payment, event) => {
  if (payment.session && payment.session.id !== event.session.id) {
    return { refuse: `Session ${event.session.id} carries the reference of session ${payment.session.id}.` }
  }
  const session = newest(payment.session, event.session)
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
      return release('session-invalid', 'The operator marked the session as invalid; it is not billed.', { session })
  }
}

function sessionPending(payment: Payment, session: SessionSeen, event: Happens<'session-reported'>): PaymentVerdict {
  if (payment.plugInWindowPassed) return releaseAndStop({ ...payment, session }, 'No car was plugged in.', event.stopCommandId)
  if (payment.state === 'starting' || payment.state === 'start-unknown') return awaitPlug(payment, event.at, session)
  return { to: payment.state, set: { session } }
}

function sessionActive(payment: Payment, session: SessionSeen, event: Happens<'session-reported'>): PaymentVerdict {
  const first = firstPoll(payment, event.at)
  const set = { session, polling: true, outcome: undefined, reason: undefined }
  // A stop that was ordered stays ordered, also when the session had looked dead in between.
  if (payment.stop) return { to: 'stopping', set, effects: first }
  if (!limitReached(payment, session.cost)) return { to: 'charging', set, effects: first }
  const stop = stopOrders(session, 'limit', event.stopCommandId)
  return { to: 'stopping', set: { ...set, ...stop.set }, effects: [...stop.effects, ...first] }
}

function awaitCdr(payment: Payment, session: SessionSeen, at: number): PaymentVerdict {
  if (payment.state === 'awaiting-cdr') return { to: 'awaiting-cdr', set: { session } }
  return {
    to: 'awaiting-cdr',
    set: { session, outcome: undefined, reason: undefined },
    effects: [{ do: 'remind', of: 'cdr-deadline-passed', at: at + payment.timers.cdrDeadlineMs }],
  }
}

export const stopCharging: PaymentCell<'stop-requested'> = (payment, event) => {
  if (!payment.session) return { refuse: 'STOP_SESSION needs the session id, and no Session has been seen.' }
  return { to: 'stopping', ...stopOrders(payment.session, event.by, event.stopCommandId) }
}

/** The driver gives up before plugging in. */
export const giveUpWaiting: PaymentCell<'stop-requested'> = (payment, event) =>
  releaseAndStop(payment, 'Ended at the terminal before a car was plugged in.', event.stopCommandId)

/** D-F09: a refused or unanswered stop is repeated; the cap of the capture limits the loss. */
export const stopAnswered: PaymentCell<'stop-answered'> = (payment, event) => {
  if (event.outcome === 'accepted') return { ignore: 'the Session will tell when it has ended' }
  if (event.outcome === 'unknown-session') {
    return { to: payment.state, effects: [{ do: 'find-session', last: false }, { do: 'pull-cdr' }] }
  }
  return stopAgain(payment, event.stopCommandId, event.at + STOP_AGAIN_MS)
}

function stopAgain(payment: Payment, commandId: string, notBefore: number): PaymentVerdict {
  const tries = (payment.stop?.tries ?? 0) + 1
  if (!payment.session || tries > STOP_TRIES) return { refuse: `The session does not stop after ${STOP_TRIES} orders. Call the operator.` }
  return {
    to: payment.state,
    set: { stop: { by: payment.stop?.by ?? 'policy', commandId, tries } },
    effects: [{ do: 'stop-session', commandId, sessionId: payment.session.id, notBefore }],
  }
}

export const pollSession: PaymentCell<'session-poll-due'> = (payment, event) =>
  ({ to: payment.state, effects: [{ do: 'find-session', last: false }, poll(payment, event.at)] })

/** F31: accepted, still active. The order goes out again with every poll, up to its limit. */
export const pollAndStopAgain: PaymentCell<'session-poll-due'> = (payment, event) => {
  const look = pollSession(payment, event)
  const again = stopAgain(payment, event.stopCommandId, event.at)
  if (!('to' in look) || !('to' in again)) return look
  return { to: payment.state, set: again.set, effects: [...(look.effects ?? []), ...(again.effects ?? [])] }
}

/** The only place where a CDR becomes money: min(due, held), zero is a void. (I10, D-33, D-F10, D-F14, D-F16) */
export const cdrReceived: PaymentCell<'cdr-received'> = (payment, event) => {
  const { due } = event.cdr
  if (!payment.held) return { refuse: `CDR ${event.cdr.id} came before a hold was approved.` }
  if (due.amountMinor < 0) return { refuse: `CDR ${event.cdr.id} is negative (${due.amountMinor}) without being a credit.` }
  if (due.currency !== payment.held.currency) {
    const reason = `CDR ${event.cdr.id} is in ${due.currency}, the hold in ${payment.held.currency}. Nothing is captured automatically.`
    return adviseNothing(payment, reason, { adviceId: event.adviceId, at: event.at, set: { cdr: event.cdr } })
  }
  if (isZero(due)) return release('no-energy', 'Nothing to pay.', { cdr: event.cdr })
  return { to: 'capturing', set: { cdr: event.cdr, outcome: undefined, reason: undefined }, effects: [{ do: 'capture', amount: smaller(due, payment.held) }] }
}

/** Stops for an operator and tells the CPO that nothing was captured. */
function adviseNothing(payment: Payment, reason: string, told: { adviceId: string; at: number; set?: Partial<Payment> }): PaymentVerdict {
  const advice: Advice = { id: told.adviceId, status: 'FAILED', amount: zero(payment.asked.currency), message: reason, at: told.at }
  return { to: 'stuck', set: { ...told.set, outcome: 'capture-failed', reason, advice }, effects: [{ do: 'advise', adviceId: advice.id }] }
}

/** D-F11: pull, wait again, and after the third wait ask an operator. A session without energy or cost is voided. (D-F08) */
export const chaseCdr: PaymentCell<'cdr-deadline-passed'> = (payment, event) => {
  if (payment.session?.kwh === 0 && (payment.session.cost?.amountMinor ?? 0) === 0) return release('no-energy', 'No energy was delivered.')
  const chases = (payment.cdrChases ?? 0) + 1
  if (chases > 3) return { to: 'stuck', set: { outcome: 'no-cdr', reason: `No CDR came for session ${payment.session?.id}. Ask the CPO for it.` } }
  return {
    to: payment.state,
    set: { cdrChases: chases },
    effects: [{ do: 'pull-cdr' }, { do: 'remind', of: 'cdr-deadline-passed', at: event.at + payment.timers.cdrDeadlineMs }],
  }
}

export const captureDone: PaymentCell<'captured'> = (payment, event) => {
  const due = payment.cdr?.due ?? event.amount
  const advice: Advice = {
    id: event.adviceId,
    status: event.amount.amountMinor < due.amountMinor ? 'PARTIAL_SUCCESS' : 'SUCCESS',
    amount: event.amount,
    at: event.at,
  }
  return {
    to: 'captured',
    set: { captured: event.amount, eftData: event.eftData, advice, outcome: undefined, reason: undefined },
    effects: [{ do: 'advise', adviceId: advice.id }],
  }
}

export const captureRefused: PaymentCell<'capture-refused'> = (payment, event) =>
  adviseNothing(payment, `The provider refused the capture: ${event.reason}`, event)

/** F62: the answer was lost. The same key is asked again after the provider's own record was read. */
export const captureLost: PaymentCell<'capture-lost'> = (payment) => {
  if (!payment.cdr || !payment.held) return { refuse: 'A capture was lost that no CDR ordered.' }
  return { to: 'capture-unknown', effects: [{ do: 'query-capture', amount: smaller(payment.cdr.due, payment.held) }] }
}

/** A zero CDR is confirmed with 0; a start that never became a session has nothing to advise. (D-F16) */
export const voidDone: PaymentCell<'voided'> = (payment, event) => {
  if (!payment.cdr || payment.advice) return { to: 'voided' }
  const advice: Advice = { id: event.adviceId, status: 'SUCCESS', amount: zero(payment.asked.currency), at: event.at }
  return { to: 'voided', set: { advice }, effects: [{ do: 'advise', adviceId: advice.id }] }
}

/**
 * The hold still stands while its void is under way: a session that really runs, or has run, wins and the void is
 * dropped. (D-F05) One that only waits is stopped. Once a CDR of zero has decided, nothing else matters.
 */
export const sessionWhileVoiding: PaymentCell<'session-reported'> = (payment, event) => {
  if (payment.cdr) return { ignore: 'the CDR has decided' }
  const session = newest(payment.session, event.session)
  if (!session) return { ignore: `nothing newer in session ${event.session.id}` }
  if (session.status === 'ACTIVE' || (session.status === 'COMPLETED' && session.kwh > 0)) return sessionReported(payment, event)
  if (session.status !== 'PENDING' || payment.stop) return { to: 'voiding', set: { session } }
  const stop = stopOrders(session, 'policy', event.stopCommandId)
  return { to: 'voiding', set: { ...stop.set, session }, effects: stop.effects }
}

/** F20: energy without a hold. Stop at once; the operator bears it by contract. */
export const stopUnpaid: PaymentCell<'session-reported'> = (payment, event) => {
  const session = newest(payment.session, event.session)
  if (!session) return { ignore: `nothing newer in session ${event.session.id}` }
  if (session.status !== 'ACTIVE' && session.status !== 'PENDING') return { to: payment.state, set: { session } }
  if ((payment.stop?.tries ?? 0) >= STOP_TRIES) return { refuse: `Session ${session.id} runs without a hold and does not stop.` }
  const stop = stopOrders(session, 'policy', event.stopCommandId)
  return { to: payment.state, set: { session, stop: { by: 'policy', commandId: event.stopCommandId, tries: (payment.stop?.tries ?? 0) + 1 } }, effects: stop.effects }
}

/** F56: billed after the hold was given back. Nothing can be captured; the CPO is told. */
export const cdrWithoutHold: PaymentCell<'cdr-received'> = (payment, event) => {
  if (isZero(event.cdr.due)) return { ignore: 'a CDR of zero for a released hold' }
  if (payment.cdr) return { refuse: `CDR ${event.cdr.id} comes after CDR ${payment.cdr.id} for the same reference.` }
  const message = 'The hold had been released before this CDR came.'
  const advice: Advice = { id: event.adviceId, status: 'FAILED', amount: zero(payment.asked.currency), message, at: event.at }
  return { to: payment.state, set: { cdr: event.cdr, advice }, effects: [{ do: 'advise', adviceId: advice.id }] }
}

export const adviceDelivered: PaymentCell<'advice-delivered'> = (payment, event) => {
  if (payment.advice?.id !== event.adviceId) return { ignore: 'an earlier advice arrived' }
  return { to: payment.state, set: { advice: { ...payment.advice, deliveredAt: event.at } } }
}

/** The void won the race against the session: nothing is held, so nothing may flow. */
export const voidedWhileRunning: PaymentCell<'voided'> = (payment, event) => {
  if (!payment.session) return { to: 'voided' }
  return { to: 'voided', ...stopOrders(payment.session, 'policy', event.adviceId) }
}
