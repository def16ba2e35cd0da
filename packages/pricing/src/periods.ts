import type { Cdr, ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import { parseDateTime } from '@plugtill/ocpi/types'
import type { Period, PricedSession } from './price.ts'
import { PricingError } from './pricing-error.ts'

// Which field of a period a dimension fills; the others (state of charge, momentary values) price nothing.
const fields: Readonly<Record<string, Exclude<keyof Period, 'start'>>> = {
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
  return (from.charging_periods ?? []).map((period, index) => {
    const path = `charging_periods[${index}]`
    const read: { [K in Exclude<keyof Period, 'start'>]?: number } = {}
    for (const { type, volume } of period.dimensions) {
      const field = fields[type]
      if (field === undefined) continue
      if (!Number.isFinite(volume)) throw new PricingError(`${path}.${type}`, volume, 'must be a finite number')
      if (read[field] !== undefined) throw new PricingError(`${path}.${type}`, volume, 'must be given once per period')
      read[field] = volume
    }
    return { start: instant(period.start_date_time, `${path}.start_date_time`), ...read }
  })
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
  try {
    const ms = parseDateTime(text)
    if (Number.isFinite(ms)) return ms
  } catch {
    // Told below with the path of the field.
  }
  throw new PricingError(path, text, 'must be a date and time in UTC')
}
