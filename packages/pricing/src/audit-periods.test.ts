import { expect, test } from 'vitest'
import { period, right } from '../test/cdr.ts'
import type { Measured, PowerLimit } from './audit-periods.ts'
import { periodFindings, powerLimitOf } from './audit-periods.ts'

/** An hour of 20 kWh. */
const usual: Measured = {
  ...{ start_date_time: '2026-03-02T09:00:00Z', end: '2026-03-02T10:00:00Z', energyKwh: 20, energyPath: '/kwh' },
  charging_periods: [period('09:00', { ENERGY: 20, TIME: 1 })],
}
const found = (more: Partial<Measured>, power?: PowerLimit) =>
  periodFindings({ ...usual, ...more }, power).map(({ id, path }) => `${id} ${path}`)
const periods = (...charging_periods: ReturnType<typeof period>[]) => found({ charging_periods })
const location = right.cdr_location

test('a connector gives what is known of it, else what its kind can carry', () => {
  const of = (more: Partial<typeof location>) => powerLimitOf({ ...location, ...more })
  expect(powerLimitOf(location, 22)).toEqual({ kw: 22, from: 'the connector gives at most 22 kW' })
  expect(of({})).toEqual({ kw: 90, from: 'no AC_3_PHASE connector gives more than 90 kW' })
  expect(of({ connector_standard: 'MCS', connector_power_type: 'DC' })?.kw).toBe(4500)
  expect(of({ connector_power_type: 'DC' })?.kw).toBe(1500)
  expect([of({ connector_power_type: 'OTHER' as never }), powerLimitOf(undefined)]).toEqual([undefined, undefined])
})

test('a session without periods, or without length, has nothing wrong in them', () => {
  for (const charging_periods of [null, undefined, []]) expect(found({ charging_periods })).toEqual([])
  expect(found({ end: usual.start_date_time, energyKwh: 0, charging_periods: [period('09:00', {})] })).toEqual([])
})

test('a period may begin with the end of the session, not after it', () => {
  expect(periods(period('09:00', { ENERGY: 20, TIME: 1 }), period('10:00', {}))).toEqual([])
  expect(periods(period('09:00', { ENERGY: 20, TIME: 1 }), period('10:01', {}))).toContain(
    'period-outside /charging_periods/1/start_date_time',
  )
})

test('a wrong unit of one kind does not hide what is wrong with the other', () => {
  const limit = { kw: 11, from: 'so it is' }
  expect(found({ charging_periods: [period('09:00', { ENERGY: 20, TIME: 60 })] }, limit)).toEqual([
    'hours-unit /charging_periods',
    'energy-beyond-power /charging_periods/0',
  ])
  expect(found({ charging_periods: [period('09:00', { ENERGY: 20_000, TIME: 0.5 })] }, limit)).toEqual([
    'wh-for-kwh /charging_periods',
    'period-gap /charging_periods/0',
  ])
  expect(periods(period('09:00', { ENERGY: 18_000, TIME: 1 }))).toEqual(['energy-sum /kwh'])
})

test('the sum of energy may differ by 0.01 kWh and 0.0005 for each period (C-609)', () => {
  const two = (energyKwh: number) =>
    found({ energyKwh, charging_periods: [period('09:00', { ENERGY: 0, TIME: 1 }), period('10:00', {})] })
  expect([two(0.011), two(0.0111)]).toEqual([[], ['energy-sum /kwh']])
})

test('power is only compared where one is known', () => {
  const strong = [period('09:00', { ENERGY: 20, TIME: 1, MAX_POWER: 5000 })]
  expect(found({ charging_periods: strong })).toEqual([])
  expect(found({ charging_periods: strong }, { kw: 100, from: 'so it is' })).toEqual([
    'power-beyond-connector /charging_periods/0',
  ])
  expect(found({ charging_periods: [period('09:00', { TIME: 1 })] }, { kw: 100, from: 'so it is' })).toEqual([])
})

test('where any time is told all of it has to be, of whatever kind', () => {
  for (const kind of ['TIME', 'PARKING_TIME', 'RESERVATION_TIME']) {
    expect(periods(period('09:00', { [kind]: 0.5 }))).toEqual(['period-gap /charging_periods/0'])
    expect(periods(period('09:00', { [kind]: 0.5 }), period('09:30', { ENERGY: 20 }))).toEqual([
      'period-gap /charging_periods/1',
    ])
  }
  expect(periods(period('09:00', { ENERGY: 20 }))).toEqual([])
  expect(periods(period('09:00', { TIME: 0.1 }), period('09:00', { ENERGY: 20, TIME: 1 }))).toEqual([
    'period-empty /charging_periods/1/start_date_time',
    'time-beyond-period /charging_periods/0',
  ])
})

test('what is counted is never negative; what is measured may be', () => {
  for (const kind of ['ENERGY', 'TIME', 'PARKING_TIME', 'RESERVATION_TIME'])
    expect(periods(period('09:00', { [kind]: -1 }))).toContain(
      'negative-volume /charging_periods/0/dimensions/0/volume',
    )
  expect(periods(period('09:00', { ENERGY: 20, TIME: 1, PARKING_TIME: 0, CURRENT: -1 }))).toEqual([])
})

test('short times are told in seconds, longer ones in minutes and hours', () => {
  const gap = (start_date_time: string) =>
    periodFindings({ ...usual, start_date_time, end: '2026-03-02T14:00:00Z' }, undefined).find(
      ({ id }) => id === 'period-gap',
    )?.reason
  expect(gap('2026-03-02T08:58:01Z')).toBe('Nothing is told about the first 119 s.')
  expect(gap('2026-03-02T08:58:00Z')).toBe('Nothing is told about the first 2 min.')
  expect(gap('2026-03-02T07:00:30Z')).toBe('Nothing is told about the first 2 h 0 min.')
  expect(gap('2026-03-02T07:01:00Z')).toBe('Nothing is told about the first 119 min.')
})
