/** What a session costs: the numbers on the wire are the numbers that are priced, so that every re-pricing agrees. (G-23) */

import type { ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import { formatDateTime } from '@plugtill/ocpi/types'
import { stopDue } from '@plugtill/pricing/forecast'
import { type Breakdown, type Period, price } from '@plugtill/pricing/price'
import { cutsFor } from './cuts.ts'
import type { Load } from './load.ts'
import { deliveredWh, isParking, type Meter, readMeter } from './meter.ts'
import type { ChargingSession } from './session.ts'

/** Numbers on the wire have four decimals. */
const HOUR_PART_MS = 360

/** Ten-thousandths of hours, rounded down: a price step is then never begun by a rounding error. */
const hourParts = (ms: number) => Math.floor(ms / HOUR_PART_MS)

/** The periods of a meter with the volumes that are sent; the rounding of one is made good by the next. */
export function volumesOf(meter: Meter): readonly Period[] {
  let charged = 0
  let parked = 0
  const periods = meter.stretches.map((stretch) => {
    const before = hourParts(stretch.parking ? parked : charged)
    const ms = stretch.end - stretch.start
    if (stretch.parking) parked += ms
    else charged += ms
    const hours = (hourParts(stretch.parking ? parked : charged) - before) / 10_000
    return {
      start: stretch.start,
      energyKwh: stretch.energyWh / 1000,
      ...(stretch.parking ? { parkingTimeH: hours } : { timeH: hours }),
      ...loadTold(stretch),
    }
  })
  return periods.length > 0 ? periods : [{ start: meter.startAt, energyKwh: 0, timeH: 0 }]
}

/** Only what the tariff asks for was kept. */
function loadTold({ minPowerW, maxPowerW, minCurrentA, maxCurrentA }: Load) {
  return {
    ...(minPowerW === undefined ? {} : { minPowerKw: minPowerW / 1000 }),
    ...(maxPowerW === undefined ? {} : { maxPowerKw: maxPowerW / 1000 }),
    ...(minCurrentA === undefined ? {} : { minCurrentA }),
    ...(maxCurrentA === undefined ? {} : { maxCurrentA }),
  }
}

export function breakdownOf(session: ChargingSession & { readonly meter: Meter }): Breakdown {
  return price(session.tariff, {
    start: session.meter.startAt,
    end: session.meter.at,
    timeZone: session.timeZone,
    periods: volumesOf(session.meter),
  })
}

/** Gross cost so far in minor units; nothing below the least energy that is billed. (D-F08) */
export function runningMinor(session: ChargingSession): number {
  if (session.meter === undefined || isFree(session)) return 0
  return breakdownOf({ ...session, meter: session.meter }).totalMinor
}

/** What it had cost at an earlier reading of the same meter. */
export function minorAt(session: ChargingSession & { readonly meter: Meter }, at: number, energyWh: number): number {
  const { meter } = session
  let [left, stretches] = [energyWh - meter.startWh, [] as Meter['stretches'][number][]]
  for (const stretch of meter.stretches) {
    if (stretch.start >= at) break
    const taken = Math.min(stretch.energyWh, Math.max(0, left))
    stretches = [...stretches, { ...stretch, end: Math.min(stretch.end, at), energyWh: taken }]
    left -= taken
  }
  return runningMinor({ ...session, meter: { ...meter, at, energyWh, stretches } })
}

/** Until the next reading and until the charger obeys. */
const NEXT_READING_MS = 45_000

/** A running session as it is now by the clock: a car that only stands there goes on costing. Never stored. */
export function asOf(session: ChargingSession, now: number): ChargingSession {
  const { meter } = session
  if (session.state !== 'charging' || meter === undefined || meter.unread || !isParking(meter)) return session
  const cuts = cutsFor(session)
  return { ...session, meter: readMeter(meter, { at: now, energyWh: meter.energyWh }, cuts) }
}

/** Whether going on until the next reading may cost more than is held, at the most the connector gives. (E-25) */
export function mayPassHold(session: ChargingSession, unheardMs = 0): boolean {
  const { meter, tariff, timeZone, terms } = session
  const { holdMinor, maxPowerKw } = terms
  if (meter === undefined || holdMinor === undefined || maxPowerKw === undefined) return false
  // What was not metered yet may still come with the stop.
  if (unheardMs === 0 && isFree(session)) return false
  const soFar = { start: meter.startAt, at: meter.at, timeZone, periods: volumesOf(meter) }
  return stopDue(tariff, soFar, { holdMinor, maxPowerKw, withinMs: unheardMs + NEXT_READING_MS })
}

/**
 * A session in which (almost) no energy flowed costs nothing, not even a start fee: it still ends COMPLETED with a CDR
 * over 0.00, so that the partner can release the hold at once instead of waiting for a CDR that never comes. (D-F08)
 */
export function isFree(session: ChargingSession): boolean {
  return session.meter === undefined || deliveredWh(session.meter) < session.terms.minimumWh
}

/** (cdrs › ChargingPeriod) */
export function chargingPeriods(session: ChargingSession, meter: Meter): readonly ChargingPeriod[] {
  return volumesOf(meter).map((period) => ({
    start_date_time: formatDateTime(period.start),
    dimensions: [
      { type: 'ENERGY' as const, volume: Number(period.energyKwh ?? 0) },
      ...(period.timeH === undefined ? [] : [{ type: 'TIME' as const, volume: Number(period.timeH) }]),
      ...(period.parkingTimeH === undefined
        ? []
        : [{ type: 'PARKING_TIME' as const, volume: Number(period.parkingTimeH) }]),
      ...[
        { type: 'MIN_POWER' as const, volume: period.minPowerKw },
        { type: 'MAX_POWER' as const, volume: period.maxPowerKw },
        { type: 'MIN_CURRENT' as const, volume: period.minCurrentA },
        { type: 'MAX_CURRENT' as const, volume: period.maxCurrentA },
      ].flatMap(({ type, volume }) => (volume === undefined ? [] : [{ type, volume }])),
    ],
    tariff_id: session.tariff.id,
  }))
}

export function totalHours(meter: Meter): number {
  return (
    hourParts(
      meter.stretches
        .filter((stretch) => !stretch.parking)
        .reduce((sum, stretch) => sum + stretch.end - stretch.start, 0),
    ) / 10_000
  )
}

export function parkingHours(meter: Meter): number {
  return (
    hourParts(
      meter.stretches
        .filter((stretch) => stretch.parking)
        .reduce((sum, stretch) => sum + stretch.end - stretch.start, 0),
    ) / 10_000
  )
}
