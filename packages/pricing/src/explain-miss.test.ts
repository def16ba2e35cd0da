import type { TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { decimal } from './decimal.ts'
import type { Circumstances, Miss } from './explain-miss.ts'
import { missOf } from './explain-miss.ts'

/** A Monday, 10:05 in Amsterdam, after 20 minutes and 5 kWh, at 7 to 11 kW and 10 to 16 A. */
const here: Circumstances = {
  at: Date.parse('2026-03-02T09:05:00Z'),
  timeZone: 'Europe/Amsterdam',
  phase: 'charging',
  elapsedMs: 1_200_000,
  energyKwh: decimal(5),
  minPowerKw: 7,
  maxPowerKw: 11,
  minCurrentA: 10,
  maxCurrentA: 16,
}
const miss = (restrictions: TariffRestrictions | undefined, more: Partial<Circumstances> = {}) =>
  missOf({ price_components: [], restrictions }, { ...here, ...more })

test.each<[restrictions: TariffRestrictions, miss: Miss | undefined]>([
  [{}, undefined],
  [{ day_of_week: [] }, undefined],
  [{ start_time: '10:05' }, undefined],
  [{ start_time: '10:06' }, { restriction: 'start_time', bound: '10:06-24:00', actual: '10:05' }],
  [{ end_time: '10:06' }, undefined],
  [{ end_time: '10:05' }, { restriction: 'end_time', bound: '00:00-10:05', actual: '10:05' }],
  [
    { start_time: '10:06', end_time: '00:00' },
    { restriction: 'start_time', bound: '10:06-24:00', actual: '10:05' },
  ],
  [{ start_time: '10:05', end_time: '00:00' }, undefined],
  [{ start_time: '11:00', end_time: '11:00' }, undefined],
  [
    { start_time: '10:06', end_time: '11:00' },
    { restriction: 'start_time', bound: '10:06-11:00', actual: '10:05' },
  ],
  [
    { start_time: '09:00', end_time: '10:05' },
    { restriction: 'start_time', bound: '09:00-10:05', actual: '10:05' },
  ],
  [{ start_time: '10:05', end_time: '10:06' }, undefined],
  [{ start_time: '10:05', end_time: '08:00' }, undefined],
  [{ start_time: '22:00', end_time: '10:06' }, undefined],
  [
    { start_time: '22:00', end_time: '10:05' },
    { restriction: 'start_time', bound: '22:00-10:05', actual: '10:05' },
  ],
  [{ start_date: '2026-03-02' }, undefined],
  [{ start_date: '2026-03-03' }, { restriction: 'start_date', bound: '2026-03-03', actual: '2026-03-02' }],
  [{ end_date: '2026-03-03' }, undefined],
  [{ end_date: '2026-03-02' }, { restriction: 'end_date', bound: '2026-03-02', actual: '2026-03-02' }],
  [{ day_of_week: ['MONDAY', 'SUNDAY'] }, undefined],
  [{ day_of_week: ['SUNDAY'] }, { restriction: 'day_of_week', bound: ['SUNDAY'], actual: 'MONDAY' }],
  [{ min_kwh: 5 }, undefined],
  [{ min_kwh: 5.1 }, { restriction: 'min_kwh', bound: 5.1, actual: 5 }],
  [{ max_kwh: 5.1 }, undefined],
  [{ max_kwh: 5 }, { restriction: 'max_kwh', bound: 5, actual: 5 }],
  [{ min_current: 10 }, undefined],
  [{ min_current: 10.1 }, { restriction: 'min_current', bound: 10.1, actual: 10 }],
  [{ max_current: 16.1 }, undefined],
  [{ max_current: 16 }, { restriction: 'max_current', bound: 16, actual: 16 }],
  [{ min_power: 7 }, undefined],
  [{ min_power: 7.1 }, { restriction: 'min_power', bound: 7.1, actual: 7 }],
  [{ max_power: 11.1 }, undefined],
  [{ max_power: 11 }, { restriction: 'max_power', bound: 11, actual: 11 }],
  [{ min_duration: 1200 }, undefined],
  [{ min_duration: 1201 }, { restriction: 'min_duration', bound: 1201, actual: 1200 }],
  [{ max_duration: 1201 }, undefined],
  [{ max_duration: 1200 }, { restriction: 'max_duration', bound: 1200, actual: 1200 }],
  [
    { end_date: '2026-03-02', max_kwh: 1 },
    { restriction: 'end_date', bound: '2026-03-02', actual: '2026-03-02' },
  ],
])('under %j at 10:05: %j (G-03, G-07 to G-10)', (restrictions, expected) => {
  expect(miss(restrictions)).toStrictEqual(expected)
})

test('elements of reservations and of charging miss each other (G-17)', () => {
  const [charging, reservation] = [{ phase: 'charging' }, { phase: 'reservation' }] as const
  const reserved = { reservation: 'RESERVATION' } as const
  expect([miss(undefined, charging), miss(reserved, reservation)]).toStrictEqual([undefined, undefined])
  expect(miss(undefined, reservation)).toStrictEqual({
    restriction: 'reservation',
    bound: 'none',
    actual: 'reservation',
  })
  expect(miss({}, reservation)).toStrictEqual({ restriction: 'reservation', bound: 'none', actual: 'reservation' })
  expect(miss(reserved, charging)).toStrictEqual({
    restriction: 'reservation',
    bound: 'RESERVATION',
    actual: 'charging',
  })
})

test('of a power or current that is told once both ends are that; one that is not known matches nothing', () => {
  for (const [kind, low, high] of [
    ['power', 'minPowerKw', 'maxPowerKw'],
    ['current', 'minCurrentA', 'maxCurrentA'],
  ] as const) {
    const [min, max] = [`min_${kind}`, `max_${kind}`] as const
    const unknown = { [low]: undefined, [high]: undefined }
    expect(miss({ [min]: 0 }, unknown)).toStrictEqual({ restriction: min, bound: 0 })
    expect(miss({ [max]: 99 }, unknown)).toStrictEqual({ restriction: max, bound: 99 })
    expect(miss({ [min]: 8 }, { ...unknown, [high]: 8 })).toBeUndefined()
    expect(miss({ [min]: 9 }, { ...unknown, [high]: 8 })).toStrictEqual({ restriction: min, bound: 9, actual: 8 })
    expect(miss({ [max]: 9 }, { ...unknown, [low]: 8 })).toBeUndefined()
    expect(miss({ [max]: 8 }, { ...unknown, [low]: 8 })).toStrictEqual({ restriction: max, bound: 8, actual: 8 })
  }
})
