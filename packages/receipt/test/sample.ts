import type { Slip } from '../src/slip.ts'

/** A whole receipt: every part of a slip is there. */
export const sample: Slip = {
  kind: 'receipt',
  number: 'R-20300115-0B0B0B0B0000',
  reference: '0b0b0b0b-0000-4000-8000-000000000001',
  language: 'de',
  timeZone: 'Europe/Amsterdam',
  issuedAt: Date.parse('2030-01-15T12:00:00Z'),
  seller: { name: 'Laadpaal B.V.', lines: ['Kade 1', '1011 AB Amsterdam'], taxId: 'NL000000000B01' },
  issuer: { name: 'Plugtill' },
  session: {
    place: ['Parking Zuid', 'Kade 1', 'Amsterdam'],
    charger: 'NL*LPB*E1',
    from: Date.parse('2030-01-15T10:00:00Z'),
    until: Date.parse('2030-01-15T11:00:00Z'),
    energyKwh: '20.500',
  },
  currency: 'EUR',
  lines: [
    { text: 'energy', quantity: { amount: '20.500', unit: 'kWh' }, amountMinor: 992 },
    { text: 'fixed', amountMinor: 61 },
  ],
  net: 870,
  taxes: [{ name: 'VAT', percentage: 21, netMinor: 870, amountMinor: 183 }],
  total: 1053,
  payment: {
    state: 'paid',
    at: Date.parse('2030-01-15T11:01:00Z'),
    captured: { amountMinor: 1053, currency: 'EUR' },
    card: { brand: 'Visa', masked: '**** 4242' },
    eftData: ['VISA DEBIT', 'AID A0000000031010', 'AUTH 123456'],
  },
  signed: {
    method: 'OCMF',
    version: 1,
    publicKey: 'TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FF',
    values: [
      { nature: 'Start', plain: '100.000', signed: 'T0NNRnx7ImEiOjF9fHt9' },
      { nature: 'End', plain: '120.500', signed: 'T0NNRnx7ImEiOjJ9fHt9' },
    ],
  },
  url: 'https://pay.example/ptp/receipts/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
}
