import { readFileSync } from 'node:fs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyStages, anyStart, anyTariff, sessionOfStages } from '../test/any-session.ts'
import { charging, perKwh, switching, tariffOf } from '../test/tariffs.ts'
import { compare, sum } from './decimal.ts'
import { explain } from './explain.ts'
import { spansOf } from './explain-spans.ts'
import { explanationText } from './explain-text.ts'
import { price } from './price.ts'

const example = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../spec/2.3.0/examples/${name}.json`, import.meta.url), 'utf8')) as Tariff

/** G-44: Saturday 14:30 in Berlin, 114 minutes at 43 A, then 71 minutes connected without charging. */
const complex = example('tariff_4_complex')
const saturday = Date.parse('2026-03-07T13:30:00Z')
const parked = saturday + 114 * 60_000
const session = {
  start: saturday,
  end: parked + 71 * 60_000,
  timeZone: 'Europe/Berlin',
  periods: [
    { start: saturday, timeH: 1.9, minCurrentA: 43 },
    { start: parked, parkingTimeH: 71 / 60 },
  ],
}

test('each line names its component, its time, what step_size added and its tax', () => {
  expect(explain(complex, session).lines[2]).toMatchObject({
    dimension: 'PARKING_TIME',
    element: 5,
    component: 0,
    quantity: 0.6,
    billedQuantity: 0.666667,
    rounding: { added: 0.066667, stepSize: 300 },
    unitPrice: 6,
    vat: 10,
    net: 4,
    tax: 0.4,
    gross: 4.4,
    amountMinor: 440,
    spans: [{ from: '2026-03-07T15:24:00.000Z', to: '2026-03-07T16:00:00.000Z', quantity: 0.6 }],
  })
})

test('and why every other element did not supply the price (G-01, G-03)', () => {
  expect(explain(complex, session).lines[1]?.others).toEqual([
    { element: 0, why: 'no-component' },
    {
      element: 1,
      why: 'restriction',
      at: '2026-03-07T13:30:00.000Z',
      miss: { restriction: 'max_current', bound: 32, actual: 43 },
    },
    {
      element: 2,
      why: 'restriction',
      at: '2026-03-07T13:30:00.000Z',
      miss: {
        restriction: 'day_of_week',
        bound: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
        actual: 'SATURDAY',
      },
    },
    { element: 4, why: 'no-component' },
    { element: 5, why: 'no-component' },
  ])
})

test('what is used and costs nothing is said too, with the reason (G-02)', () => {
  expect(explain(complex, session).unpriced).toMatchObject([
    { dimension: 'PARKING_TIME', spans: [{ from: '2026-03-07T16:00:00.000Z', to: '2026-03-07T16:35:00.000Z' }] },
  ])
})

test('an earlier element wins, a later one that priced another part has a line of its own (G-01)', () => {
  const twice = tariffOf([], { elements: [{ price_components: [perKwh(1)] }, { price_components: [perKwh(9)] }] })
  expect(explain(twice, charging(2)).lines[0]?.others).toEqual([{ element: 1, why: 'later-in-list' }])
  const { lines } = explain(switching({ max_kwh: 10 }), charging(12.5))
  expect(lines.map((line) => [line.quantity, line.spans, line.others])).toEqual([
    [
      10,
      [{ from: '2026-03-02T09:30:00.000Z', to: '2026-03-02T10:18:00.000Z', quantity: 10 }],
      [{ element: 1, why: 'later-in-list' }],
    ],
    [
      2.5,
      [{ from: '2026-03-02T10:18:00.000Z', to: '2026-03-02T10:30:00.000Z', quantity: 2.5 }],
      [
        {
          element: 0,
          why: 'restriction',
          at: '2026-03-02T09:30:00.000Z',
          miss: { restriction: 'max_kwh', bound: 10, actual: 10 },
        },
      ],
    ],
  ])
})

test('a limit is a line that says which one it is (G-18)', () => {
  const limited = tariffOf([perKwh(1)], { min_price: { before_taxes: 2 }, max_price: { before_taxes: 10 } })
  expect(explain(limited, charging(1)).lines.at(-1)).toMatchObject({ limit: 'min_price', net: 1, others: [] })
  expect(explain(limited, charging(30)).lines.at(-1)).toMatchObject({ limit: 'max_price', net: -20 })
})

test.each([
  ['en', 'Charging time: 1 h 54 min × €1.25 per hour', 'not rule 2: only current up to 32 A; it was 43 A'],
  ['de', 'Ladezeit: 1 h 54 min × 1,25 € pro Stunde', 'nicht Regel 2: nur Strom bis 32 A; es war 43 A'],
  ['nl', 'Laadtijd: 1 h 54 min × € 1,25 per uur', 'niet regel 2: alleen stroom tot 32 A; het was 43 A'],
])('the driver reads it in %s', (language, head, why) => {
  const { lines } = explanationText(complex, explain(complex, session), { language })
  const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ')
  expect(plain(lines[1]?.text)).toBe(head)
  expect(plain(lines[1]?.details.at(-1))).toContain(why)
})

test('the text of a rounded and taxed line is complete', () => {
  const { lines, total, free } = explanationText(complex, explain(complex, session), { language: 'en' })
  expect(lines[2]).toEqual({
    amount: '€4.40',
    text: 'Time connected without charging: 40 min × €6.00 per hour',
    details: [
      '36 min used, billed in steps of 5 min: 4 min added',
      'plus 10% tax (€0.40)',
      'Mar 7, 2026 16:24 to 17:00',
      'price rule 6; not rule 5: only Mon–Fri; it was Sat; not rule 1, 2, 3, 4: no such price in it',
    ],
  })
  expect(total).toMatchObject({
    amount: '€10.13',
    details: ['of this 15% tax on €2.50: €0.375', expect.anything(), expect.anything()],
  })
  expect(free.map((one) => one.text)).toEqual(['Time connected without charging: 35 min cost nothing'])
})

test('a dimension the tariff knows nothing of has no price', () => {
  const tariff = tariffOf([perKwh(1)])
  expect(explanationText(tariff, explain(tariff, charging(2)), { language: 'en' }).free).toEqual([
    {
      text: 'Charging time: 1 h cost nothing',
      details: ['Mar 2, 2026 10:30 to 11:30', 'the tariff has no price for it'],
    },
  ])
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
  const { lines } = explain(reserved, priced)
  expect(lines.map((line) => [line.dimension, line.reservation, line.spans[0]?.from, line.spans[0]?.to])).toEqual([
    ['TIME', 'RESERVATION', '2026-03-02T09:00:00.000Z', '2026-03-02T09:15:00.000Z'],
    ['FLAT', undefined, '2026-03-02T09:15:00.000Z', '2026-03-02T09:15:00.000Z'],
    ['ENERGY', undefined, '2026-03-02T09:15:00.000Z', '2026-03-02T10:15:00.000Z'],
  ])
  expect(explanationText(reserved, explain(reserved, priced), { language: 'en' }).lines[0]).toMatchObject({
    text: 'Reservation: 15 min × €5.00 per hour',
    details: ['plus 20% tax (€0.25)', 'Mar 2, 2026 10:00 to 10:15', 'price rule 1; not rule 2: no such price in it'],
  })
})

test('each period is explained with the tariff it names', () => {
  const [day, night] = [tariffOf([perKwh(1)], { id: 'day' }), tariffOf([perKwh(2)], { id: 'night' })]
  const { start, end, timeZone } = charging(0)
  const half = (start + end) / 2
  const periods = [
    { start, energyKwh: 3, tariffId: 'day' },
    { start: half, energyKwh: 4, tariffId: 'NIGHT' },
  ]
  const said = explain([day, night], { start, end, timeZone, periods })
  expect(said.lines.map((line) => [line.tariff, line.quantity, line.spans[0]?.from])).toEqual([
    ['day', 3, '2026-03-02T09:30:00.000Z'],
    ['night', 4, '2026-03-02T10:00:00.000Z'],
  ])
  expect(explanationText([day, night], said, { language: 'en' }).lines[1]?.details.at(-1)).toBe('price rule 1 (night)')
})

test('an explanation is plain data', () => {
  const explanation = explain(complex, session)
  expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation)
})
