/**
 * A second opinion on what a session costs: slow and simple, written from the rules and not from the engine. It walks
 * through a session in steps of time and of energy so small that nothing changes within one, asks at each step which
 * component applies, and adds up with fractions of BigInt. The clock on the wall is read from text, minute by minute.
 */
import type { PriceComponent, Tariff, TariffElement, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { Period, PricedSession } from '../src/price.ts'
import { ceil, type Ratio, ratio, round, ZERO } from './ratio.ts'

/** The session and the size of the steps in which it changes. */
export interface Case {
  readonly tariffs: readonly Tariff[]
  readonly session: PricedSession
  /** All instants and durations are multiples of it. */
  readonly stepMs: number
  /** All energies and bounds on energy are multiples of it, in kWh. */
  readonly grainKwh: number
  readonly together?: boolean
}

export interface OracleLine {
  readonly tariff: number
  readonly element: number
  readonly component: number
  quantity: Ratio
  billed: Ratio
  net: Ratio
  gross: Ratio
}

type Dimension = PriceComponent['type']
interface Instant {
  readonly at: number
  readonly elapsedMs: number
  readonly energy: Ratio
  readonly period: Period
  readonly phase: 'charging' | 'RESERVATION' | 'RESERVATION_EXPIRES'
}

/** What each component is used for and billed, in order of use. */
export function oracleLines(one: Case): readonly OracleLine[] {
  const lines: OracleLine[] = []
  const last: Partial<Record<Dimension | 'RESERVED' | 'TIMES', OracleLine>> = {}
  walk(one, (tariff, dimension, instant, quantity) => {
    const found = firstMatch(one, tariff, dimension, instant)
    if (found === undefined) return false
    let line = lines.find((each) => each.tariff === tariff && each.element === found[0] && each.component === found[1])
    if (line === undefined) {
      line = { tariff, element: found[0], component: found[1], quantity: ZERO, billed: ZERO, net: ZERO, gross: ZERO }
      lines.push(line)
    }
    line.quantity = dimension === 'FLAT' ? ratio(1) : line.quantity.plus(quantity)
    if (instant.phase !== 'charging') {
      if (dimension === 'TIME') last.RESERVED = line
    } else {
      last[dimension] = line
      if (dimension === 'TIME' || dimension === 'PARKING_TIME') last.TIMES = line
    }
    return true
  })
  for (const line of lines) line.billed = line.quantity
  const partOf = (line: OracleLine) => componentOf(one, line)
  const reserved = (line: OracleLine) => elementOf(one, line).restrictions?.reservation != null
  const round = (line: OracleLine | undefined, mine: (each: OracleLine) => boolean, stepsPerUnit: number) => {
    if (line === undefined) return
    const step = ratio(Math.max(1, partOf(line).step_size)).over(ratio(stepsPerUnit))
    const total = lines.filter(mine).reduce((sum, each) => sum.plus(each.quantity), ZERO)
    line.billed = line.billed.plus(
      ratio(ceil(total.over(step)))
        .times(step)
        .minus(total),
    )
  }
  const of =
    (...types: Dimension[]) =>
    (line: OracleLine) =>
      types.includes(partOf(line).type) && !reserved(line)
  round(last.ENERGY, of('ENERGY'), 1000)
  if (one.together === true) round(last.TIMES, of('TIME', 'PARKING_TIME'), 3600)
  else if (last.PARKING_TIME !== undefined) round(last.PARKING_TIME, of('PARKING_TIME'), 3600)
  else round(last.TIME, of('TIME'), 3600)
  round(last.RESERVED, (line) => partOf(line).type === 'TIME' && reserved(line), 3600)
  for (const line of lines) tax(line, partOf(line), one.tariffs[line.tariff]!)
  return lines
}

export const componentOf = (one: Case, line: { tariff: number; element: number; component: number }): PriceComponent =>
  elementOf(one, line).price_components[line.component]!

export const elementOf = (one: Case, line: { tariff: number; element: number }): TariffElement =>
  one.tariffs[line.tariff]!.elements[line.element]!

function tax(line: OracleLine, part: PriceComponent, tariff: Tariff): void {
  const amount = line.billed.times(ratio(part.price))
  const factor = ratio(1).plus(ratio(part.vat ?? 0).over(ratio(100)))
  line.net = tariff.tax_included === 'YES' ? amount.over(factor) : amount
  line.gross = tariff.tax_included === 'NO' ? amount.times(factor) : amount
}

type Visit = (tariff: number, dimension: Dimension, instant: Instant, quantity: Ratio) => boolean

/** Calls `visit` for every grain of energy and every step of time, in the order in which they happen. */
function walk(one: Case, visit: Visit): void {
  const { session } = one
  const isReservation = (period: Period) => (period.reservationTimeH ?? 0) !== 0
  const chargingFrom = session.periods.find((period) => !isReservation(period))
  const anyReservation = session.periods.some(isReservation)
  const chargingStart = anyReservation && chargingFrom !== undefined ? chargingFrom.start : session.start
  const expired = anyReservation && (session.reservationExpired ?? chargingFrom === undefined)
  let energy = ZERO
  session.periods.forEach((period, index) => {
    const end = session.periods[index + 1]?.start ?? session.end
    const tariff = one.tariffs.length === 1 ? 0 : one.tariffs.findIndex((each) => each.id === period.tariffId)
    const kwh = ratio(Number(period.energyKwh ?? 0))
    if (tariff >= 0 && isReservation(period)) reservation(one, visit, { tariff, period, end, expired })
    else if (tariff >= 0) charging(one, visit, { tariff, period, end, energy, chargingStart })
    energy = energy.plus(kwh)
  })
}

function* stepsOf(one: Case, period: Period, end: number): Generator<readonly [at: number, share: Ratio]> {
  if (end === period.start) yield [period.start, ratio(1)]
  for (let at = period.start; at < end; at += one.stepMs) {
    const length = Math.min(one.stepMs, end - at)
    yield [at, ratio(length).over(ratio(end - period.start))]
  }
}

/** Wire hours count in whole milliseconds. */
function hours(value: Period['timeH']): Ratio {
  return ratio(round(ratio(Number(value ?? 0)).times(ratio(3_600_000)))).over(ratio(3_600_000))
}

interface ChargingPart {
  readonly tariff: number
  readonly period: Period
  readonly end: number
  readonly energy: Ratio
  readonly chargingStart: number
}

function charging(one: Case, visit: Visit, { tariff, period, end, energy, chargingStart }: ChargingPart): void {
  const instant = (at: number, so: Ratio): Instant => ({
    at,
    elapsedMs: at - chargingStart,
    energy: so,
    period,
    phase: 'charging',
  })
  const grain = ratio(one.grainKwh)
  const until = energy.plus(ratio(Number(period.energyKwh ?? 0)))
  visit(tariff, 'FLAT', instant(period.start, energy), ZERO)
  for (let so = energy; so.below(until); so = so.plus(grain)) {
    visit(tariff, 'FLAT', instant(period.start, so), ZERO)
    visit(tariff, 'ENERGY', instant(period.start, so), grain)
  }
  for (const [at, share] of stepsOf(one, period, end)) {
    const now = instant(at, energy)
    visit(tariff, 'FLAT', now, ZERO)
    const [time, parking] = [hours(period.timeH).times(share), hours(period.parkingTimeH).times(share)]
    if (ZERO.below(time)) visit(tariff, 'TIME', now, time)
    if (ZERO.below(parking)) visit(tariff, 'PARKING_TIME', now, parking)
  }
}

interface ReservedPart {
  readonly tariff: number
  readonly period: Period
  readonly end: number
  readonly expired: boolean
}

function reservation(one: Case, visit: Visit, { tariff, period, end, expired }: ReservedPart): void {
  for (const [at, share] of stepsOf(one, period, end)) {
    const made: Instant = { at, elapsedMs: at - one.session.start, energy: ZERO, period, phase: 'RESERVATION' }
    const lapsed: Instant = { ...made, phase: 'RESERVATION_EXPIRES' }
    const time = hours(period.reservationTimeH).times(share)
    visit(tariff, 'FLAT', made, ZERO)
    if (expired) visit(tariff, 'FLAT', lapsed, ZERO)
    if (!(expired && visit(tariff, 'TIME', lapsed, time))) visit(tariff, 'TIME', made, time)
  }
}

function firstMatch(
  one: Case,
  tariff: number,
  dimension: Dimension,
  now: Instant,
): readonly [number, number] | undefined {
  const { elements } = one.tariffs[tariff]!
  for (const [index, element] of elements.entries()) {
    const component = element.price_components.findIndex((each) => each.type === dimension)
    if (component >= 0 && matches(element.restrictions ?? {}, now, one)) return [index, component]
  }
  return undefined
}

function matches(r: TariffRestrictions, now: Instant, one: Case): boolean {
  if ((r.reservation ?? 'charging') !== now.phase) return false
  const { period } = now
  const still = now.phase !== 'charging' || (Number(period.energyKwh ?? 0) === 0 && Number(period.timeH ?? 0) === 0)
  const low = (least?: number, most?: number) => least ?? (still ? 0 : most)
  const high = (least?: number, most?: number) => most ?? low(least, most)
  const seconds = now.elapsedMs / 1000
  const reached = (bound: number | null | undefined, value: number | undefined) =>
    bound == null || (value !== undefined && value >= bound)
  const under = (bound: number | null | undefined, value: number | undefined) =>
    bound == null || (value !== undefined && value < bound)
  return (
    (r.min_kwh == null || !now.energy.below(ratio(r.min_kwh))) &&
    (r.max_kwh == null || now.energy.below(ratio(r.max_kwh))) &&
    reached(r.min_duration, seconds) &&
    under(r.max_duration, seconds) &&
    reached(r.min_power, low(period.minPowerKw, period.maxPowerKw)) &&
    under(r.max_power, high(period.minPowerKw, period.maxPowerKw)) &&
    reached(r.min_current, low(period.minCurrentA, period.maxCurrentA)) &&
    under(r.max_current, high(period.minCurrentA, period.maxCurrentA)) &&
    onTheWall(r, wallClock(now.at, one.session.timeZone))
  )
}

function onTheWall(r: TariffRestrictions, wall: Wall): boolean {
  if (r.start_date != null && wall.date < r.start_date) return false
  if (r.end_date != null && wall.date >= r.end_date) return false
  const days: readonly string[] = r.day_of_week ?? []
  if (days.length > 0 && !days.includes(wall.weekday)) return false
  const from = r.start_time ?? '00:00'
  const until = (r.end_time ?? '00:00') === '00:00' && from !== '00:00' ? '24:00' : (r.end_time ?? '00:00')
  if (from === until) return true
  if (from < until) return from <= wall.time && wall.time < until
  return from <= wall.time || wall.time < until
}

interface Wall {
  readonly date: string
  readonly time: string
  readonly weekday: string
}

const walls = new Map<string, Wall>()
const clocks = new Map<string, readonly [Intl.DateTimeFormat, Intl.DateTimeFormat]>()

function wallClock(at: number, timeZone: string): Wall {
  const minute = Math.floor(at / 60_000)
  const key = `${timeZone} ${minute}`
  const known = walls.get(key)
  if (known !== undefined) return known
  const made = clocks.get(timeZone) ?? [
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
    new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long' }),
  ]
  clocks.set(timeZone, made)
  const [date = '', time = ''] = made[0].format(minute * 60_000).split(' ')
  const wall = { date, time, weekday: made[1].format(minute * 60_000).toUpperCase() }
  if (walls.size > 200_000) walls.clear()
  walls.set(key, wall)
  return wall
}
