import type { Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { add, compare, sum, toText } from './decimal.ts'
import type { Period, PricedSession } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

const hour = 3_600_000
const start = Date.parse('2026-03-02T09:30:00Z') // a Monday

function charging(energyKwh: number, more: Partial<PricedSession> = {}): PricedSession {
  return { start, end: start + hour, timeZone: 'Europe/Amsterdam', periods: [{ start, energyKwh, timeH: 1 }], ...more }
}

/** 1 EUR per kWh while the restrictions hold, else 2. */
function switching(restrictions: TariffRestrictions): Tariff {
  return tariffOf([], {
    elements: [{ price_components: [perKwh(1)], restrictions }, { price_components: [perKwh(2)] }],
    tax_included: 'N/A',
  })
}

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
      { price_components: [{ type: 'TIME', price: 1, step_size: 1 }], restrictions: { start_time: '00:00', end_time: '06:00' } },
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
  const under = (tax_included: Tariff['tax_included']) => price(tariffOf(components, { tax_included }), charging(10)).price
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
  expect(capped.lines.at(-1)).toMatchObject({ dimension: 'LIMIT', grossMinor: 0 })
})

test('a limit without after_taxes bounds the net, and the gross keeps its proportion (G-18)', () => {
  const tariff = tariffOf([perKwh(1, { vat: 20 })], { max_price: { before_taxes: 10 }, min_price: { before_taxes: 2 } })
  expect([50, 5, 1, 0].map((kwh) => price(tariff, charging(kwh)).totalMinor)).toEqual([1200, 600, 240, 240])
})

test('currencies without and with three decimals are rounded at their own digit (G-19)', () => {
  expect(price(tariffOf([perKwh(75.5)], { currency: 'JPY' }), charging(1)).totalMinor).toBe(76)
  expect(price(tariffOf([perKwh(0.1235)], { currency: 'KWD' }), charging(1)).totalMinor).toBe(124)
})

test.each<[what: string, tariff: Tariff, session: PricedSession, path: string]>([
  ['energy that is no number', tariffOf([perKwh(1)]), charging(Number.NaN), 'periods[0].energyKwh'],
  ['endless energy', tariffOf([perKwh(1)]), charging(Number.POSITIVE_INFINITY), 'periods[0].energyKwh'],
  ['negative energy', tariffOf([perKwh(1)]), charging(-1), 'periods[0].energyKwh'],
  ['negative time', tariffOf([perKwh(1)]), charging(1, { periods: [{ start, timeH: -1 }] }), 'periods[0].timeH'],
  ['endless time', tariffOf([perKwh(1)]), charging(1, { periods: [{ start, timeH: 1e9 }] }), 'periods[0].timeH'],
  ['a period before the session', tariffOf([perKwh(1)]), charging(1, { periods: [{ start: start - 1 }] }), 'periods[0].start'],
  ['periods out of order', tariffOf([perKwh(1)]), charging(1, { periods: [{ start: start + 2 }, { start }] }), 'periods[1].start'],
  ['a period after the end', tariffOf([perKwh(1)]), charging(1, { periods: [{ start: start + 2 * hour }] }), 'periods[0].start'],
  ['an end before the start', tariffOf([perKwh(1)]), charging(1, { end: start - 1 }), 'end'],
  ['a session of years', tariffOf([perKwh(1)]), charging(1, { end: start + 9e12 }), 'end'],
  ['an unknown zone', tariffOf([perKwh(1)]), charging(1, { timeZone: 'Mars/Base' }), 'timeZone'],
  ['a price that is no number', tariffOf([perKwh(Number.NaN)]), charging(1), 'elements[0].price_components[0].price'],
  ['a negative rate', tariffOf([perKwh(1, { vat: -5 })]), charging(1), 'elements[0].price_components[0].vat'],
  ['a broken step', tariffOf([perKwh(1, { step_size: 0.5 })]), charging(1), 'elements[0].price_components[0].step_size'],
  ['a broken time', switching({ start_time: '25:00' }), charging(1), 'elements[0].restrictions.start_time'],
  ['a broken limit', tariffOf([perKwh(1)], { min_price: { before_taxes: 2 }, max_price: { before_taxes: 1 } }), charging(1), 'min_price.before_taxes'],
  ['no word about tax', { ...tariffOf([perKwh(1)]), tax_included: undefined as unknown as 'NO' }, charging(1), 'tax_included'],
  ['an unknown currency', tariffOf([perKwh(1)], { currency: 'XXX' }), charging(1), 'currency'],
])('%s is a PricingError that names the field', (_what, tariff, session, path) => {
  expect(() => price(tariff, session)).toThrow(PricingError)
  expect(() => price(tariff, session)).toThrow(expect.objectContaining({ path }))
})

const cents = fc.integer({ min: 0, max: 300 }).map((value) => value / 100)
const rate = fc.constantFrom(undefined, 0, 5.2, 7, 20, 21)
const step = fc.constantFrom(0, 1, 60, 300, 900)
const kind = fc.constantFrom('ENERGY', 'FLAT', 'TIME', 'PARKING_TIME')
const component = fc.record({ type: kind, price: cents, vat: rate, step_size: step })
const restriction = fc.constantFrom(undefined, { start_time: '09:45' }, { max_duration: 1200 }, { min_kwh: 3 })
const element = fc.record({ price_components: fc.array(component, { minLength: 1, maxLength: 3 }), restrictions: restriction })
const anyTariff = fc
  .record({ elements: fc.array(element, { minLength: 1, maxLength: 4 }), tax_included: fc.constantFrom('YES', 'NO', 'N/A') })
  .map((more) => tariffOf([], more as Partial<Tariff>))
const volumes = fc.array(fc.record({ energyKwh: cents, timeH: cents, parkingTimeH: cents }), { minLength: 1, maxLength: 5 })
const anySession = volumes.map((parts) =>
  charging(0, { end: start + parts.length * hour, periods: parts.map((part, index) => ({ ...part, start: start + index * hour })) }),
)

test('gross = net + taxes, and the lines add up to both and to the minor units', () => {
  fc.assert(
    fc.property(anyTariff, anySession, (tariff, session) => {
      const { net, gross, taxes, lines, totalMinor } = price(tariff, session)
      expect(compare(add(net, sum(taxes.map((tax) => tax.amount))), gross)).toBe(0)
      expect(compare(sum(lines.map((line) => line.gross)), gross)).toBe(0)
      expect(lines.reduce((total, line) => total + line.grossMinor, 0)).toBe(totalMinor)
    }),
  )
})

test('more energy never costs less, as long as no restriction switches on energy', () => {
  const free = anyTariff.map((tariff) => ({
    ...tariff,
    elements: tariff.elements.map((one) => ({ price_components: one.price_components })),
  }))
  fc.assert(
    fc.property(free, cents, cents, (tariff, energy, more) => {
      const [less, total] = [price(tariff, charging(energy)), price(tariff, charging(Number((energy + more).toFixed(2))))]
      expect(compare(total.gross, less.gross)).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('the captured minor units are those of whole-number arithmetic, never of floats', () => {
  const whole = { milliPrice: fc.bigInt(0n, 9999n), wh: fc.bigInt(0n, 500_000n), tenthsOfPercent: fc.bigInt(0n, 300n) }
  fc.assert(
    fc.property(fc.record(whole), ({ milliPrice, wh, tenthsOfPercent }) => {
      const tariff = tariffOf([perKwh(Number(milliPrice) / 1000, { vat: Number(tenthsOfPercent) / 10 })])
      const scaled = milliPrice * wh * (1000n + tenthsOfPercent) // in 1e-9 EUR
      const oracle = (scaled + 5_000_000n) / 10_000_000n
      expect(BigInt(price(tariff, charging(Number(wh) / 1000)).totalMinor)).toBe(oracle)
    }),
  )
})
