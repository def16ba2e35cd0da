import type { TariffElement, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { compare, decimal, toNumber } from './decimal.ts'
import { localMoment } from './local-time.ts'

/** What was the case at one instant of a session, as far as restrictions look at it. */
export interface Circumstances {
  readonly at: number
  readonly timeZone: string
  /** `expired` is a reservation that ended unused. */
  readonly phase: 'charging' | 'reservation' | 'expired'
  readonly elapsedMs: number
  readonly energyKwh: Decimal
  readonly minPowerKw?: number
  readonly maxPowerKw?: number
  readonly minCurrentA?: number
  readonly maxCurrentA?: number
}

/** The restriction that kept an element from applying, its bound, and what was the case instead. */
export interface Miss {
  readonly restriction: keyof TariffRestrictions
  readonly bound: number | string | readonly string[]
  /** Absent when it was not known, which matches no bound. */
  readonly actual?: number | string
}

type Name = keyof TariffRestrictions

/** The first restriction of an element that does not hold, in the order of the chapter; undefined when all do. (G-03, G-07 to G-10) */
export function missOf(element: TariffElement, here: Circumstances): Miss | undefined {
  const r = element.restrictions ?? {}
  return reservationMiss(r, here) ?? clockMiss(r, here) ?? amountMiss(r, here)
}

/** What prices a reservation prices it whether it expires or not; what prices the expiry needs one that did. (G-17) */
function reservationMiss({ reservation }: TariffRestrictions, { phase }: Circumstances): Miss | undefined {
  const isFor =
    reservation == null
      ? phase === 'charging'
      : reservation === 'RESERVATION'
        ? phase !== 'charging'
        : phase === 'expired'
  return isFor ? undefined : { restriction: 'reservation', bound: reservation ?? 'none', actual: phase }
}

function clockMiss(r: TariffRestrictions, { at, timeZone }: Circumstances): Miss | undefined {
  const days: readonly string[] = r.day_of_week ?? []
  if (r.start_time == null && r.end_time == null && r.start_date == null && r.end_date == null && days.length === 0)
    return undefined
  const { minute, date, weekday } = localMoment(at, timeZone)
  const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  if (!withinClock(r.start_time ?? '00:00', r.end_time ?? '00:00', clock)) {
    const restriction = r.start_time == null ? 'end_time' : 'start_time'
    return { restriction, bound: `${r.start_time ?? '00:00'}-${endText(r.end_time)}`, actual: clock }
  }
  if (r.start_date != null && date < r.start_date)
    return { restriction: 'start_date', bound: r.start_date, actual: date }
  if (r.end_date != null && date >= r.end_date) return { restriction: 'end_date', bound: r.end_date, actual: date }
  return days.length > 0 && !days.includes(weekday)
    ? { restriction: 'day_of_week', bound: days, actual: weekday }
    : undefined
}

const endText = (end: string | null | undefined) => (end == null || end === '00:00' ? '24:00' : end)

/** HH:MM compare as text; an end at or before the start wraps over midnight, so equal ends are the whole day. (G-08) */
function withinClock(from: string, until: string, clock: string): boolean {
  return from < until ? clock >= from && clock < until : clock >= from || clock < until
}

function amountMiss(r: TariffRestrictions, here: Circumstances): Miss | undefined {
  const kwh = toNumber(here.energyKwh, 4)
  const seconds = here.elapsedMs / 1000
  const lowPower = here.minPowerKw ?? here.maxPowerKw
  const highPower = here.maxPowerKw ?? here.minPowerKw
  const lowCurrent = here.minCurrentA ?? here.maxCurrentA
  const highCurrent = here.maxCurrentA ?? here.minCurrentA
  const rules: readonly (readonly [Name, number | null | undefined, number | undefined, (bound: number) => boolean])[] =
    [
      ['min_kwh', r.min_kwh, kwh, (bound) => compare(here.energyKwh, decimal(bound)) >= 0],
      ['max_kwh', r.max_kwh, kwh, (bound) => compare(here.energyKwh, decimal(bound)) < 0],
      ['min_current', r.min_current, lowCurrent, (bound) => lowCurrent !== undefined && lowCurrent >= bound],
      ['max_current', r.max_current, highCurrent, (bound) => highCurrent !== undefined && highCurrent < bound],
      ['min_power', r.min_power, lowPower, (bound) => lowPower !== undefined && lowPower >= bound],
      ['max_power', r.max_power, highPower, (bound) => highPower !== undefined && highPower < bound],
      ['min_duration', r.min_duration, seconds, (bound) => seconds >= bound],
      ['max_duration', r.max_duration, seconds, (bound) => seconds < bound],
    ]
  for (const [restriction, bound, actual, holds] of rules) {
    if (bound == null || holds(bound)) continue
    return { restriction, bound, ...(actual === undefined ? {} : { actual }) }
  }
  return undefined
}
