import { readFileSync } from 'node:fs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, perKwh, switching, tariffOf } from '../test/tariffs.ts'
import { explain } from './explain.ts'
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

const without = (...elements: number[]) => elements.map((element) => ({ element, why: 'no-component' }))
const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY']
const missed = (element: number, at: string, [restriction, bound, actual]: readonly unknown[]) => ({
  ...{ element, why: 'restriction', at: `2026-03-07T${at}:00.000Z`, miss: { restriction, bound, actual } },
})
const span = (from: string, to: string, quantity: number) => ({
  ...{ from: `2026-03-07T${from}:00.000Z`, to: `2026-03-07T${to}:00.000Z`, quantity },
})

test('each line names its component, its time, its tax, what step_size added, and why no other element (G-01 to G-20)', () => {
  const all = { tariff: '14', component: 0, taxIncluded: 'NO' }
  expect(explain(complex, session)).toStrictEqual({
    ...{ currency: 'EUR', timeZone: 'Europe/Berlin', net: 8.875, gross: 10.125, totalMinor: 1013 },
    taxes: [
      { percentage: 15, net: 2.5, amount: 0.375 },
      { percentage: 20, net: 2.375, amount: 0.475 },
      { percentage: 10, net: 4, amount: 0.4 },
    ],
    lines: [
      {
        ...{ ...all, dimension: 'FLAT', element: 0, unit: 'session', quantity: 1, billedQuantity: 1, unitPrice: 2.5 },
        ...{ vat: 15, net: 2.5, tax: 0.375, gross: 2.875, amountMinor: 288 },
        spans: [span('13:30', '13:30', 1)],
        others: without(1, 2, 3, 4, 5),
      },
      {
        ...{ ...all, dimension: 'TIME', element: 3, unit: 'h', quantity: 1.9, billedQuantity: 1.9, unitPrice: 1.25 },
        ...{ vat: 20, net: 2.375, tax: 0.475, gross: 2.85, amountMinor: 285 },
        spans: [span('13:30', '15:24', 1.9)],
        others: [
          ...without(0),
          missed(1, '13:30', ['max_current', 32, 43]),
          missed(2, '13:30', ['day_of_week', weekdays, 'SATURDAY']),
          ...without(4, 5),
        ],
      },
      {
        ...{ ...all, dimension: 'PARKING_TIME', element: 5, unit: 'h', quantity: 0.6, billedQuantity: 0.666667 },
        rounding: { added: 0.066667, stepSize: 300 },
        ...{ unitPrice: 6, vat: 10, net: 4, tax: 0.4, gross: 4.4, amountMinor: 440 },
        spans: [span('15:24', '16:00', 0.6)],
        others: [...without(0, 1, 2, 3), missed(4, '15:24', ['day_of_week', weekdays, 'SATURDAY'])],
      },
    ],
    // What is used and costs nothing is said too. (G-02)
    unpriced: [
      {
        ...{ tariff: '14', dimension: 'PARKING_TIME', unit: 'h', quantity: 0.583333 },
        spans: [span('16:00', '16:35', 0.583333)],
        others: [
          ...without(0, 1, 2, 3),
          missed(4, '16:00', ['day_of_week', weekdays, 'SATURDAY']),
          missed(5, '16:00', ['start_time', '10:00-17:00', '17:00']),
        ],
      },
    ],
    findings: [
      {
        code: 'period-spans-change',
        message: 'The price changes within the period that starts at 2026-03-07T15:24:00.000Z.',
      },
    ],
  })
})

test('a price that is known is explained as it is, not calculated again', () => {
  const breakdown = { ...price(complex, session), totalMinor: 7 }
  expect(explain(complex, session, { breakdown }).totalMinor).toBe(7)
})

test('energy without a price is told in kWh, and nothing is told of what was not used (G-02)', () => {
  const { unpriced } = explain(tariffOf([]), charging(2.5, { periods: [{ start: charging(0).start, energyKwh: 2.5 }] }))
  expect(unpriced).toMatchObject([
    { dimension: 'ENERGY', unit: 'kWh', quantity: 2.5, others: [{ element: 0, why: 'no-component' }] },
  ])
  expect(unpriced).toHaveLength(1)
})

test('an element that prices another part is named only where nothing kept it from this one', () => {
  const limited = (max_kwh: number, component: ReturnType<typeof perKwh>) => ({
    ...{ price_components: [component], restrictions: { max_kwh } },
  })
  const tariff = tariffOf([], { elements: [limited(1, perKwh(1)), limited(2, perKwh(2))] })
  const { unpriced, lines } = explain(tariff, charging(5))
  expect(lines[1]?.others.map(({ element, why }) => [element, why])).toEqual([[0, 'restriction']])
  expect(unpriced[0]?.others.map(({ element, why }) => [element, why])).toEqual([
    [0, 'restriction'],
    [1, 'restriction'],
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
  expect(explain(limited, charging(1)).lines.at(-1)).toStrictEqual({
    ...{
      dimension: 'LIMIT',
      element: -1,
      component: -1,
      unit: 'session',
      quantity: 1,
      billedQuantity: 1,
      unitPrice: 1,
    },
    ...{ taxIncluded: 'NO', net: 1, tax: 0, gross: 1, amountMinor: 100, spans: [], limit: 'min_price', others: [] },
  })
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
