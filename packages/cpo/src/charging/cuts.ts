/**
 * Where a tariff can change during a session: its restrictions name moments of the local day, energies, durations
 * and powers. Cutting at all of them gives more charging periods than strictly needed and never too few. (G-22)
 */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'

export interface Cuts {
  readonly energyWh: readonly number[]
  readonly durationMs: readonly number[]
  readonly powerW: readonly number[]
  /** Whether the local time at this instant is an edge of a restriction. */
  readonly localEdge: (at: number) => boolean
  readonly hasLocalEdges: boolean
}

const MINUTE_MS = 60_000
/** Longest time between two readings that is searched for local edges. */
const MAX_MINUTES = 7 * 24 * 60

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
          .map((value) => Math.round(value * factor)),
      ),
    ].sort((a, b) => a - b)
  const edges = new Set(
    restrictions.flatMap((r) => [r.start_time, r.end_time]).filter((time) => typeof time === 'string'),
  )
  const byDay = restrictions.some((r) => (r.day_of_week?.length ?? 0) > 0 || r.start_date || r.end_date)
  if (byDay || edges.has('24:00')) edges.add('00:00')
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return {
    energyWh: numbers((r) => [r.min_kwh, r.max_kwh], 1000),
    durationMs: numbers((r) => [r.min_duration, r.max_duration], 1000),
    powerW: numbers((r) => [r.min_power, r.max_power], 1000),
    localEdge: (at) => edges.size > 0 && at % MINUTE_MS === 0 && edges.has(format.format(at)),
    hasLocalEdges: edges.size > 0,
  }
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
