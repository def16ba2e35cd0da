import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, tariffOf } from '../test/tariffs.ts'
import { decimal, fraction, zero } from './decimal.ts'
import type { Period, PricedSession } from './price.ts'
import { price } from './price.ts'

const time = { type: 'TIME', price: 0.01, step_size: 1 } as const
const tariff = tariffOf([perKwh(1), time], { tax_included: 'N/A' })
const refused = (session: PricedSession) => {
  try {
    return price(tariff, session).totalMinor
  } catch (error) {
    return (error as Error).message
  }
}
const inPeriod = (period: Partial<Period>) => refused(charging(0, { periods: [{ start, ...period }] }))

test('a session may last 366 days, told in whatever numbers, and not a bit longer', () => {
  const year = (timeH: Period['timeH'], more: Partial<PricedSession> = {}) =>
    refused(charging(0, { end: start + 8784 * hour, periods: [{ start, timeH }], ...more }))
  expect([year(8784), year(decimal(8784))]).toEqual([8784, 8784])
  expect(year(1, { end: start + 8784 * hour + 1 })).toBe(
    `end is ${start + 8784 * hour + 1}: must be at most 366 days after the start`,
  )
  expect(year(8784.0001)).toBe('periods[0].timeH is 8784.0001: must be at most 366 days')
  expect(year(fraction(8785, 1))).toBe('periods[0].timeH is "8785/1": must be at most 366 days')
})

test('a session may have 50,000 periods', () => {
  const periods = Array<Period>(50_000).fill({ start, energyKwh: 0.001 })
  expect(refused(charging(0, { periods }))).toBe(5000)
})

test('a session lies within what a calendar knows', () => {
  const at = (from: number, to: number) =>
    refused(charging(0, { start: from, end: to, periods: [{ start: from, energyKwh: 1 }] }))
  expect([at(-8e15, -8e15 + 1), at(8e15 - 1, 8e15)]).toEqual([100, 100])
  expect(at(-8e15 - 1, -8e15)).toBe('start is -8000000000000001: must be an instant that a calendar knows')
  expect(at(8e15, 8e15 + 1)).toBe('end is 8000000000000001: must be an instant that a calendar knows')
})

test('what is wrong with the start of a period is told in words of its own', () => {
  const begun = (at: number) => inPeriod({ start: at })
  expect(begun(Number.NaN)).toBe('periods[0].start is NaN: must be an instant in whole milliseconds')
  expect(begun(start - 1)).toBe(`periods[0].start is ${start - 1}: must not be before the period or session before it`)
  expect(begun(start + hour + 1)).toBe(
    `periods[0].start is ${start + hour + 1}: must not be after the end of the session`,
  )
})

test.each(['timeH', 'parkingTimeH', 'reservationTimeH'] as const)('a negative %s is told as it was written', (name) => {
  expect(inPeriod({ [name]: -1 })).toBe(`periods[0].${name} is -1: must not be negative`)
  expect(inPeriod({ [name]: fraction(-1, 3) })).toBe(`periods[0].${name} is "-1/3": must not be negative`)
})

const reserved = tariffOf([], {
  tax_included: 'N/A',
  elements: [
    { price_components: [{ ...time, price: 4 }], restrictions: { reservation: 'RESERVATION' } },
    { price_components: [{ ...time, price: 10 }], restrictions: { min_duration: 1800 } },
    { price_components: [perKwh(1), time, { type: 'PARKING_TIME', price: 2, step_size: 1 }] },
  ],
})
const said = (...periods: readonly Period[]) => {
  const { totalMinor, findings } = price(reserved, charging(0, { end: start + 2 * hour, periods }))
  return [totalMinor, ...findings.map(({ code }) => code)]
}

test('whatever comes beside a reservation in one period charges after it: energy, time or parking (G-17)', () => {
  const quarter = { start, reservationTimeH: 0.25 }
  const never = { reservationExpired: false }
  expect(said({ ...quarter, energyKwh: 3 })).toEqual([400, 'reservation-mixed'])
  expect(said({ ...quarter, energyKwh: decimal(3) })).toEqual([400, 'reservation-mixed'])
  expect(said({ ...quarter, parkingTimeH: 0.5 })).toEqual([200, 'reservation-mixed'])
  expect(said({ ...quarter, energyKwh: 0, timeH: 0, parkingTimeH: 0 })).toEqual([100])
  expect(said({ ...quarter, energyKwh: zero })).toEqual([100])
  expect(price(reserved, { ...charging(0, { periods: [quarter] }), ...never }).totalMinor).toBe(100)
})

test('a reservation that is told longer than its period ends with it: there durations begin to count (G-07, G-17)', () => {
  // Charging begins after an hour; the second half of the hour after that costs ten per hour.
  expect(said({ start, reservationTimeH: 2, energyKwh: 1 }, { start: start + hour, timeH: 1 })).toEqual([
    800 + 100 + 501,
    'reservation-mixed',
    'period-spans-change',
  ])
})
