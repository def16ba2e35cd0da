import type { PriceComponent, Tariff } from '@plugtill/ocpi/modules/tariffs'

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
