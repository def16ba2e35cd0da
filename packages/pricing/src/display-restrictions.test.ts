import type { TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { dateText, describeRestrictions } from './display-restrictions.ts'

const [mon, tue, wed, thu, fri, sat, sun] = [
  ...(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const),
]

test.each<[restrictions: TariffRestrictions | null | undefined, words: string]>([
  [undefined, ''],
  [null, ''],
  [{}, ''],
  [{ reservation: 'RESERVATION' }, ''],
  [{ min_kwh: 1.23456 }, 'from 1.2346 kWh of energy'],
  [{ max_kwh: 0 }, 'up to 0 kWh of energy'],
  [{ min_kwh: 0, max_kwh: 1000 }, '0 kWh to 1,000 kWh of energy'],
  [{ min_power: 11 }, 'power from 11 kW'],
  [{ max_power: 50 }, 'power up to 50 kW'],
  [{ min_current: 6, max_current: 16 }, 'current 6 A to 16 A'],
  [{ min_duration: 1800, max_duration: 90 }, '30 min to 90 s after the start'],
  [{ start_time: '08:00' }, '08:00–24:00'],
  [{ end_time: '08:00' }, '00:00–08:00'],
  [{ start_time: '22:00', end_time: '06:00' }, '22:00–06:00'],
  [{ start_time: '20:00', end_time: '00:00' }, '20:00–24:00'],
  [{ start_time: '08:00', end_time: '08:00' }, ''],
  [{ start_date: '2026-03-01' }, 'from Mar 1, 2026'],
  [{ end_date: '2026-04-01' }, 'before Apr 1, 2026'],
  [{ day_of_week: [] }, ''],
  [{ day_of_week: [sun, mon, tue, wed, thu, fri, sat] }, ''],
  [{ day_of_week: [fri] }, 'Fri'],
  [{ day_of_week: [sun, sat] }, 'Sat, Sun'],
  [{ day_of_week: [mon, tue, wed] }, 'Mon–Wed'],
  [{ day_of_week: [mon, tue, thu, fri, sat, sun] }, 'Mon, Tue, Thu–Sun'],
  [
    { min_kwh: 1, max_power: 2, min_current: 3, max_duration: 60, end_time: '06:00', day_of_week: [mon] },
    'Mon, 00:00–06:00, from 1 kWh of energy, power up to 2 kW, current from 3 A, up to 1 min after the start',
  ],
])('%j is said as "%s"', (restrictions, words) => {
  expect(describeRestrictions(restrictions, 'en')).toBe(words)
})

test('a day is written as it is in the language, whatever the zone of the machine', () => {
  expect([dateText('2026-03-01', 'en'), dateText('2026-03-01', 'de')]).toEqual(['Mar 1, 2026', '01.03.2026'])
})
