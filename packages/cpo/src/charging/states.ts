/**
 * The state table of a charging session. Pure: what one event does to one session. The charger may be late, doubled
 * or out of order; whatever it reports, energy that flowed is billed once and a session given up never bills.
 */
import type { Machine } from '@plugtill/engine/machine'
import {
  acknowledge,
  answerTo,
  begin,
  CHARGER_SILENT,
  type ChargingRow,
  changed,
  expire,
  FORGOTTEN,
  finish,
  keepAdvice,
  known,
  LIMIT_STOP_PAUSE_MS,
  LIMIT_STOPS,
  look,
  mayStillRun,
  measure,
  meterOf,
  never,
  RESULT_OF,
  STOP_ARRIVES_MS,
  sayAccepted,
  stopForgotten,
  stopReading,
  withEffect,
} from './cells.ts'
import { markMeter } from './meter.ts'
import { momentOf } from './moment.ts'
import type { ChargingEvent, ChargingOrder, ChargingSession } from './session.ts'

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
      effects: [
        result,
        { do: 'file' },
        { do: 'push-session' },
        { do: 'plug-in-window', afterMs: session.terms.plugInWindowMs },
      ],
    }
  },
  'plug-in-window-passed': never('The plug-in window is opened only when the charger has accepted the start.'),
  // The car was plugged in: the transaction overtook the charger's answer to the remote start.
  'transaction-started': begin,
  metered: never('Meter values before the transaction has started.'),
  'parking-changed': known('No energy flows yet.'),
  looked: known('No energy flows yet.'),
  'connector-free': known('No energy flows yet.'),
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
  looked: known('No energy flows yet.'),
  'connector-free': known('No energy flows yet.'),
  'stop-commanded': (session, event) =>
    withEffect(expire(session, event.at), { do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }),
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
  'transaction-started': (session, { startKey }) =>
    session.startKey === startKey
      ? { ignore: 'The charger repeats its StartTransaction.' }
      : { refuse: 'A second transaction under the tag of a running session.' },
  metered: measure,
  'parking-changed': (session, event) => {
    const { moment, ...clock } = momentOf(session, event)
    const meter = markMeter(meterOf(session), { at: moment, parking: event.parking })
    return { to: 'charging', set: { meter, heardAt: event.at, ...clock } }
  },
  looked: look,
  // After an outage the status may come before the StopTransaction that was kept: it gets time to arrive.
  'connector-free': (session, { at, since }) => {
    if (since === undefined)
      return { to: 'charging', effects: [{ do: 'free-connector', since: at, afterMs: STOP_ARRIVES_MS }] }
    if ((session.heardAt ?? 0) >= since) return { ignore: 'The charger has spoken of the transaction since.' }
    return finish(session, { meter: meterOf(session), reason: FORGOTTEN, at })
  },
  'stop-commanded': (_, event) => ({
    to: 'charging',
    effects: [{ do: 'remote-stop', answerTo: answerTo(event) }],
  }),
  'remote-stop-answered': (session, { outcome, answerTo }) => {
    if (answerTo !== undefined)
      return { to: 'charging', effects: [{ do: 'send-result', result: RESULT_OF[outcome], to: answerTo }] }
    if (outcome === 'accepted' || session.limitStops >= LIMIT_STOPS) return { to: 'charging' }
    // Nothing was tried: the next reading of a charger that is back orders the stop again.
    if (outcome === 'offline') return { to: 'charging', set: { limitStops: session.limitStops - 1 } }
    return {
      to: 'charging',
      set: { limitStops: session.limitStops + 1 },
      effects: [{ do: 'remote-stop', delayMs: LIMIT_STOP_PAUSE_MS }],
    }
  },
  'transaction-stopped': (session, event) =>
    finish(session, { meter: stopReading(session, event), reason: event.reason, at: event.at }),
  'silence-passed': (session, { at, listeningSince = 0 }) => {
    const quietMs = at - Math.max(session.heardAt ?? session.createdAt, listeningSince)
    if (quietMs < session.terms.silenceMs)
      return { to: 'charging', effects: [{ do: 'silence', afterMs: session.terms.silenceMs - quietMs }] }
    return finish(session, { meter: meterOf(session), reason: CHARGER_SILENT, at })
  },
  'session-acknowledged': acknowledge,
  'cdr-acknowledged': never('There is no CDR yet.'),
  'advice-received': keepAdvice,
}

const finished: ChargingRow = {
  ...afterEnd('The session has ended.'),
  'stop-commanded': (_, event) => ({
    to: 'finished',
    effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }],
  }),
  'session-acknowledged': acknowledge,
  'cdr-acknowledged': (session, { url }) => ({
    to: session.advice === undefined ? 'finished' : 'closed',
    set: { cdrUrl: url ?? '' },
  }),
  'advice-received': (session, event) => {
    const kept = keepAdvice(session, event)
    return 'to' in kept && session.cdrUrl !== undefined ? { ...kept, to: 'closed' } : kept
  },
}

const closed: ChargingRow = {
  ...afterEnd('The session has ended.'),
  'stop-commanded': (_, event) => ({
    to: 'closed',
    effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }],
  }),
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

/** What is left to say once the CDR is written: it never changes. (C-601) */
function afterEnd(
  reason: string,
): Omit<ChargingRow, 'stop-commanded' | 'session-acknowledged' | 'cdr-acknowledged' | 'advice-received'> {
  return {
    'start-commanded': known(reason),
    'start-repeated': sayAccepted,
    'remote-start-answered': known(reason),
    'plug-in-window-passed': known(reason),
    'transaction-started': (session, { startKey }) =>
      session.startKey === startKey
        ? { ignore: 'The charger repeats its StartTransaction.' }
        : { refuse: 'A second transaction under the tag of a session that has ended.' },
    metered: stopForgotten,
    'parking-changed': known(reason),
    looked: known(reason),
    'connector-free': known(reason),
    // A charger that has just ended the transaction refuses to stop it: what was asked for holds all the same.
    'remote-stop-answered': (session, { outcome, answerTo }) => {
      if (answerTo === undefined) return { ignore: reason }
      const result = mayStillRun(session) ? RESULT_OF[outcome] : 'ACCEPTED'
      return { to: session.state, effects: [{ do: 'send-result', result, to: answerTo }] }
    },
    'transaction-stopped': (session, { meterStopWh }) =>
      meterStopWh === undefined || meterStopWh - (session.meterShiftWh ?? 0) <= (session.meter?.energyWh ?? 0)
        ? { ignore: 'The charger repeats its StopTransaction.' }
        : { refuse: `The meter stopped at ${meterStopWh} Wh, above what the CDR says; a CDR is never changed.` },
    'silence-passed': known(reason),
  }
}

/** Given up before energy flowed: whatever starts now is stopped at once and never billed. */
function givenUp(): Omit<ChargingRow, 'advice-received'> {
  return {
    'start-commanded': known('Given up before.'),
    'start-repeated': (session, event) => ({
      to: session.state,
      effects: [{ do: 'send-result', result: 'FAILED', to: answerTo(event) }],
    }),
    'remote-start-answered': known('Given up before the charger answered.'),
    'plug-in-window-passed': known('Given up before.'),
    'transaction-started': (session, { transactionId, startKey }) =>
      session.startKey === startKey
        ? { ignore: 'The charger repeats its StartTransaction.' }
        : { to: session.state, set: { transactionId, startKey }, effects: [{ do: 'remote-stop' }] },
    metered: known('Not billed: the session was given up.'),
    'parking-changed': known('Given up before.'),
    looked: known('Given up before.'),
    'connector-free': known('Given up before.'),
    'stop-commanded': (session, event) => ({
      to: session.state,
      effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }],
    }),
    'remote-stop-answered': known('The stray transaction was told to stop.'),
    'transaction-stopped': known('Not billed: the session was given up.'),
    'silence-passed': known('Given up before.'),
    'session-acknowledged': acknowledge,
    'cdr-acknowledged': never('A session that was given up has no CDR.'),
  }
}
