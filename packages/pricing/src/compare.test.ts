import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { compareCdr } from './compare.ts'
import { periodsOf } from './periods.ts'
import { PricingError } from './pricing-error.ts'
import { runningCost } from './running.ts'

const tariff = tariffOf([perKwh(0.5, { vat: 20 }), { type: 'TIME', price: 3, vat: 20, step_size: 60 }])

type Cdr = Parameters<typeof compareCdr>[1]

function cdr(net: number, tax: number, more: Partial<Cdr> = {}): Cdr {
  return {
    start_date_time: '2026-03-02T09:00:00Z',
    end_date_time: '2026-03-02T10:00:00Z',
    currency: 'EUR',
    charging_periods: [
      {
        start_date_time: '2026-03-02T09:00:00Z',
        dimensions: [
          { type: 'ENERGY', volume: 20 },
          { type: 'TIME', volume: 1 },
        ],
      },
    ],
    total_cost: { before_taxes: net, taxes: [{ name: 'VAT', amount: tax }] },
    ...more,
  }
}

const compared = (one: Cdr, under: Tariff = tariff) => compareCdr(under, one, 'Europe/Amsterdam')

test('a CDR is right within 0.01 and 0.5 % of what its tariff gives (G-23)', () => {
  // 20 kWh and 1 h are 13.00 net, 15.60 gross; the tolerance is 0.088.
  expect(compared(cdr(13, 2.6))).toMatchObject({ ok: true, reading: 'current' })
  expect(compared(cdr(13, 2.688)).ok).toBe(true)
  expect(compared(cdr(13, 2.512)).ok).toBe(true)
  expect(compared(cdr(13, 2.6881)).ok).toBe(false)
  expect(compared(cdr(13, 2.5119)).ok).toBe(false)
})

test('a difference tells what was expected, what is claimed, and which way', () => {
  expect(compared(cdr(15, 3))).toMatchObject({
    ok: false,
    difference: {
      expected: 15.6,
      claimed: 18,
      by: 2.4,
      tolerance: 0.088,
      message: 'The CDR claims 18 EUR, its tariff gives 15.6.',
    },
  })
})

test('a Credit CDR is compared with its sign turned (E-67)', () => {
  expect(compared(cdr(-13, -2.6, { credit: true })).ok).toBe(true)
  expect(compared(cdr(13, 2.6, { credit: true })).ok).toBe(false)
})

test('a total that only fits the first text of 2.2.1 is named as that reading (E-83)', () => {
  const steps = tariffOf(
    [
      { type: 'TIME', price: 6, step_size: 1800 },
      { type: 'PARKING_TIME', price: 6, step_size: 1800 },
    ],
    { tax_included: 'N/A' },
  )
  const periods = [
    { start_date_time: '2026-03-02T09:00:00Z', dimensions: [{ type: 'TIME' as const, volume: 0.3333 }] },
    { start_date_time: '2026-03-02T09:20:00Z', dimensions: [{ type: 'PARKING_TIME' as const, volume: 0.0833 }] },
  ]
  const at = (total: number) =>
    compared(cdr(total, 0, { charging_periods: periods, end_date_time: '2026-03-02T09:25:00Z' }), steps)
  expect(at(5)).toMatchObject({ ok: true, reading: 'current' }) // 20 + 30 minutes
  expect(at(3)).toMatchObject({ ok: true, reading: 'old' }) // 30 minutes together
  expect(at(4).ok).toBe(false)
})

test('another currency than that of the tariff is refused, so are times that are none', () => {
  expect(() => compared(cdr(13, 2.6, { currency: 'SEK' }))).toThrow(
    expect.objectContaining({ path: 'currency', value: 'SEK' }),
  )
  expect(() => compared(cdr(13, 2.6, { end_date_time: 'soon' }))).toThrow(
    expect.objectContaining({ path: 'end_date_time' }),
  )
  expect(() => compared(cdr(Number.NaN, 2.6))).toThrow(expect.objectContaining({ path: 'total_cost.before_taxes' }))
})

test('periods are read from the dimensions that price; a dimension twice in a period is refused', () => {
  const start_date_time = '2026-03-02T09:00:00Z'
  const dimensions = [
    { type: 'ENERGY' as const, volume: 2 },
    { type: 'MAX_POWER' as const, volume: 11 },
    { type: 'STATE_OF_CHARGE' as const, volume: 80 },
  ]
  expect(periodsOf({ charging_periods: [{ start_date_time, dimensions }] })).toEqual([
    { start: Date.parse(start_date_time), energyKwh: 2, maxPowerKw: 11 },
  ])
  expect(periodsOf({ charging_periods: null })).toEqual([])
  const twice = [...dimensions, { type: 'ENERGY' as const, volume: 1 }]
  expect(() => periodsOf({ charging_periods: [{ start_date_time, dimensions: twice }] })).toThrow(PricingError)
})

const session = { start_date_time: '2026-03-02T09:00:00Z', last_updated: '2026-03-02T09:30:00Z', kwh: 10 }
const running = (more: object, at?: number) =>
  runningCost(tariff, { ...session, ...more }, { timeZone: 'Europe/Amsterdam', at })

test('a running session costs what its periods say, and kWh sent since count in the last one', () => {
  const charging_periods = [
    {
      start_date_time: session.start_date_time,
      dimensions: [
        { type: 'ENERGY' as const, volume: 8 },
        { type: 'TIME' as const, volume: 0.5 },
      ],
    },
  ]
  expect(running({ charging_periods })).toMatchObject({
    totalMinor: 780,
    currency: 'EUR',
    from: 'periods',
    energyKwh: 10,
  })
  expect(running({ charging_periods, kwh: 7 })).toMatchObject({ totalMinor: 660 })
})

test('without periods it costs its kWh and the time so far, all of it as charging', () => {
  expect(running({})).toMatchObject({ totalMinor: 780, from: 'kwh' })
  expect(running({}, Date.parse('2026-03-02T10:00:00Z'))).toMatchObject({ totalMinor: 960 })
  expect(running({ end_date_time: '2026-03-02T09:20:00Z' })).toMatchObject({ totalMinor: 720 })
})

test('a session that starts in a moment, by another clock, has lasted no time', () => {
  expect(running({ kwh: 0, last_updated: '2026-03-02T08:59:58Z' })).toMatchObject({ totalMinor: 0 })
})

test('what is no number and no time is refused by its field', () => {
  const refused = (more: object, path: string) => expect(() => running(more)).toThrow(expect.objectContaining({ path }))
  refused({ kwh: -1 }, 'kwh')
  refused({ kwh: Number.NaN }, 'kwh')
  for (const name of ['start_date_time', 'end_date_time', 'last_updated']) refused({ [name]: 'soon' }, name)
})

test('kWh that no period holds belong to the last one, and a period later than the last update is the last', () => {
  const dimensions = [{ type: 'TIME' as const, volume: 0.25 }]
  const charging_periods = [
    { start_date_time: '2026-03-02T09:00:00Z', dimensions },
    { start_date_time: '2026-03-02T09:20:00Z', dimensions: [] },
    { start_date_time: '2026-03-02T09:40:00Z', dimensions },
  ]
  const dear = tariffOf([], {
    tax_included: 'N/A',
    elements: [
      { price_components: [perKwh(1)], restrictions: { max_duration: 1800 } },
      { price_components: [perKwh(2)] },
    ],
  })
  const so = { ...session, charging_periods }
  expect(runningCost(dear, so, { timeZone: 'UTC' })).toMatchObject({ totalMinor: 2000, energyKwh: 10 })
})
