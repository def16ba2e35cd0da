import type { Cdr, ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import { parseDateTime } from '@plugtill/ocpi/types'
import type { Period, PricedSession } from './price.ts'
import { PricingError } from './pricing-error.ts'

type Volume = Exclude<keyof Period, 'start' | 'tariffId'>

// Which field of a period a dimension fills; the others (state of charge, averages) price nothing.
const fields: Readonly<Record<string, Volume>> = {
  ENERGY: 'energyKwh',
  TIME: 'timeH',
  PARKING_TIME: 'parkingTimeH',
  RESERVATION_TIME: 'reservationTimeH',
  MIN_POWER: 'minPowerKw',
  MAX_POWER: 'maxPowerKw',
  MIN_CURRENT: 'minCurrentA',
  MAX_CURRENT: 'maxCurrentA',
}

/** The charging periods of a CDR or a Session as pricing reads them. (cdrs › ChargingPeriod) */
export function periodsOf(from: { readonly charging_periods?: readonly ChargingPeriod[] | null }): readonly Period[] {
  return (from.charging_periods ?? []).map(periodOf)
}

function periodOf(period: ChargingPeriod, index: number): Period {
  const read: { -readonly [K in keyof Period]: Period[K] } = {
    start: instantOr(period.start_date_time, () => `charging_periods[${index}].start_date_time`),
  }
  for (const { type, volume } of period.dimensions) {
    const field = fields[type]
    if (field === undefined) continue
    if (!Number.isFinite(volume) || read[field] !== undefined) throw wrongVolume(index, type, volume)
    read[field] = volume
  }
  if (period.tariff_id != null) read.tariffId = period.tariff_id
  return read
}

function wrongVolume(index: number, type: string, volume: number): PricingError {
  const rule = Number.isFinite(volume) ? 'must be given once per period' : 'must be a finite number'
  return new PricingError(`charging_periods[${index}].${type}`, volume, rule)
}

/** A CDR as a session to be priced. */
export function sessionOf(
  cdr: Pick<Cdr, 'start_date_time' | 'end_date_time' | 'charging_periods'>,
  timeZone: string,
): PricedSession {
  return {
    start: instant(cdr.start_date_time, 'start_date_time'),
    end: instant(cdr.end_date_time, 'end_date_time'),
    timeZone,
    periods: periodsOf(cdr),
  }
}

/** Milliseconds of an OCPI DateTime. */
export function instant(text: string, path: string): number {
  return instantOr(text, () => path)
}

function instantOr(text: string, path: () => string): number {
  const plain = plainInstant(text)
  if (plain !== undefined) return plain
  try {
    const ms = parseDateTime(text)
    if (Number.isFinite(ms)) return ms
  } catch {
    // Told below with the path of the field.
  }
  throw new PricingError(path(), text, 'must be a date and time in UTC')
}

/** The usual way to write an instant, 2030-01-31T12:00:00Z, in 0.04 us instead of 0.4; all others are left to OCPI's reader. */
function plainInstant(text: string): number | undefined {
  if (typeof text !== 'string' || text.length !== 20) return undefined
  const [year, month, day] = [digits(text, 0) * 100 + digits(text, 2), digits(text, 5), digits(text, 8)]
  const [hour, minute, second] = [digits(text, 11), digits(text, 14), digits(text, 17)]
  // Not a digit gives NaN, and every comparison with it is false. A day that not every month has is left to the calendar.
  if (!(year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 ? 28 : 30))) return undefined
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined
  if (
    text[4] !== '-' ||
    text[7] !== '-' ||
    text[10] !== 'T' ||
    text[13] !== ':' ||
    text[16] !== ':' ||
    text[19] !== 'Z'
  )
    return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

function digits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}
