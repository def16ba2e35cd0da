import { readFileSync } from 'node:fs'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { compareCdr } from './compare.ts'
import { toText } from './decimal.ts'
import { moneyOf } from './money.ts'
import { sessionOf } from './periods.ts'
import type { Period, PricedSession } from './price.ts'
import { price } from './price.ts'

const examples = new URL('../../../spec/2.3.0/examples/', import.meta.url)

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, examples), 'utf8')) as T
}

const min = 60_000

/** Periods one after the other, each as long as its hours say (energy only: one hour). */
function session(from: string, parts: readonly Omit<Period, 'start'>[], timeZone = 'UTC'): PricedSession {
  let at = Date.parse(from)
  const start = at
  const periods = parts.map((part) => {
    const period = { ...part, start: at }
    at += Math.round((Number(part.timeH ?? 0) + Number(part.parkingTimeH ?? 0)) * 60) * min || 60 * min
    return period
  })
  return { start, end: at, timeZone, periods }
}

function cost(tariff: Tariff, priced: PricedSession): readonly [net: string, gross: string] {
  const { net, gross } = price(tariff, priced)
  return [toText(net, 4), toText(gross, 4)]
}

const monday = '2026-03-02T09:30:00Z'
const h = (minutes: number) => minutes / 60

function tariffOf(components: Tariff['elements'][number]['price_components'], more: Partial<Tariff> = {}): Tariff {
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

test.each<
  [id: string, file: string, parts: readonly Omit<Period, 'start'>[], net: string, gross: string, from?: string]
>([
  ['G-31', 'tariff_8_simple_025kwh', [{ energyKwh: 20 }], '5.0000', '5.5000'],
  ['G-32', 'tariff_9_025kwh_start', [{ energyKwh: 20 }], '5.5000', '6.1000'],
  ['G-33', 'tariff_12_025kwh_min_price', [{ energyKwh: 20 }], '5.0000', '5.5000'],
  ['G-33 below the minimum', 'tariff_12_025kwh_min_price', [{ energyKwh: 1.9 }], '0.5000', '0.5500'],
  [
    'G-34',
    'tariff_10_025kwh_parking_start',
    [{ energyKwh: 20, timeH: 2 }, { parkingTimeH: h(40) }],
    '7.0000',
    '7.9000',
  ],
  ['G-35 above the maximum', 'tariff_6_025kwh_start_max_price', [{ energyKwh: 50 }], '10.0000', '11.0000'],
  ['G-35', 'tariff_6_025kwh_start_max_price', [{ energyKwh: 30 }], '8.0000', '8.8500'],
  ['G-36', 'tariff_1_simple_2hour', [{ timeH: 2.5 }, { parkingTimeH: 1 }], '5.0000', '5.5000'],
  ['G-37', 'tariff_19_simple_north_american_exclusive', [{ timeH: 2.5 }], '5.0000', '5.0000'],
  ['G-38', 'tariff_20_simple_north_american_inclusive', [{ timeH: 2.5 }], '5.2500', '5.2500'],
  ['G-39', 'tariff_13_simple_3hour_5parking', [{ timeH: 2.5 }, { parkingTimeH: h(42) }], '11.2500', '12.7500'],
  ['G-40', 'tariff_2_alt_text', [{ timeH: 2.5 }], '4.7500', '4.9970'],
  // The specification prints no cost of these two; what differs by kind of card, its elements cannot say.
  ['G-41', 'tariff_11_not_possible_alt_text', [{ timeH: 2.5 }], '5.1500', '5.4970'],
  ['G-57', 'tariff_put_example', [{ timeH: h(123) }], '4.1667', '4.5833'],
  ['G-42', 'tariff_3_alt_url', [{ energyKwh: 20.45 }], '5.6250', '6.2375'],
  ['G-43', 'tariff_4_complex', [{ timeH: h(165), maxCurrentA: 16 }, { parkingTimeH: h(42) }], '9.0000', '10.3000'],
  [
    'G-44',
    'tariff_4_complex',
    [{ timeH: h(114), minCurrentA: 43 }, { parkingTimeH: h(71) }],
    '12.3750',
    '13.9750',
    '2026-03-07T13:30:00Z',
  ],
  ['G-45', 'tariff_5_free_of_charge', [{ energyKwh: 80, timeH: 3 }, { parkingTimeH: 9 }], '0.0000', '0.0000'],
  [
    'G-52',
    'tariff_14_step_size',
    [{ timeH: h(10) }, { parkingTimeH: h(2) }],
    '0.5500',
    '0.5500',
    '2026-03-02T16:55:00Z',
  ],
  ['G-53', 'tariff_14_step_size', [{ timeH: h(35) }], '1.3000', '1.3000', '2026-03-02T16:35:00Z'],
  [
    'G-54',
    'tariff_14_step_size',
    [{ timeH: h(12) }, { parkingTimeH: h(20) }],
    '0.7300',
    '0.7300',
    '2026-03-02T19:40:00Z',
  ],
  [
    'G-55',
    'tariffrestriction_example_max_power',
    [
      { energyKwh: 1, minPowerKw: 6, maxPowerKw: 6 },
      { energyKwh: 40, minPowerKw: 48, maxPowerKw: 48 },
      { energyKwh: 0.5, minPowerKw: 4, maxPowerKw: 4 },
    ],
    '20.3000',
    '24.3600',
  ],
  [
    'G-56',
    'tariffrestriction_example_max_duration',
    [
      { energyKwh: 5, timeH: h(30) },
      { energyKwh: 1.2, timeH: h(10) },
    ],
    '0.3000',
    '0.3600',
  ],
])('%s: %s costs what the specification says', (_id, file, parts, net, gross, from = monday) => {
  expect(cost(read<Tariff>(file), session(from, parts))).toEqual([net, gross])
})

test('G-38: a price with tax but without its rate has an unknown net, and that is told', () => {
  const { price: wire, findings } = price(
    read<Tariff>('tariff_20_simple_north_american_inclusive'),
    session(monday, [{ timeH: 2.5 }]),
  )
  expect(wire).toEqual({ before_taxes: 5.25, taxes: [] })
  expect(findings.map((one) => one.code)).toEqual(['net-unknown'])
})

test('G-40: 4.997 gross is 5.00 to the driver, rounded once', () => {
  const { totalMinor, price: wire } = price(read<Tariff>('tariff_2_alt_text'), session(monday, [{ timeH: 2.5 }]))
  expect(totalMinor).toBe(500)
  expect(wire).toEqual({ before_taxes: 4.75, taxes: [{ name: 'VAT', percentage: 5.2, amount: 0.247 }] })
  expect(moneyOf(wire, 'EUR')).toEqual({ amountMinor: 500, currency: 'EUR' })
})

test('G-42 with 0.22 per kWh: 20.45 kWh are billed as 20.5', () => {
  const tariff = read<Tariff>('tariff_3_alt_url')
  const cheaper = {
    ...tariff,
    elements: tariff.elements.map((element) => ({
      ...element,
      price_components: element.price_components.map((one) => (one.type === 'ENERGY' ? { ...one, price: 0.22 } : one)),
    })),
  }
  const { totalMinor, net } = price(cheaper, session(monday, [{ energyKwh: 20.45 }]))
  expect([toText(net, 2), totalMinor]).toEqual(['5.01', 556])
})

test('G-44: 114 minutes and 71 minutes, parking billed as 75', () => {
  const { lines } = price(
    read<Tariff>('tariff_4_complex'),
    session('2026-03-07T13:30:00Z', [{ timeH: h(114), minCurrentA: 43 }, { parkingTimeH: h(71) }]),
  )
  expect(
    lines.map((line) => [line.dimension, line.element, toText(line.billedQuantity, 4), toText(line.net, 4)]),
  ).toEqual([
    ['FLAT', 0, '1.0000', '2.5000'],
    ['TIME', 3, '1.9000', '2.3750'],
    ['PARKING_TIME', 5, '1.2500', '7.5000'],
  ])
})

test('G-54: the free end of a parking time is cut off at 20:00 and told', () => {
  const { lines, findings } = price(
    read<Tariff>('tariff_14_step_size'),
    session('2026-03-02T19:40:00Z', [{ timeH: h(12) }, { parkingTimeH: h(20) }]),
  )
  expect(lines.map((line) => [line.dimension, toText(line.quantity, 4), toText(line.billedQuantity, 4)])).toEqual([
    ['TIME', '0.2000', '0.2000'],
    ['PARKING_TIME', '0.1333', '0.2500'],
  ])
  expect(findings.map((one) => one.code)).toContain('period-spans-change')
})

test.each([
  [1, '0.0290', '0.0290'],
  [25, '0.0313', '0.03125'],
  [500, '0.1250', '0.125'],
])('G-58: 115.2 Wh at 0.25 in steps of %d Wh', (step, net, exact) => {
  const tariff = tariffOf([{ type: 'ENERGY', price: 0.25, step_size: step }])
  const result = price(tariff, session(monday, [{ energyKwh: 0.1152 }]))
  expect(toText(result.net, 4)).toBe(net)
  expect(Number(toText(result.net, 6))).toBe(Number(exact))
})

test('G-59: energy at two prices is rounded once, at the price of the last', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [{ type: 'ENERGY', price: 0.2, step_size: 500 }], restrictions: { max_kwh: 4.3 } },
      { price_components: [{ type: 'ENERGY', price: 0.27, step_size: 500 }] },
    ],
  })
  const { lines, net } = price(tariff, session(monday, [{ energyKwh: 4.3 }, { energyKwh: 1.1 }]))
  expect(toText(net, 4)).toBe('1.1840')
  expect(lines.map((line) => toText(line.billedQuantity, 1))).toEqual(['4.3', '1.2'])
})

test('G-60: time at two prices is rounded once, at the price of the last', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [{ type: 'TIME', price: 5, step_size: 600 }], restrictions: { max_duration: 360 } },
      { price_components: [{ type: 'TIME', price: 7, step_size: 600 }] },
    ],
  })
  expect(cost(tariff, session(monday, [{ timeH: h(6) }, { timeH: h(22) }]))).toEqual(['3.3000', '3.3000'])
})

test('G-61: of charging and parking only the parking time is rounded', () => {
  const tariff = tariffOf([
    { type: 'TIME', price: 1, step_size: 600 },
    { type: 'PARKING_TIME', price: 2, step_size: 600 },
  ])
  expect(cost(tariff, session(monday, [{ timeH: h(21) }, { parkingTimeH: h(16) }]))).toEqual(['1.0167', '1.0167'])
})

test('G-62: 21 minutes stay, 7 minutes of parking become 10', () => {
  const tariff = tariffOf([
    { type: 'TIME', price: 1, step_size: 300 },
    { type: 'PARKING_TIME', price: 1, step_size: 300 },
  ])
  const { lines } = price(tariff, session(monday, [{ timeH: h(21) }, { parkingTimeH: h(7) }]))
  expect(lines.map((line) => toText(line.billedQuantity, 4))).toEqual(['0.3500', '0.1667'])
})

test('G-63: the CDR of the specification agrees with its tariff', () => {
  type Example = Parameters<typeof compareCdr>[1] & { readonly tariffs: readonly Tariff[] }
  const cdr = read<Example>('cdr_example')
  const comparison = compareCdr({ ...cdr.tariffs[0]!, tax_included: 'NO' }, cdr, 'Europe/Brussels')
  expect(comparison).toMatchObject({ ok: true, reading: 'current' })
  expect(comparison.breakdown.price).toEqual({ before_taxes: 4, taxes: [{ name: 'VAT', percentage: 10, amount: 0.4 }] })
})

test('G-64: what the second session of the specification costs cannot be told: it counts in Wh, its tariff knows no parking', () => {
  const { charging_periods, start_date_time, end_date_time, total_cost } = read<Cdr>('session_example_2_short_finished')
  const counted = sessionOf({ charging_periods, start_date_time, end_date_time }, 'Europe/Brussels')
  const energy = counted.periods.map(({ energyKwh }) => energyKwh)
  expect([energy, total_cost.before_taxes]).toEqual([[120, 41_000, undefined], 8.5])
  expect(cost(read<Tariff>('tariff_put_example'), counted)).toEqual(['0.0000', '0.0000'])
})
