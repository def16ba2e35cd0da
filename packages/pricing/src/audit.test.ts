import { readFileSync } from 'node:fs'
import type { Cdr, ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { auditFindings } from '../test/audit-findings.ts'
import { gross, period, right, tariff } from '../test/cdr.ts'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { auditCdr } from './audit.ts'

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

const mistakes: readonly (readonly [what: string, more: Partial<Cdr>])[] = [
  [
    'Wh for kWh (E-65)',
    { charging_periods: [period('09:00', { ENERGY: 20_000, TIME: 1 }), period('10:00', { PARKING_TIME: 0.5 })] },
  ],
  [
    'minutes for hours',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 60 }), period('10:00', { PARKING_TIME: 30 })] },
  ],
  [
    'more energy than the connector can give',
    { charging_periods: [period('09:00', { ENERGY: 200, TIME: 1 })], total_energy: 200 },
  ],
  [
    'more energy than its own MAX_POWER allows',
    {
      charging_periods: [
        period('09:00', { ENERGY: 20, TIME: 1, MAX_POWER: 11 }),
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
  ],
  [
    'MAX_POWER in W',
    {
      charging_periods: [
        period('09:00', { ENERGY: 20, TIME: 1, MAX_POWER: 22_000 }),
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
  ],
  [
    'periods that leave out time',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 0.5 }), period('10:00', { PARKING_TIME: 0.5 })] },
  ],
  [
    'a first period after the start',
    { charging_periods: [period('09:10', { ENERGY: 20, TIME: 0.8333 }), period('10:00', { PARKING_TIME: 0.5 })] },
  ],
  [
    'a period longer than itself',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 1.2 }), period('10:00', { PARKING_TIME: 0.5 })] },
  ],
  [
    'periods out of order',
    { charging_periods: [period('10:00', { PARKING_TIME: 0.5 }), period('09:00', { ENERGY: 20, TIME: 1 })] },
  ],
  ['a period before the session', { charging_periods: [period('08:00', { ENERGY: 20, TIME: 1 })] }],
  ['a wrong sum of energy', { total_energy: 21 }],
  ['a wrong total_time', { total_time: 1 }],
  ['a wrong total_parking_time', { total_parking_time: 0.7 }],
  ['no total_parking_time', { total_parking_time: null }],
  ['a wrong partial cost', { total_energy_cost: gross(9, 1.8) }],
  ['parts that do not add up', { total_energy_cost: gross(9.8, 1.96) }],
  ['a missing partial cost', { total_energy_cost: null }],
  ['no tax where the tariff has one', { total_cost: { before_taxes: 16 } }],
  ['another tax than the tariff’s', { total_cost: gross(16, 3.4) }],
  [
    'a tax that is not its rate',
    { total_energy_cost: { before_taxes: 10, taxes: [{ name: 'VAT', percentage: 21, amount: 2 }] } },
  ],
  ['gross as net', { total_cost: { before_taxes: 18.9 } }],
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
  ],
  ['a negative volume', { charging_periods: [period('09:00', { ENERGY: -20 })] }],
  ['an end before its start', { end_date_time: '2026-03-02T08:00:00Z' }],
  ['no tariff', { tariffs: [] }],
  ['another currency', { currency: 'SEK' }],
  [
    'a tariff nobody knows',
    {
      charging_periods: [
        { ...period('09:00', { ENERGY: 20, TIME: 1 }), tariff_id: 'x' },
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
  ],
  ['a positive credit', { credit: true, credit_reference_id: 'c0' }],
  ['a negative total without credit', { total_cost: gross(-16, -2.9) }],
  ['a credit without reference', { credit: true, total_cost: gross(-16, -2.9) }],
  ['an id that only a credit may have', { id: 'x'.repeat(37) }],
  [
    'seconds for hours',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 3600 }), period('10:00', { PARKING_TIME: 1800 })] },
  ],
  [
    'two periods at one moment',
    {
      charging_periods: [
        period('09:00', { ENERGY: 20, TIME: 1 }),
        period('10:00', {}),
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
  ],
  [
    'a period after the session',
    { charging_periods: [period('09:00', { ENERGY: 20, TIME: 1 }), period('11:00', { PARKING_TIME: 0.5 })] },
  ],
  [
    'a reservation before it',
    {
      charging_periods: [
        period('09:00', { RESERVATION_TIME: 0.25 }),
        period('09:15', { ENERGY: 20, TIME: 0.75 }),
        period('10:00', { PARKING_TIME: 0.5 }),
      ],
    },
  ],
  ['a long gap', { end_date_time: '2026-03-02T14:00:00Z', total_time: 5 }],
  [
    'another currency among the tariffs',
    {
      tariffs: [tariff, { ...tariff, id: 'x', currency: 'SEK' }],
      charging_periods: [
        { ...period('09:00', { ENERGY: 20, TIME: 1 }), tariff_id: 't' },
        { ...period('10:00', { PARKING_TIME: 0.5 }), tariff_id: 'X' },
      ],
    },
  ],
  ['a total of nothing', { total_cost: { before_taxes: 0 } }],
  ['a credit of nothing', { credit: true, credit_reference_id: 'c0', total_cost: { before_taxes: 0 } }],
  [
    'a long id of a credit',
    { id: 'x'.repeat(39), credit: true, credit_reference_id: 'c0', total_cost: gross(-16, -2.9) },
  ],
  ['missing time cost', { total_time_cost: null }],
]

test.each(mistakes)('%s is found, and what follows from it', (what, more) => {
  const said = audit(more).findings.map(({ severity, id, path, reason }) => `${severity} ${id} ${path}: ${reason}`)
  expect(said).toEqual(auditFindings[what])
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

test('the power of the connector is the measure when it is known, and a grid that is stronger than its plate no crime', () => {
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

test('an amount is off when it differs by more than 0.01 and half a thousandth per period (C-609)', () => {
  const off = (more: Partial<Cdr>) => ids(more).filter((id) => id.endsWith('-sum'))
  expect([off({ total_energy: 20.0109 }), off({ total_energy: 20.0111 })]).toEqual([[], ['energy-sum']])
  expect([off({ total_time: 1.5109 }), off({ total_time: 1.5111 })]).toEqual([[], ['time-sum']])
  expect([off({ total_parking_time: 0.4891 }), off({ total_parking_time: 0.4889 })]).toEqual([[], ['time-sum']])
})

test('the clocks of two companies may differ by a second at the start, a minute in a period (E-65)', () => {
  const found = (first: ChargingPeriod, more: Partial<Cdr> = {}, options: object = {}) =>
    ids({ charging_periods: [first, period('10:00', { PARKING_TIME: 0.5 })], ...more }, options).filter((id) =>
      /gap|beyond/.test(id),
    )
  const later = (ms: string) => ({
    ...period('09:00', { ENERGY: 20, TIME: 1 }),
    start_date_time: `2026-03-02T09:00:0${ms}Z`,
  })
  expect([found(later('1')), found(later('1.001'))]).toEqual([[], ['period-gap']])
  const timed = (TIME: number) => found(period('09:00', { ENERGY: 20, TIME }))
  expect([timed(0.9734), timed(0.9733)]).toEqual([[], ['period-gap']])
  expect([timed(1.0015), timed(1.0016)]).toEqual([[], ['time-beyond-period']])
  const given = (ENERGY: number) => found(period('09:00', { ENERGY, TIME: 1 }), {}, { maxPowerKw: 60 })
  // 60 kW and a quarter for an hour, and a minute at 60 kW.
  expect([given(75.99), given(76.01)]).toEqual([[], ['energy-beyond-power']])
  const told = (MAX_POWER: number) => found(period('09:00', { ENERGY: 20, TIME: 1, MAX_POWER }), {}, { maxPowerKw: 60 })
  expect([told(66), told(66.1), told(19.3), told(19.2)]).toEqual([
    [],
    ['power-beyond-connector'],
    [],
    ['energy-beyond-max-power'],
  ])
})

test('a unit is wrong when all of it is off by about its factor (E-65)', () => {
  const units = (first: Readonly<Record<string, number>>, more: Partial<Cdr> = {}) =>
    ids({ charging_periods: [period('09:00', first)], ...more }).filter((id) => /wh-for|hours-unit/.test(id))
  expect([18_001, 17_999, 21_999, 22_001].map((ENERGY) => units({ ENERGY }).length)).toEqual([1, 0, 1, 0])
  expect([81.1, 80.9, 98.9, 99.1].map((TIME) => units({ TIME }).length)).toEqual([1, 0, 1, 0])
  expect([4861, 4859, 5939, 5941].map((PARKING_TIME) => units({ PARKING_TIME }).length)).toEqual([1, 0, 1, 0])
  expect(units({ ENERGY: 0 }, { total_energy: 0 })).toEqual([])
  expect(units({ TIME: 0 }, { end_date_time: right.start_date_time })).toEqual([])
})

test('each unit is mended on its own: kWh, hours in minutes, hours in seconds, parking too', () => {
  const energyCost = (more: Partial<Cdr>) => audit(more).totals.find(({ name }) => name === 'total_cost')?.expected
  const of = (energy: number, time: number) => ({
    charging_periods: [
      period('09:00', { ENERGY: 20 * energy, TIME: time }),
      period('10:00', { PARKING_TIME: 0.5 * time }),
    ],
  })
  expect([of(1, 1), of(1000, 1), of(1, 60), of(1000, 3600)].map(energyCost)).toEqual([18.9, 18.9, 18.9, 18.9])
})

test('what the periods or the tariffs leave open is told with what to do', () => {
  const dear = tariffOf([], {
    elements: [
      { price_components: [perKwh(1, { vat: 20 })], restrictions: { max_power: 50 } },
      { price_components: [perKwh(1, { vat: 20 })] },
    ],
  })
  const one = audit({
    tariffs: [dear],
    charging_periods: [period('09:00', { ENERGY: 20, TIME: 1.5 })],
    total_cost: gross(20, 4),
    total_energy_cost: null,
    total_time_cost: null,
    total_parking_cost: null,
    total_parking_time: null,
  })
  expect(one.findings).toEqual([
    {
      id: 'cost-missing',
      severity: 'hint',
      path: '',
      reason: 'total_energy_cost is missing; the tariff gives 24 EUR.',
      fix: "Send total_energy_cost, so that the driver's receipt can show it.",
    },
    {
      id: 'power-unknown',
      severity: 'hint',
      path: '',
      reason: 'The tariff asks for the power, the period of 2026-03-02T09:00:00.000Z has none.',
      fix: 'Send MIN_POWER and MAX_POWER with each period.',
    },
  ])
})

test('a total in the reading of 2021 is a warning, not an error (E-83)', () => {
  const { findings } = audit({ ...short, total_cost: { before_taxes: 3 } })
  expect(findings.map(({ severity, id, path }) => [severity, id, path])).toContainEqual([
    'warning',
    'reading-2021',
    '/total_cost',
  ])
})

test('without the tariff of a period the first counts, and without tariffs of its own the given ones', () => {
  const two = [tariff, tariffOf([perKwh(9)], { id: 'other' })]
  expect(audit({ tariffs: two })).toMatchObject({ ok: true, findings: [] })
  expect(ids({ tariffs: null })).toEqual(['no-tariff'])
  expect(audit({ tariffs: null }, { tariff })).toMatchObject({ ok: true, findings: [] })
})

test('a period that names none of several tariffs is told, and what to do about it', () => {
  const two = [tariffOf([perKwh(0.6)], { id: 'a' }), tariffOf([perKwh(0.6)], { id: 'b' })]
  const named = (from: string, energy: number, tariff_id?: string) => ({
    ...period(from, { ENERGY: energy, TIME: 0.5 }),
    ...(tariff_id === undefined ? {} : { tariff_id }),
  })
  const charging_periods = [named('09:00', 5, 'a'), named('09:30', 5), named('10:00', 10, 'b')]
  expect(audit({ tariffs: two, charging_periods }).findings.filter(({ id }) => id === 'period-without-tariff')).toEqual(
    [expect.objectContaining({ fix: 'Name in tariff_id of every period the tariff that prices it.' })],
  )
})
