/** Tariffs and sessions as fast-check arbitraries: what a tariff can ask, at times at which the answer changes. */
import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import fc from 'fast-check'
import { fraction } from '../src/decimal.ts'
import type { Period, PricedSession } from '../src/price.ts'
import { tariffOf } from './tariffs.ts'

const cents = fc.integer({ min: 0, max: 300 }).map((value) => value / 100)

const component: fc.Arbitrary<PriceComponent> = fc.record({
  type: fc.constantFrom('ENERGY', 'FLAT', 'TIME', 'PARKING_TIME'),
  price: cents,
  vat: fc.constantFrom(undefined, 0, 7, 20, 21),
  step_size: fc.constantFrom(0, 1, 1, 60, 300, 900, 3600),
})

const restrictions: fc.Arbitrary<TariffRestrictions | undefined> = fc.constantFrom(
  undefined,
  undefined,
  { start_time: '09:45' },
  { end_time: '10:20' },
  { start_time: '22:00', end_time: '06:00' },
  { start_time: '11:00', end_time: '12:30', day_of_week: ['MONDAY'] },
  { day_of_week: ['SUNDAY'] },
  { start_date: '2026-03-29' },
  { end_date: '2026-03-29' },
  { max_duration: 1200 },
  { min_duration: 3600 },
  { min_kwh: 3 },
  { max_kwh: 5.5 },
  { min_kwh: 2, max_kwh: 20 },
  { min_power: 7 },
  { max_power: 11 },
  { max_power: 11, min_kwh: 4 },
)

const limit = fc.constantFrom(
  undefined,
  undefined,
  { before_taxes: 1 },
  { before_taxes: 4, after_taxes: 4.84 },
  { before_taxes: 10, after_taxes: 12 },
  { before_taxes: 12 },
)

const element = fc.record({
  price_components: fc.array(component, { minLength: 1, maxLength: 3 }),
  restrictions,
})

/** Any tariff that can be priced; the limits never cross. */
export const anyTariff: fc.Arbitrary<Tariff> = fc
  .record({
    elements: fc.array(element, { minLength: 1, maxLength: 4 }),
    tax_included: fc.constantFrom('YES' as const, 'NO' as const, 'N/A' as const),
    min_price: limit,
    max_price: limit,
  })
  .map(({ min_price, max_price, ...more }) => {
    const crossed = (min_price?.before_taxes ?? 0) > (max_price?.before_taxes ?? Number.POSITIVE_INFINITY)
    return tariffOf([], { ...more, ...(crossed ? { max_price } : { min_price, max_price }) })
  })

/** Among them the nights in which the clock is moved, and midnight. */
export const anyStart = fc
  .tuple(
    fc.constantFrom('2026-03-02T08:30:00Z', '2026-03-28T22:30:00Z', '2026-10-24T21:00:00Z', '2026-03-01T19:40:00Z'),
    fc.integer({ min: 0, max: 239 }),
  )
  .map(([text, minutes]) => Date.parse(text) + minutes * 60_000)

export interface Stage {
  readonly seconds: number
  /** Average power of the stage; 0 = connected without charging. */
  readonly powerKw: number
}

export const anyStages = (maxPowerKw: number, most = 6): fc.Arbitrary<readonly Stage[]> =>
  fc.array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 5400 }),
      powerKw: fc.oneof(
        fc.constant(0),
        fc.constant(maxPowerKw),
        fc.integer({ min: 1, max: maxPowerKw * 100 }).map((value) => value / 100),
      ),
    }),
    { minLength: 1, maxLength: most },
  )

/** One period per stage, with whole Wh and exact seconds. */
export function sessionOfStages(start: number, stages: readonly Stage[]): PricedSession {
  let at = start
  const periods = stages.map(({ seconds, powerKw }): Period => {
    const hours = fraction(seconds, 3600)
    const period: Period = {
      start: at,
      energyKwh: Math.floor((powerKw * 1000 * seconds) / 3600) / 1000,
      minPowerKw: powerKw,
      maxPowerKw: powerKw,
      ...(powerKw > 0 ? { timeH: hours } : { parkingTimeH: hours }),
    }
    at += seconds * 1000
    return period
  })
  return { start, end: at, timeZone: 'Europe/Amsterdam', periods }
}
