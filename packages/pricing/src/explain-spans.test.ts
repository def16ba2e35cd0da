import type { TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyStages, anyStart, anyTariff, sessionOfStages } from '../test/any-session.ts'
import { caseOf } from '../test/generate.ts'
import { charging, hour, perKwh, start, tariffOf } from '../test/tariffs.ts'
import { add, compare, sum, toNumber, toText, zero } from './decimal.ts'
import { chargingStartOf, spansOf } from './explain-spans.ts'
import type { Period } from './price.ts'
import { price } from './price.ts'

const minutes = (count: number) => count * 60_000
const times = {
  TIME: { type: 'TIME', price: 1, step_size: 1 },
  FLAT: { type: 'FLAT', price: 1, step_size: 1 },
} as const
const parking = { type: 'PARKING_TIME', price: 1, step_size: 1 } as const

/** The same price under restrictions, and without. */
const either = (component: ReturnType<typeof perKwh>, restrictions: TariffRestrictions) =>
  tariffOf([], {
    elements: [{ price_components: [component], restrictions }, { price_components: [component] }],
  })

/** Element, minutes from the start, and quantity of each part. */
const parts = (tariff: Parameters<typeof spansOf>[0][number], periods: readonly Period[], end = start + hour) =>
  spansOf([tariff], { start, end, timeZone: 'Europe/Amsterdam', periods }).map(
    ({ dimension, element, from, to, quantity }) => [
      dimension,
      element,
      (from - start) / 60_000,
      (to - start) / 60_000,
      toNumber(quantity, 6),
    ],
  )

test('every price of a session is found again part by part, also under two tariffs and with a reservation', () => {
  const wrong: unknown[] = []
  let lines = 0
  for (let seed = 0; seed < 120; seed++) {
    const { tariffs, session } = caseOf(seed)
    const spans = spansOf(tariffs, session)
    for (const { dimension, tariff, element, component, quantity, reservation } of price(tariffs, session).lines) {
      if (dimension === 'LIMIT' || reservation !== undefined) continue
      const mine = spans.filter((s) => s.tariff === tariff && s.element === element && s.component === component)
      const found = toText(mine.map((span) => span.quantity).reduce(add, zero), 9)
      if (found !== toText(quantity, 9)) wrong.push([seed, dimension, element, found, toText(quantity, 9)])
      lines++
    }
  }
  expect(wrong).toEqual([])
  expect(lines).toBeGreaterThan(200)
})

test('the parts of a line add up to its quantity, whatever the tariff and the session', () => {
  fc.assert(
    fc.property(anyTariff, anyStart, anyStages(22), (tariff, at, stages) => {
      const priced = sessionOfStages(at, stages)
      const spans = spansOf([tariff], priced)
      for (const { dimension, element, component, quantity } of price(tariff, priced).lines) {
        if (dimension === 'LIMIT') continue
        const mine = spans.filter(
          (span) => span.dimension === dimension && span.element === element && span.component === component,
        )
        expect([dimension, element, compare(sum(mine.map((span) => span.quantity)), quantity)]).toEqual([
          dimension,
          element,
          0,
        ])
      }
    }),
    { numRuns: 300 },
  )
})

test('a part is as long as its price applies, and knows how things were where it begins (G-07)', () => {
  const power = { minPowerKw: 11, maxPowerKw: 12, minCurrentA: 16, maxCurrentA: 17 }
  const session = charging(0, { start: start - minutes(5), periods: [{ start, energyKwh: 12, ...power }] })
  const said = spansOf([either(perKwh(1), { min_kwh: 3, max_kwh: 6 })], session).map((span) => ({
    ...span,
    quantity: toText(span.quantity, 1),
    here: { ...span.here, energyKwh: toText(span.here.energyKwh, 1) },
  }))
  const here = { at: start, timeZone: 'Europe/Amsterdam', phase: 'charging', elapsedMs: 300_000, ...power }
  const same = { dimension: 'ENERGY', tariff: 0, component: 0 }
  const [quarter, half, end] = [start + minutes(15), start + minutes(30), start + hour]
  expect(said).toStrictEqual([
    { ...same, element: 1, from: start, to: quarter, quantity: '3.0', here: { ...here, energyKwh: '0.0' } },
    { ...same, element: 0, from: quarter, to: half, quantity: '3.0', here: { ...here, energyKwh: '3.0' } },
    { ...same, element: 1, from: half, to: end, quantity: '6.0', here: { ...here, energyKwh: '6.0' } },
  ])
})

test('time is cut where the clock, the date or the duration switches, and counts evenly', () => {
  const [time] = [times.TIME]
  const periods = [{ start, timeH: 0.5 }]
  expect(parts(either(time, { start_time: '11:00' }), periods)).toEqual([
    ['TIME', 1, 0, 30, 0.25],
    ['TIME', 0, 30, 60, 0.25],
  ])
  expect(parts(either(time, { end_time: '10:45' }), periods)).toEqual([
    ['TIME', 0, 0, 15, 0.125],
    ['TIME', 1, 15, 60, 0.375],
  ])
  expect(parts(either(time, { min_duration: 600, max_duration: 1800 }), periods)).toEqual([
    ['TIME', 1, 0, 10, 0.083333],
    ['TIME', 0, 10, 30, 0.166667],
    ['TIME', 1, 30, 60, 0.25],
  ])
})

test.each<[TariffRestrictions]>([
  [{ start_date: '2026-03-03' }],
  [{ end_date: '2026-03-03' }],
  [{ day_of_week: ['TUESDAY'] }],
])('a part ends at local midnight where %j is asked (G-09, G-10)', (restrictions) => {
  const evening = [{ start, timeH: 20 }]
  const before = restrictions.end_date === undefined ? 1 : 0
  // 10:30 in Amsterdam: thirteen and a half hours until midnight.
  expect(parts(either(times.TIME, restrictions), evening, start + 20 * hour)).toEqual([
    ['TIME', before, 0, 810, 13.5],
    ['TIME', 1 - before, 810, 1200, 6.5],
  ])
})

test('one element for one day leaves the other without a price', () => {
  const tuesday = tariffOf([], {
    elements: [{ price_components: [times.TIME], restrictions: { day_of_week: ['TUESDAY'] } }],
  })
  expect(parts(tuesday, [{ start, timeH: 20 }], start + 20 * hour)).toEqual([
    ['TIME', -1, 0, 810, 13.5],
    ['TIME', 0, 810, 1200, 6.5],
  ])
})

test('a reservation that never charges has no part of charging (G-17)', () => {
  expect(parts(tariffOf([times.FLAT]), [{ start, reservationTimeH: 0.5 }])).toEqual([])
})

test('neighbours at one price are one part, as long as they touch', () => {
  const touching = [0, 10, 20].map((at) => ({ start: start + minutes(at), energyKwh: 1, timeH: 0.1 }))
  expect(parts(tariffOf([perKwh(1)]), touching, start + minutes(30))).toEqual([
    ['ENERGY', 0, 0, 30, 3],
    ['TIME', -1, 0, 30, 0.3],
  ])
  const apart = [touching[0], { start: start + minutes(10), parkingTimeH: 0.1 }, touching[2]] as readonly Period[]
  expect(parts(tariffOf([perKwh(1)]), apart, start + minutes(30))).toEqual([
    ['ENERGY', 0, 0, 10, 1],
    ['TIME', -1, 0, 10, 0.1],
    ['PARKING_TIME', -1, 10, 20, 0.1],
    ['ENERGY', 0, 20, 30, 1],
    ['TIME', -1, 20, 30, 0.1],
  ])
})

test('a fee is taken once, where its element first applies, also at a bound of energy or without anything used (G-06)', () => {
  const periods = [
    { start, energyKwh: 4 },
    { start: start + minutes(40), energyKwh: 1 },
  ]
  expect(parts(either(times.FLAT, { min_kwh: 1 }), periods).filter(([dimension]) => dimension === 'FLAT')).toEqual([
    ['FLAT', 1, 0, 0, 1],
    ['FLAT', 0, 10, 10, 1],
  ])
  const late = [{ start }, { start: start + minutes(40), energyKwh: 1 }]
  expect(parts(either(times.FLAT, { max_duration: 60 }), late)).toEqual([
    ['FLAT', 0, 0, 0, 1],
    ['FLAT', 1, 1, 1, 1],
    ['ENERGY', -1, 40, 60, 1],
  ])
})

test('who stands there without charging has power and current 0; who charges at an unknown one has none (G-07)', () => {
  const kinds = [{ max_power: 1 }, { max_current: 1 }] as const
  for (const restrictions of kinds) {
    const element = (component: ReturnType<typeof perKwh>, period: Omit<Period, 'start'>) =>
      parts(either(component, restrictions), [{ start, ...period }]).at(-1)?.[1]
    expect(element(parking, { parkingTimeH: 1 })).toBe(0)
    expect(element(parking, { parkingTimeH: 1, timeH: 0, energyKwh: 0 })).toBe(0)
    expect(element(parking, { parkingTimeH: 1, minPowerKw: 2, minCurrentA: 2 })).toBe(1)
    expect(element(parking, { parkingTimeH: 0.5, energyKwh: 1 })).toBe(1)
    expect(element(parking, { parkingTimeH: 0.5, timeH: 0.5 })).toBe(1)
  }
})

test('what charges in the period of a reservation comes after it, to the millisecond (G-17)', () => {
  const reserved = { start, reservationTimeH: 0.25 }
  const after = { start: start + minutes(15), energyKwh: 1 }
  const never = { start, reservationTimeH: 1 }
  expect(chargingStartOf(start - 1, [after])).toBe(start - 1)
  expect(chargingStartOf(start, [reserved, after])).toBe(start + minutes(15))
  expect(chargingStartOf(start, [never])).toBeUndefined()
  expect(chargingStartOf(start, [{ ...never, energyKwh: 0, timeH: 0, parkingTimeH: 0 }])).toBeUndefined()
  for (const charged of [{ energyKwh: 1 }, { timeH: 1 }, { parkingTimeH: 1 }]) {
    expect(chargingStartOf(start, [{ ...reserved, ...charged }])).toBe(start + minutes(15))
    expect(chargingStartOf(start, [{ start, reservationTimeH: 0.1234567, ...charged }])).toBe(start + 444_444)
  }
  const tariff = either(perKwh(1), { max_duration: 1200 })
  expect(parts(tariff, [{ ...reserved, energyKwh: 9 }])).toEqual([['ENERGY', 0, 15, 60, 9]])
  const again = [reserved, { ...after, energyKwh: 2 }, { start: start + minutes(36), energyKwh: 1 }]
  expect(parts(tariff, again)).toEqual([
    ['ENERGY', 0, 15, 36, 2],
    ['ENERGY', 1, 36, 60, 1],
  ])
})

test('a period of a list of tariffs that names none is priced by none', () => {
  const [day, night] = [tariffOf([perKwh(1)], { id: 'day' }), tariffOf([perKwh(2)], { id: 'night' })]
  const periods = ['day', undefined, 'moon', 'NIGHT'].map((tariffId, index) => ({
    ...{ start: start + minutes(15 * index), energyKwh: index + 1, tariffId },
  }))
  expect(
    spansOf([day, night], charging(0, { periods })).map((span) => [
      span.tariff,
      span.element,
      toText(span.quantity, 0),
    ]),
  ).toEqual([
    [0, 0, '1'],
    [1, 0, '4'],
  ])
})

test('a period without length has its time all the same', () => {
  const periods = [
    { start, timeH: 0.5 },
    { start, timeH: 0.25, energyKwh: 3 },
  ]
  expect(parts(tariffOf([times.TIME]), periods, start)).toEqual([
    ['TIME', 0, 0, 0, 0.75],
    ['ENERGY', -1, 0, 0, 3],
  ])
})

test('what changes at the very end of a period or of the session begins nothing', () => {
  const [time, hourLong] = [times.TIME, [{ start, timeH: 1, energyKwh: 2 }]]
  for (const later of [{ min_duration: 3600 }, { start_time: '11:30' }, { min_kwh: 2 }])
    expect(
      parts(either(later.min_kwh === undefined ? time : perKwh(1), later), hourLong).map((part) => part[1]),
    ).toEqual(later.min_kwh === undefined ? [-1, 1] : [1, -1])
  expect(parts(either(times.FLAT, { min_kwh: 2 }), hourLong).filter((part) => part[0] === 'FLAT')).toHaveLength(1)
})

test('a price from ten at night on ends at midnight (G-08)', () => {
  expect(parts(either(times.TIME, { start_time: '22:00' }), [{ start, timeH: 20 }], start + 20 * hour)).toEqual([
    ['TIME', 1, 0, 690, 11.5],
    ['TIME', 0, 690, 810, 2],
    ['TIME', 1, 810, 1200, 6.5],
  ])
})

test('what no element prices is at no element and no component', () => {
  const [span] = spansOf([tariffOf([])], charging(1))
  expect([span?.dimension, span?.element, span?.component]).toEqual(['ENERGY', -1, -1])
})

test('a fee of an element whose energy was used before is a part of its own, from where it falls due (G-06)', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [times.FLAT], restrictions: { max_kwh: 1 } },
      { price_components: [perKwh(1), times.FLAT] },
    ],
  })
  expect(
    parts(
      tariff,
      [1, 0, 1].map((energyKwh, index) => ({ start: start + minutes(20 * index), energyKwh })),
    ),
  ).toEqual([
    ['FLAT', 0, 0, 0, 1],
    ['ENERGY', 1, 0, 20, 1],
    ['FLAT', 1, 20, 20, 1],
    ['ENERGY', 1, 40, 60, 1],
  ])
})
