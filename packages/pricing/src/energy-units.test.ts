import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, switching, tariffOf } from '../test/tariffs.ts'
import { toText } from './decimal.ts'
import { price } from './price.ts'

/** The energy of each line, when each of these amounts is taken in a period of its own. */
const used = (tariff: ReturnType<typeof tariffOf>, ...amounts: readonly number[]) => {
  const each = hour / amounts.length
  const periods = amounts.map((energyKwh, index) => ({ start: start + Math.floor(index * each), energyKwh }))
  return price(tariff, charging(0, { periods })).lines.map(({ quantity }) => toText(quantity, 18).replace(/0+$/, ''))
}
const free = tariffOf([perKwh(0)])

test('energy counts by its shortest text, whatever its size: not a digit is rounded away', () => {
  expect(used(free, 0.1 + 0.2)).toEqual(['0.30000000000000004'])
  expect(used(free, 1.5, 0.1 + 0.2)).toEqual(['1.80000000000000004'])
  expect(used(free, 8_611_105_555.0059)).toEqual(['8611105555.0059'])
})

test('a sum of energies is exact also beyond the safe integers', () => {
  expect(used(free, ...Array<number>(11).fill(999_999_999.999_999))).toEqual(['10999999999.999989'])
})

test('a bound on energy cuts exactly where it is written (G-07)', () => {
  expect(used(switching({ max_kwh: 0.12345678 }), 1)).toEqual(['0.12345678', '0.87654322'])
  expect(used(switching({ max_kwh: 9.000000000000002 }), 10)).toEqual(['9.000000000000002', '0.999999999999998'])
  expect(used(switching({ max_kwh: 0.12345678901234568 }), 1)).toEqual(['0.12345678901234568', '0.87654321098765432'])
  expect(used(switching({ max_kwh: 2.5 }), 1, 2)).toEqual(['2.5', '0.5'])
})

test('a bound that no session reaches is one', () => {
  for (const bound of [1e10, 1e16, 1e300]) {
    expect(price(switching({ min_kwh: bound }), charging(5)).totalMinor).toBe(1000)
    expect(price(switching({ max_kwh: bound }), charging(5)).totalMinor).toBe(500)
  }
})
