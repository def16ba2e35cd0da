/** What the busier cells of the charging session's state table do. Pure. */
import type { Row, Verdict } from '@plugtill/engine/machine'
import type { CommandOutcome } from '../chargers/events.ts'
import { writeCdr } from './cdr.ts'
import { asOf, mayPassHold, runningMinor } from './cost.ts'
import { cutsFor } from './cuts.ts'
import {
  deliveredWh,
  isParking,
  type Meter,
  type Reading,
  readMeter,
  startMeter,
  trimMeter,
  unreadMeter,
} from './meter.ts'
import { momentOf } from './moment.ts'
import { judge, LONGEST } from './plausible.ts'
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
  failed: 'FAILED',
  occupied: 'EVSE_OCCUPIED',
  inoperative: 'EVSE_INOPERATIVE',
  'unknown-reservation': 'UNKNOWN_RESERVATION',
  'not-supported': 'NOT_SUPPORTED',
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
      meter: event.meterStartWh === undefined ? unreadMeter(moment) : startMeter(moment, event.meterStartWh),
      heardAt: event.at,
      orderedUpdateAt: event.at,
      ...changed(session, event.at),
    },
    effects: [
      ...result,
      { do: 'file' },
      { do: 'push-session' },
      { do: 'silence', afterMs: session.terms.silenceMs },
      { do: 'look', afterMs: LOOK_MS },
    ],
  }
}

export function measure(session: ChargingSession, event: Event<'metered'>): Outcome {
  const { moment, ...clock } = momentOf(session, event)
  const { meter, set: judged } = metered(session, event, moment)
  const news = {
    ...(event.soc === undefined ? {} : { soc: event.soc }),
    ...signedOf(session, event.signed),
  }
  const update = updateDue({ ...session, meter }, event.at)
  const set = { meter, heardAt: event.at, ...judged, ...clock, ...news, ...update.set, ...changed(session, event.at) }
  if (!mustStop({ ...session, meter }, event.at)) return { to: 'charging', set, effects: update.effects }
  return {
    to: 'charging',
    set: { ...set, limitStops: session.limitStops + 1, limitStopAt: event.at },
    effects: [...update.effects, { do: 'remote-stop' }],
  }
}

function metered(session: ChargingSession, event: Event<'metered'>, moment: number) {
  const before = meterOf(session)
  if (event.energyWh === undefined) return { meter: before, set: {} }
  const { energyWh, set } = judge({ ...session, meter: before }, { ...event, energyWh: event.energyWh })
  if (energyWh === undefined) return { meter: before, set }
  const { powerW, currentA } = event
  const load = { ...(powerW === undefined ? {} : { powerW }), ...(currentA === undefined ? {} : { currentA }) }
  return { meter: readSession(session, { at: moment, energyWh, ...load }), set }
}

/** Of signed values the first and the newest are kept: begin and end are what a driver can verify. */
function signedOf(session: ChargingSession, more: Event<'metered'>['signed']): Pick<ChargingSession, 'signed'> {
  const fit = (more ?? []).filter(({ plain, data }) => plain.length <= LONGEST && data.length <= LONGEST)
  const all = [...(session.signed ?? []), ...fit]
  const first = all.find(({ nature }) => nature === 'Start') ?? all[0]
  const last = all.findLast(({ nature }) => nature === 'End') ?? all.at(-1)
  if (fit.length === 0 || first === undefined || last === undefined) return {}
  return { signed: first === last ? [first] : [first, last] }
}

/** An update is due when the price has changed, when so much energy came, or after so long. (C-509) */
function updateDue(session: ChargingSession & { readonly meter: Meter }, at: number) {
  const { meter, terms } = session
  const periods = meter.stretches.length
  const wh = deliveredWh(meter)
  const whole = periods > Math.max(1, session.orderedPeriods ?? 1)
  const much = terms.updateEveryWh !== undefined && wh - (session.orderedUpdateWh ?? 0) >= terms.updateEveryWh
  const late = at - (session.orderedUpdateAt ?? 0) >= terms.updateEveryMs
  if (!whole && !much && !late) return { set: {}, effects: [] }
  const push: ChargingOrder = whole ? { do: 'push-session', whole } : { do: 'push-session' }
  const set = { orderedUpdateAt: at, orderedUpdateWh: wh, orderedPeriods: periods }
  return { set, effects: [{ do: 'file' }, push] satisfies readonly ChargingOrder[] }
}

/** How often a session is looked at of which nothing new may come, and one whose car only stands there. */
const LOOK_MS = 5 * 60_000
const PARKED_LOOK_MS = 60_000

const lookAfter = (session: ChargingSession, parking: boolean): ChargingOrder => ({
  do: 'look',
  afterMs: parking ? Math.max(PARKED_LOOK_MS, session.terms.updateEveryMs) : LOOK_MS,
})

/** Time costs too: a parked car and a charger that meters nothing are stopped before the hold is passed. (E-25) */
export function look(session: ChargingSession, { at }: Event<'looked'>): Outcome {
  const parking = isParking(meterOf(session))
  const stop = mustStop(asOf(session, at), at, parking ? 0 : at - meterOf(session).at)
  const told: readonly ChargingOrder[] = parking ? [{ do: 'file' }, { do: 'push-session' }] : []
  return {
    to: 'charging',
    set: {
      ...(parking ? { orderedUpdateAt: at, ...changed(session, at) } : {}),
      ...(stop ? { limitStops: session.limitStops + 1, limitStopAt: at } : {}),
    },
    effects: [...told, ...(stop ? [{ do: 'remote-stop' } as const] : []), lookAfter(session, parking)],
  }
}

/** Stop 3: the gross cost is about to pass what the tariff asks to be held. (E-25) */
function mustStop(session: ChargingSession, at: number, unheardMs = 0): boolean {
  const { stopAtMinor } = session.terms
  if (stopAtMinor === undefined || session.limitStops >= LIMIT_STOPS) return false
  if (session.limitStopAt !== undefined && at - session.limitStopAt < LIMIT_STOP_PAUSE_MS) return false
  return runningMinor(session) >= stopAtMinor || mayPassHold(session, unheardMs)
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

const readSession = (session: ChargingSession, reading: Reading): Meter =>
  readMeter(meterOf(session), reading, cutsFor(session))

/**
 * The register at the end is what counts: energy that a meter value had claimed above it is given back. A register
 * that cannot be, or none, leaves the last reading.
 */
export function stopReading(session: ChargingSession, event: Event<'transaction-stopped'>): Meter {
  const before = meterOf(session)
  const { moment } = momentOf(session, event)
  const at = Math.max(moment, before.at)
  const { meterStopWh } = event
  const energyWh =
    meterStopWh === undefined
      ? undefined
      : judge({ ...session, meter: before }, { at: event.at, measuredAt: at, energyWh: meterStopWh }).energyWh
  if (energyWh === undefined) return before.unread ? before : readSession(session, { at, energyWh: before.energyWh })
  return trimMeter(readSession(session, { at, energyWh }), energyWh)
}
