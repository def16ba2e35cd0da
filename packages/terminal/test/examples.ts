/** Values the tests of this room share. */
import type { Offer, Offers, PaymentView, Receipt } from '@plugtill/terminal/link'

export const NOW = Date.parse('2026-05-04T10:00:00Z')

export const offer: Offer = {
  evseUid: 'evse-1',
  connectorId: '1',
  locationId: 'loc-1',
  locationName: 'Harbour',
  label: 'Bay 1',
  connector: { standard: 'IEC_62196_T2_COMBO', format: 'CABLE', powerKw: 150 },
  status: 'AVAILABLE',
  available: true,
  price: { lines: [{ kind: 'energy', text: '€0.59 per kWh' }], texts: [], currency: 'EUR', taxIncluded: true },
  hold: { amountMinor: 5000, currency: 'EUR' },
  priceId: 'p-1',
  tariffId: 't-1',
}

export const offers: Offers = {
  terminalId: 'T1',
  model: 'apollo',
  languages: ['en', 'nl'],
  language: 'en',
  chargers: [
    offer,
    { ...offer, evseUid: 'evse-2', label: 'Bay 2', available: false, status: 'CHARGING', reason: 'CHARGING' },
  ],
  open: [{ reference: 'R-open', evseUid: 'E-2', label: 'Bay 2' }],
}

export const payment: PaymentView = {
  reference: 'R1',
  state: 'authorizing',
  waitingFor: { what: 'psp', until: NOW + 30_000 },
  locationId: 'loc-1',
  evseUid: 'evse-1',
  connectorId: '1',
  label: 'Bay 1',
  final: false,
  language: 'en',
}

export const held = { amountMinor: 5000, currency: 'EUR' }

export const receipt: Receipt = {
  reference: 'R1',
  at: '2026-05-04T11:00:00Z',
  merchant: 'Harbour Energy',
  locationName: 'Harbour',
  label: 'Bay 1',
  energyKwh: 20.5,
  durationS: 1800,
  lines: [{ text: 'Energy', amount: { amountMinor: 1210, currency: 'EUR' } }],
  total: { amountMinor: 1210, currency: 'EUR' },
  taxes: [{ name: 'VAT', percentage: 21, amount: { amountMinor: 210, currency: 'EUR' } }],
  card: { brand: 'Visa', masked: '4242' },
  eftData: ['AID A0000000031010'],
  status: 'captured',
}
