import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { type Cut, cutsTold, cutsWith, heardPeriods } from './heard.ts'
import { price } from './price.ts'

const component = (price: number) => [{ type: 'ENERGY' as const, price, step_size: 1 }]
const tariff: Tariff = {
  ...{ country_code: 'NL', party_id: 'CPO', id: 'T', currency: 'EUR', tax_included: 'YES' },
  elements: [
    { price_components: component(0.2), restrictions: { start_time: '06:00', end_time: '12:00' } },
    { price_components: component(0.8), restrictions: { start_time: '12:00', end_time: '18:00' } },
    { price_components: component(0.2) },
  ],
  last_updated: '2030-01-01T00:00:00Z',
}
const clock = (hours: number) => Date.parse('2030-01-01T00:00:00Z') + hours * 3_600_000
const start = clock(11)

/** What words, an hour and the kWh by then, leave as cuts and cost. */
function heard(words: readonly (readonly [hour: number, kwh: number])[], of: Tariff = tariff) {
  let cuts: readonly Cut[] = []
  let before = { at: start, kwh: 0 }
  for (const [hour, kwh] of words) {
    cuts = cutsWith(of, cuts, { start, at: clock(hour), kwh, timeZone: 'UTC', before })
    before = { at: clock(hour), kwh }
  }
  const periods = heardPeriods(cuts, { start, ...before })
  return [cuts.length, price(of, { start, end: before.at, timeZone: 'UTC', periods }).totalMinor]
}

test('energy is priced as at the words between which it came: cut where the price changes, and nowhere else (G-22)', () => {
  expect(
    heard([
      [11.5, 5],
      [11.75, 7],
    ]),
  ).toEqual([0, 140])
  expect(
    heard([
      [11.5, 5],
      [12, 10],
      [12.5, 15],
      [13, 20],
    ]),
  ).toEqual([1, 1000])
  expect(
    heard([
      [12, 10],
      [18, 70],
      [19, 80],
      [20, 90],
    ]),
  ).toEqual([2, 5400])
})

test('what came between two words around a change of price has the dearer one: nobody has said when it flowed', () => {
  expect(
    heard([
      [11.5, 5],
      [12.5, 15],
    ]),
  ).toEqual([1, 900])
  expect(heard([[12.5, 15]])).toEqual([1, 1200])
  expect(
    heard([
      [12, 10],
      [17.5, 65],
      [18.5, 75],
    ]),
  ).toEqual([1, 5400])
})

test('a min_price hides no change, a count that goes back moves nothing, and there is an end to the cuts', () => {
  const least = { ...tariff, min_price: { before_taxes: 20 } }
  expect(
    heard(
      [
        [11.5, 5],
        [12.5, 15],
        [13.5, 25],
      ],
      least,
    ),
  ).toEqual([1, 2000])
  expect(
    heard(
      [
        [11.5, 5],
        [12.5, 15],
        [13.5, 45],
      ],
      least,
    ),
  ).toEqual([1, 3300])
  expect(
    heard([
      [12, 10],
      [12.5, 9],
      [13, 20],
    ]),
  ).toEqual([1, 1060])
  const many = Array.from({ length: 100 }, (_, index) => ({ start: start + index + 1, fromKwh: 0 }))
  const word = { start, at: clock(13), kwh: 20, timeZone: 'UTC', before: { at: clock(12), kwh: 10 } }
  expect(cutsWith(tariff, many, word)).toBe(many)
})

test('time that costs has the price of the clock, with or without a word; all of it was charging (G-22)', () => {
  const byTime = tariff.elements.map((one) => ({
    ...one,
    price_components: one.price_components.map((each) => ({ ...each, type: 'TIME' as const, price: each.price * 10 })),
  }))
  const words = [11.5, 12.5, 13.5].map((hour) => [hour, 5] as const)
  // An hour at 2.00, an hour and a half at 8.00.
  expect(heard(words, { ...tariff, elements: byTime })).toEqual([0, 1400])
})

test('the cut is where the word before was, if it makes no difference; words of one second make no second one', () => {
  const word = { start, at: clock(12.5), kwh: 15, timeZone: 'UTC', before: { at: clock(12), kwh: 10 } }
  const cuts = cutsWith(tariff, [], word)
  expect(cuts).toEqual([{ start: clock(12), fromKwh: 10 }])
  const more = { ...word, at: clock(12), kwh: 30, before: { at: clock(12), kwh: 15 } }
  expect(cutsWith(tariff, cuts, more)).toBe(cuts)
})

test('periods that are told cut where they begin, the last hundred of them, if the price shows any (G-22)', () => {
  const told = (...periods: readonly (readonly [hour: number, kwh?: number])[]) => {
    const all = periods.map(([hour, energyKwh]) => ({
      start: clock(hour),
      ...(energyKwh !== undefined && { energyKwh }),
    }))
    return cutsTold({ ...tariff, min_price: { before_taxes: 90 } }, all, {
      start,
      at: clock(17),
      kwh: 30,
      timeZone: 'UTC',
    })
  }
  expect(told([11, 10.1], [11.5], [12.5, 0.2], [13, 19.7])).toEqual([
    { start: clock(11.5), fromKwh: 10.1 },
    { start: clock(12.5), fromKwh: 10.1 },
    { start: clock(13), fromKwh: 10.3 },
  ])
  expect([told(), told([11, 30]), told([11, 10], [11.5, 20])]).toEqual([[], [], []])
  const many = told(...Array.from({ length: 103 }, (_, index) => [11 + index / 20, 0.25] as const))
  expect([many.length, many[0]]).toEqual([100, { start: clock(11 + 3 / 20), fromKwh: 0.75 }])
})
