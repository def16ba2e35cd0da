/** What the busier cells of the charging session's state table do. Pure. */
import type { Row, Verdict } from '@plugtill/engine/machine'
import type { CommandOutcome } from '../chargers/events.ts'
import { writeCdr } from './cdr.ts'
import { mayPassHold, runningMinor } from './cost.ts'
import { cutsOf } from './cuts.ts'
import { type Meter, readMeter, startMeter, trimMeter } from './meter.ts'
import type { AnswerTo, ChargingEvent, ChargingOrder, ChargingSession, ResultSaid } from './session.ts'

type Event<T extends ChargingEvent['type']> = Extract<ChargingEvent, { readonly type: T }>
export type Outcome = Verdict<ChargingSession, ChargingOrder>
/** A verdict that depends on nothing. */
export type Constant = () => Outcome
export type ChargingRow = Row<ChargingSession, ChargingEvent, ChargingOrder>

/** How often, and how long after the last try, we stop a session that has reached its limit. (F31) */
export const LIMIT_STOPS = 5
export const LIMIT_STOP_PAUSE_MS = 30_000
/** How long a connector may be free before the session at it is over without a StopTransaction. */
export const STOP_ARRIVES_MS = 10 * 60_000

export const known =
  (reason: string): Constant =>
  () => ({ ignore: reason })
export const never =
  (reason: string): Constant =>
  () => ({ refuse: reason })

/** last_updated never goes back, whatever the clock does. */
export const changed = (session: ChargingSession, at: number) => ({ changedAt: Math.max(at, session.changedAt + 1) })
export const answerTo = ({ responseUrl, correlationId }: AnswerTo): AnswerTo => ({ responseUrl, correlationId })

export const RESULT_OF: { readonly [O in CommandOutcome]: ResultSaid } = {
  accepted: 'ACCEPTED',
  rejected: 'REJECTED',
  timeout: 'TIMEOUT',
  offline: 'EVSE_INOPERATIVE',
  'not-supported': 'NOT_SUPPORTED',
}

/** A clock may be this far behind before it is not believed; the Heartbeat sets it. (OCPP 1.6, 4.6) */
const CLOCK_SKEW_MS = 5 * 60_000

/**
 * When something happened: by the charger's clock, which also knows of times without a connection, unless it tells of
 * a time before the command or after now.
 */
export function momentOf(
  session: ChargingSession,
  { measuredAt, at }: { readonly measuredAt: number; readonly at: number },
): { readonly moment: number; readonly clockWrong?: true } {
  const wrong = measuredAt < session.createdAt - CLOCK_SKEW_MS || measuredAt > at + CLOCK_SKEW_MS
  if (wrong || session.clockWrong) return { moment: at, clockWrong: true }
  return { moment: Math.min(measuredAt, at) }
}

/** Energy can flow: the session is ACTIVE from the charger's own time on. (C-504) */
export function begin(session: ChargingSession, event: Event<'transaction-started'>): Outcome {
  const result: readonly ChargingOrder[] = session.resultSent
    ? []
    : [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(session) }]
  const { moment, ...clock } = momentOf(session, event)
  return {
    to: 'charging',
    set: {
      resultSent: true,
      announced: true,
      transactionId: event.transactionId,
      startKey: event.startKey,
      ...clock,
      meter: startMeter(moment, event.meterStartWh),
      heardAt: event.at,
      orderedUpdateAt: event.at,
      ...changed(session, event.at),
    },
    effects: [...result, { do: 'file' }, { do: 'push-session' }, { do: 'silence', afterMs: session.terms.silenceMs }],
  }
}

export function measure(session: ChargingSession, event: Event<'metered'>): Outcome {
  const { moment, ...clock } = momentOf(session, event)
  const meter = readSession(session, { at: moment, energyWh: event.energyWh, powerW: event.powerW })
  const soc = event.soc === undefined ? {} : { soc: event.soc }
  const due = event.at - (session.orderedUpdateAt ?? 0) >= session.terms.updateEveryMs
  const update: readonly ChargingOrder[] = due ? [{ do: 'file' }, { do: 'push-session' }] : []
  const ordered = due ? { orderedUpdateAt: event.at } : {}
  const set = { meter, heardAt: event.at, ...clock, ...soc, ...ordered, ...changed(session, event.at) }
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
  return runningMinor(session) >= stopAtMinor || mayPassHold(session)
}

export function finish(
  session: ChargingSession,
  end: { readonly meter: Meter; readonly reason: string; readonly at: number },
): Outcome {
  const ended: ChargingSession = {
    ...session,
    meter: end.meter,
    endedAt: end.meter.at,
    stopReason: end.reason,
    heardAt: end.at,
    ...changed(session, end.at),
  }
  return {
    to: 'finished',
    set: {
      meter: end.meter,
      endedAt: end.meter.at,
      stopReason: end.reason,
      heardAt: end.at,
      changedAt: ended.changedAt,
      cdr: writeCdr(ended),
    },
    effects: [{ do: 'file' }, { do: 'push-session' }, { do: 'send-cdr' }],
  }
}

/** Ends that no StopTransaction told of: the transaction may still run at the charger. */
export const CHARGER_SILENT = 'ChargerSilent'
export const FORGOTTEN = 'TransactionForgotten'
export const mayStillRun = ({ stopReason }: ChargingSession) =>
  stopReason === CHARGER_SILENT || stopReason === FORGOTTEN

/** Its transaction goes on although the CDR is written: energy that nobody pays for is stopped. */
export function stopForgotten(session: ChargingSession, { at }: Event<'metered'>): Outcome {
  const again = session.limitStopAt !== undefined && at - session.limitStopAt < LIMIT_STOP_PAUSE_MS
  if (!mayStillRun(session) || again) return { ignore: 'A late meter value; the CDR is written.' }
  return { to: session.state, set: { limitStopAt: at }, effects: [{ do: 'remote-stop' }] }
}

/** The car never came: INVALID, which is not billed and gets no CDR. (C-506, D-F07) */
export function expire(session: ChargingSession, at: number): Outcome {
  return {
    to: 'expired',
    set: { endedAt: at, ...changed(session, at) },
    effects: [{ do: 'file' }, { do: 'push-session' }],
  }
}

export function sayAccepted(session: ChargingSession, event: Event<'start-repeated'>): Outcome {
  return { to: session.state, effects: [{ do: 'send-result', result: 'ACCEPTED', to: answerTo(event) }] }
}

export function acknowledge(session: ChargingSession, { changedAt }: Event<'session-acknowledged'>): Outcome {
  if (changedAt <= (session.acknowledgedAt ?? 0)) return { ignore: 'A newer state was acknowledged before.' }
  return { to: session.state, set: { acknowledgedAt: changedAt } }
}

/** May come early (D-F20) and more than once: the newest one counts. (E-16) */
export function keepAdvice(session: ChargingSession, { advice }: Event<'advice-received'>): Outcome {
  if (session.advice !== undefined && Date.parse(advice.last_updated) < Date.parse(session.advice.last_updated)) {
    return { ignore: 'A newer advice is kept already.' }
  }
  if (JSON.stringify(session.advice) === JSON.stringify(advice)) return { ignore: 'The same advice again.' }
  return { to: session.state, set: { advice } }
}

export function withEffect(verdict: Outcome, effect: ChargingOrder): Outcome {
  return 'to' in verdict ? { ...verdict, effects: [...(verdict.effects ?? []), effect] } : verdict
}

export function meterOf(session: ChargingSession): Meter {
  return session.meter ?? startMeter(session.createdAt, 0)
}

function readSession(
  session: ChargingSession,
  reading: { readonly at: number; readonly energyWh: number; readonly powerW?: number | undefined },
): Meter {
  const { powerW, ...rest } = reading
  return readMeter(
    meterOf(session),
    powerW === undefined ? rest : { ...rest, powerW },
    cutsOf(session.tariff, session.timeZone),
  )
}

/** The register at the end is what counts: energy that a meter value had claimed above it is given back. */
export function stopReading(session: ChargingSession, event: Event<'transaction-stopped'>): Meter {
  const before = meterOf(session)
  const { moment } = momentOf(session, event)
  const meter = readSession(session, { at: Math.max(moment, before.at), energyWh: event.meterStopWh })
  return trimMeter(meter, event.meterStopWh)
}
