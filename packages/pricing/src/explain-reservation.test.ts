import { readFileSync } from 'node:fs'
import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, hour, start, tariffOf } from '../test/tariffs.ts'
import { explain } from './explain.ts'
import { explanationText } from './explain-text.ts'

const example = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../spec/2.3.0/examples/${name}.json`, import.meta.url), 'utf8')) as Tariff

const time = (price: number): PriceComponent => ({ type: 'TIME', price, step_size: 1 })
const fee = (price: number): PriceComponent => ({ type: 'FLAT', price, step_size: 1 })
const missed = (element: number, at: string, miss: object) => ({ element, why: 'restriction', at, miss })

test('a reservation is a line of its own, from the start until charging begins (G-17)', () => {
  const reserved = example('tariff_15_reservation_5_euro_per_hour')
  const from = Date.parse('2026-03-02T09:00:00Z')
  const priced = {
    start: from,
    end: from + 75 * 60_000,
    timeZone: 'Europe/Amsterdam',
    periods: [
      { start: from, reservationTimeH: 0.25 },
      { start: from + 15 * 60_000, energyKwh: 20, timeH: 1 },
    ],
  }
  const at = (from: string, to: string, quantity: number) => [
    { from: `2026-03-02T${from}:00.000Z`, to: `2026-03-02T${to}:00.000Z`, quantity },
  ]
  const { lines } = explain(reserved, priced)
  expect(lines.map((line) => [line.dimension, line.reservation, line.spans])).toEqual([
    ['TIME', 'RESERVATION', at('09:00', '09:15', 0.25)],
    ['FLAT', undefined, at('09:15', '09:15', 1)],
    ['ENERGY', undefined, at('09:15', '10:15', 20)],
  ])
  const { periods, ...never } = priced
  const expired = explain(reserved, { ...never, periods: periods.slice(0, 1) })
  expect(expired.lines.map((line) => line.spans)).toEqual([at('09:00', '10:15', 0.25)])
  expect(explanationText(reserved, explain(reserved, priced), { language: 'en' }).lines[0]).toMatchObject({
    text: 'Reservation: 15 min × €5.00 per hour',
    details: ['plus 20% tax (€0.25)', 'Mar 2, 2026 10:00 to 10:15', 'price rule 1; not rule 2: no such price in it'],
  })
})

test('an element for charging is told to have missed the reservation, and the other way round (G-17)', () => {
  const both = tariffOf([], {
    elements: [
      { price_components: [time(5)], restrictions: { reservation: 'RESERVATION' } },
      { price_components: [time(1)] },
      { price_components: [time(9)], restrictions: { reservation: 'RESERVATION', min_duration: 1, min_kwh: 1 } },
    ],
  })
  const periods = [{ start, reservationTimeH: 0.5, timeH: 0.5 }]
  const [begins, changes] = ['2026-03-02T09:30:00.000Z', '2026-03-02T10:00:00.000Z']
  const { lines } = explain(both, charging(0, { periods }))
  expect(lines.map((line) => [line.reservation, line.others])).toEqual([
    [
      'RESERVATION',
      [
        missed(1, begins, { restriction: 'reservation', bound: 'none', actual: 'reservation' }),
        missed(2, begins, { restriction: 'min_kwh', bound: 1, actual: 0 }),
      ],
    ],
    [
      undefined,
      [0, 2].map((element) =>
        missed(element, changes, { restriction: 'reservation', bound: 'RESERVATION', actual: 'charging' }),
      ),
    ],
  ])
})

test('of a reservation only what missed its beginning, or comes later, is named', () => {
  const cut = tariffOf([], {
    elements: [
      { price_components: [time(5)], restrictions: { reservation: 'RESERVATION', max_duration: 600 } },
      { price_components: [time(1)], restrictions: { reservation: 'RESERVATION', min_duration: 600 } },
    ],
  })
  const { lines } = explain(cut, charging(0, { periods: [{ start, reservationTimeH: 1 }] }))
  const miss = { restriction: 'min_duration', bound: 600, actual: 0 }
  expect(lines.map((line) => line.others)).toEqual([
    [{ element: 1, why: 'restriction', at: '2026-03-02T09:30:00.000Z', miss }],
    [],
  ])
})

type Kind = 'RESERVATION' | 'RESERVATION_EXPIRES'
const kinds = (...rows: readonly (readonly [Kind, PriceComponent[], TariffRestrictions?])[]) =>
  tariffOf([], {
    elements: rows.map(([reservation, price_components, more]) => ({
      price_components,
      restrictions: { reservation, ...more },
    })),
  })
const used = charging(0, {
  periods: [
    { start, reservationTimeH: 0.5 },
    { start: start + hour / 2, timeH: 0.5 },
  ],
})
const unused = charging(0, { periods: [{ start, reservationTimeH: 1 }] })
const othersOf = (tariff: Tariff, session = unused) =>
  explain(tariff, session).lines.map(({ dimension, reservation, others }) => [dimension, reservation, others])
const because = (element: number, bound: string, actual: string) =>
  missed(element, '2026-03-02T09:30:00.000Z', { restriction: 'reservation', bound, actual })

test('what is for the expiry only is kept from a reservation that was used by its kind, wherever it stands (G-17)', () => {
  const reason = (element: number) => because(element, 'RESERVATION_EXPIRES', 'reservation')
  const last = kinds(['RESERVATION', [time(5), fee(1)]], ['RESERVATION_EXPIRES', [time(9), fee(2)]])
  expect(othersOf(last, used)).toEqual([
    ['FLAT', 'RESERVATION', [reason(1)]],
    ['TIME', 'RESERVATION', [reason(1)]],
  ])
  const first = kinds(['RESERVATION_EXPIRES', [time(9)]], ['RESERVATION', [time(5)]])
  expect(othersOf(first, used)).toEqual([['TIME', 'RESERVATION', [reason(0)]]])
  expect(othersOf(first, { ...unused, reservationExpired: false })).toEqual([['TIME', 'RESERVATION', [reason(0)]]])
})

test('an expiry has its own price of time instead, and its own fee on top: of that nothing is kept from (G-17)', () => {
  const reason = because(0, 'RESERVATION', 'expired')
  const both = kinds(['RESERVATION', [time(5), fee(1)]], ['RESERVATION_EXPIRES', [time(9), fee(2)]])
  expect(othersOf(both)).toEqual([
    ['FLAT', 'RESERVATION', []],
    ['FLAT', 'RESERVATION_EXPIRES', []],
    ['TIME', 'RESERVATION_EXPIRES', [reason]],
  ])
  const twice = kinds(['RESERVATION_EXPIRES', [time(9)]], ['RESERVATION_EXPIRES', [time(8)]])
  expect(othersOf(twice)).toEqual([['TIME', 'RESERVATION_EXPIRES', [{ element: 1, why: 'later-in-list' }]]])
})

test('an expiry that prices a later part of the reservation only is kept from its beginning by its clock', () => {
  const clock = { restriction: 'start_time', bound: '11:00-24:00', actual: '10:30' }
  const later = kinds(['RESERVATION_EXPIRES', [time(9)], { start_time: '11:00' }], ['RESERVATION', [time(5)]])
  expect(othersOf(later)).toEqual([
    ['TIME', 'RESERVATION', [missed(0, '2026-03-02T09:30:00.000Z', clock)]],
    ['TIME', 'RESERVATION_EXPIRES', [because(1, 'RESERVATION', 'expired')]],
  ])
  const until = kinds(['RESERVATION', [time(5)]], ['RESERVATION_EXPIRES', [time(9)], { end_time: '11:00' }])
  expect(othersOf(until).at(-1)).toEqual(['TIME', 'RESERVATION', []])
})

test('a reservation takes nothing: bounds of 0 on power and current hold, unless another power is told', () => {
  const bounds = { max_power: 1, max_current: 1, min_power: 0, min_current: 0 }
  const twice = kinds(['RESERVATION', [time(5)]], ['RESERVATION', [time(9)], bounds])
  expect(othersOf(twice)).toEqual([['TIME', 'RESERVATION', [{ element: 1, why: 'later-in-list' }]]])
  const told = (power: object) => charging(0, { periods: [{ start, reservationTimeH: 1, ...power }] })
  const first = (power: object) => explain(twice, told(power)).lines[0]?.others[0]
  expect(first({ maxPowerKw: 2 })).toMatchObject({ miss: { restriction: 'max_power', actual: 2 } })
  expect(first({ minPowerKw: 3 })).toMatchObject({ miss: { restriction: 'max_power', actual: 3 } })
  expect(first({ maxCurrentA: 4 })).toMatchObject({ miss: { restriction: 'max_current', actual: 4 } })
  expect(first({ minCurrentA: 5 })).toMatchObject({ miss: { restriction: 'max_current', actual: 5 } })
})

test('a kind of reservation that is null is none', () => {
  const twice = tariffOf([], {
    elements: [
      { price_components: [time(5)], restrictions: { reservation: null } },
      { price_components: [time(9)], restrictions: { reservation: null } },
    ],
  })
  expect(othersOf(twice, charging(1))).toEqual([['TIME', undefined, [{ element: 1, why: 'later-in-list' }]]])
})

test.each([
  ['en', 'only for reservations that expire unused', 'the reservation expired unused'],
  ['de', 'nur für Reservierungen, die ungenutzt verfallen', 'die Reservierung verfiel ungenutzt'],
  ['nl', 'alleen voor reserveringen die ongebruikt verlopen', 'de reservering is ongebruikt verlopen'],
])('the driver reads in %s why the price of an expiry did not apply, or did instead', (language, kept, instead) => {
  const both = kinds(['RESERVATION', [time(5)]], ['RESERVATION_EXPIRES', [time(9)]])
  const said = (session: typeof used) => explanationText(both, explain(both, session), { language }).lines[0]?.details
  expect(said(used)?.at(-1)).toContain(kept)
  expect(said(unused)?.at(-1)).toContain(instead)
})
