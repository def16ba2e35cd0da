import type { TariffElement, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { compare, decimal } from './decimal.ts'
import { localMoment } from './local-time.ts'
import { PricingError } from './pricing-error.ts'

/** Everything a restriction can look at, at one instant of a charging session. */
export interface Moment {
  readonly at: number
  readonly timeZone: string
  /** Since the session started, parking included. (G-07) */
  readonly elapsedMs: number
  /** Energy of the session so far. */
  readonly energyKwh: Decimal
  /** Unknown when undefined. */
  readonly minPowerKw?: number
  readonly maxPowerKw?: number
  readonly minCurrentA?: number
  readonly maxCurrentA?: number
}

/** Whether an element applies at this moment. All its restrictions must hold. (G-03, G-07 to G-10) */
export function elementMatches(element: TariffElement, index: number, moment: Moment): boolean {
  const r = element.restrictions
  if (r == null) return true
  // An element for reservations never prices charging. (G-17)
  if (r.reservation != null) return false
  const path = `elements[${index}].restrictions`
  return (
    energyMatches(r, path, moment) &&
    powerMatches(r, moment) &&
    elapsedMatches(r, moment) &&
    timeMatches(r, path, moment)
  )
}

function energyMatches(r: TariffRestrictions, path: string, { energyKwh }: Moment): boolean {
  if (r.min_kwh != null && compare(energyKwh, decimal(r.min_kwh, `${path}.min_kwh`)) < 0) return false
  return r.max_kwh == null || compare(energyKwh, decimal(r.max_kwh, `${path}.max_kwh`)) < 0
}

/** An unknown power or current matches no restriction on it. */
function powerMatches(r: TariffRestrictions, m: Moment): boolean {
  const atLeast = (bound: number | null | undefined, value: number | undefined) =>
    bound == null || (value !== undefined && value >= bound)
  const below = (bound: number | null | undefined, value: number | undefined) =>
    bound == null || (value !== undefined && value < bound)
  return (
    atLeast(r.min_power, m.minPowerKw ?? m.maxPowerKw) &&
    below(r.max_power, m.maxPowerKw ?? m.minPowerKw) &&
    atLeast(r.min_current, m.minCurrentA ?? m.maxCurrentA) &&
    below(r.max_current, m.maxCurrentA ?? m.minCurrentA)
  )
}

function elapsedMatches(r: TariffRestrictions, { elapsedMs }: Moment): boolean {
  if (r.min_duration != null && elapsedMs < r.min_duration * 1000) return false
  return r.max_duration == null || elapsedMs < r.max_duration * 1000
}

function timeMatches(r: TariffRestrictions, path: string, { at, timeZone }: Moment): boolean {
  if (!looksAtClock(r)) return true
  const local = localMoment(at, timeZone)
  if (r.start_date != null && local.date < dateOf(r.start_date, `${path}.start_date`)) return false
  if (r.end_date != null && local.date >= dateOf(r.end_date, `${path}.end_date`)) return false
  // The day of the instant itself: a restriction over midnight does not carry its day along. (G-09)
  if (r.day_of_week != null && r.day_of_week.length > 0 && !r.day_of_week.some((day) => day === local.weekday))
    return false
  const from = minuteOf(r.start_time ?? '00:00', `${path}.start_time`)
  const until = minuteOf(r.end_time ?? '00:00', `${path}.end_time`)
  if (from === until) return true
  // Midnight as the end is the end of the day; an end before the start wraps over midnight. (G-08)
  if (until === 0) return local.minute >= from
  return from < until ? local.minute >= from && local.minute < until : local.minute >= from || local.minute < until
}

/** The local minutes of the day at which some element may switch on or off; empty when no element looks at the clock. */
export function clockCuts(elements: readonly TariffElement[]): readonly number[] {
  const minutes = new Set<number>()
  elements.forEach(({ restrictions: r }, index) => {
    if (r == null || r.reservation != null || !looksAtClock(r)) return
    minutes.add(0)
    const path = `elements[${index}].restrictions`
    if (r.start_time != null) minutes.add(minuteOf(r.start_time, `${path}.start_time`))
    if (r.end_time != null) minutes.add(minuteOf(r.end_time, `${path}.end_time`))
  })
  return [...minutes]
}

/** Milliseconds after the start of the session at which some element may switch on or off. */
export function durationCuts(elements: readonly TariffElement[]): readonly number[] {
  return elements
    .filter(({ restrictions }) => restrictions?.reservation == null)
    .flatMap(({ restrictions: r }) => [r?.min_duration, r?.max_duration])
    .filter((seconds) => seconds != null)
    .map((seconds) => seconds * 1000)
}

/** Energies of the session at which some element may switch on or off, ascending. */
export function energyCuts(elements: readonly TariffElement[]): readonly Decimal[] {
  return elements
    .flatMap(({ restrictions: r }, index) =>
      r == null || r.reservation != null
        ? []
        : (
            [
              ['min_kwh', r.min_kwh],
              ['max_kwh', r.max_kwh],
            ] as const
          ).map(([name, value]) => ({ name, value, index })),
    )
    .filter(({ value }) => value != null)
    .map(({ name, value, index }) => decimal(value ?? 0, `elements[${index}].restrictions.${name}`))
    .sort(compare)
}

function looksAtClock(r: TariffRestrictions): boolean {
  return (
    r.start_time != null ||
    r.end_time != null ||
    r.start_date != null ||
    r.end_date != null ||
    (r.day_of_week?.length ?? 0) > 0
  )
}

function minuteOf(text: string, path: string): number {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (parts === null) throw new PricingError(path, text, 'must be a time HH:MM')
  return Number(parts[1]) * 60 + Number(parts[2])
}

function dateOf(text: string, path: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new PricingError(path, text, 'must be a date YYYY-MM-DD')
  return text
}
