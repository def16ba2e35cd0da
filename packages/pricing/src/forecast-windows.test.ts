import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { start, tariffOf } from '../test/tariffs.ts'
import { decimal, toNumber } from './decimal.ts'
import type { Candidate, Outlook } from './forecast-windows.ts'
import { grossUnit, windowsOf } from './forecast-windows.ts'

/** 10:30 in Amsterdam on a Monday, ten minutes and 2 kWh later, at 20 kW, for two hours in all. */
const usual: Outlook = {
  ...{ start, timeZone: 'Europe/Amsterdam', open: start, at: start + 600_000, until: start + 7_200_000 },
  ...{ energyLow: decimal(0), energyNow: decimal(2), energyTop: decimal(2.001), maxPowerKw: decimal(20) },
}
const part = (type: PriceComponent['type'], price = 1, step_size = 1): PriceComponent => ({ type, price, step_size })

type Row = readonly [restrictions: TariffRestrictions | undefined, ...types: PriceComponent['type'][]]
const elements = (...rows: readonly Row[]): Tariff =>
  tariffOf([], {
    elements: rows.map(([restrictions, ...types]) => ({
      price_components: types.map((type) => part(type)),
      restrictions,
    })),
  })

const named = (candidates: readonly Candidate[]) => candidates.map(({ element }) => element).join()
/** Seconds from the start, and by their elements what may price time and parking, then fees and energy by interval. */
const seen = (tariff: Tariff, more: Partial<Outlook> = {}) =>
  windowsOf(tariff, { ...usual, ...more }).windows.map(({ from, time, parking, flat, energy }) => [
    ...[(from - start) / 1000, named(time), named(parking), flat.map(named).join('|'), energy.map(named).join('|')],
  ])
const intervals = (tariff: Tariff, more: Partial<Outlook> = {}) =>
  windowsOf(tariff, { ...usual, ...more }).intervals.map(({ begin, reachedAt }) => [
    ...[toNumber(begin, 3), (reachedAt - start) / 1000],
  ])
/** When the first of two elements may price time. */
const timeOf = (restrictions: TariffRestrictions, more: Partial<Outlook> = {}) =>
  seen(elements([restrictions, 'TIME'], [undefined, 'TIME']), more).map(([from, time]) => [from, time])

const byEnergy = elements(
  [{ max_kwh: 4 }, 'ENERGY', 'TIME', 'FLAT'],
  [{ min_kwh: 6 }, 'ENERGY', 'TIME'],
  [undefined, 'ENERGY', 'TIME', 'FLAT', 'PARKING_TIME'],
  [{ max_kwh: 6 }, 'ENERGY', 'PARKING_TIME'],
)

test('with the energy the prices may change as soon as full power reaches a bound (G-01, G-07)', () => {
  expect(intervals(byEnergy)).toEqual([
    [0, 0],
    [4, 959.82],
    [6, 1319.82],
  ])
  expect(intervals(elements([{ min_kwh: 6 }, 'TIME'], [{ max_kwh: 4 }, 'TIME']), { maxPowerKw: decimal(7) })).toEqual([
    [0, 0],
    [4, 1628.057],
    [6, 2656.628],
  ])
  expect(seen(byEnergy)).toEqual([
    [0, '0', '2', '0|2|2', '0|2|1'],
    [600, '0', '2', '0|2|2', '0|2|1'],
    [959.82, '0,2', '2', '0|2|2', '0|2|1'],
    [1319.82, '0,1,2', '2', '0|2|2', '0|2|1'],
  ])
})

test('bounds that lie behind are gone, one that may be reached already is open', () => {
  const behind = { energyLow: decimal(5), energyNow: decimal(5.9995), energyTop: decimal(6) }
  expect(intervals(byEnergy, behind)).toEqual([
    [5, 0],
    [6, 0],
  ])
  expect(seen(byEnergy, behind)).toEqual([
    [0, '1,2', '2', '2|2', '2|1'],
    [600, '1,2', '2', '2|2', '2|1'],
  ])
  const past = { energyLow: decimal(6), energyNow: decimal(6), energyTop: decimal(7) }
  expect(intervals(byEnergy, past)).toEqual([[6, 0]])
  expect(seen(byEnergy, past)[1]).toEqual([600, '1', '2', '2', '1'])
})

test('without power no more energy comes', () => {
  const none = { maxPowerKw: decimal(0) }
  expect(intervals(byEnergy, none)).toEqual([
    [0, 0],
    [4, Number.POSITIVE_INFINITY],
    [6, Number.POSITIVE_INFINITY],
  ])
  expect(seen(byEnergy, none).map(([from, time]) => [from, time])).toEqual([
    [0, '0'],
    [600, '0'],
  ])
})

test('with the clock they change at its times, from the open period until the end (G-08)', () => {
  const noon = { start_time: '11:00', end_time: '11:15' }
  expect(seen(elements([noon, 'TIME', 'PARKING_TIME', 'FLAT', 'ENERGY'], [undefined, 'TIME', 'FLAT']))).toEqual([
    [0, '1', '', '1', ''],
    [600, '1', '', '1', ''],
    [1800, '0', '0', '0', '0'],
    [2700, '1', '', '1', ''],
  ])
  expect(timeOf(noon, { open: start + 1_900_000, at: start + 2_000_000 })).toEqual([
    [1900, '0'],
    [2000, '0'],
    [2700, '1'],
  ])
  expect(timeOf(noon, { until: start + 2_700_000 })).toEqual([
    [0, '1'],
    [600, '1'],
    [1800, '0'],
  ])
})

test('a duration counts from the start, but only what the open period and the end leave', () => {
  expect(timeOf({ min_duration: 900 }, { open: start + 1_000_000, at: start + 1_100_000 })).toEqual([
    [1000, '0'],
    [1100, '0'],
  ])
  expect(timeOf({ min_duration: 1800 }, { until: start + 1_800_000 })).toEqual([
    [0, '1'],
    [600, '1'],
  ])
})

test.each<[restrictions: TariffRestrictions, from: string]>([
  [{ start_time: '22:00' }, '1 at 0, 1 at 10, 0 at 690, 1 at 810'],
  [{ end_time: '11:30' }, '0 at 0, 0 at 10, 1 at 60, 0 at 810'],
  [{ start_time: '22:00', end_time: '00:00' }, '1 at 0, 1 at 10, 0 at 690, 1 at 810'],
  [{ start_time: '22:00', end_time: '06:30' }, '1 at 0, 1 at 10, 0 at 690, 0 at 810, 1 at 1200'],
  [{ start_time: '11:30', end_time: '11:30' }, '0 at 0, 0 at 10, 0 at 60, 0 at 810, 0 at 1500'],
  [{ start_date: '2026-03-03' }, '1 at 0, 1 at 10, 0 at 810'],
  [{ end_date: '2026-03-03' }, '0 at 0, 0 at 10, 1 at 810'],
  [{ start_date: '2026-03-02', end_date: '2026-03-03' }, '0 at 0, 0 at 10, 1 at 810'],
  [{ day_of_week: ['TUESDAY'] }, '1 at 0, 1 at 10, 0 at 810'],
  [{ day_of_week: ['TUESDAY'], start_time: '01:00' }, '1 at 0, 1 at 10, 1 at 810, 0 at 870'],
  [{ day_of_week: [] }, '0 at 0, 0 at 10'],
  [{ min_duration: 900 }, '1 at 0, 1 at 10, 0 at 15'],
  [{ max_duration: 900 }, '0 at 0, 0 at 10, 1 at 15'],
  [{ min_duration: 300, max_duration: 1200 }, '1 at 0, 0 at 5, 0 at 10, 1 at 20'],
  [{ max_duration: 900, end_time: '10:35' }, '0 at 0, 1 at 5, 1 at 10, 1 at 15, 1 at 810'],
  [
    { start_time: '22:00', end_time: '06:30', start_date: '2026-03-02', end_date: '2026-03-03' },
    '1 at 0, 1 at 10, 0 at 690, 1 at 810, 1 at 1200',
  ],
  [{ min_power: 21 }, '1 at 0, 1 at 10'],
  [{ min_power: 20 }, '0,1 at 0, 0,1 at 10'],
  [{ max_power: 1 }, '0,1 at 0, 0,1 at 10'],
  [{ min_current: 1 }, '0,1 at 0, 0,1 at 10'],
  [{ max_current: 1 }, '0,1 at 0, 0,1 at 10'],
  [{ max_current: 1, min_duration: 900 }, '1 at 0, 1 at 10, 0,1 at 15'],
  [{ min_kwh: 1 }, '0,1 at 0, 0,1 at 10'],
  [{ max_kwh: 1 }, '0,1 at 0, 0,1 at 10'],
  [{ min_kwh: 0, max_kwh: 99 }, '0 at 0, 0 at 10, 0,1 at 301'],
])('under %j: element %s minutes (G-07 to G-10)', (restrictions, expected) => {
  const until = start + (restrictions.start_time === '11:30' ? 1501 : 1210) * 60_000
  const said = timeOf(restrictions, { until })
  expect(said.map(([from, time]) => `${time} at ${Math.round(Number(from) / 60)}`).join(', ')).toBe(expected)
})

test('reservations and a second component of one kind price nothing to come (G-04, G-17)', () => {
  const reserved = elements(
    [{ reservation: 'RESERVATION', start_time: '11:00' }, 'TIME', 'ENERGY'],
    [{}, 'ENERGY', 'FLAT', 'ENERGY'],
  )
  const { windows } = windowsOf(reserved, usual)
  expect(windows.map(({ from }) => (from - start) / 1000)).toEqual([0, 600])
  expect(windows[0]?.energy).toEqual([[{ element: 1, component: 0, dimension: 'ENERGY', gross: decimal(1), step: 1 }]])
  expect(windows[0]?.flat[0]?.map(({ component }) => component)).toEqual([1])
  expect(windows[0]?.time).toEqual([])
  const unsure = windowsOf(elements([{ max_power: 1 }, 'ENERGY', 'ENERGY']), usual)
  expect(unsure.windows[0]?.energy[0]?.map(({ component }) => component)).toEqual([0])
})

test('a price counts with its tax, below zero as nothing, and a step is at least 1 (G-12, G-20)', () => {
  const candidate = (price: number, step: number, more: Partial<Tariff> = {}) => {
    const { windows } = windowsOf(tariffOf([{ ...part('TIME', price, step), vat: 20 }], more), usual)
    return windows[0]?.time.map(({ gross, step: one }) => [toNumber(gross, 4), one])
  }
  expect(candidate(2, 60)).toEqual([[2.4, 60]])
  expect(candidate(2, 0, { tax_included: 'YES' })).toEqual([[2, 1]])
  expect(candidate(2, 1, { tax_included: 'N/A' })).toEqual([[2, 1]])
  expect(candidate(-2, 300)).toEqual([[0, 300]])
  const untaxed = tariffOf([part('TIME', 2)])
  expect(
    [grossUnit(untaxed, 0, 0), grossUnit(untaxed, 0, 1), grossUnit(untaxed, -1, -1)].map((one) => toNumber(one, 2)),
  ).toEqual([2, 0, 0])
})

test('a restriction that is null restricts nothing', () => {
  const none = Object.fromEntries(
    ['start_time', 'end_time', 'start_date', 'end_date', 'min_kwh', 'max_kwh', 'min_power', 'max_power']
      .concat('min_current', 'max_current', 'min_duration', 'max_duration', 'day_of_week', 'reservation')
      .map((name) => [name, null]),
  )
  expect(seen(elements([none, 'TIME', 'ENERGY'], [undefined, 'TIME', 'ENERGY']))).toEqual([
    [0, '0', '', '', '0'],
    [600, '0', '', '', '0'],
  ])
})
