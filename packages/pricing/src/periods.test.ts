import { expect, test } from 'vitest'
import { instant, periodsOf, sessionOf } from './periods.ts'
import { PricingError } from './pricing-error.ts'

const start_date_time = '2026-01-05T10:00:00Z'
const start = Date.parse(start_date_time)

test('each dimension fills its field, others are left out, and the tariff is kept', () => {
  const volumes = {
    ENERGY: 1,
    TIME: 2,
    PARKING_TIME: 3,
    RESERVATION_TIME: 4,
    MIN_POWER: 5,
    MAX_POWER: 6,
    MIN_CURRENT: 7,
    MAX_CURRENT: 8,
    STATE_OF_CHARGE: 9,
  } as const
  const dimensions = Object.entries(volumes).map(([type, volume]) => ({ type: type as 'TIME', volume }))
  const cdr = {
    start_date_time,
    end_date_time: '2026-01-05T11:00:00Z',
    charging_periods: [{ start_date_time, dimensions, tariff_id: 'T' }],
  }
  expect(sessionOf(cdr, 'UTC')).toEqual({
    start,
    end: start + 3_600_000,
    timeZone: 'UTC',
    periods: [
      {
        start,
        energyKwh: 1,
        timeH: 2,
        parkingTimeH: 3,
        reservationTimeH: 4,
        minPowerKw: 5,
        maxPowerKw: 6,
        minCurrentA: 7,
        maxCurrentA: 8,
        tariffId: 'T',
      },
    ],
  })
  expect(periodsOf({ charging_periods: null })).toEqual([])
  const [unnamed] = periodsOf({ charging_periods: [{ start_date_time, dimensions: [], tariff_id: null }] })
  expect(Object.keys(unnamed ?? {})).toEqual(['start'])
})

test.each([
  ['a volume that is no number', [{ type: 'TIME', volume: Number.NaN }], 'charging_periods[0].TIME'],
  ['an endless volume', [{ type: 'ENERGY', volume: JSON.parse('1e400') }], 'charging_periods[0].ENERGY'],
  [
    'a dimension twice',
    [
      { type: 'TIME', volume: 1 },
      { type: 'TIME', volume: 1 },
    ],
    'charging_periods[0].TIME',
  ],
] as const)('%s is refused by its path', (_what, dimensions, path) => {
  const charging_periods = [{ start_date_time, dimensions: [...dimensions] }]
  expect(() => periodsOf({ charging_periods })).toThrow(PricingError)
  expect(() => periodsOf({ charging_periods })).toThrow(expect.objectContaining({ path }))
})

test('a dimension twice and a volume that is none have words of their own', () => {
  const of = (...volumes: readonly number[]) =>
    periodsOf({
      charging_periods: [{ start_date_time, dimensions: volumes.map((volume) => ({ type: 'TIME', volume })) }],
    })
  expect(() => of(1, 1)).toThrow('charging_periods[0].TIME is 1: must be given once per period')
  expect(() => of(Number.NaN)).toThrow('charging_periods[0].TIME is NaN: must be a finite number')
})

test('a time that is none is refused by its path', () => {
  for (const text of ['', 'now', '2026-02-30T10:00:00Z', '2026-01-01T24:00:00Z', '2026-13-01T10:00:00Z'])
    expect(() => instant(text, 'end_date_time')).toThrow(
      expect.objectContaining({ path: 'end_date_time', value: text }),
    )
  const lasting = { start_date_time, end_date_time: '2026-01-05T11:00:00Z', charging_periods: [] }
  for (const name of ['start_date_time', 'end_date_time'])
    expect(() => sessionOf({ ...lasting, [name]: 'soon' }, 'UTC')).toThrow(expect.objectContaining({ path: name }))
  expect(() => periodsOf({ charging_periods: [{ start_date_time: '2026', dimensions: [] }] })).toThrow(
    expect.objectContaining({ path: 'charging_periods[0].start_date_time' }),
  )
})
