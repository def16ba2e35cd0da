/**
 * Where a tariff can change during a session: its restrictions name moments of the local day, energies, durations,
 * powers and currents. Cutting at all of them gives more charging periods than strictly needed and never too few. (G-22)
 */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { ChargingSession } from './session.ts'

export interface Cuts {
  readonly energyWh: readonly number[]
  readonly durationMs: readonly number[]
  readonly powerW: readonly number[]
  /** Sum over the phases. (tariffs › TariffRestrictions) */
  readonly currentA: readonly number[]
  /** Where a station tells no current it follows from the power; absent where the voltage is not known (DC). */
  readonly phaseVolts?: number
  /** Whether the local time at this instant is an edge of a restriction. */
  readonly localEdge: (at: number) => boolean
  readonly hasLocalEdges: boolean
}

const MINUTE_MS = 60_000
/** Longest time between two readings that is searched for local edges. */
const MAX_MINUTES = 7 * 24 * 60

/** Between phase and neutral in the grid of Europe. (EN 50160) */
const PHASE_VOLTS = 230

/** How finely limits and readings are compared: limits of a tariff have four decimals at most. */
const PARTS = 10_000

/** The cuts of a session: its tariff, at its place. */
export function cutsFor(session: Pick<ChargingSession, 'tariff' | 'timeZone' | 'cdrLocation'>): Cuts {
  const cuts = cutsOf(session.tariff, session.timeZone)
  return session.cdrLocation.connector_power_type === 'DC' ? cuts : { ...cuts, phaseVolts: PHASE_VOLTS }
}

export function cutsOf(tariff: Pick<Tariff, 'elements'> | undefined, timeZone: string): Cuts {
  const restrictions = (tariff?.elements ?? []).flatMap((element) => element.restrictions ?? [])
  const numbers = (
    pick: (r: (typeof restrictions)[number]) => readonly (number | null | undefined)[],
    factor: number,
  ) =>
    [
      ...new Set(
        restrictions
          .flatMap(pick)
          .filter((value) => typeof value === 'number')
          .map((value) => Math.round(value * factor * PARTS) / PARTS),
      ),
    ].sort((a, b) => a - b)
  const edges = new Set(
    restrictions.flatMap((r) => [r.start_time, r.end_time]).filter((time) => typeof time === 'string'),
  )
  const byDay = restrictions.some((r) => (r.day_of_week?.length ?? 0) > 0 || r.start_date || r.end_date)
  if (byDay || edges.has('24:00')) edges.add('00:00')
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return {
    energyWh: numbers((r) => [r.min_kwh, r.max_kwh], 1000).map(Math.round),
    durationMs: numbers((r) => [r.min_duration, r.max_duration], 1000).map(Math.round),
    powerW: numbers((r) => [r.min_power, r.max_power], 1000),
    currentA: numbers((r) => [r.min_current, r.max_current], 1),
    localEdge: (at) =>
      edges.size > 0 && at % MINUTE_MS === 0 && (edges.has(format.format(at)) || clockJumps(format, at)),
    hasLocalEdges: edges.size > 0,
  }
}

/** Where summer time begins an edge may fall into the hour that does not exist: it holds from the hour after it on. (G-11) */
function clockJumps(format: Intl.DateTimeFormat, at: number): boolean {
  const minuteOf = (instant: number) => {
    const [hours = 0, minutes = 0] = format.format(instant).split(':').map(Number)
    return hours * 60 + minutes
  }
  return (minuteOf(at - MINUTE_MS) + 1) % (24 * 60) !== minuteOf(at)
}

/** The moments strictly inside a part at which the tariff can change, in order. */
export function cutsInside(
  cuts: Cuts,
  part: {
    readonly sessionStart: number
    readonly start: number
    readonly end: number
    readonly fromWh: number
    readonly energyWh: number
  },
): readonly number[] {
  const times = new Set<number>()
  for (const limit of cuts.energyWh) {
    const at = timeOfEnergy(part, limit - part.fromWh)
    if (at !== undefined) times.add(at)
  }
  for (const duration of cuts.durationMs) times.add(part.sessionStart + duration)
  if (cuts.hasLocalEdges) {
    let at = Math.ceil(part.start / MINUTE_MS) * MINUTE_MS
    for (let step = 0; step < MAX_MINUTES && at < part.end; step++, at += MINUTE_MS)
      if (cuts.localEdge(at)) times.add(at)
  }
  return [...times].filter((at) => at > part.start && at < part.end).sort((a, b) => a - b)
}

/** The moment at which a part has delivered `wh`, if it does so inside. */
export function timeOfEnergy(
  part: { readonly start: number; readonly end: number; readonly energyWh: number },
  wh: number,
): number | undefined {
  if (wh <= 0 || wh >= part.energyWh) return undefined
  return part.start + Math.round(((part.end - part.start) * wh) / part.energyWh)
}
