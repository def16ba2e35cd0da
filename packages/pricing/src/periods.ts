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
  try {
    return parseDateTime(text)
  } catch {
    throw new PricingError(path(), text, 'must be a date and time in UTC')
  }
}
