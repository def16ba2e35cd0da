import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, tariffOf } from '../test/tariffs.ts'
import { toText } from './decimal.ts'
import type { Period } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

const named = (id: string, euro: number, more: Partial<Tariff> = {}) =>
  tariffOf([perKwh(euro, { step_size: 1000 }), { type: 'FLAT', price: 1, step_size: 1 }], {
    id,
    tax_included: 'N/A',
    ...more,
  })

/** One kWh and a half under each of the tariffs, an hour each. */
const under = (...ids: readonly (string | undefined)[]) => {
  const periods: Period[] = ids.map((tariffId, index) => ({
    start: start + index * hour,
    energyKwh: 1.5,
    timeH: 1,
    ...(tariffId === undefined ? {} : { tariffId }),
  }))
  return charging(0, { end: start + ids.length * hour, periods })
}

test('each period is priced by the tariff it names, in any spelling; step_size and fees know of both (G-12)', () => {
  const { lines, totalMinor } = price([named('day', 1), named('NIGHT', 2)], under('DAY', 'night'))
  expect(lines.map((line) => [line.tariff, line.dimension, toText(line.billedQuantity, 1)])).toEqual([
    [0, 'FLAT', '1.0'],
    [0, 'ENERGY', '1.5'],
    [1, 'FLAT', '1.0'],
    [1, 'ENERGY', '1.5'],
  ])
  expect(totalMinor).toBe(100 + 150 + 100 + 300)
  expect(price([named('day', 1), named('night', 2)], under('day', 'night', 'night')).lines.at(-1)).toMatchObject({
    billedQuantity: { numerator: 7, denominator: 2 }, // 4.5 in all become 5
  })
})

test('a period that names no tariff costs nothing among several, and that is told', () => {
  const { totalMinor, findings } = price([named('a', 1), named('b', 2)], under('a', undefined, 'b'))
  expect(totalMinor).toBe(650)
  expect(findings.map((one) => one.code)).toEqual(['period-without-tariff'])
})

test('the only tariff of a list prices what names none; given by itself it prices everything', () => {
  expect(price([named('a', 1)], under(undefined)).totalMinor).toBe(300)
  expect(price(named('a', 1), under('other')).totalMinor).toBe(300)
})

test('a tariff_id that is not among the tariffs is refused, and so are two currencies, and no tariff at all', () => {
  const refused = (tariffs: readonly Tariff[], path: string) => {
    expect(() => price(tariffs, under('a', 'x'))).toThrow(PricingError)
    expect(() => price(tariffs, under('a', 'x'))).toThrow(expect.objectContaining({ path }))
  }
  refused([named('a', 1), named('b', 2)], 'periods[1].tariffId')
  refused([named('a', 1)], 'periods[1].tariffId')
  refused([named('a', 1), named('b', 2, { currency: 'JPY' })], 'currency')
  refused([], 'tariffs')
})

test('of two tariffs with one id the first counts', () => {
  expect(price([named('a', 1), named('a', 5)], under('a')).totalMinor).toBe(300)
  expect(price([named('a', 1), named('A', 5)], under('A')).totalMinor).toBe(300)
})

test('a session stays within the limits of every tariff it used, not of one it did not (G-18)', () => {
  const [low, high] = [{ before_taxes: 2 }, { before_taxes: 10 }]
  const three = [named('a', 1, { max_price: high }), named('b', 9), named('c', 1, { max_price: low })]
  expect(price(three, under('a', 'b')).totalMinor).toBe(1000)
  expect(price(three, under('a', 'c')).totalMinor).toBe(200)
  expect(price(three, under('b', 'b')).totalMinor).toBe(2800)
  const least = [named('a', 1, { min_price: high }), named('b', 1, { max_price: low })]
  expect(price(least, under('a', 'a')).totalMinor).toBe(1000)
  expect(price(least, under('a', 'b')).totalMinor).toBe(200)
})

test('tariffs with and without tax in one session are each taken at their word (G-20)', () => {
  const components = [perKwh(1.21, { vat: 21 })]
  const both = [
    tariffOf(components, { id: 'a', tax_included: 'YES' }),
    tariffOf(components, { id: 'b', tax_included: 'NO' }),
  ]
  expect(price(both, under('a', 'b')).price).toEqual({
    before_taxes: 3.315,
    taxes: [{ name: 'VAT', percentage: 21, amount: 0.6962 }],
  })
})

test('bounds on energy are those of the tariff of the period, counted over the whole session', () => {
  const free = { price_components: [perKwh(0)], restrictions: { max_kwh: 2 } }
  const second = tariffOf([], { id: 'b', tax_included: 'N/A', elements: [free, { price_components: [perKwh(3)] }] })
  expect(price([named('a', 0), second], under('a', 'b')).lines.map((line) => toText(line.quantity, 1))).toEqual([
    '1.0', // fee
    '1.5',
    '0.5',
    '1.0',
  ])
})
