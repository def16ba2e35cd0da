import { readFileSync } from 'node:fs'
import type { Cdr, ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { auditCdr } from './audit.ts'

const tariff = tariffOf([
  perKwh(0.5, { vat: 20 }),
  { type: 'TIME', price: 3, vat: 20, step_size: 60 },
  { type: 'PARKING_TIME', price: 6, vat: 10, step_size: 1 },
])

const period = (at: string, volumes: Readonly<Record<string, number>>): ChargingPeriod => ({
  start_date_time: `2026-03-02T${at}:00Z`,
  dimensions: Object.entries(volumes).map(([type, volume]) => ({ type: type as 'ENERGY', volume })),
})

const gross = (net: number, tax: number) => ({ before_taxes: net, taxes: [{ name: 'VAT', amount: tax }] })

/** 20 kWh and one hour, then half an hour connected: 10.00 + 3.00 + 3.00 net, 15.60 + 3.30 gross. */
const right: Cdr = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'c1',
  start_date_time: '2026-03-02T09:00:00Z',
  end_date_time: '2026-03-02T10:30:00Z',
  cdr_token: { country_code: 'NL', party_id: 'ABC', uid: 'u', type: 'AD_HOC_USER', contract_id: 'c' },
  auth_method: 'COMMAND',
  cdr_location: {
    id: 'l',
    address: 'a',
    city: 'c',
    country: 'NLD',
    coordinates: { latitude: '52.089440', longitude: '5.110060' },
    evse_uid: 'e',
    evse_id: 'NL*ABC*E1',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  currency: 'EUR',
  tariffs: [tariff],
  charging_periods: [period('09:00', { ENERGY: 20, TIME: 1 }), period('10:00', { PARKING_TIME: 0.5 })],
  total_cost: gross(16, 2.9),
  total_energy: 20,
  total_energy_cost: gross(10, 2),
  total_time: 1.5,
  total_time_cost: gross(3, 0.6),
  total_parking_time: 0.5,
  total_parking_cost: gross(3, 0.3),
  last_updated: '2026-03-02T10:31:00Z',
}

const audit = (more: Partial<Cdr> = {}, options: object = {}) =>
  auditCdr({ ...right, ...more }, { timeZone: 'Europe/Amsterdam', ...options })
const ids = (more: Partial<Cdr> = {}, options: object = {}) => audit(more, options).findings.map((one) => one.id)

test('a right CDR has nothing to mend and each of its totals is compared', () => {
  const { ok, reading, totals, findings } = audit()
  expect({ ok, reading, findings }).toEqual({ ok: true, reading: 'both', findings: [] })
  expect(totals.map(({ name, claimed, expected, by }) => [name, claimed, expected, by])).toEqual([
    ['total_energy_cost', 12, 12, 0],
    ['total_time_cost', 3.6, 3.6, 0],
    ['total_parking_cost', 3.3, 3.3, 0],
    ['total_cost', 18.9, 18.9, 0],
    ['total_energy', 20, 20, 0],
    ['total_time', 1.5, 1.5, 0],
    ['total_parking_time', 0.5, 0.5, 0],
  ])
})

test('a wrong total tells by how much, and which mistake would explain it (G-23)', () => {
  const stepped = { ...tariff, elements: [{ price_components: [perKwh(0.5, { step_size: 20_000 })] }] }
  const one = audit({
    tariffs: [stepped],
    charging_periods: [period('09:00', { ENERGY: 21 })],
    total_energy: 21,
    total_cost: gross(10.5, 0),
    total_energy_cost: null,
    total_time_cost: null,
    total_parking_cost: null,
    total_parking_time: null,
  })
  expect(one.findings[0]).toEqual({
    id: 'total-cost',
    severity: 'error',
    path: '/total_cost',
    reason:
      'It claims 10.5 EUR with tax, periods and tariff give 20: 9.5 EUR too little, beyond the tolerance of 0.11. It would fit a calculation without step_size.',
    fix: expect.stringContaining('Credit CDR'),
  })
  expect([one.ok, one.reading]).toEqual([false, 'neither'])
})

const steps = tariffOf(
  [
    { type: 'TIME', price: 6, step_size: 1800 },
    { type: 'PARKING_TIME', price: 6, step_size: 1800 },
  ],
  { tax_included: 'N/A' },
)
const short: Partial<Cdr> = {
  tariffs: [steps],
  end_date_time: '2026-03-02T09:25:00Z',
  charging_periods: [period('09:00', { TIME: 0.3333 }), period('09:20', { PARKING_TIME: 0.0833 })],
  total_energy: 0,
  total_time: 0.4167,
  total_parking_time: 0.0833,
  total_energy_cost: null,
  total_time_cost: null,
  total_parking_cost: null,
}

test.each([
  [5, 'edition-2', true],
  [3, '2021', true],
  [4, 'neither', false],
])('a total of %f follows the reading %s (E-83)', (total, reading, ok) => {
  expect(audit({ ...short, total_cost: { before_taxes: total } })).toMatchObject({ reading, ok })
})

test('the CDR of the specification follows edition 2; what it leaves out is told (G-63)', () => {
  const file = new URL('../../../spec/2.3.0/examples/cdr_example.json', import.meta.url)
  const example = JSON.parse(readFileSync(file, 'utf8')) as Cdr
  const billed = { ...(example.tariffs?.[0] as Tariff), tax_included: 'NO' as const }
  const { ok, reading, findings } = auditCdr(example, { tariff: billed, timeZone: 'Europe/Brussels' })
  expect({ ok, reading, findings }).toEqual({ ok: true, reading: 'both', findings: [] })
})

test.each<[what: string, more: Partial<Cdr>, id: string]>([
  [
    'Wh for kWh (E-65)',
    { charging_periods: [period('09:00', { ENERGY: 20_000, TIME: 1 }), period('10:00', { PARKING_TIME: 0.5 })] },
    'wh-for-kwh',
  ],
  [
    'minutes for hours',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 60 }), period('10:00', { PARKING_TIME: 30 })] },
    'hours-unit',
  ],
  [
    'more energy than the connector can give',
    { charging_periods: [period('09:00', { ENERGY: 200, TIME: 1 })], total_energy: 200 },
    'energy-beyond-power',
  ],
  [
    'more energy than its own MAX_POWER allows',
    {
      charging_periods: [
        period('09:00', { ENERGY: 20, TIME: 1, MAX_POWER: 11 }),
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
    'energy-beyond-max-power',
  ],
  [
    'MAX_POWER in W',
    {
      charging_periods: [
        period('09:00', { ENERGY: 20, TIME: 1, MAX_POWER: 22_000 }),
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
    'power-beyond-connector',
  ],
  [
    'periods that leave out time',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 0.5 }), period('10:00', { PARKING_TIME: 0.5 })] },
    'period-gap',
  ],
  [
    'a first period after the start',
    { charging_periods: [period('09:10', { ENERGY: 20, TIME: 0.8333 }), period('10:00', { PARKING_TIME: 0.5 })] },
    'period-gap',
  ],
  [
    'a period longer than itself',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 1.2 }), period('10:00', { PARKING_TIME: 0.5 })] },
    'time-beyond-period',
  ],
  [
    'periods out of order',
    { charging_periods: [period('10:00', { PARKING_TIME: 0.5 }), period('09:00', { ENERGY: 20, TIME: 1 })] },
    'period-overlap',
  ],
  ['a period before the session', { charging_periods: [period('08:00', { ENERGY: 20, TIME: 1 })] }, 'period-outside'],
  ['a wrong sum of energy', { total_energy: 21 }, 'energy-sum'],
  ['a wrong total_time', { total_time: 1 }, 'time-sum'],
  ['a wrong total_parking_time', { total_parking_time: 0.7 }, 'time-sum'],
  ['no total_parking_time', { total_parking_time: null }, 'parking-time-missing'],
  ['a wrong partial cost', { total_energy_cost: gross(9, 1.8) }, 'partial-cost'],
  ['parts that do not add up', { total_energy_cost: gross(9.8, 1.96) }, 'sum-of-costs'],
  ['a missing partial cost', { total_energy_cost: null }, 'cost-missing'],
  ['no tax where the tariff has one', { total_cost: { before_taxes: 16 } }, 'tax-missing'],
  ['another tax than the tariff’s', { total_cost: gross(16, 3.4) }, 'wrong-tax'],
  [
    'a tax that is not its rate',
    { total_energy_cost: { before_taxes: 10, taxes: [{ name: 'VAT', percentage: 21, amount: 2 }] } },
    'tax-rate',
  ],
  ['gross as net', { total_cost: { before_taxes: 18.9 } }, 'gross-as-net'],
  [
    'a dimension twice',
    {
      charging_periods: [
        {
          start_date_time: right.start_date_time,
          dimensions: [
            { type: 'ENERGY', volume: 10 },
            { type: 'ENERGY', volume: 10 },
          ],
        },
      ],
    },
    'dimension-twice',
  ],
  ['a negative volume', { charging_periods: [period('09:00', { ENERGY: -20 })] }, 'negative-volume'],
  ['an end before its start', { end_date_time: '2026-03-02T08:00:00Z' }, 'end-before-start'],
  ['no tariff', { tariffs: [] }, 'no-tariff'],
  ['another currency', { currency: 'SEK' }, 'currency'],
  [
    'a tariff nobody knows',
    {
      charging_periods: [
        { ...period('09:00', { ENERGY: 20, TIME: 1 }), tariff_id: 'x' },
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
    'unknown-tariff',
  ],
  ['a positive credit', { credit: true, credit_reference_id: 'c0' }, 'credit-sign'],
  ['a negative total without credit', { total_cost: gross(-16, -2.9) }, 'credit-sign'],
  ['a credit without reference', { credit: true, total_cost: gross(-16, -2.9) }, 'credit-reference'],
  ['an id that only a credit may have', { id: 'x'.repeat(37) }, 'id-length'],
])('%s is found', (_what, more, id) => {
  expect(ids(more)).toContain(id)
})

test('a wrong unit is mended before the costs are compared, so that it hides nothing else', () => {
  const wh = [period('09:00', { ENERGY: 20_000, TIME: 1 }), period('10:00', { PARKING_TIME: 0.5 })]
  expect(ids({ charging_periods: wh })).toEqual(['wh-for-kwh'])
  expect(audit({ charging_periods: wh }).reading).toBe('both')
})

test('periods of several tariffs are priced with the one they name', () => {
  const dear = tariffOf([perKwh(1, { vat: 20 })], { id: 'dear' })
  const cheap = tariffOf([perKwh(0.25, { vat: 20 })], { id: 'cheap' })
  const periods = [
    { ...period('09:00', { ENERGY: 10, TIME: 1 }), tariff_id: 'dear' },
    { ...period('10:00', { ENERGY: 8, TIME: 0.5 }), tariff_id: 'CHEAP' },
  ]
  const both = {
    tariffs: [dear, cheap, tariff],
    charging_periods: periods,
    total_energy: 18,
    total_parking_time: null,
    total_cost: gross(12, 2.4),
    total_energy_cost: gross(12, 2.4),
    total_time_cost: null,
    total_parking_cost: null,
  }
  expect(audit(both)).toMatchObject({ ok: true, findings: [] })
})

test('the power of the connector is the measure when it is known', () => {
  expect(ids({}, { maxPowerKw: 11 })).toEqual(['energy-beyond-power'])
  expect(ids({}, { maxPowerKw: 22 })).toEqual([])
})

test('a Credit CDR has the sign of its total turned, its parts keep or turn theirs (E-67)', () => {
  const credit = { id: 'c1-credit', credit: true, credit_reference_id: 'c1', total_cost: gross(-16, -2.9) }
  expect(ids(credit)).toEqual([])
  expect(ids({ ...credit, total_energy_cost: gross(-10, -2) })).toEqual([])
})

test('the tolerance is 0.01 and 0.5 % of what is expected (G-23)', () => {
  const parts = { total_energy_cost: null, total_time_cost: null, total_parking_cost: null }
  expect(ids({ ...parts, total_cost: gross(16, 3.0) })).not.toContain('total-cost')
  expect(ids({ ...parts, total_cost: gross(16.1, 2.91) })).toContain('total-cost')
})

test('a CDR that cannot be priced says why', () => {
  const { ok, findings } = audit({}, { timeZone: 'Mars/Base' })
  expect([ok, findings[0]?.id, findings[0]?.reason]).toEqual([false, 'not-priceable', expect.stringContaining('IANA')])
})
