import type { CompiledTariff, Component, Rates, Switches } from './compiled-tariff.ts'
import type { Whole } from './decimal.ts'
import type { EnergyUnits } from './energy-units.ts'
import { energyUnits, minus, plus } from './energy-units.ts'
import { active, moment, setClock, setPower } from './moment.ts'
import type { Finding, PricedSession } from './price.ts'
import { PricingError } from './pricing-error.ts'
import { partsOf, sharedUpTo } from './stretches.ts'
import type { Phase, Timeline } from './timeline.ts'
import { timelineOf } from './timeline.ts'
import { findChange, findDouble, findNoTariff, findUnknown } from './usage-findings.ts'

/** How much of one price component a session has used. */
export interface Usage {
  readonly component: Component
  /** Index in the list of tariffs. */
  readonly tariff: number
  /** Energy units, milliseconds, or 1 for FLAT. */
  quantity: Whole
}

export interface Used {
  /** In the order in which they were used first. */
  readonly usages: readonly Usage[]
  /** Those that price a period. */
  readonly tariffs: readonly CompiledTariff[]
  /** Energy units in a kWh. */
  readonly perKwh: Whole
  /** What was active last, for step_size. (G-12) */
  readonly last: Last
  readonly findings: readonly Finding[]
}

export interface Last {
  energy?: Usage
  time?: Usage
  parking?: Usage
  reservation?: Usage
  /** Whichever of time and parking was active last. */
  timeOrParking?: Usage
}

/** What is known while walking through a session. */
interface Walk {
  readonly session: PricedSession
  readonly timeline: Timeline
  readonly energy: EnergyUnits
  readonly usages: Usage[]
  /** Only made for more usages than are looked through quickly. */
  byComponent?: Map<Component, Usage>
  readonly last: Last
  readonly findings: Finding[]
  /** Parts still allowed: what a tariff of a thousand windows makes of a year. */
  partsLeft: number
}

const dayMs = 86_400_000
const mostParts = 50_000

/**
 * Which components a session uses, and how much of each. With `byName` each period is priced by the tariff it names, else
 * all of them by the first. (G-01, G-02, G-05, G-06)
 */
export function usageOf(tariffs: readonly CompiledTariff[], session: PricedSession, byName: boolean): Used {
  const timeline = timelineOf(session)
  const energy = energyUnits(tariffs, session.periods)
  const walk: Walk = {
    session,
    timeline,
    energy,
    usages: [],
    last: {},
    findings: timeline.findings,
    partsLeft: mostParts,
  }
  for (const { doubleElement } of tariffs) if (doubleElement >= 0) findDouble(walk, doubleElement)
  const indexOf = byName ? finderOf(tariffs) : first
  const inUse: CompiledTariff[] = byName ? [] : [...tariffs]
  let energyBefore: Whole = typeof energy.perKwh === 'bigint' ? 0n : 0
  for (const phase of timeline.phases) {
    const index = indexOf(phase)
    const tariff = tariffs[index]
    if (tariff !== undefined && !inUse.includes(tariff)) inUse.push(tariff)
    if (tariff === undefined) findNoTariff(walk, phase)
    else if (phase.reserved) walkReservation(walk, tariff, index, phase)
    else walkCharging(walk, tariff, index, phase, energyBefore)
    if (!phase.reserved) energyBefore = plus(energyBefore, energy.ofPeriods[phase.index] ?? 0)
  }
  return { usages: walk.usages, tariffs: inUse, perKwh: energy.perKwh, last: walk.last, findings: walk.findings }
}

function walkCharging(walk: Walk, tariff: CompiledTariff, index: number, phase: Phase, before: Whole): void {
  const { energy, timeline } = walk
  const { charging } = tariff
  const kwh = energy.ofPeriods[phase.index] ?? 0
  setPower(phase, phase.timeMs === 0 && !(kwh > 0))
  findUnknown(walk, tariff, phase)
  const bounds = energy.bounds[index] ?? []
  const rank = rankOf(bounds, before)
  const rankAtEnd = Math.max(rank, rankBelow(bounds, plus(before, kwh)))
  const starts = startsOf(walk, tariff.chargingSwitches, phase, timeline.chargingStart)
  for (let part = 0; part < starts.length; part++) {
    const start = starts[part] ?? phase.start
    setClock(tariff.chargingSwitches, walk.session.timeZone, start, timeline.chargingStart)
    moment.energyRank = rank
    use(walk, index, active(charging.FLAT), 1)
    // A period is priced as at its start: all its energy is in its first part. (G-22)
    if (part === 0 && kwh > 0) useEnergy(walk, charging, index, bounds, { before, kwh, rank, rankAtEnd })
    moment.energyRank = rank
    const timeMs = shareOf(phase.timeMs, starts, part, phase)
    const parkingMs = shareOf(phase.parkingMs, starts, part, phase)
    if (timeMs > 0) walk.last.time = useTime(walk, index, active(charging.TIME), timeMs) ?? walk.last.time
    if (parkingMs > 0)
      walk.last.parking = useTime(walk, index, active(charging.PARKING_TIME), parkingMs) ?? walk.last.parking
  }
  if (starts.length > 1 || rankAtEnd > rank) findChange(walk, tariff, phase, { starts, rank, rankAtEnd, kwh })
}

interface EnergyRange {
  readonly before: Whole
  readonly kwh: Whole
  readonly rank: number
  readonly rankAtEnd: number
}

/** The energy of a period, cut where a restriction on kWh begins or ends. (G-07) */
function useEnergy(walk: Walk, rates: Rates, index: number, bounds: readonly Whole[], range: EnergyRange): void {
  const end = plus(range.before, range.kwh)
  let from = range.before
  for (let rank = range.rank; rank <= range.rankAtEnd; rank++) {
    const to = rank < range.rankAtEnd ? (bounds[rank] ?? end) : end
    moment.energyRank = rank
    use(walk, index, active(rates.FLAT), 1)
    walk.last.energy = use(walk, index, active(rates.ENERGY), minus(to, from)) ?? walk.last.energy
    from = to
  }
}

/** What a reservation costs; when it expires unused, its own fee comes on top and its own price of time instead. (G-17) */
function walkReservation(walk: Walk, tariff: CompiledTariff, index: number, phase: Phase): void {
  const { timeline } = walk
  const { reservation, expiry, reservationSwitches: switches } = tariff
  setPower(phase, true)
  moment.energyRank = rankOf(walk.energy.bounds[index] ?? [], 0)
  const starts = startsOf(walk, switches, phase, timeline.reservationStart)
  for (let part = 0; part < starts.length; part++) {
    setClock(switches, walk.session.timeZone, starts[part] ?? phase.start, timeline.reservationStart)
    use(walk, index, active(reservation.FLAT), 1)
    if (timeline.expired) use(walk, index, active(expiry.FLAT), 1)
    const ofTime = (timeline.expired ? active(expiry.TIME) : undefined) ?? active(reservation.TIME)
    const ms = shareOf(phase.reservationMs, starts, part, phase)
    if (ms > 0) walk.last.reservation = use(walk, index, ofTime, ms) ?? walk.last.reservation
  }
}

function use(walk: Walk, tariff: number, component: Component | undefined, quantity: Whole): Usage | undefined {
  if (component === undefined) return undefined
  const before = usageBefore(walk, component)
  if (before === undefined) {
    const usage = { component, tariff, quantity }
    walk.usages.push(usage)
    walk.byComponent?.set(component, usage)
    return usage
  }
  // A flat fee is taken once. (G-06)
  if (component.dimension !== 'FLAT') before.quantity = plus(before.quantity, quantity)
  return before
}

function usageBefore(walk: Walk, component: Component): Usage | undefined {
  const { usages } = walk
  if (usages.length <= 8) {
    for (const usage of usages) if (usage.component === component) return usage
    return undefined
  }
  walk.byComponent ??= new Map(usages.map((usage) => [usage.component, usage]))
  return walk.byComponent.get(component)
}

function useTime(walk: Walk, tariff: number, component: Component | undefined, ms: number): Usage | undefined {
  const usage = use(walk, tariff, component, ms)
  if (usage !== undefined) walk.last.timeOrParking = usage
  return usage
}

function startsOf(walk: Walk, switches: Switches, { start, end }: Phase, origin: number): readonly number[] {
  if (switches.minutes.length === 0 && switches.durations.length === 0) return [start]
  // Known before it takes long: a year under a tariff of a thousand windows.
  const atMost = Math.ceil((end - start) / dayMs + 1) * switches.minutes.length
  if (atMost <= 2 * mostParts) {
    const starts = partsOf(switches, walk.session.timeZone, { start, end, origin })
    walk.partsLeft -= starts.length
    if (walk.partsLeft >= 0) return starts
  }
  const rule = `must not be cut by the tariff into more than ${mostParts} parts`
  throw new PricingError('periods', walk.session.periods.length, rule)
}

function shareOf(ms: number, starts: readonly number[], part: number, { start, end }: Phase): number {
  if (starts.length === 1) return ms
  const next = starts[part + 1]
  const upToNext = next === undefined ? ms : sharedUpTo(ms, next, start, end)
  return upToNext - sharedUpTo(ms, starts[part] ?? start, start, end)
}

/** How many bounds the energy has reached. */
function rankOf(bounds: readonly Whole[], energy: Whole): number {
  let rank = 0
  while (energy >= (bounds[rank] ?? Number.POSITIVE_INFINITY)) rank++
  return rank
}

/** How many bounds lie before it. */
function rankBelow(bounds: readonly Whole[], energy: Whole): number {
  let rank = 0
  while (energy > (bounds[rank] ?? Number.POSITIVE_INFINITY)) rank++
  return rank
}

const first = () => 0

/**
 * Which tariff prices a period: the one it names, else the only one, else none (-1). Ids are CiStrings; of two tariffs with one id the
 * first counts. (cdrs › ChargingPeriod, tariff_id; A-42)
 */
function finderOf(tariffs: readonly CompiledTariff[]): (phase: Phase) => number {
  let ids: Map<string, number> | undefined
  return ({ period: { tariffId }, index }) => {
    if (tariffId == null) return tariffs.length === 1 ? 0 : -1
    if (tariffId === tariffs[0]?.tariff.id) return 0
    // From the last to the first, which stays.
    ids ??= new Map(tariffs.map(({ tariff }, at) => [tariff.id.toLowerCase(), at] as const).reverse())
    const found = ids.get(tariffId.toLowerCase())
    if (found !== undefined) return found
    throw new PricingError(`periods[${index}].tariffId`, tariffId, 'must be the id of one of the tariffs')
  }
}
