import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { PricedSession } from '../src/price.ts'

/** One element with these components, prices before taxes. */
export function tariffOf(components: PriceComponent[], more: Partial<Tariff> = {}): Tariff {
  return {
    country_code: 'NL',
    party_id: 'ABC',
    id: 't',
    currency: 'EUR',
    elements: [{ price_components: components }],
    tax_included: 'NO',
    last_updated: '2026-01-01T00:00:00Z',
    ...more,
  }
}

export const perKwh = (price: number, more: Partial<PriceComponent> = {}): PriceComponent => ({
  type: 'ENERGY',
  price,
  step_size: 1,
  ...more,
})

export const hour = 3_600_000
export const start = Date.parse('2026-03-02T09:30:00Z') // a Monday

/** One hour of charging on a Monday morning in Amsterdam. */
export function charging(energyKwh: number, more: Partial<PricedSession> = {}): PricedSession {
  return { start, end: start + hour, timeZone: 'Europe/Amsterdam', periods: [{ start, energyKwh, timeH: 1 }], ...more }
}

/** 1 EUR per kWh while the restrictions hold, else 2. */
export function switching(restrictions: TariffRestrictions): Tariff {
  return tariffOf([], {
    elements: [{ price_components: [perKwh(1)], restrictions }, { price_components: [perKwh(2)] }],
    tax_included: 'N/A',
  })
}
