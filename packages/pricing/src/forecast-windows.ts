import type {
  PriceComponent,
  Tariff,
  TariffDimensionType,
  TariffElement,
  TariffRestrictions,
} from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, compare, decimal, divide, fraction, larger, multiply, one, subtract, toNumber, zero } from './decimal.ts'
import { localCuts, localMoment } from './local-time.ts'

/** A price component that may apply, with its price including tax; never below zero. */
export interface Candidate {
  readonly element: number
  readonly component: number
  readonly dimension: TariffDimensionType
  readonly gross: Decimal
  /** Wh or seconds. */
  readonly step: number
}

/** A part of the time to come in which nothing can change by itself; it ends where the next one begins. */
export interface Window {
  readonly from: number
  readonly time: readonly Candidate[]
  readonly parking: readonly Candidate[]
  /** By interval: a period that began here keeps this clock for all the energy it will hold. (G-22) */
  readonly flat: readonly (readonly Candidate[])[]
  readonly energy: readonly (readonly Candidate[])[]
}

/** Energies between two bounds of the tariff. */
export interface Interval {
  readonly begin: Decimal
  /** When the session can have so much energy at the earliest. */
  readonly reachedAt: number
}

/** What is known, and how fast energy may come. */
export interface Outlook {
  readonly start: number
  readonly timeZone: string
  /** From here on periods may still be cut otherwise: the start of the last one that was reported. */
  readonly open: number
  readonly at: number
  readonly until: number
  /** Energy before the last reported period. */
  readonly energyLow: Decimal
  /** Energy in all reported periods, at least. */
  readonly energyNow: Decimal
  /** Energy at `at` at most, what no period holds yet and rounding included. */
  readonly energyTop: Decimal
  readonly maxPowerKw: Decimal
}

export interface Windows {
  readonly windows: readonly Window[]
  /** Ascending; the first begins with the last reported period. */
  readonly intervals: readonly Interval[]
}

type Match = 'never' | 'maybe' | 'always'

/** Price with tax of one unit; a negative price is no promise that the rest gets cheaper. */
export function grossUnit(tariff: Tariff, element: number, component: number): Decimal {
  const priced = tariff.elements[element]?.price_components[component]
  if (priced === undefined) return zero
  const price = decimal(priced.price)
  if (tariff.tax_included !== 'NO' || priced.vat == null) return price
  return multiply(price, add(one, divide(decimal(priced.vat), fraction(100, 1))))
}

/** A component of a tariff as a candidate; a step_size of 0 is meant as "no step". (E-75) */
export function candidateOf(tariff: Tariff, element: number, component: number): Candidate {
  const { price_components: parts } = tariff.elements[element] as TariffElement
  const { type: dimension, step_size: step } = parts[component] as PriceComponent
  const gross = larger(zero, grossUnit(tariff, element, component))
  return { element, component, dimension, gross, step: Math.max(1, step) }
}

/** All that may apply until the end of the outlook, window by window. */
export function windowsOf(tariff: Tariff, outlook: Outlook): Windows {
  const bounds = energyBounds(tariff)
  const begins = [outlook.energyLow, ...bounds.filter((bound) => compare(bound, outlook.energyLow) > 0)]
  const intervals = begins.map((begin) => ({ begin, reachedAt: reachTime(outlook, begin) }))
  const edges = [
    outlook.open,
    outlook.at,
    ...clockEdges(tariff, outlook),
    ...durationEdges(tariff, outlook),
    ...intervals.map((interval) => interval.reachedAt),
  ].filter((edge) => edge >= outlook.open && edge < outlook.until)
  const starts = [...new Set(edges)].sort((a, b) => a - b)
  const candidates = candidatesOf(tariff)
  const windows = starts.map((from): Window => {
    const clock = (r: TariffRestrictions) => clockMatch(r, outlook, from)
    const some = (r: TariffRestrictions) => all([clock(r), energyRange(r, outlook, from), powerMatch(r, outlook)])
    const within = (dimension: TariffDimensionType) =>
      begins.map((energy) => {
        const match = (r: TariffRestrictions) => all([clock(r), energyPoint(r, energy), powerMatch(r, outlook)])
        return reach(candidates, dimension, match, tariff)
      })
    return {
      from,
      time: reach(candidates, 'TIME', some, tariff),
      parking: reach(candidates, 'PARKING_TIME', some, tariff),
      flat: within('FLAT'),
      energy: within('ENERGY'),
    }
  })
  return { windows, intervals }
}

/** The first of each dimension in each element: the second would never be used. (G-04, G-17) */
function candidatesOf(tariff: Tariff): readonly Candidate[] {
  return tariff.elements.flatMap(({ price_components: components, restrictions }, element) =>
    restrictions?.reservation != null
      ? []
      : components.flatMap(({ type }, component) =>
          components.findIndex((each) => each.type === type) === component
            ? [candidateOf(tariff, element, component)]
            : [],
        ),
  )
}

/** Down the list as far as the first that certainly applies. (G-01) */
function reach(
  candidates: readonly Candidate[],
  dimension: TariffDimensionType,
  match: (r: TariffRestrictions) => Match,
  tariff: Tariff,
): readonly Candidate[] {
  const found: Candidate[] = []
  for (const candidate of candidates) {
    if (candidate.dimension !== dimension) continue
    const matches = match(tariff.elements[candidate.element]?.restrictions ?? {})
    if (matches !== 'never') found.push(candidate)
    if (matches === 'always') break
  }
  return found
}

const all = (matches: readonly Match[]): Match =>
  matches.includes('never') ? 'never' : matches.includes('maybe') ? 'maybe' : 'always'

const sure = (holds: boolean): Match => (holds ? 'always' : 'never')

function clockMatch(r: TariffRestrictions, { start, timeZone }: Outlook, at: number): Match {
  const seconds = (at - start) / 1000
  if (seconds < (r.min_duration ?? 0) || seconds >= (r.max_duration ?? Number.POSITIVE_INFINITY)) return 'never'
  const days: readonly string[] = r.day_of_week ?? []
  if ([r.start_time, r.end_time, r.start_date, r.end_date].every((each) => each == null) && days.length === 0)
    return 'always'
  const local = localMoment(at, timeZone)
  const [from, until] = [minuteOf(r.start_time), minuteOf(r.end_time)]
  const after = local.minute >= from
  const before = local.minute < until
  // Wraps over midnight; equal ends are the whole day. (G-08)
  const inTime = from < until ? after && before : after || before
  const inDates =
    (r.start_date == null || local.date >= r.start_date) && (r.end_date == null || local.date < r.end_date)
  return sure(inTime && inDates && (days.length === 0 || days.includes(local.weekday)))
}

const minuteOf = (clock: string | null | undefined) =>
  clock == null ? 0 : Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** With how much energy a period may begin by then: anything from the last known to what full power brings. */
function energyRange(r: TariffRestrictions, outlook: Outlook, at: number): Match {
  const reached = (bound: number): Match =>
    compare(outlook.energyLow, decimal(bound)) >= 0
      ? 'always'
      : reachTime(outlook, decimal(bound)) <= at
        ? 'maybe'
        : 'never'
  const low = r.min_kwh == null ? 'always' : reached(r.min_kwh)
  const high = r.max_kwh == null ? 'never' : reached(r.max_kwh)
  return all([low, high === 'never' ? 'always' : high === 'always' ? 'never' : 'maybe'])
}

function energyPoint(r: TariffRestrictions, energy: Decimal): Match {
  const low = r.min_kwh == null || compare(energy, decimal(r.min_kwh)) >= 0
  return sure(low && (r.max_kwh == null || compare(energy, decimal(r.max_kwh)) < 0))
}

/** Power and current may change at any moment; only more than the connector gives is impossible. */
function powerMatch(r: TariffRestrictions, { maxPowerKw }: Outlook): Match {
  if (r.min_power != null && compare(decimal(r.min_power), maxPowerKw) > 0) return 'never'
  const asks = [r.min_power, r.max_power, r.min_current, r.max_current].some((bound) => bound != null)
  return asks ? 'maybe' : 'always'
}

/** The earliest instant at which a session can have so much energy. */
function reachTime({ at, open, energyTop, maxPowerKw }: Outlook, energy: Decimal): number {
  const missing = subtract(energy, energyTop)
  if (compare(missing, zero) <= 0) return open
  if (compare(maxPowerKw, zero) <= 0) return Number.POSITIVE_INFINITY
  return at + Math.floor(toNumber(divide(missing, maxPowerKw), 12) * 3_600_000)
}

function energyBounds(tariff: Tariff): readonly Decimal[] {
  return chargingRestrictions(tariff)
    .flatMap((r) => [r.min_kwh, r.max_kwh])
    .filter((bound) => bound != null)
    .map((bound) => decimal(bound))
    .sort(compare)
    .filter((bound, index, bounds) => index === 0 || compare(bound, bounds[index - 1] ?? bound) !== 0)
}

function clockEdges(tariff: Tariff, { open, until, timeZone }: Outlook): readonly number[] {
  const asked = chargingRestrictions(tariff).filter(
    (r) =>
      r.start_time != null ||
      r.end_time != null ||
      r.start_date != null ||
      r.end_date != null ||
      (r.day_of_week?.length ?? 0) > 0,
  )
  if (asked.length === 0) return []
  const minutes = new Set([0, ...asked.flatMap((r) => [minuteOf(r.start_time), minuteOf(r.end_time)])])
  return localCuts(open, until, timeZone, [...minutes])
}

const durationEdges = (tariff: Tariff, { start }: Outlook): readonly number[] =>
  chargingRestrictions(tariff)
    .flatMap((r) => [r.min_duration, r.max_duration])
    .filter((seconds) => seconds != null)
    .map((seconds) => start + seconds * 1000)

const chargingRestrictions = (tariff: Tariff): readonly TariffRestrictions[] =>
  tariff.elements.flatMap(({ restrictions }) =>
    restrictions == null || restrictions.reservation != null ? [] : [restrictions],
  )
