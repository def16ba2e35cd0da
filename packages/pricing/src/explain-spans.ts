import type { Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import { sameCi } from '@plugtill/ocpi/types'
import type { Decimal } from './decimal.ts'
import { add, compare, decimal, divide, fraction, isZero, multiply, one, subtract, toNumber, zero } from './decimal.ts'
import type { Circumstances } from './explain-miss.ts'
import { missOf } from './explain-miss.ts'
import { localCuts } from './local-time.ts'
import type { Period, PricedSession } from './price.ts'

/** A part of a session in which one component, or none, priced one dimension. */
export interface Span {
  readonly dimension: TariffDimensionType
  /** Index in the list of tariffs. */
  readonly tariff: number
  /** Index in tariff.elements; -1 when no element prices it. */
  readonly element: number
  readonly component: number
  readonly from: number
  readonly to: number
  /** kWh, hours, or 1 for FLAT. */
  readonly quantity: Decimal
  /** As it was where the span begins. */
  readonly here: Circumstances
}

interface Place {
  readonly session: PricedSession
  readonly tariff: number
  readonly period: Period
  readonly end: number
  readonly energyBefore: Decimal
  readonly chargingStart: number
}

/**
 * Which component priced which part of the charging, found by looking at every part on its own; `price` keeps only the
 * totals. Energy counts as at the start of its period, time as at its own instant. (G-01, G-07, G-22)
 */
export function spansOf(tariffs: readonly Tariff[], session: PricedSession): readonly Span[] {
  const spans: Span[] = []
  let energyBefore = zero
  const periods = chargingPeriods(session.periods)
  const chargingStart = chargingStartOf(session.start, session.periods) ?? session.end
  periods.forEach((period, index) => {
    const end = periods[index + 1]?.start ?? session.end
    const named = tariffs.findIndex((one) => period.tariffId != null && sameCi(one.id, period.tariffId))
    const tariff = tariffs.length === 1 ? 0 : named
    const place = { session, tariff, period, end, energyBefore, chargingStart }
    const priced = tariffs[tariff]
    if (priced !== undefined) for (const span of periodSpans(priced, place)) addSpan(spans, span)
    energyBefore = add(energyBefore, decimal(period.energyKwh ?? 0))
  })
  return spans
}

/** Without the reservation; what charges in the same period comes after it. (G-17) */
function chargingPeriods(periods: readonly Period[]): readonly Period[] {
  return periods.flatMap((period) => {
    if (!isReservation(period)) return [period]
    return isMixed(period) ? [{ ...period, start: changeOf(period), reservationTimeH: undefined }] : []
  })
}

const isMixed = ({ energyKwh = 0, timeH = 0, parkingTimeH = 0 }: Period): boolean =>
  [energyKwh, timeH, parkingTimeH].some((volume) => !isZero(decimal(volume)))

const changeOf = ({ start, reservationTimeH = 0 }: Period): number =>
  start + Math.round(toNumber(multiply(decimal(reservationTimeH), fraction(3_600_000, 1)), 3))

/** Durations count from the session's start, or from where a reservation became charging; undefined when it never did. (G-07) */
export function chargingStartOf(start: number, periods: readonly Period[]): number | undefined {
  const first = periods.findIndex((period) => !isReservation(period) || isMixed(period))
  const period = periods[first]
  if (period === undefined) return undefined
  if (isReservation(period)) return changeOf(period)
  return first > 0 ? period.start : start
}

export const isReservation = (period: Period): boolean => !isZero(decimal(period.reservationTimeH ?? 0))

function periodSpans(tariff: Tariff, place: Place): readonly Span[] {
  const { period, end } = place
  const found: Span[] = []
  const put = (dimension: TariffDimensionType, from: number, to: number, quantity: Decimal, energyKwh?: Decimal) => {
    const here = circumstances(place, energyKwh === undefined ? from : period.start, energyKwh ?? place.energyBefore)
    found.push({ dimension, tariff: place.tariff, ...activeAt(tariff, dimension, here), from, to, quantity, here })
  }
  const times = cutsOf(tariff, place)
  const kinds: readonly (readonly [TariffDimensionType, Decimal])[] = [
    ['TIME', decimal(period.timeH ?? 0)],
    ['PARKING_TIME', decimal(period.parkingTimeH ?? 0)],
  ]
  for (const at of times) put('FLAT', at, at, one)
  for (const piece of energyPieces(tariff, place)) {
    put('FLAT', piece.from, piece.from, one, piece.energyBefore)
    put('ENERGY', piece.from, piece.to, piece.kwh, piece.energyBefore)
  }
  for (const [dimension, hours] of kinds) {
    if (isZero(hours)) continue
    times.forEach((from, index) => {
      const to = times[index + 1] ?? end
      const share = end === period.start ? one : fraction(to - from, end - period.start)
      put(dimension, from, to, multiply(hours, share))
    })
  }
  return found
}

function circumstances({ session, period, chargingStart }: Place, at: number, energyKwh: Decimal): Circumstances {
  const idle = isZero(decimal(period.timeH ?? 0)) && isZero(decimal(period.energyKwh ?? 0))
  return {
    at,
    timeZone: session.timeZone,
    phase: 'charging',
    elapsedMs: Math.max(0, at - chargingStart),
    energyKwh,
    minPowerKw: period.minPowerKw ?? (idle ? 0 : undefined),
    maxPowerKw: period.maxPowerKw,
    minCurrentA: period.minCurrentA ?? (idle ? 0 : undefined),
    maxCurrentA: period.maxCurrentA,
  }
}

/** Which component of the tariff applies; -1 when none does. (G-01, G-04) */
export function activeAt(
  tariff: Tariff,
  dimension: TariffDimensionType,
  here: Circumstances,
): { readonly element: number; readonly component: number } {
  for (const [element, { price_components: components, ...rest }] of tariff.elements.entries()) {
    const component = components.findIndex((each) => each.type === dimension)
    if (component >= 0 && missOf({ price_components: components, ...rest }, here) === undefined)
      return { element, component }
  }
  return { element: -1, component: -1 }
}

/** The starts of the parts of a period between which the clock or the duration may switch an element. */
function cutsOf(tariff: Tariff, { session, period, end, chargingStart }: Place): readonly number[] {
  const restrictions = tariff.elements.map((element) => element.restrictions)
  const clocks = restrictions.flatMap((r) => [r?.start_time, r?.end_time]).filter((time) => time != null)
  // Dates and weekdays switch at midnight.
  const minutes = [0, ...clocks.map(minuteOf)]
  const durations = restrictions.flatMap((r) => [r?.min_duration, r?.max_duration]).filter((one) => one != null)
  const cuts = [
    ...localCuts(period.start, end, session.timeZone, minutes),
    ...durations.map((seconds) => chargingStart + seconds * 1000),
  ]
  return [...new Set([period.start, ...cuts.filter((at) => at > period.start && at < end)])].sort((a, b) => a - b)
}

const minuteOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

interface EnergyPiece {
  readonly from: number
  readonly to: number
  readonly kwh: Decimal
  readonly energyBefore: Decimal
}

/** The energy of a period, cut at the kWh bounds of the tariff; when each piece flowed is told evenly. */
function energyPieces(tariff: Tariff, { period, end, energyBefore }: Place): readonly EnergyPiece[] {
  const total = decimal(period.energyKwh ?? 0)
  if (isZero(total)) return []
  const until = add(energyBefore, total)
  const bounds = tariff.elements
    .flatMap(({ restrictions: r }) => [r?.min_kwh, r?.max_kwh])
    .filter((bound) => bound != null)
    .map((bound) => decimal(bound))
    .filter((bound) => compare(bound, energyBefore) > 0 && compare(bound, until) < 0)
    .sort(compare)
  const edges = [energyBefore, ...bounds, until]
  const timeOf = (energy: Decimal) =>
    period.start + Math.round((end - period.start) * toNumber(divide(subtract(energy, energyBefore), total), 9))
  return edges.slice(1).map((edge, index) => {
    const before = edges[index] ?? energyBefore
    return { from: timeOf(before), to: timeOf(edge), kwh: subtract(edge, before), energyBefore: before }
  })
}

/** Neighbours under the same component become one span; a FLAT fee is taken once. (G-06) */
function addSpan(spans: Span[], span: Span): void {
  const same = (other: Span) =>
    other.tariff === span.tariff && other.element === span.element && other.component === span.component
  if (span.dimension === 'FLAT') {
    if (span.element >= 0 && !spans.some(same)) spans.push(span)
    return
  }
  const index = spans.findLastIndex((other) => other.dimension === span.dimension)
  const last = spans[index]
  if (last !== undefined && same(last) && last.to === span.from)
    spans[index] = { ...last, to: span.to, quantity: add(last.quantity, span.quantity) }
  else spans.push(span)
}
