import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../../test/tariffs.ts'
import { lintTariff } from './lint-tariff.ts'

const at = Date.parse('2026-03-02T12:00:00Z')
const card: Partial<Tariff> = { type: 'AD_HOC_PAYMENT', preauthorize_amount: 50 }
const kwh = (price: number, more: Partial<PriceComponent> = {}) => perKwh(price, { vat: 21, ...more })
const part = (type: PriceComponent['type'], price: number, more: Partial<PriceComponent> = {}): PriceComponent => ({
  ...{ type, price, vat: 21, step_size: 1 },
  ...more,
})
const [flat, time, parking] = [part('FLAT', 1), part('TIME', 1), part('PARKING_TIME', 1)]
const good = tariffOf([kwh(0.5)], card)

type Row = readonly [TariffRestrictions | undefined, ...PriceComponent[]]
const elements = (...rows: readonly Row[]) =>
  tariffOf([], {
    ...card,
    elements: rows.map(([restrictions, ...price_components]) => ({ price_components, restrictions })),
  })
const components = (...parts: readonly PriceComponent[]) => tariffOf([...parts], card)
const untaxed = (one: PriceComponent): PriceComponent => ({ ...one, vat: undefined })

const night = { start_time: '22:00', end_time: '06:00' }
const reserved = { reservation: 'RESERVATION' } as const
const first = '/elements/0/price_components/0'
const second = '/elements/1/price_components/0'

/** Where a rule finds something, and nowhere else. */
const rows: readonly (readonly [id: string, what: string, tariff: Tariff, paths: readonly string[]])[] = [
  // unreachable-element
  ['unreachable-element', 'the second of two alike', elements([night, kwh(1)], [night, kwh(2)]), [second]],
  ['unreachable-element', 'another dimension', elements([undefined, flat], [night, kwh(2)]), []],
  ['unreachable-element', 'beside another dimension', elements([undefined, flat, kwh(1)], [night, kwh(2)]), [second]],
  ['unreachable-element', 'what never applies', elements([night, kwh(1)], [{ ...night, max_kwh: 0 }, kwh(2)]), []],
  ['unreachable-element', 'a second component', elements([undefined, kwh(1)], [night, flat, flat]), []],
  [
    'unreachable-element',
    'a second component behind one that is',
    elements([undefined, kwh(1)], [night, kwh(1), kwh(1)]),
    [second],
  ],
  // double-component
  [
    'double-component',
    'two of each',
    components(kwh(1), time, kwh(2), time),
    [2, 3].map((n) => `${first.slice(0, -1)}${n}`),
  ],
  // outside-validity
  ...(
    [
      ['ends before the tariff starts', { end_date: '2026-01-31' }, '/elements/0/restrictions/end_date'],
      ['ends on the day on which it starts', { end_date: '2026-02-01' }, undefined],
      ['starts on the day on which it ends', { start_date: '2026-12-31' }, undefined],
      ['starts after it ends', { start_date: '2027-01-01' }, '/elements/0/restrictions/start_date'],
      ['has no dates', { max_kwh: 5 }, undefined],
    ] as const
  ).map(([what, restrictions, path]) => {
    const dated = { start_date_time: '2026-02-01T00:00:00Z', end_date_time: '2026-12-31T00:00:00Z' }
    const tariff = { ...elements([restrictions, kwh(1)], [undefined, kwh(2)]), ...dated }
    return ['outside-validity', what, tariff, path === undefined ? [] : [path]] as const
  }),
  [
    'outside-validity',
    'a tariff without dates',
    elements([{ start_date: '2020-01-01', end_date: '2020-02-01' }, kwh(1)]),
    [],
  ],
  // no-default-component
  [
    'no-default-component',
    'every dimension of a night',
    elements([night, kwh(1), time, parking, flat]),
    [0, 1, 2, 3].map((n) => `/elements/0/price_components/${n}`),
  ],
  [
    'no-default-component',
    'a dimension beside a default of another',
    elements([night, kwh(1), time], [undefined, time]),
    [first],
  ],
  [
    'no-default-component',
    'the last of its dimension',
    elements([night, kwh(1)], [{ max_kwh: 5 }, time, kwh(2)], [undefined, time]),
    ['/elements/1/price_components/1'],
  ],
  ['no-default-component', 'reservations', elements([{ ...night, ...reserved }, flat, time], [undefined, kwh(1)]), []],
  [
    'no-default-component',
    'not the reservation behind it',
    elements([night, flat], [reserved, flat], [undefined, kwh(1)]),
    [first],
  ],
  ['no-default-component', 'a default among others', elements([night, kwh(1)], [undefined, flat, kwh(1)]), []],
  // overlapping-restrictions
  [
    'overlapping-restrictions',
    'two dimensions at once',
    elements([night, kwh(1), time], [{ max_kwh: 5 }, kwh(2), time]),
    ['/elements/1/restrictions'],
  ],
  [
    'overlapping-restrictions',
    'different dimensions',
    elements([night, kwh(1), time], [{ max_kwh: 5 }, flat, parking]),
    [],
  ],
  [
    'overlapping-restrictions',
    'one dimension in common',
    elements([night, flat, time], [{ max_kwh: 5 }, time, kwh(1)]),
    ['/elements/1/restrictions'],
  ],
  [
    'overlapping-restrictions',
    'a default in front or behind',
    elements([undefined, kwh(1)], [night, kwh(2)], [undefined, kwh(3)]),
    [],
  ],
  [
    'overlapping-restrictions',
    'a wider one in front',
    elements([night, kwh(1)], [{ ...night, max_kwh: 5 }, kwh(2)]),
    [],
  ],
  [
    'overlapping-restrictions',
    'what never applies',
    elements([night, kwh(1)], [{ max_kwh: 5, min_kwh: 5 }, kwh(2)]),
    [],
  ],
  // weekday-over-midnight
  ...(
    [
      ['six days', ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'], 1],
      ['seven days', ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'], 0],
      ['no day', [], 0],
    ] as const
  ).map(([what, days, count]) => {
    const tariff = elements([{ ...night, day_of_week: [...days] }, kwh(1)], [undefined, kwh(2)])
    return ['weekday-over-midnight', what, tariff, ['/elements/0/restrictions/day_of_week'].slice(0, count)] as const
  }),
  [
    'weekday-over-midnight',
    'a window within the day',
    elements([{ start_time: '08:00', end_time: '18:00', day_of_week: ['FRIDAY'] }, kwh(1)]),
    [],
  ],
  // windows and days
  [
    'whole-day-window',
    'a night, half a window, none',
    elements([night, kwh(1)], [{ start_time: '08:00' }, kwh(1)], [{ max_kwh: 2 }, kwh(1)], [undefined, kwh(2)]),
    [],
  ],
  [
    'half-window',
    'only an end',
    elements([{ end_time: '08:00' }, kwh(1)], [night, kwh(1)], [{ max_kwh: 2 }, kwh(1)], [undefined, kwh(2)]),
    ['/elements/0/restrictions'],
  ],
  [
    'day-twice',
    'all seven',
    elements(
      [{ day_of_week: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] }, kwh(1)],
      [{ day_of_week: ['MONDAY'] }, kwh(2)],
    ),
    ['/elements/0/restrictions/day_of_week'],
  ],
  [
    'reservation-dimension',
    'parking, not time and fees',
    elements([reserved, parking, time, flat], [undefined, parking, kwh(1)]),
    [first],
  ],
  // unit-of-restriction
  ...(
    [
      ['min_kwh', 1000, 1001],
      ['max_current', 5000, 5001],
      ['max_power', 2000, 2001],
      ['max_duration', 2_678_400, 2_678_401],
      ['min_duration', 60, 59],
      ['min_duration', 0, 1],
      ['min_power', 0, -0.1],
      ['min_kwh', 1, -1],
    ] as const
  ).flatMap(([name, right, wrong]) =>
    [right, wrong].map((value) => {
      const tariff = elements([{ [name]: value }, kwh(1)], [undefined, kwh(2)])
      const paths = value === right ? [] : [`/elements/0/restrictions/${name}`]
      return ['unit-of-restriction', `${name} ${value}`, tariff, paths] as const
    }),
  ),
  // prices
  [
    'negative-price',
    'nothing for nothing',
    components(kwh(0), part('TIME', -0.01)),
    ['/elements/0/price_components/1/price'],
  ],
  ['prices-nothing', 'a free tariff', components(part('FLAT', 0)), []],
  ['prices-nothing', 'one price of several', components(kwh(0), time), []],
  ['prices-nothing', 'only a reservation that costs', elements([reserved, part('TIME', 4)]), []],
  ['prices-nothing', 'a reservation that costs', elements([reserved, flat], [undefined, kwh(0)]), []],
  ['prices-nothing', 'a reservation for nothing', elements([reserved, part('TIME', 0)]), ['/elements']],
  ['prices-nothing', 'a least price', { ...components(kwh(0)), min_price: { before_taxes: 1 } }, []],
  ['prices-nothing', 'a least price of 0', { ...components(kwh(0)), min_price: { before_taxes: 0 } }, ['/elements']],
  [
    'step-size',
    'a fee has no step',
    components(kwh(1, { step_size: 1000 }), part('FLAT', 1, { step_size: 60 }), part('TIME', 1, { step_size: 60 })),
    [0, 2].map((n) => `/elements/0/price_components/${n}/step_size`),
  ],
  [
    'step-size-zero',
    'a fee has no step',
    components(kwh(1, { step_size: -1 }), part('FLAT', 1, { step_size: 0 })),
    [`${first}/step_size`],
  ],
  [
    'mixed-steps',
    'each dimension by itself',
    elements(
      [night, kwh(1, { step_size: 9 }), part('TIME', 1, { step_size: 5 }), part('PARKING_TIME', 1, { step_size: 7 })],
      [
        undefined,
        kwh(1, { step_size: 9 }),
        part('TIME', 1, { step_size: 6 }),
        part('PARKING_TIME', 1, { step_size: 8 }),
      ],
    ),
    [1, 2].map((n) => `/elements/1/price_components/${n}/step_size`),
  ],
  [
    'mixed-steps',
    '0 is 1, and a reservation is apart',
    elements(
      [night, part('TIME', 1, { step_size: 0 })],
      [reserved, part('TIME', 1, { step_size: 60 })],
      [undefined, time],
    ),
    [],
  ],
  ['tax-unknown', 'a rate somewhere', components(untaxed(kwh(1)), time), []],
  ['tax-unknown', 'tax included', { ...components(untaxed(kwh(1))), tax_included: 'YES' }, []],
  ['tax-unknown', 'nothing that costs', components(untaxed(kwh(0))), []],
  ['tax-unknown', 'one thing that costs', components(untaxed(kwh(0)), untaxed(time)), ['/tax_included']],
  [
    'net-unknown',
    'only what costs and has no rate',
    { ...components(untaxed(kwh(0)), untaxed(time), flat), tax_included: 'YES' },
    ['/elements/0/price_components/1'],
  ],
  ['net-unknown', 'net prices', components(untaxed(time), flat), []],
  [
    'vat-missing-on-some',
    'only what costs',
    components(untaxed(kwh(0)), untaxed(time), flat),
    ['/elements/0/price_components/1'],
  ],
  ['vat-missing-on-some', 'no rate at all', components(untaxed(time)), []],
  ['vat-missing-on-some', 'gross prices', { ...components(untaxed(time), flat), tax_included: 'YES' }, []],
  [
    'vat-without-tax',
    '0 % and none',
    { ...components(kwh(1, { vat: 0 }), untaxed(time), flat), tax_included: 'N/A' },
    ['/elements/0/price_components/2/vat'],
  ],
  ['vat-without-tax', 'where tax applies', good, []],
  [
    'vat-range',
    '0, 1 and 40 %',
    components(kwh(1, { vat: 0 }), part('TIME', 1, { vat: 1 }), part('FLAT', 1, { vat: 40 }), untaxed(parking)),
    [],
  ],
  [
    'vat-range',
    '0.5, 41 and -1 %',
    components(kwh(1, { vat: 0.5 }), part('TIME', 1, { vat: 41 }), part('FLAT', 1, { vat: -1 })),
    [0, 1, 2].map((n) => `/elements/0/price_components/${n}/vat`),
  ],
  ['price-in-cents', 'just below 5', components(kwh(4.99), part('TIME', 60)), []],
  ['price-in-cents', 'yen', { ...components(kwh(45)), currency: 'JPY' }, []],
  ...['EUR', 'GBP', 'USD', 'CHF', 'CAD', 'AUD'].map(
    (currency) => ['price-in-cents', currency, { ...components(kwh(5)), currency }, [`${first}/price`]] as const,
  ),
  ['more-than-four-decimals', 'four', components(kwh(0.4132)), []],
  ['no-energy-price', 'with one beside it', components(time, kwh(1)), []],
  ['no-energy-price', 'a free tariff', components(part('FLAT', 0)), []],
  ['no-energy-price', 'not for cards', { ...components(time), type: 'REGULAR' }, []],
  ['no-energy-price', 'a reservation has none', elements([reserved, kwh(1)], [undefined, time]), ['/elements']],
  [
    'several-fees',
    'one fee that costs',
    elements([night, flat, kwh(1)], [undefined, part('FLAT', 0), kwh(2)], [reserved, flat]),
    [],
  ],
  [
    'fee-above-highest-price',
    'by gross or net as the prices are',
    { ...components(part('FLAT', 11)), tax_included: 'YES', max_price: { before_taxes: 10, after_taxes: 12.1 } },
    [],
  ],
  [
    'fee-above-highest-price',
    'only fees, and only if there is a highest price',
    { ...components(kwh(20), part('FLAT', 9.99)), max_price: { before_taxes: 10 } },
    [],
  ],
  [
    'fee-above-highest-price',
    'a highest price of nothing',
    { ...components(flat), max_price: { before_taxes: 0 } },
    [],
  ],
  // limits
  ['gross-below-net', 'alike', { ...good, min_price: { before_taxes: 1, after_taxes: 1 } }, []],
  [
    'gross-below-net',
    'both limits',
    { ...good, min_price: { before_taxes: 2, after_taxes: 1 }, max_price: { before_taxes: 9, after_taxes: 8 } },
    ['/max_price/after_taxes', '/min_price/after_taxes'],
  ],
  [
    'limit-without-gross',
    'no tax applies',
    { ...tariffOf([perKwh(1)], card), tax_included: 'N/A', max_price: { before_taxes: 60 } },
    [],
  ],
  [
    'least-above-highest',
    'alike',
    { ...good, min_price: { before_taxes: 5, after_taxes: 6.05 }, max_price: { before_taxes: 5, after_taxes: 6.05 } },
    [],
  ],
  [
    'least-above-highest',
    'before taxes',
    { ...good, min_price: { before_taxes: 6 }, max_price: { before_taxes: 5, after_taxes: 9 } },
    ['/min_price'],
  ],
  [
    'least-above-highest',
    'after taxes',
    { ...good, min_price: { before_taxes: 5, after_taxes: 6.2 }, max_price: { before_taxes: 6, after_taxes: 6.1 } },
    ['/min_price'],
  ],
  [
    'least-above-highest',
    'half said',
    { ...good, min_price: { before_taxes: 5, after_taxes: 6.2 }, max_price: { before_taxes: 6 } },
    [],
  ],
  [
    'least-above-highest',
    'half said, the other half null',
    { ...good, min_price: { before_taxes: 5, after_taxes: 6.2 }, max_price: { before_taxes: 6, after_taxes: null } },
    [],
  ],
  [
    'least-above-highest',
    'null beside less than nothing',
    { ...good, min_price: { before_taxes: -2, after_taxes: null }, max_price: { before_taxes: -1, after_taxes: -1 } },
    [],
  ],
  [
    'negative-limit',
    'each',
    { ...good, min_price: { before_taxes: -1 }, max_price: { before_taxes: -2 }, preauthorize_amount: -3 },
    ['/max_price/before_taxes', '/min_price/before_taxes', '/preauthorize_amount'],
  ],
  ['negative-limit', '0', { ...good, min_price: { before_taxes: 0 }, preauthorize_amount: 0 }, []],
  ['hold-below-least-price', 'just enough', { ...good, preauthorize_amount: 2.42, min_price: { before_taxes: 2 } }, []],
  [
    'hold-below-least-price',
    'a cent less',
    { ...good, preauthorize_amount: 2.41, min_price: { before_taxes: 2 } },
    ['/preauthorize_amount'],
  ],
  ['hold-below-least-price', 'no hold said', { ...good, preauthorize_amount: 0, min_price: { before_taxes: 2 } }, []],
  [
    'hold-above-highest-price',
    'just as much',
    { ...good, preauthorize_amount: 2.42, max_price: { before_taxes: 2 } },
    [],
  ],
  [
    'hold-above-highest-price',
    'a hold that is null',
    { ...good, preauthorize_amount: null, max_price: { before_taxes: 2 } },
    [],
  ],
  [
    'hold-above-highest-price',
    'no hold said',
    { ...good, preauthorize_amount: undefined, max_price: { before_taxes: 2 } },
    [],
  ],
  ['hold-of-zero', 'a free tariff', { ...components(part('FLAT', 0)), preauthorize_amount: 0 }, []],
  ['no-hold', 'a highest price', { ...good, preauthorize_amount: undefined, max_price: { before_taxes: 9 } }, []],
  ['no-hold', 'a free tariff', { ...components(part('FLAT', 0)), preauthorize_amount: undefined }, []],
  ['no-hold', 'not for cards', { ...good, type: 'REGULAR', preauthorize_amount: undefined }, []],
  ['no-hold', 'no type', { ...good, type: undefined, preauthorize_amount: undefined }, ['']],
  ['not-for-cards', 'no type', { ...good, type: undefined }, []],
  [
    'ends-before-start',
    'at once',
    { ...good, start_date_time: '2026-01-01T00:00:00Z', end_date_time: '2026-01-01T00:00:00Z' },
    ['/end_date_time'],
  ],
  [
    'ends-before-start',
    'a second later',
    { ...good, start_date_time: '2026-01-01T00:00:00Z', end_date_time: '2026-01-01T00:00:01Z' },
    [],
  ],
  ['ended-tariff', 'in a second', { ...good, end_date_time: '2026-03-02T12:00:01Z' }, []],
  ['not-yet-valid', 'now', { ...good, start_date_time: '2026-03-02T12:00:00Z' }, []],
  [
    'text-language',
    'two in one language',
    { ...good, tariff_alt_text: ['en', 'nl', 'en', 'deu', ''].map((language) => ({ language, text: 'Welcome' })) },
    [2, 3, 4].map((n) => `/tariff_alt_text/${n}/language`),
  ],
  [
    'text-repeats-price',
    'amounts',
    {
      ...good,
      tariff_alt_text: ['€ 5', '5 eur', '30 ct', 'EUR2', '2 hours', 'in euro'].map((text) => ({
        language: 'en',
        text,
      })),
    },
    [0, 1, 2, 3].map((n) => `/tariff_alt_text/${n}/text`),
  ],
  ['cannot-be-shown', 'not for cards', { ...good, type: 'REGULAR', currency: 'XXX' }, []],
  ['cannot-be-shown', 'no type', { ...good, type: undefined, currency: 'XXX' }, ['']],
]

test.each(rows)('%s: %s', (id, _what, tariff, paths) => {
  expect(
    lintTariff(tariff, { at })
      .filter((one) => one.id === id)
      .map((one) => one.path),
  ).toEqual(paths)
})

test.each<[net: number, gross: number, count: number]>([
  [100, 121, 0],
  [100, 120.41, 0],
  [100, 121.59, 0],
  [100, 120.3, 1],
  [100, 121.7, 1],
  [0, 1, 0],
])('a limit of %d net and %d gross beside 21 %%: %d findings (G-20)', (before_taxes, after_taxes, count) => {
  const tariff = { ...good, max_price: { before_taxes, after_taxes } }
  expect(lintTariff(tariff).filter(({ id }) => id === 'limit-without-its-tax')).toHaveLength(count)
})

test('the tax of a limit lies between the rates of the tariff, where a component without a rate counts as 0 % (G-20)', () => {
  const found = (parts: readonly PriceComponent[], after_taxes: number, more: Partial<Tariff> = {}) =>
    lintTariff({ ...components(...parts), max_price: { before_taxes: 100, after_taxes }, ...more })
      .filter(({ id }) => id === 'limit-without-its-tax')
      .map(({ reason }) => reason)
  const mixed = [kwh(1), part('TIME', 1, { vat: 7 })]
  expect([found(mixed, 107), found(mixed, 115), found(mixed, 121)]).toEqual([[], [], []])
  expect(found(mixed, 105)).toEqual(['100 and 105 are 5.0 % apart, the rates of the tariff are 21, 7 %.'])
  expect(found([kwh(1), untaxed(time)], 105)).toEqual([])
  expect(found([untaxed(kwh(1))], 105)).toEqual([])
  expect(found([untaxed(kwh(1))], 100, { tax_included: 'N/A' })).toEqual([])
  expect(found([kwh(1)], 99)).toEqual([])
  expect(found([kwh(1)], 100)).toEqual(['100 and 100 are 0.0 % apart, the rates of the tariff are 21 %.'])
})

test('without a time nothing is said about validity', () => {
  const over = { ...good, start_date_time: '2020-01-01T00:00:00Z', end_date_time: '2020-01-02T00:00:00Z' }
  expect(lintTariff(over)).toEqual([])
  expect(lintTariff({ ...good, start_date_time: '2099-01-01T00:00:00Z' })).toEqual([])
})

test('the worst comes first, and 500 elements are looked at', () => {
  const severities = lintTariff({ ...components(kwh(-1, { step_size: 0 })), type: undefined }).map(
    (one) => one.severity,
  )
  expect(severities).toEqual([...severities].sort((a, b) => order.indexOf(a) - order.indexOf(b)))
  expect(new Set(severities)).toEqual(new Set(order))
  const row: Row = [{ max_kwh: 5 }, kwh(1)]
  const many = lintTariff(elements(...Array<Row>(500).fill(row)))
  expect(many.some(({ id }) => id === 'too-many-elements')).toBe(false)
})

const order = ['error', 'warning', 'hint']

test('the words name what is meant', () => {
  const said = (id: string, tariff: Tariff) => {
    const [one] = lintTariff(tariff, { at }).filter((finding) => finding.id === id)
    return `${one?.reason} ${one?.fix}`
  }
  expect(said('vat-range', components(kwh(1, { vat: 0.21 })))).toBe(
    'vat is 0.21; it is a percentage, 21 for 21 %. Write 21.',
  )
  expect(said('vat-range', components(kwh(1, { vat: 50 })))).toContain('Write the rate in percent.')
  expect(said('vat-range', components(kwh(1, { vat: -5 })))).toContain('Write the rate in percent.')
  expect(said('price-in-cents', components(kwh(45)))).toContain('Write 0.45, if cents were meant.')
  expect(said('step-size', components(kwh(1, { step_size: 5 })))).toContain('a multiple of 5 Wh:')
  expect(said('step-size', components(part('TIME', 1, { step_size: 5 })))).toContain('a multiple of 5 s:')
  expect(said('half-window', elements([{ start_time: '08:00' }, kwh(1)]))).toContain('Only start_time is given')
  expect(said('half-window', elements([{ end_time: '08:00' }, kwh(1)]))).toContain('Only end_time is given')
  expect(said('overlapping-restrictions', elements([night, kwh(1), time], [{ max_kwh: 5 }, kwh(2), time]))).toContain(
    'elements[0]; then that one supplies ENERGY, TIME,',
  )
  const of = (one: PriceComponent) => said('unreachable-element', elements([undefined, one], [night, one]))
  expect(of(kwh(1))).toContain('This price for energy is never used')
  expect(of(time)).toContain('This price for charging time is never used')
  expect(of(parking)).toContain('This price for parking time is never used')
  expect(of(flat)).toContain('This price for a fee is never used')
  const never = (restrictions: TariffRestrictions) => said('never-matches', elements([restrictions, kwh(1)]))
  expect(never({ max_kwh: 0 })).toContain('at least 0 and below 0 kWh')
  expect(never({ max_current: 0 })).toContain('below 0 A')
  expect(never({ max_power: 0 })).toContain('below 0 kW')
  expect(never({ max_duration: 0 })).toContain('below 0 s')
})

test('of two findings that are equally bad the one that stands first comes first, the second element before the tenth', () => {
  const many = components(...Array<PriceComponent>(11).fill(kwh(-1)))
  const places = lintTariff(many, { at })
    .filter(({ id }) => id === 'negative-price')
    .map(({ path }) => Number(path.split('/')[4]))
  expect(places).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})
