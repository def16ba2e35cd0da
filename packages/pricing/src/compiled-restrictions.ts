import type { TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { compare, decimal, sign } from './decimal.ts'
import { weekdays } from './local-time.ts'
import { PricingError } from './pricing-error.ts'

/** Restrictions read once: texts as numbers, absent bounds as bounds that always hold. */
export interface Restrictions {
  /** Positions in the tariff's list of energy bounds; -1 and Infinity when there is none. */
  readonly minEnergy: number
  readonly maxEnergy: number
  readonly minDurationMs: number
  readonly maxDurationMs: number
  readonly power: PowerBounds
  /** Undefined when the time does not matter. */
  readonly clock: ClockBounds | undefined
}

interface PowerBounds {
  readonly minPower: number | undefined
  readonly maxPower: number | undefined
  readonly minCurrent: number | undefined
  readonly maxCurrent: number | undefined
}

interface ClockBounds {
  /** Minutes of the local day; equal means the whole day. */
  readonly from: number
  readonly until: number
  /** Days since 1970, the first included, the last not. */
  readonly firstDay: number
  readonly endDay: number
  /** One bit for each day of the week, Sunday is the lowest. */
  readonly weekdays: number
}

/** Everything a restriction can look at, at one instant. Changed in place from instant to instant. */
export interface Moment {
  /** Since charging, or the reservation, started. (G-07) */
  elapsedMs: number
  /** How many of the tariff's energy bounds the session has reached. */
  energyRank: number
  /** Local clock: minute of the day, days since 1970, day of the week. */
  minute: number
  day: number
  weekday: number
  /** NaN when unknown, which matches no bound. */
  minPower: number
  maxPower: number
  minCurrent: number
  maxCurrent: number
}

/** Whether all restrictions hold. (G-03, G-07 to G-10) */
export function holds(r: Restrictions, m: Moment): boolean {
  return (
    m.energyRank > r.minEnergy &&
    m.energyRank <= r.maxEnergy &&
    m.elapsedMs >= r.minDurationMs &&
    m.elapsedMs < r.maxDurationMs &&
    powerHolds(r.power, m) &&
    (r.clock === undefined || clockHolds(r.clock, m))
  )
}

function powerHolds(r: PowerBounds, m: Moment): boolean {
  return (
    (r.minPower === undefined || m.minPower >= r.minPower) &&
    (r.maxPower === undefined || m.maxPower < r.maxPower) &&
    (r.minCurrent === undefined || m.minCurrent >= r.minCurrent) &&
    (r.maxCurrent === undefined || m.maxCurrent < r.maxCurrent)
  )
}

function clockHolds(r: ClockBounds, { minute, day, weekday }: Moment): boolean {
  if (day < r.firstDay || day >= r.endDay) return false
  // The day of the instant itself: a restriction over midnight does not carry its day along. (G-09)
  if ((r.weekdays & (1 << weekday)) === 0) return false
  // An end before the start wraps over midnight; equal ends are the whole day, 00:00 is the end of it. (G-08)
  return r.from < r.until ? minute >= r.from && minute < r.until : minute >= r.from || minute < r.until
}

/** Reads the restrictions of an element; `energies` are the tariff's bounds on energy, checked and ascending. */
export function readRestrictions(r: TariffRestrictions, path: string, energies: readonly Decimal[]): Restrictions {
  const rank = (bound: number | null | undefined, none: number) => {
    if (bound == null) return none
    const energy = decimal(bound)
    return energies.findIndex((one) => compare(one, energy) === 0)
  }
  return {
    minEnergy: rank(r.min_kwh, -1),
    maxEnergy: rank(r.max_kwh, Number.POSITIVE_INFINITY),
    minDurationMs:
      r.min_duration == null ? Number.NEGATIVE_INFINITY : durationMs(r.min_duration, `${path}.min_duration`),
    maxDurationMs:
      r.max_duration == null ? Number.POSITIVE_INFINITY : durationMs(r.max_duration, `${path}.max_duration`),
    power: readPower(r, path),
    clock: readClock(r, path),
  }
}

export function energyBound(value: number, path: string): Decimal {
  const energy = decimal(value, path)
  if (sign(energy) < 0) throw new PricingError(path, value, 'must not be negative')
  return energy
}

function durationMs(seconds: number, path: string): number {
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > 1e9)
    throw new PricingError(path, seconds, 'must be a number of seconds, 0 or more')
  return seconds * 1000
}

function readPower(r: TariffRestrictions, path: string): PowerBounds {
  const bound = (name: 'min_power' | 'max_power' | 'min_current' | 'max_current') => {
    const value = r[name]
    if (value == null) return undefined
    if (!Number.isFinite(value)) throw new PricingError(`${path}.${name}`, value, 'must be a finite number')
    return value
  }
  return {
    minPower: bound('min_power'),
    maxPower: bound('max_power'),
    minCurrent: bound('min_current'),
    maxCurrent: bound('max_current'),
  }
}

function readClock(r: TariffRestrictions, path: string): ClockBounds | undefined {
  if (!looksAtClock(r)) return undefined
  return {
    from: minuteOf(r.start_time ?? '00:00', `${path}.start_time`),
    until: minuteOf(r.end_time ?? '00:00', `${path}.end_time`),
    firstDay: r.start_date == null ? Number.NEGATIVE_INFINITY : dayNumber(r.start_date, `${path}.start_date`),
    endDay: r.end_date == null ? Number.POSITIVE_INFINITY : dayNumber(r.end_date, `${path}.end_date`),
    weekdays: weekdayBits(r.day_of_week, `${path}.day_of_week`),
  }
}

export function looksAtClock(r: TariffRestrictions): boolean {
  return (
    r.start_time != null ||
    r.end_time != null ||
    r.start_date != null ||
    r.end_date != null ||
    (r.day_of_week?.length ?? 0) > 0
  )
}

/** No days mean all days. */
function weekdayBits(days: readonly string[] | null | undefined, path: string): number {
  if (days == null || days.length === 0) return 0b1111111
  return days.reduce((bits, day, index) => {
    const position = weekdays.indexOf(day)
    if (position < 0) throw new PricingError(`${path}[${index}]`, day, 'must be a day such as MONDAY')
    return bits | (1 << position)
  }, 0)
}

function minuteOf(text: string, path: string): number {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (parts === null) throw new PricingError(path, text, 'must be a time HH:MM')
  return Number(parts[1]) * 60 + Number(parts[2])
}

function dayNumber(text: string, path: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Date.parse takes 31 April for 1 May.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text)
    throw new PricingError(path, text, 'must be a date YYYY-MM-DD')
  return ms / 86_400_000
}
