import type { Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, switching, tariffOf } from '../test/tariffs.ts'
import { fraction, toText } from './decimal.ts'
import type { Period } from './price.ts'
import { price } from './price.ts'

const applies = (restrictions: TariffRestrictions, at: string, timeZone = 'Europe/Amsterdam') => {
  const from = Date.parse(at)
  const session = { start: from, end: from + 1, timeZone, periods: [{ start: from, energyKwh: 1 }] }
  return price(switching(restrictions), session).totalMinor === 100
}

test('a dimension without a component costs nothing (G-02)', () => {
  expect(price(tariffOf([perKwh(0.5)]), charging(0)).totalMinor).toBe(0)
})

test('the first matching element supplies each dimension on its own (G-01)', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [perKwh(1)] },
      { price_components: [perKwh(9), { type: 'TIME', price: 3, step_size: 1 }] },
    ],
  })
  expect(price(tariff, charging(2)).lines.map((line) => [line.dimension, line.element])).toEqual([
    ['ENERGY', 0],
    ['TIME', 1],
  ])
})

test('of two components of one dimension the first is used, and told (G-04)', () => {
  const { totalMinor, findings } = price(tariffOf([perKwh(1), perKwh(5)], { tax_included: 'N/A' }), charging(1))
  expect([totalMinor, findings.map((one) => one.code)]).toEqual([100, ['double-component']])
})

test('an element for reservations never prices charging (G-17)', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [perKwh(9)], restrictions: { reservation: 'RESERVATION' } },
      { price_components: [perKwh(1)] },
    ],
  })
  expect(price(tariff, charging(1)).totalMinor).toBe(100)
})

test('times are local: 08:00 to 18:00 in Amsterdam is 07:00 to 17:00 UTC in winter, 06:00 to 16:00 in summer (G-08)', () => {
  const r = { start_time: '08:00', end_time: '18:00' }
  expect(applies(r, '2026-01-05T06:59:59Z')).toBe(false)
  expect(applies(r, '2026-01-05T07:00:00Z')).toBe(true)
  expect(applies(r, '2026-01-05T16:59:59Z')).toBe(true)
  expect(applies(r, '2026-01-05T17:00:00Z')).toBe(false)
  expect(applies(r, '2026-07-06T06:00:00Z')).toBe(true)
  expect(applies(r, '2026-07-06T16:00:00Z')).toBe(false)
})

test('an end before the start wraps over midnight; only one side is open to the end of the day; equal is the whole day', () => {
  const night = { start_time: '22:00', end_time: '06:00' }
  expect(applies(night, '2026-01-05T21:30:00Z')).toBe(true)
  expect(applies(night, '2026-01-06T04:59:00Z')).toBe(true)
  expect(applies(night, '2026-01-06T05:00:00Z')).toBe(false)
  expect(applies({ start_time: '20:00' }, '2026-01-05T22:59:00Z')).toBe(true)
  expect(applies({ start_time: '20:00' }, '2026-01-05T23:00:00Z')).toBe(false)
  expect(applies({ end_time: '20:00' }, '2026-01-05T23:00:00Z')).toBe(true)
  expect(applies({ start_time: '00:00', end_time: '00:00' }, '2026-01-05T12:00:00Z')).toBe(true)
  expect(applies({ start_time: '20:00', end_time: '00:00' }, '2026-01-05T22:59:00Z')).toBe(true)
})

test('the day of the week is that of the instant, also within a restriction over midnight (G-09)', () => {
  const friday: TariffRestrictions = { day_of_week: ['FRIDAY'], start_time: '22:00', end_time: '06:00' }
  expect(applies(friday, '2026-01-09T21:30:00Z')).toBe(true)
  expect(applies(friday, '2026-01-09T23:30:00Z')).toBe(false) // Saturday 00:30 in Amsterdam
  expect(applies(friday, '2026-01-08T23:30:00Z')).toBe(true) // Friday 00:30
})

test('dates are local, the first included, the last not (G-10)', () => {
  const march: TariffRestrictions = { start_date: '2026-03-01', end_date: '2026-04-01' }
  expect(applies(march, '2026-02-28T22:59:59Z')).toBe(false)
  expect(applies(march, '2026-02-28T23:00:00Z')).toBe(true)
  expect(applies(march, '2026-03-31T21:59:59Z')).toBe(true)
  expect(applies(march, '2026-03-31T22:00:00Z')).toBe(false)
})

test('when the clock is moved, elapsed time counts (G-11)', () => {
  const night = tariffOf([], {
    elements: [
      {
        price_components: [{ type: 'TIME', price: 1, step_size: 1 }],
        restrictions: { start_time: '00:00', end_time: '06:00' },
      },
      { price_components: [{ type: 'TIME', price: 2, step_size: 1 }] },
    ],
  })
  const over = (from: string, to: string) => {
    const [a, b] = [Date.parse(from), Date.parse(to)]
    const periods = [{ start: a, timeH: (b - a) / hour }]
    return price(night, { start: a, end: b, timeZone: 'Europe/Amsterdam', periods }).totalMinor
  }
  // Midnight to 07:00 local: six hours on 29 March 2026 (five cheap), eight on 25 October (seven cheap).
  expect(over('2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z')).toBe(700)
  expect(over('2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z')).toBe(900)
})

test('energy is cut exactly where a restriction on kWh begins (G-07)', () => {
  const { lines, findings } = price(switching({ max_kwh: 10 }), charging(12.5))
  expect(lines.map((line) => toText(line.quantity, 1))).toEqual(['10.0', '2.5'])
  expect(findings.map((one) => one.code)).toEqual(['period-spans-change'])
  expect(price(switching({ min_kwh: 10 }), charging(12.5)).totalMinor).toBe(2250)
})

test('a period is priced as at its start (G-22)', () => {
  const periods = [
    { start, energyKwh: 4 },
    { start: start + hour, energyKwh: 4 },
  ]
  const { totalMinor } = price(switching({ max_duration: 3600 }), charging(0, { end: start + 2 * hour, periods }))
  expect(totalMinor).toBe(1200)
})

test('power and current are at least the minimum and below the maximum; unknown matches nothing, and is told', () => {
  const at = (r: TariffRestrictions, more: Partial<Period>) => {
    const { totalMinor, findings } = price(switching(r), charging(0, { periods: [{ start, energyKwh: 1, ...more }] }))
    return [totalMinor, findings.map((one) => one.code).join()]
  }
  expect(at({ min_power: 11 }, { minPowerKw: 11 })).toEqual([100, ''])
  expect(at({ max_power: 11 }, { maxPowerKw: 11 })).toEqual([200, ''])
  expect(at({ min_current: 32 }, { maxCurrentA: 31.9 })).toEqual([200, ''])
  expect(at({ max_power: 11 }, {})).toEqual([200, 'power-unknown'])
  expect(at({ max_current: 11 }, {})).toEqual([200, 'current-unknown'])
})

test('every flat fee is taken once, also when its element comes back (G-06)', () => {
  const flat = tariffOf([], {
    elements: [
      { price_components: [{ type: 'FLAT', price: 1, step_size: 1 }], restrictions: { max_power: 10 } },
      { price_components: [{ type: 'FLAT', price: 5, step_size: 1 }] },
    ],
  })
  const periods = [5, 20, 5, 20].map((maxPowerKw, index) => ({ start: start + index * 1000, energyKwh: 1, maxPowerKw }))
  expect(price(flat, charging(0, { periods })).totalMinor).toBe(600)
})

test('tax_included: NO adds the rate, YES takes it out, N/A knows none (G-20)', () => {
  const components = [perKwh(1.21, { vat: 21 })]
  const under = (tax_included: Tariff['tax_included']) =>
    price(tariffOf(components, { tax_included }), charging(10)).price
  expect(under('NO')).toEqual({ before_taxes: 12.1, taxes: [{ name: 'VAT', percentage: 21, amount: 2.541 }] })
  expect(under('YES')).toEqual({ before_taxes: 10, taxes: [{ name: 'VAT', percentage: 21, amount: 2.1 }] })
  expect(under('N/A')).toEqual({ before_taxes: 12.1, taxes: [] })
})

test('each rate has its own tax, a stated 0 % too, an absent one none (E-73)', () => {
  const tariff = tariffOf([
    perKwh(1, { vat: 21 }),
    { type: 'FLAT', price: 2, vat: 0, step_size: 1 },
    { type: 'TIME', price: 3, step_size: 1 },
  ])
  const { price: wire, perDimension, findings } = price(tariff, charging(10))
  expect(wire.taxes).toEqual([
    { name: 'VAT', percentage: 0, amount: 0 },
    { name: 'VAT', percentage: 21, amount: 2.1 },
  ])
  expect(perDimension).toEqual({
    FLAT: { before_taxes: 2, taxes: [{ name: 'VAT', percentage: 0, amount: 0 }] },
    ENERGY: { before_taxes: 10, taxes: [{ name: 'VAT', percentage: 21, amount: 2.1 }] },
    TIME: { before_taxes: 3, taxes: [] },
  })
  expect(findings).toEqual([])
  expect(price(tariffOf([perKwh(1)]), charging(10)).findings.map((one) => one.code)).toEqual(['tax-unknown'])
})

test('limits bound net and gross on their own; the tax is what lies between, spread as it was (G-18)', () => {
  const tariff = tariffOf([perKwh(1, { vat: 20 }), { type: 'FLAT', price: 1, vat: 10, step_size: 1 }], {
    max_price: { before_taxes: 100, after_taxes: 10 },
  })
  expect(() => price(tariff, charging(1))).toThrow('must not be below before_taxes')
  const capped = price({ ...tariff, max_price: { before_taxes: 8, after_taxes: 100 } }, charging(9))
  expect([toText(capped.net, 2), toText(capped.gross, 2)]).toEqual(['8.00', '11.90'])
  expect(capped.taxes.map((tax) => toText(tax.amount, 4))).toEqual(['0.2053', '3.6947'])
  expect(capped.lines.at(-1)).toMatchObject({
    dimension: 'LIMIT',
    unit: 'session',
    tariff: -1,
    element: -1,
    component: -1,
    grossMinor: 0,
  })
})

test('a limit without after_taxes bounds the net, and the gross keeps its proportion (G-18)', () => {
  const tariff = tariffOf([perKwh(1, { vat: 20 })], { max_price: { before_taxes: 10 }, min_price: { before_taxes: 2 } })
  expect([50, 5, 1, 0].map((kwh) => price(tariff, charging(kwh)).totalMinor)).toEqual([1200, 600, 240, 240])
})

test('currencies without and with three decimals are rounded at their own digit (G-19)', () => {
  expect(price(tariffOf([perKwh(75.5)], { currency: 'JPY' }), charging(1)).totalMinor).toBe(76)
  expect(price(tariffOf([perKwh(0.1235)], { currency: 'KWD' }), charging(1)).totalMinor).toBe(124)
})

test('a fee that would begin at the very end of the session is not taken', () => {
  const fee = (restrictions: TariffRestrictions) =>
    tariffOf([], { elements: [{ price_components: [{ type: 'FLAT', price: 1, step_size: 1 }], restrictions }] })
  expect(price(fee({ min_duration: 3600 }), charging(1)).totalMinor).toBe(0)
  expect(price(fee({ min_duration: 3599 }), charging(1)).totalMinor).toBe(100)
  expect(price(fee({ start_time: '11:30' }), charging(1)).totalMinor).toBe(0) // 10:30 to 11:30 in Amsterdam
  expect(price(fee({ start_time: '11:29' }), charging(1)).totalMinor).toBe(100)
  expect(price(fee({ min_kwh: 1 }), charging(1)).totalMinor).toBe(0)
})

test('a line says what it counts: kWh, hours, or the session', () => {
  const tariff = tariffOf([
    perKwh(1),
    { type: 'FLAT', price: 1, step_size: 1 },
    { type: 'TIME', price: 1, step_size: 1 },
    { type: 'PARKING_TIME', price: 1, step_size: 1 },
  ])
  const periods = [{ start, energyKwh: 1, timeH: 0.5, parkingTimeH: 0.5 }]
  expect(price(tariff, charging(0, { periods })).lines.map((line) => [line.dimension, line.unit])).toEqual([
    ['FLAT', 'session'],
    ['ENERGY', 'kWh'],
    ['TIME', 'h'],
    ['PARKING_TIME', 'h'],
  ])
})

test('energy beyond all plain numbers is priced exactly, too', () => {
  const tariff = switching({ max_kwh: 0.123456789012345 })
  const { lines } = price(tariff, charging(0.1 + 0.2)) // 0.30000000000000004 by its shortest text
  expect(lines.map((line) => toText(line.quantity, 17))).toEqual(['0.12345678901234500', '0.17654321098765504'])
})

test('shares of the total go to the largest remainders, of equals to the first; a refund is shared like a price', () => {
  const three = (...prices: number[]) =>
    tariffOf(
      [
        { type: 'FLAT', price: prices[0] ?? 0, step_size: 1 },
        perKwh(prices[1] ?? 0),
        { type: 'TIME', price: prices[2] ?? 0, step_size: 1 },
      ],
      { tax_included: 'N/A' },
    )
  const shares = (...prices: number[]) => price(three(...prices), charging(1)).lines.map((line) => line.grossMinor)
  expect(shares(0.005, 0.005, 0.005)).toEqual([1, 1, 0]) // 1.5 cents are 2
  expect(shares(0.001, 0.004, 0.009)).toEqual([0, 0, 1])
  expect(shares(-0.001, 0.014, 0.0)).toEqual([0, 1, 0])
  expect(shares(-0.016, 0.001, 0.0)).toEqual([-2, 0, 0])
})

test('a step is filled up also when a millisecond or a millionth of a kWh is missing (G-16)', () => {
  const tariff = tariffOf([perKwh(1), { type: 'TIME', price: 1, step_size: 1 }])
  const periods = [{ start, energyKwh: 0.999999, timeH: fraction(3_599_999, 3_600_000) }]
  expect(price(tariff, charging(0, { periods })).lines.map((line) => toText(line.billedQuantity, 9))).toEqual([
    '1.000000000',
    '1.000000000',
  ])
})
