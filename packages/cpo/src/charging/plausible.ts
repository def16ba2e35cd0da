/**
 * Whether a reading can be: a register never falls, and a connector gives no more than it can. What cannot be is not
 * billed; the operator is told. Pure.
 */
import { powerLimitOf } from '@plugtill/pricing/audit-periods'
import type { FindingCode } from '../chargers/events.ts'
import { deliveredWh, type Meter } from './meter.ts'
import { momentOf } from './moment.ts'
import type { ChargingEvent, ChargingSession } from './session.ts'

export interface Doubt {
  readonly code: FindingCode
  readonly text: string
}

/** A register that jumped: whether it stays there the next reading says. */
export interface Jump {
  readonly at: number
  /** What the meter showed, without what was taken off before. */
  readonly wh: number
}

export interface Judged {
  /** What counts of the register; absent: this reading says nothing about energy. */
  readonly energyWh?: number
  readonly set: { readonly meterShiftWh?: number; readonly meterJump?: Jump | undefined }
  readonly doubt?: Doubt
}

/** Rounding of samples and of phases that are added up. */
const ROUNDING_WH = 10
/** Chargers give a little more than their plate says, and say it a little late. */
const POWER_MARGIN = 1.25
const SLACK_WH = 1000
const HOUR_MS = 3_600_000

/** A register reading of a running session, held against what the session knows. */
export function judge(
  session: ChargingSession & { readonly meter: Meter },
  reading: { readonly at: number; readonly measuredAt: number; readonly energyWh: number },
): Judged {
  const { meter, meterShiftWh: shift = 0, meterJump: jump } = session
  const raw = reading.energyWh
  const energyWh = raw - shift
  if (meter.unread) return { energyWh, set: {} }
  const { moment } = momentOf(session, reading)
  // Told late: what came after it has counted already.
  if (moment < meter.at) return { energyWh, set: {} }
  const settled = jump === undefined ? {} : { meterJump: undefined }
  if (energyWh < meter.energyWh) {
    const fell = meter.energyWh - energyWh > ROUNDING_WH
    const text = `The meter of session ${session.id} went back from ${meter.energyWh + shift} to ${raw} Wh: nothing is billed below what it had shown.`
    return { energyWh, set: settled, ...(fell ? { doubt: { code: 'METER_BACKWARDS', text } } : {}) }
  }
  if (energyWh - meter.energyWh <= mostWh(session, { from: meter.at, to: moment, at: reading.at }))
    return { energyWh, set: settled }
  const stays =
    jump !== undefined &&
    raw >= jump.wh &&
    raw - jump.wh <= mostWh(session, { from: jump.at, to: moment, at: reading.at })
  // It goes on from where it jumped to: what lies between never flowed through this connector.
  if (stays) {
    const newShift = jump.wh - meter.energyWh
    return { energyWh: raw - newShift, set: { meterShiftWh: newShift, meterJump: undefined } }
  }
  const text = `The meter of session ${session.id} jumped from ${meter.energyWh + shift} to ${raw} Wh, more than connector ${session.place.connectorId} of EVSE ${session.place.evseUid} can give: the jump is not billed.`
  return { set: { meterJump: { at: moment, wh: raw } }, doubt: { code: 'METER_JUMP', text } }
}

/** The most that can have flowed. A charger whose clock is wrong is measured by ours, from the command on. */
function mostWh(
  session: ChargingSession & { readonly meter: Meter },
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): number {
  const kw = session.terms.maxPowerKw ?? powerLimitOf(session.cdrLocation)?.kw
  if (kw === undefined) return Number.POSITIVE_INFINITY
  const watts = kw * 1000 * POWER_MARGIN * (session.terms.chargerSpeed ?? 1)
  const full = (ms: number) => (watts * Math.max(0, ms)) / HOUR_MS
  const { meter, createdAt } = session
  const inAll = (ms: number) => full(ms) + SLACK_WH - deliveredWh(meter)
  if (session.clockWrong) return inAll(at - createdAt)
  // A clock that was set in between is no jump of the meter; and what is borne once is not borne with every reading.
  const since = full(Math.max(to - from, at - (session.heardAt ?? at)))
  return Math.max(since, Math.min(since + SLACK_WH, inAll(Math.max(to - meter.startAt, at - createdAt))))
}

/** What the operator should hear of before the reading is applied. */
export function doubtOf(session: ChargingSession, event: ChargingEvent): Doubt | undefined {
  if (session.meter === undefined || session.state !== 'charging') return undefined
  const running = { ...session, meter: session.meter }
  const { at } = event
  if (event.type === 'metered') {
    const tooLong = (event.signed ?? []).find(({ plain, data }) => plain.length > LONGEST || data.length > LONGEST)
    if (tooLong !== undefined)
      return {
        code: 'METER_UNSIGNED',
        text: `A signed value of session ${session.id} has more than ${LONGEST} characters: the CDR has no room for it.`,
      }
    if (event.energyWh === undefined) return undefined
    return judge(running, { at, measuredAt: event.measuredAt, energyWh: event.energyWh }).doubt
  }
  if (event.type !== 'transaction-stopped' || event.meterStopWh === undefined) return undefined
  const measuredAt = Math.max(event.measuredAt, running.meter.at)
  return judge(running, { at, measuredAt, energyWh: event.meterStopWh }).doubt
}

/** (cdrs › SignedValue) */
export const LONGEST = 5000
