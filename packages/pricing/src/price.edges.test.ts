import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, switching, tariffOf } from '../test/tariffs.ts'
import { price } from './price.ts'

test('limits also bound what costs nothing, with the highest rate of the tariff where there is tax (G-18)', () => {
  const least = (tax_included: 'NO' | 'N/A', before_taxes = 1) =>
    tariffOf([perKwh(1, { vat: 20 })], { tax_included, min_price: { before_taxes } })
  expect(price(least('NO'), charging(0)).totalMinor).toBe(120)
  expect(price(least('N/A'), charging(0)).totalMinor).toBe(100)
  expect(price(least('NO', 0), charging(0)).totalMinor).toBe(0)
  expect(price(least('NO'), charging(0, { periods: [] })).totalMinor).toBe(120)
  expect(price([least('NO')], charging(0, { periods: [] })).totalMinor).toBe(0)
})

test('a vehicle that takes nothing takes 0 kW and 0 A, also when nobody measured; one that takes something takes what is unknown', () => {
  const parking = { type: 'PARKING_TIME', price: 1, step_size: 1 } as const
  const time = { type: 'TIME', price: 1, step_size: 1 } as const
  const total = (restrictions: object, period: object) =>
    price(
      tariffOf([], { tax_included: 'N/A', elements: [{ price_components: [parking, time], restrictions }] }),
      charging(0, { periods: [{ start, ...period }] }),
    ).totalMinor
  for (const restrictions of [{ max_power: 1 }, { max_current: 1 }, { min_power: 0 }, { min_current: 0 }]) {
    expect(total(restrictions, { parkingTimeH: 1 })).toBe(100)
    expect(total(restrictions, { parkingTimeH: 1, timeH: 0.5 })).toBe(0)
    expect(total(restrictions, { timeH: 1 })).toBe(0)
    expect(total(restrictions, { parkingTimeH: 1, energyKwh: 1 })).toBe(0)
  }
})

test('a step is filled up at the component that was active last, also when nothing has a price after it (G-12)', () => {
  const first = { price_components: [perKwh(1, { step_size: 1000 })], restrictions: { max_duration: 3600 } }
  const periods = [
    { start, energyKwh: 1.5, timeH: 1 },
    { start: start + hour, energyKwh: 5, timeH: 1 },
  ]
  const session = charging(0, { end: start + 2 * hour, periods })
  expect(price(tariffOf([], { tax_included: 'N/A', elements: [first] }), session).totalMinor).toBe(200)
})

test('a bound on energy that is just reached is reached when the next period begins (G-07)', () => {
  const time = { type: 'TIME', price: 1, step_size: 1 } as const
  const first = { price_components: [perKwh(1), time], restrictions: { max_kwh: 3 } }
  const periods = [
    { start, energyKwh: 3, timeH: 1 },
    { start: start + hour, timeH: 1 },
  ]
  const session = charging(0, { end: start + 2 * hour, periods })
  expect(price(tariffOf([], { tax_included: 'N/A', elements: [first] }), session).totalMinor).toBe(400)
})

test('a fee has no step: whatever its step_size is, it is not read; the largest step of others is 1,000,000,000', () => {
  const flat = { type: 'FLAT', price: 2, step_size: Number.NaN } as const
  expect(price(tariffOf([flat], { tax_included: 'N/A' }), charging(1)).totalMinor).toBe(200)
  const large = tariffOf([perKwh(1e-6, { step_size: 1e9 })], { tax_included: 'N/A' })
  expect(price(large, charging(1)).totalMinor).toBe(100)
})

test('the first element with two components of a dimension is told (G-04)', () => {
  const told = (...sizes: readonly number[]) => {
    const elements = sizes.map((size) => ({ price_components: Array(size).fill(perKwh(1)) }))
    return price(tariffOf([], { elements, tax_included: 'N/A' }), charging(1)).findings.map(({ message }) =>
      message.slice(0, 9),
    )
  }
  expect([told(1, 1), told(1, 2, 2), told(2, 2)]).toEqual([[], ['Element 1'], ['Element 0']])
})

test('power or current is missed only where the price of charging asks for it', () => {
  const codes = (restrictions: object, more: object = {}) => {
    const elements = [{ price_components: [perKwh(1)], restrictions }, { price_components: [perKwh(2)] }]
    const session = charging(1, { periods: [{ start, energyKwh: 1, timeH: 1, ...more }] })
    return price(tariffOf([], { elements, tax_included: 'N/A' }), session)
      .findings.map(({ code }) => code)
      .join()
  }
  for (const side of ['min', 'max']) {
    expect(codes({ [`${side}_power`]: 5 })).toBe('power-unknown')
    expect(codes({ [`${side}_current`]: 5 })).toBe('current-unknown')
    expect(codes({ [`${side}_power`]: 5, reservation: 'RESERVATION' })).toBe('')
    expect(codes({ [`${side}_current`]: 5, reservation: 'RESERVATION' })).toBe('')
    expect(codes({ [`${side}_power`]: 5 }, { minPowerKw: 3 })).toBe('')
    expect(codes({ [`${side}_power`]: 5 }, { maxPowerKw: 3 })).toBe('')
    expect(codes({ [`${side}_current`]: 5 }, { minCurrentA: 3 })).toBe('')
    expect(codes({ [`${side}_current`]: 5 }, { maxCurrentA: 3 })).toBe('')
  }
})

test('a bound that is told once holds for both ends of the power, and two are each taken for their side', () => {
  const matches = (restrictions: object, more: object) => {
    const elements = [{ price_components: [perKwh(1)], restrictions }]
    const session = charging(1, { periods: [{ start, energyKwh: 1, timeH: 1, ...more }] })
    return price(tariffOf([], { elements }), session).totalMinor === 100
  }
  for (const [kind, unit] of [
    ['power', 'PowerKw'],
    ['current', 'CurrentA'],
  ] as const) {
    const [min, max] = [{ [`min_${kind}`]: 5 }, { [`max_${kind}`]: 5 }]
    const told = (low?: number, high?: number) => ({
      ...(low === undefined ? {} : { [`min${unit}`]: low }),
      ...(high === undefined ? {} : { [`max${unit}`]: high }),
    })
    expect([told(5), told(undefined, 5), told(4, 9), told(5, 9)].map((one) => matches(min, one))).toEqual([
      true,
      true,
      false,
      true,
    ])
    expect([told(4), told(undefined, 4), told(4, 5), told(1, 4)].map((one) => matches(max, one))).toEqual([
      true,
      true,
      false,
      true,
    ])
  }
})

test('a limit is a line and no kind of cost; each kind that was priced has one', () => {
  const time = { type: 'TIME', price: 1, vat: 20, step_size: 1 } as const
  const most = tariffOf([perKwh(1, { vat: 20 }), time], { max_price: { before_taxes: 1.5 } })
  const { lines, perDimension, totalMinor } = price(most, charging(1))
  expect(lines.map(({ dimension }) => dimension)).toEqual(['ENERGY', 'TIME', 'LIMIT'])
  expect(Object.keys(perDimension)).toEqual(['ENERGY', 'TIME'])
  expect(totalMinor).toBe(180)
})

test('shares go by the remainder of a minor unit, in currencies of two and three decimals', () => {
  const shares = (currency: string, ...prices: readonly [number, number]) => {
    const flat = { type: 'FLAT', price: prices[0], step_size: 1 } as const
    return price(tariffOf([flat, perKwh(prices[1])], { currency, tax_included: 'N/A' }), charging(1)).lines.map(
      ({ grossMinor }) => grossMinor,
    )
  }
  expect(shares('EUR', 0.016, 0.047)).toEqual([1, 5])
  expect(shares('KWD', 0.0016, 0.0047)).toEqual([1, 5])
})

test('what was not used has no line, and a session without a reservation no cost of one', () => {
  const time = { type: 'TIME', price: 1, step_size: 1 } as const
  const { lines, reservation } = price(tariffOf([perKwh(1), time]), charging(0, { periods: [{ start, timeH: 1 }] }))
  expect([lines.map(({ dimension }) => dimension), reservation]).toEqual([['TIME'], undefined])
})

test('a limit that only bounds the gross is a limit too (G-18)', () => {
  const most = tariffOf([perKwh(1, { vat: 20 })], { max_price: { before_taxes: 10, after_taxes: 11 } })
  const { totalMinor, lines, price: wire } = price(most, charging(10))
  expect([totalMinor, lines.at(-1)?.dimension, wire.before_taxes]).toEqual([1100, 'LIMIT', 10])
  expect(wire.taxes).toEqual([{ name: 'VAT', percentage: 20, amount: 1 }])
})

test('a step of time is filled up at the price that was active last, also when none is after it (G-12, E-83)', () => {
  const time = { type: 'TIME', price: 1, step_size: 7200 } as const
  const first = { price_components: [time], restrictions: { max_duration: 3600 } }
  const session = charging(0, {
    end: start + 2 * hour,
    periods: [
      { start, timeH: 1 },
      { start: start + hour, timeH: 1 },
    ],
  })
  const tariff = tariffOf([], { tax_included: 'N/A', elements: [first] })
  expect(price(tariff, session).totalMinor).toBe(200)
  expect(price(tariff, session, { timeRounding: 'together' }).totalMinor).toBe(200)
})

test('a component that comes back is one line, also among many', () => {
  const hours = Array.from({ length: 24 }, (_, index) => String(index).padStart(2, '0'))
  const elements = hours.map((from, index) => ({
    price_components: [{ type: 'TIME', price: index + 1, step_size: 1 } as const],
    restrictions: { start_time: `${from}:00`, end_time: `${hours[(index + 1) % 24]}:00` },
  }))
  const days = charging(0, { timeZone: 'UTC', end: start + 48 * hour, periods: [{ start, timeH: 48 }] })
  const { lines, totalMinor } = price(tariffOf([], { tax_included: 'N/A', elements }), days)
  expect([lines.length, totalMinor]).toEqual([24, 60_000])
})

test('a limit whose tax no component has is a tax without a rate; rates whose nets cancel out share it by their taxes', () => {
  const untaxed = tariffOf([perKwh(1)], { min_price: { before_taxes: 2, after_taxes: 2.4 } })
  expect(price(untaxed, charging(1)).price).toStrictEqual({ before_taxes: 2, taxes: [{ name: 'VAT', amount: 0.4 }] })
  const cancelled = tariffOf([{ type: 'FLAT', price: 1, vat: 20, step_size: 1 }, perKwh(-1, { vat: 10 })], {
    min_price: { before_taxes: 2, after_taxes: 2.2 },
  })
  expect(price(cancelled, charging(1)).price).toStrictEqual({
    before_taxes: 2,
    taxes: [
      { name: 'VAT', percentage: 20, amount: 0.4 },
      { name: 'VAT', percentage: 10, amount: -0.2 },
    ],
  })
})

test('a vehicle that takes nothing takes 0 kW at the least, also when a highest power is told', () => {
  const parking = { type: 'PARKING_TIME', price: 1, step_size: 1 } as const
  const total = (restrictions: object, period: object) =>
    price(
      tariffOf([], { tax_included: 'N/A', elements: [{ price_components: [parking], restrictions }] }),
      charging(0, { periods: [{ start, parkingTimeH: 1, ...period }] }),
    ).totalMinor
  expect([total({ min_power: 3 }, { maxPowerKw: 5 }), total({ min_power: 3 }, { minPowerKw: 3 })]).toEqual([0, 100])
  expect([total({ min_current: 3 }, { maxCurrentA: 5 }), total({ min_current: 3 }, { minCurrentA: 3 })]).toEqual([
    0, 100,
  ])
})

test('nothing is said about the tax of what costs nothing (E-73)', () => {
  for (const tax_included of ['YES', 'NO'] as const)
    expect(price(tariffOf([perKwh(0)], { tax_included }), charging(1)).findings).toEqual([])
})

test('bounds on power and current hold together (G-03)', () => {
  const all = { min_power: 5, max_power: 11, min_current: 8, max_current: 16 }
  const fits = { minPowerKw: 5, maxPowerKw: 10, minCurrentA: 8, maxCurrentA: 15 }
  const total = (more: object) =>
    price(switching(all), charging(0, { periods: [{ start, energyKwh: 1, ...fits, ...more }] })).totalMinor
  expect([total({}), total({ minPowerKw: 4 }), total({ maxPowerKw: 11 })]).toEqual([100, 200, 200])
  expect([total({ minCurrentA: 7 }), total({ maxCurrentA: 16 })]).toEqual([200, 200])
})

test('no days of the week are all days, also beside a window of the clock', () => {
  const total = (restrictions: object) => price(switching(restrictions), charging(1)).totalMinor
  expect([total({ day_of_week: [] }), total({ day_of_week: [], end_time: '12:00' })]).toEqual([100, 100])
})

test('two elements that begin at one energy are one cut', () => {
  const time = { type: 'TIME', price: 1, step_size: 1 } as const
  const elements = [
    { price_components: [perKwh(1)], restrictions: { max_kwh: 2 } },
    { price_components: [time], restrictions: { min_kwh: 2 } },
    { price_components: [perKwh(2)], restrictions: { min_kwh: 2, max_kwh: 3 } },
    { price_components: [perKwh(4)] },
  ]
  const { lines } = price(tariffOf([], { tax_included: 'N/A', elements }), charging(5))
  expect(lines.map(({ element, grossMinor }) => [element, grossMinor])).toEqual([
    [0, 200],
    [2, 200],
    [3, 800],
  ])
})
