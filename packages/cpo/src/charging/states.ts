/**
 * The state table of a charging session. Pure: what one event does to one session. The charger may be late, doubled
 * or out of order; whatever it reports, energy that flowed is billed once and a session given up never bills.
 */
import type { Machine, Row, Verdict } from '@plugtill/engine/machine'
import type { CommandOutcome } from '../chargers/events.ts'
import { writeCdr } from './cdr.ts'
import { cutsOf } from './cuts.ts'
import { markMeter, readMeter, startMeter, type Meter } from './meter.ts'
import { runningMinor } from './cost.ts'
import type { AnswerTo, ChargingEvent, ChargingOrder, ChargingSession, ResultSaid } from './session.ts'

type Event<T extends ChargingEvent['type']> = Extract<ChargingEvent, { readonly type: T }>
type Outcome = Verdict<ChargingSession, ChargingOrder>
/** A verdict that depends on nothing. */
type Constant = () => Outcome
type ChargingRow = Row<ChargingSession, ChargingEvent, ChargingOrder>

/** How often, and how long after the last try, we stop a session that has reached its limit. (F31) */
const LIMIT_STOPS = 5
const LIMIT_STOP_PAUSE_MS = 30_000

const known = (reason: string): Constant => () => ({ ignore: reason })
const never = (reason: string): Constant => () => ({ refuse: reason })

/** last_updated never goes back, whatever the clock does. */
const changed = (session: ChargingSession, at: number) => ({ changedAt: Math.max(at, session.changedAt + 1) })
const answerTo = ({ responseUrl, correlationId }: AnswerTo): AnswerTo => ({ responseUrl, correlationId })

const RESULT_OF: { readonly [O in CommandOutcome]: ResultSaid } = {
  accepted: 'ACCEPTED', rejected: 'REJECTED', timeout: 'TIMEOUT', offline: 'EVSE_INOPERATIVE', 'not-supported': 'NOT_SUPPORTED',
}

const commanded: ChargingRow = {
  'start-commanded': () => ({ to: 'commanded', effects: [{ do: 'remote-start' }] }),
  // The result goes where the partner listens now.
  'start-repeated': (_, { responseUrl, correlationId }) => ({ to: 'commanded', set: { responseUrl, correlationId } }),
  'remote-start-answered': (session, { outcome, at }) => {
    const result: ChargingOrder = { do: 'send-result', result: RESULT_OF[outcome], to: answerTo(session) }
    if (outcome !== 'accepted') return { to: 'failed', set: { resultSent: true, endedAt: at }, effects: [result] }
    return {
      to: 'awaiting-plug',
      set: { resultSent: true, announced: true, ...changed(session, at) },
      effects: [result, { do: 'file' }, { do: 'push-session' }, { do: 'plug-in-window', afterMs: session.terms.plugInWindowMs }],
    }
  },
  'plug-in-window-passed': never('The plug-in window is opened only when the charger has accepted the start.'),
  // The car was plugged in: the transaction overtook the charger's answer to the remote start.
  'transaction-started': begin,
  metered: never('Meter values before the transaction has started.'),
  'parking-changed': known('No energy flows yet.'),
  // The driver gave up; a charger that starts nevertheless is stopped, see `failed`.
  'stop-commanded': (session, event) => ({
    to: 'failed',
    set: { resultSent: true, endedAt: event.at },
    effects: [
      { do: 'send-result', result: 'FAILED', to: answerTo(session), text: 'Stopped before the charger had answered.' },
      { do: 'send-result', result: 'ACCEPTED', to: answerTo(event) },
    ],
  }),
  'remote-stop-answered': known('Nothing was running.'),
  'transaction-stopped': never('A transaction that never started cannot stop.'),
  'silence-passed': known('No energy flows yet.'),
  'session-acknowledged': known('The session was not announced yet.'),
  'cdr-acknowledged': never('There is no CDR yet.'),
  'advice-received': keepAdvice,
}

const awaitingPlug: ChargingRow = {
  'start-commanded': known('Started before.'),
  'start-repeated': sayAccepted,
  'remote-start-answered': known('The charger had answered before.'),
  'plug-in-window-passed': (session, { at }) => expire(session, at),
  'transaction-started': begin,
  metered: never('Meter values before the transaction has started.'),
  'parking-changed': known('No energy flows yet.'),
  'stop-commanded': (session, event) => withEffect(expire(session, event.at), { do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }),
  'remote-stop-answered': known('Nothing was running.'),
  'transaction-stopped': never('A transaction that never started cannot stop.'),
  'silence-passed': known('No energy flows yet.'),
  'session-acknowledged': acknowledge,
  'cdr-acknowledged': never('There is no CDR yet.'),
  'advice-received': keepAdvice,
}

const charging: ChargingRow = {
  'start-commanded': known('Started before.'),
  'start-repeated': sayAccepted,
  // The start was told as accepted when the transaction began; energy flows, whatever this late answer says.
  'remote-start-answered': known('The transaction proved the start before the charger answered.'),
  'plug-in-window-passed': known('The car was plugged in in time.'),
  'transaction-started': (session, { startKey }) => session.startKey === startKey
    ? { ignore: 'The charger repeats its StartTransaction.' }
    : { refuse: 'A second transaction under the tag of a running session.' },
  metered: measure,
  'parking-changed': (session, { measuredAt, parking, at }) => ({
    to: 'charging', set: { meter: markMeter(meterOf(session), { at: measuredAt, parking }), heardAt: at },
  }),
  'stop-commanded': (_, event) => ({
    to: 'charging', effects: [{ do: 'remote-stop', answerTo: answerTo(event) }],
  }),
  'remote-stop-answered': (session, { outcome, answerTo }) => {
    if (answerTo !== undefined) return { to: 'charging', effects: [{ do: 'send-result', result: RESULT_OF[outcome], to: answerTo }] }
    if (outcome === 'accepted' || session.limitStops >= LIMIT_STOPS) return { to: 'charging' }
    return { to: 'charging', set: { limitStops: session.limitStops + 1 }, effects: [{ do: 'remote-stop', delayMs: LIMIT_STOP_PAUSE_MS }] }
  },
  'transaction-stopped': (session, { measuredAt, meterStopWh, reason, at }) =>
    finish(session, { meter: readSession(session, { at: Math.max(measuredAt, meterOf(session).at), energyWh: meterStopWh }), reason, at }),
  'silence-passed': (session, { at }) => {
    const quietMs = at - (session.heardAt ?? session.createdAt)
    if (quietMs < session.terms.silenceMs) return { to: 'charging', effects: [{ do: 'silence', afterMs: session.terms.silenceMs - quietMs }] }
    return finish(session, { meter: meterOf(session), reason: 'ChargerSilent', at })
  },
  'session-acknowledged': acknowledge,
  'cdr-acknowledged': never('There is no CDR yet.'),
  'advice-received': keepAdvice,
}

const finished: ChargingRow = {
  ...afterEnd('The session has ended.'),
  'stop-commanded': (_, event) => ({ to: 'finished', effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }] }),
  'session-acknowledged': acknowledge,
  'cdr-acknowledged': (session, { url }) => ({
    to: session.advice === undefined ? 'finished' : 'closed', set: { cdrUrl: url ?? '' },
  }),
  'advice-received': (session, { advice }) => ({ to: session.cdrUrl === undefined ? 'finished' : 'closed', set: { advice } }),
}

const closed: ChargingRow = {
  ...afterEnd('The session has ended.'),
  'stop-commanded': (_, event) => ({ to: 'closed', effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }] }),
  'session-acknowledged': acknowledge,
  'cdr-acknowledged': known('The CDR was acknowledged before.'),
  'advice-received': keepAdvice,
}

const failed: ChargingRow = { ...givenUp(), 'advice-received': keepAdvice }
const expired: ChargingRow = { ...givenUp(), 'advice-received': keepAdvice }

export const chargingMachine: Machine<ChargingSession, ChargingEvent, ChargingOrder> = {
  name: 'charging',
  initial: 'commanded',
  final: ['closed', 'failed', 'expired'],
  states: { commanded, 'awaiting-plug': awaitingPlug, charging, finished, closed, failed, expired },
}

/** Energy can flow: the session is ACTIVE from the charger's own time on. (C-504) */
function begin(session: ChargingSession, event: Event<'transaction-started'>): Outcome {
  const result: readonly ChargingOrder[] = session.resultSent ? [] : [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(session) }]
  return {
    to: 'charging',
    set: {
      resultSent: true, announced: true, transactionId: event.transactionId, startKey: event.startKey,
      meter: startMeter(event.measuredAt, event.meterStartWh), heardAt: event.at, orderedUpdateAt: event.at, ...changed(session, event.at),
    },
    effects: [...result, { do: 'file' }, { do: 'push-session' }, { do: 'silence', afterMs: session.terms.silenceMs }],
  }
}

function measure(session: ChargingSession, event: Event<'metered'>): Outcome {
  const meter = readSession(session, { at: event.measuredAt, energyWh: event.energyWh, powerW: event.powerW })
  const soc = event.soc === undefined ? {} : { soc: event.soc }
  const due = event.at - (session.orderedUpdateAt ?? 0) >= session.terms.updateEveryMs
  const update: readonly ChargingOrder[] = due ? [{ do: 'file' }, { do: 'push-session' }] : []
  const ordered = due ? { orderedUpdateAt: event.at } : {}
  const set = { meter, heardAt: event.at, ...soc, ...ordered, ...changed(session, event.at) }
  if (!mustStop({ ...session, meter }, event.at)) return { to: 'charging', set, effects: update }
  return {
    to: 'charging',
    set: { ...set, limitStops: session.limitStops + 1, limitStopAt: event.at },
    effects: [...update, { do: 'remote-stop' }],
  }
}

/** Stop 3: the gross cost is about to pass what the tariff asks to be held. (E-25) */
function mustStop(session: ChargingSession, at: number): boolean {
  const { stopAtMinor } = session.terms
  if (stopAtMinor === undefined || session.limitStops >= LIMIT_STOPS) return false
  if (session.limitStopAt !== undefined && at - session.limitStopAt < LIMIT_STOP_PAUSE_MS) return false
  return runningMinor(session) >= stopAtMinor
}

function finish(session: ChargingSession, end: { readonly meter: Meter; readonly reason: string; readonly at: number }): Outcome {
  const ended: ChargingSession = {
    ...session, meter: end.meter, endedAt: end.meter.at, stopReason: end.reason, heardAt: end.at, ...changed(session, end.at),
  }
  return {
    to: 'finished',
    set: {
      meter: end.meter, endedAt: end.meter.at, stopReason: end.reason, heardAt: end.at, changedAt: ended.changedAt, cdr: writeCdr(ended),
    },
    effects: [{ do: 'file' }, { do: 'push-session' }, { do: 'send-cdr' }],
  }
}

/** The car never came: INVALID, which is not billed and gets no CDR. (C-506, D-F07) */
function expire(session: ChargingSession, at: number): Outcome {
  return { to: 'expired', set: { endedAt: at, ...changed(session, at) }, effects: [{ do: 'file' }, { do: 'push-session' }] }
}

function sayAccepted(session: ChargingSession, event: Event<'start-repeated'>): Outcome {
  return { to: session.state, effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }] }
}

function acknowledge(session: ChargingSession, { changedAt }: Event<'session-acknowledged'>): Outcome {
  if (changedAt <= (session.acknowledgedAt ?? 0)) return { ignore: 'A newer state was acknowledged before.' }
  return { to: session.state, set: { acknowledgedAt: changedAt } }
}

/** May come early (D-F20) and more than once: the newest one counts. (E-16) */
function keepAdvice(session: ChargingSession, { advice }: Event<'advice-received'>): Outcome {
  if (session.advice !== undefined && Date.parse(advice.last_updated) < Date.parse(session.advice.last_updated)) {
    return { ignore: 'A newer advice is kept already.' }
  }
  return { to: session.state, set: { advice } }
}

function withEffect(verdict: Outcome, effect: ChargingOrder): Outcome {
  return 'to' in verdict ? { ...verdict, effects: [...(verdict.effects ?? []), effect] } : verdict
}

function meterOf(session: ChargingSession): Meter {
  return session.meter ?? startMeter(session.createdAt, 0)
}

function readSession(session: ChargingSession, reading: { readonly at: number; readonly energyWh: number; readonly powerW?: number | undefined }): Meter {
  const { powerW, ...rest } = reading
  return readMeter(meterOf(session), powerW === undefined ? rest : { ...rest, powerW }, cutsOf(session.tariff, session.timeZone))
}

/** What is left to say once the CDR is written: it never changes. (C-601) */
function afterEnd(reason: string): Omit<ChargingRow, 'stop-commanded' | 'session-acknowledged' | 'cdr-acknowledged' | 'advice-received'> {
  return {
    'start-commanded': known(reason),
    'start-repeated': sayAccepted,
    'remote-start-answered': known(reason),
    'plug-in-window-passed': known(reason),
    'transaction-started': (session, { startKey }) => session.startKey === startKey
      ? { ignore: 'The charger repeats its StartTransaction.' }
      : { refuse: 'A second transaction under the tag of a session that has ended.' },
    metered: known('A late meter value; the CDR is written.'),
    'parking-changed': known(reason),
    'remote-stop-answered': (session, { outcome, answerTo }) => answerTo === undefined
      ? { ignore: reason }
      : { to: session.state, effects: [{ do: 'send-result', result: outcome === 'timeout' ? 'ACCEPTED' : RESULT_OF[outcome], to: answerTo }] },
    'transaction-stopped': (session, { meterStopWh }) => meterStopWh <= (session.meter?.energyWh ?? 0)
      ? { ignore: 'The charger repeats its StopTransaction.' }
      : { refuse: `The meter stopped at ${meterStopWh} Wh, above what the CDR says; a CDR is never changed.` },
    'silence-passed': known(reason),
  }
}

/** Given up before energy flowed: whatever starts now is stopped at once and never billed. */
function givenUp(): Omit<ChargingRow, 'advice-received'> {
  return {
    'start-commanded': known('Given up before.'),
    'start-repeated': (session, event) => ({ to: session.state, effects: [{ do: 'send-result', result: 'FAILED', to: answerTo(event) }] }),
    'remote-start-answered': known('Given up before the charger answered.'),
    'plug-in-window-passed': known('Given up before.'),
    'transaction-started': (session, { transactionId, startKey }) => session.startKey === startKey
      ? { ignore: 'The charger repeats its StartTransaction.' }
      : { to: session.state, set: { transactionId, startKey }, effects: [{ do: 'remote-stop' }] },
    metered: known('Not billed: the session was given up.'),
    'parking-changed': known('Given up before.'),
    'stop-commanded': (session, event) => ({ to: session.state, effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }] }),
    'remote-stop-answered': known('The stray transaction was told to stop.'),
    'transaction-stopped': known('Not billed: the session was given up.'),
    'silence-passed': known('Given up before.'),
    'session-acknowledged': acknowledge,
    'cdr-acknowledged': never('A session that was given up has no CDR.'),
  }
}
