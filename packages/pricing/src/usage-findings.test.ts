import type { Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, switching, tariffOf } from '../test/tariffs.ts'
import type { Period } from './price.ts'
import { price } from './price.ts'

const time = { type: 'TIME', price: 1, step_size: 1 } as const
const parking = { type: 'PARKING_TIME', price: 1, step_size: 1 } as const
const said = (tariff: Tariff | Tariff[], ...periods: Period[]) =>
  price(tariff, charging(0, { periods })).findings.filter(({ code }) => code !== 'tax-unknown')
const codes = (...args: Parameters<typeof said>) => said(...args).map(({ code }) => code)
const either = (component: ReturnType<typeof perKwh>, restrictions: TariffRestrictions) =>
  tariffOf([], {
    elements: [{ price_components: [component], restrictions }, { price_components: [component] }],
    tax_included: 'N/A',
  })

test('of each kind the first is told, with where it is', () => {
  const two = (...parts: ReturnType<typeof perKwh>[]) =>
    ['a', 'b'].map((id) => tariffOf(parts, { id, tax_included: 'N/A' }))
  const tariffs = two(perKwh(1), perKwh(2))
  const half = start + hour / 2
  expect(said(two(perKwh(1)), { start, energyKwh: 1 }, { start: half, energyKwh: 1 })).toEqual([
    {
      code: 'period-without-tariff',
      message: 'The period that starts at 2026-03-02T09:30:00.000Z names no tariff: it costs nothing.',
    },
  ])
  expect(said(tariffs, { start, energyKwh: 1, tariffId: 'a' }, { start: half, energyKwh: 1, tariffId: 'b' })).toEqual([
    {
      code: 'double-component',
      message: 'Element 0 has two components of one dimension; the first one is used.',
    },
  ])
})

test.each<[kind: 'power' | 'current', low: keyof Period, high: keyof Period]>([
  ['power', 'minPowerKw', 'maxPowerKw'],
  ['current', 'minCurrentA', 'maxCurrentA'],
])('a %s that a tariff asks for is missed where neither end of it is told', (kind, low, high) => {
  const asks = switching({ [`min_${kind}`]: 1 })
  const period = { start, energyKwh: 1 }
  expect(said(asks, period, { ...period, start: start + 1 })).toEqual([
    {
      code: `${kind}-unknown`,
      message: `The tariff asks for the ${kind}, the period of 2026-03-02T09:30:00.000Z has none.`,
    },
  ])
  for (const told of [{ [low]: 2 }, { [high]: 2 }, { [low]: 2, [high]: 2 }])
    expect(codes(asks, { ...period, ...told })).toEqual([])
  expect(codes(switching({}), period)).toEqual([])
})

test('a change of price within a period is told of what was used in it (G-22)', () => {
  const late = { min_duration: 1800 }
  const change = ['period-spans-change']
  expect(codes(either(perKwh(1), late), { start, energyKwh: 1 })).toEqual(change)
  expect(codes(either(perKwh(1), late), { start, timeH: 1 })).toEqual([])
  expect(codes(either(time, late), { start, timeH: 1 })).toEqual(change)
  expect(codes(either(time, late), { start, energyKwh: 1 })).toEqual([])
  expect(codes(either(parking, late), { start, parkingTimeH: 1 })).toEqual(change)
  expect(codes(either(parking, late), { start, timeH: 1 })).toEqual([])
  expect(codes(either(perKwh(1), { min_kwh: 2 }), { start, energyKwh: 3 })).toEqual(change)
  expect(codes(either(perKwh(1), { min_kwh: 2 }), { start, energyKwh: 2 })).toEqual([])
  expect(said(either(perKwh(1), late), { start, energyKwh: 0 }, { start: start + hour / 3, energyKwh: 1 })).toEqual([
    {
      code: 'period-spans-change',
      message: 'The price changes within the period that starts at 2026-03-02T09:50:00.000Z.',
    },
  ])
})

test('each kind of finding is told once, and one kind hides no other', () => {
  const asks = switching({ min_power: 1, min_current: 1 })
  const period = { start, energyKwh: 1 }
  expect(codes(asks, period, { ...period, start: start + 1 })).toEqual(['power-unknown', 'current-unknown'])
})

test('a change that lies beyond the energy of a period is none of it (G-07)', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [perKwh(1)], restrictions: { max_kwh: 2 } },
      { price_components: [perKwh(2)], restrictions: { max_kwh: 5 } },
      { price_components: [time], restrictions: { min_duration: 2400 } },
      { price_components: [perKwh(3)] },
    ],
    tax_included: 'N/A',
  })
  const half = start + hour / 2
  expect(codes(tariff, { start, energyKwh: 2 }, { start: half, energyKwh: 3 })).toEqual([])
  expect(codes(tariff, { start, energyKwh: 2 }, { start: half, energyKwh: 3.1 })).toEqual(['period-spans-change'])
})

test('where clock and energy together make more than 2000 cases, energy is looked at as at the start of the period', () => {
  const steps = Array.from({ length: 49 }, (_, index) => ({
    ...{ price_components: [perKwh(index)], restrictions: { max_kwh: index + 1 } },
  }))
  const after = (seconds: number) => ({ price_components: [time], restrictions: { min_duration: seconds } })
  const cut = (count: number) =>
    tariffOf([], {
      elements: [...steps, ...Array.from({ length: count }, (_, index) => after(index + 1))],
      tax_included: 'N/A',
    })
  // 50 prices by energy, and as many parts as cuts and one.
  expect(codes(cut(39), { start, energyKwh: 50 })).toEqual(['period-spans-change'])
  expect(codes(cut(40), { start, energyKwh: 50 })).toEqual([])
})
