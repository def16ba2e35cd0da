import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { hour, start, tariffOf } from '../test/tariffs.ts'
import type { ForecastOptions, SoFar } from './forecast.ts'
import { forecast, stopDue } from './forecast.ts'

const minutes = (count: number) => count * 60_000
/** 10:30 to 11:30 in Amsterdam, 10 kWh. A Wh then costs 10 cents at 100 per kWh, a second 10 cents at 360 per hour. */
const usual: SoFar = {
  ...{ start, at: start + hour, timeZone: 'Europe/Amsterdam', periods: [{ start, energyKwh: 10, timeH: 1 }] },
}
const said = (tariff: Tariff, options: Partial<ForecastOptions> = {}, soFar: Partial<SoFar> = {}) =>
  forecast(tariff, { ...usual, ...soFar }, { holdMinor: 1e9, maxPowerKw: 20, horizonMs: minutes(30), ...options })

type Row = readonly [restrictions: TariffRestrictions | undefined, ...parts: PriceComponent[]]
const of = (...rows: readonly Row[]): Tariff =>
  tariffOf([], {
    ...{ elements: rows.map(([restrictions, ...price_components]) => ({ price_components, restrictions })) },
    tax_included: 'N/A',
  })
const any = (...parts: PriceComponent[]) => of([undefined, ...parts])
const part =
  (type: PriceComponent['type']) =>
  (price: number, step_size = 1): PriceComponent => ({ type, price, step_size })
const [energy, time, parking, fee] = [part('ENERGY'), part('TIME'), part('PARKING_TIME'), part('FLAT')]

const [reactionMs, idleMs] = [minutes(3), minutes(15)]
const halves = [
  { start, energyKwh: 10, timeH: 0.5 },
  { start: start + minutes(30), parkingTimeH: 0.5 },
]
const reserved = { reservation: 'RESERVATION' } as const

test.each<[rule: string, tariff: Tariff, worst: number, options?: Partial<ForecastOptions>, soFar?: Partial<SoFar>]>([
  // 10 kWh so far, 10 to come, and two Wh that numbers may hide.
  ['one price of energy', any(energy(100)), 200_020],
  ['its steps', any(energy(100, 500)), 205_000],
  ['energy until the charger obeys', any(energy(100)), 210_020, { reactionMs }],
  ['no energy after that', any(energy(100)), 200_020, { idleMs }],
  ['energy that no period tells', any(energy(100)), 220_020, {}, { energyKwh: 12 }],
  ['energy that is told too late', any(energy(100)), 200_020, {}, { energyKwh: 8 }],
  // 10 x 100, 2 x 100, 8.002 x 300, and a Wh of the dearest.
  ['a price that rises with the energy', of([{ max_kwh: 12 }, energy(100)], [{}, energy(300)]), 360_090],
  // 10 x 100, 5 x 100, 5.002 x 300, and a Wh.
  ['one that rises by the clock', of([{ end_time: '11:45' }, energy(100)], [{}, energy(300)]), 300_090],
  // A period that begins before it falls keeps it.
  ['one that falls by the clock', of([{ end_time: '11:45' }, energy(300)], [{}, energy(100)]), 600_090],
  ['a price below zero', any(energy(-1)), 0],
  // 3600 s so far, 1800 to come and one that numbers may hide.
  ['one price of time', any(time(360)), 54_010],
  ['its steps', any(time(360, 900)), 63_000],
  ['time that no period tells', any(time(360)), 54_010, {}, { periods: [{ start, timeH: 0.5 }] }],
  ['more time than has passed', any(time(360)), 90_010, {}, { periods: [{ start, timeH: 2 }] }],
  ['time until the charger obeys', any(time(360)), 55_810, { reactionMs, idleMs }],
  ['one price of parking, charging or not', any(parking(360)), 27_010, { idleMs }],
  ['after the order too', any(parking(360)), 28_810, { idleMs, reactionMs }],
  ['parking so far', any(parking(360)), 45_010, { idleMs }, { periods: halves }],
  ['its steps', any(parking(360, 1800)), 54_000, { idleMs }, { periods: halves }],
  // 360 so far, half an hour and a quarter at 720, a second untold and a second of rounding.
  ['the dearer of both kinds of time', any(time(360), parking(720)), 90_040, { idleMs }],
  ['and after the order the one that is left', any(time(720), parking(360)), 117_040, { idleMs }],
  ['the step of the last kind', any(time(720, 3600), parking(360)), 189_020, { idleMs }],
  ['that of parking once it began (G-14)', any(time(720, 3600), parking(360)), 99_030, { idleMs }, { periods: halves }],
  // Half an hour brings 1000 by charging, or 1500 by standing there, never both.
  ['energy or standing there', any(energy(100), parking(3000)), 250_197],
  ['standing there after the order', any(energy(100), parking(3000)), 325_197, { idleMs }],
  ['or energy', any(energy(100), parking(1000)), 200_086],
  ['energy and its time or standing there', any(energy(100), time(600), parking(3000)), 310_197],
  ['or energy and its time', any(energy(100), time(600), parking(2000)), 290_141],
  // The Wh that numbers hide are not of a price that begins when charging ends.
  [
    ...([
      'energy as long as it comes',
      of([{ end_time: '12:00' }, energy(100), parking(3000)], [{}, energy(300), parking(3000)]),
    ] as const),
    ...([325_197, { idleMs }] as const),
  ],
  // The untold second may be the last one or the first.
  ['a price that begins now', of([{ start_time: '11:30' }, time(3600)], [{}, time(360)]), 216_200],
  ['every fee once', any(fee(5)), 500],
  ['a fee that fell due before', of([{ max_duration: 600 }, fee(7)], [{}, fee(5)]), 1200, {}, { periods: halves }],
  ['a fee that may still fall due', of([{ min_duration: 5000 }, fee(7)], [{}, fee(5)]), 1200],
  ['not one that cannot', of([{ min_duration: 5000 }, fee(7)], [{}, fee(5)]), 500, { horizonMs: 1_300_000 }],
  ['a fee at some energy', of([{ min_kwh: 15 }, fee(7)], [{}, fee(5)]), 1200],
  ['not before it', of([{ min_kwh: 15 }, fee(7)], [{}, fee(5)]), 500, { horizonMs: 899_000 }],
  ['nor at that instant', of([{ min_kwh: 15 }, fee(7)], [{}, fee(5)]), 500, { horizonMs: 899_820 }],
  ['a fee after the order', of([{ min_duration: 6000 }, fee(7)], [{}, fee(5)]), 1200, { idleMs }],
  ['not less than the least', { ...any(energy(1)), min_price: { before_taxes: 50 } }, 5000],
  ['not more than the most', { ...any(energy(1)), max_price: { before_taxes: 10, after_taxes: 12 } }, 1200],
  [
    ...(['the reservation as it was', of([reserved, time(36)], [{}, energy(1)]), 3800, {}] as const),
    {
      periods: [
        { start, reservationTimeH: 0.5 },
        { start: start + minutes(30), energyKwh: 10, timeH: 0.5 },
      ],
    },
  ],
  // Durations count from where charging begins, which is not before now: 5 x 100, 5.002 x 300, and a Wh.
  [
    ...([
      'a reservation that may become charging',
      of([{ min_duration: 900 }, energy(300)], [{}, energy(100)]),
    ] as const),
    ...([200_090, {}, { periods: [{ start, reservationTimeH: 1 }] }] as const),
  ],
  [
    ...(['no period yet', of([{ min_duration: 4500 }, energy(300)], [{}, energy(100)]), 200_090, {}] as const),
    { periods: [] },
  ],
  // What lies before the last period is told: the untold second costs 0.10, though one of rounding may cost 1.00.
  [
    ...([
      'only the last period may change',
      of([{ end_time: '11:00' }, time(3600)], [{}, time(360)]),
      216_110,
      {},
    ] as const),
    { periods: [0, 15, 30].map((at) => ({ start: start + minutes(at), timeH: at === 30 ? 0.5 : 0.25 })) },
  ],
  [
    ...(['a step that was begun', of([{ end_time: '11:00' }, time(360, 3600)], [{}, time(360)]), 90_010, {}] as const),
    { periods: [0, 30].map((at) => ({ start: start + minutes(at), timeH: 0.5 })) },
  ],
  ['a period keeps the energy of its start', of([{ max_kwh: 5 }, time(3600)], [{}, time(360)]), 540_200],
  // From 12:15 on, which lies after the horizon, until 12:20, and a second.
  [
    'what begins after the order',
    of([{ start_time: '12:15' }, parking(3600)]),
    30_100,
    { reactionMs: 600_000, idleMs: 600_000 },
  ],
])('%s is what a session can cost at the worst (E-25)', (_rule, tariff, worst, options, soFar) => {
  expect(said(tariff, options, soFar).worstMinor).toBe(worst)
})

test.each<
  [rule: string, tariff: Tariff, holdMinor: number, safe: number | undefined, options?: Partial<ForecastOptions>]
>([
  ['at one price', any(energy(100)), 150_000, 14.999],
  // 2 more at 100, then 2.665 at 300, and a Wh.
  ['across a bound', of([{ max_kwh: 12 }, energy(100)], [{}, energy(300)]), 200_000, 14.664],
  ['at the dearest time', of([{ end_time: '11:45' }, energy(100)], [{}, energy(300)]), 200_000, 13.331],
  ['as much as comes', any(energy(100)), 1e9, 10.555, { horizonMs: 100_000 }],
  ['beside time', any(energy(100), parking(360)), 150_000, 12.298, { idleMs }],
  ['beside standing there', any(energy(100), parking(3000)), 260_000, 10.99],
  ['none below the least price', { ...any(energy(1)), min_price: { before_taxes: 50 } }, 4000, undefined],
])('so much energy is safe %s', (_rule, tariff, holdMinor, safe, options) => {
  const { safeKwh, ...rest } = said(tariff, { holdMinor, ...options })
  expect(safeKwh).toBe(safe)
  expect(Object.keys(said(tariff, { holdMinor, ...options })).length - Object.keys(rest).length).toBe(
    safe === undefined ? 0 : 1,
  )
})

test('the order may be given now at the latest, or is too late, or is not needed for a year', () => {
  const at = (holdMinor: number, more: Partial<ForecastOptions> = {}) => {
    const { stop, stopAt, worstMinor } = said(any(energy(100)), { holdMinor, ...more })
    return [stop, (stopAt - usual.at) / 1000, worstMinor]
  }
  expect(at(100_030)).toEqual(['by', 0, 100_020])
  expect(at(100_019)).toEqual(['now', 0, 100_020])
  expect(at(100_080)).toEqual(['by', 1, 100_080])
  expect(at(200_020)).toEqual(['not-needed', 1800, 200_020])
  expect(at(200_019)).toEqual(['by', 1799, 199_970])
  expect(at(200_020, { horizonMs: 1_800_500 })).toEqual(['by', 1800, 200_020])
  const late = said(of([{ start_time: '11:45' }, fee(7)], [{}, fee(5)]), { holdMinor: 600 })
  expect([late.stop, late.stopAt - usual.at]).toEqual(['by', minutes(15)])
  const day = 24 * hour
  const far = said(any(fee(1)), { horizonMs: 400 * day, reactionMs: day, idleMs: 2 * day })
  expect([far.stop, far.stopAt]).toEqual(['not-needed', start + 363 * day])
})

test('what a session costs now, and more of it by the hour, is said with the prices of this moment (G-01)', () => {
  const two = [1, 4, 5].map((kWh) => ({ start: start + minutes(10 * kWh), energyKwh: kWh, timeH: 0.1 }))
  expect(said(any(energy(100)), {}, { periods: two, energyKwh: 12 }).costMinor).toBe(120_000)
  expect(said(any(energy(100)), {}, { periods: two, energyKwh: 8 }).costMinor).toBe(100_000)
  expect(said(any(energy(100)), {}, { periods: halves, energyKwh: 11 }).costMinor).toBe(110_000)
  expect(said(any(time(360)), {}, { periods: [] }).costMinor).toBe(36_000)
  const tariff = of(
    [{ max_current: 1 }, time(9), parking(7)],
    [{ min_duration: 3601 }, energy(9)],
    [{ min_duration: 3600, min_kwh: 10, max_kwh: 11, min_power: 20 }, time(3), energy(0.5)],
  )
  expect(said(tariff).perHourMinor).toEqual({ charging: 13_00, parking: 7_00 })
  const booked = { periods: [{ start, reservationTimeH: 1 }] }
  expect(said(of([{ max_duration: 1 }, time(5)], [{}, time(1)]), {}, booked).perHourMinor.charging).toBe(5_00)
})

test('the order is due as soon as going on may cost a cent more than the hold, standing there included', () => {
  const due = (tariff: Tariff, holdMinor: number, withinMs: number, idle?: number) =>
    stopDue(tariff, usual, { holdMinor, maxPowerKw: 20, withinMs, ...(idle === undefined ? {} : { idleMs: idle }) })
  expect([110_020, 110_019].map((hold) => due(any(energy(100)), hold, minutes(3)))).toEqual([false, true])
  expect([9010, 9009].map((hold) => due(any(parking(360)), hold, 0, idleMs))).toEqual([false, true])
  const refused = (path: string) => expect.objectContaining({ path })
  expect(() => due(any(energy(1)), 1, -1)).toThrow(refused('withinMs'))
  expect(() => due(any(energy(1)), 1, 1, -1)).toThrow(refused('idleMs'))
})
