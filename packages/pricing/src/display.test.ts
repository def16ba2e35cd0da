import type { PriceComponent, Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { displayTariff } from './display.ts'

const at = Date.parse('2026-03-02T12:00:00Z')

function shown(tariff: Tariff, language = 'en') {
  const display = displayTariff(tariff, { language, at })
  if ('refused' in display) throw new Error(display.refused)
  return { ...display, text: display.lines.map((line) => line.text.replaceAll('\u00a0', ' ')) }
}

const refused = (tariff: Tariff) => {
  const display = displayTariff(tariff, { language: 'en', at })
  return 'refused' in display ? display.refused : 'shown'
}

const full = tariffOf(
  [
    { type: 'PARKING_TIME', price: 6, vat: 10, step_size: 300 },
    { type: 'FLAT', price: 0.5, vat: 20, step_size: 1 },
    { type: 'TIME', price: 2, vat: 20, step_size: 60 },
    perKwh(0.5, { vat: 21 }),
  ],
  { min_price: { before_taxes: 1, after_taxes: 1.2 }, max_price: { before_taxes: 50 } },
)

test('prices contain the tax and stand in the order per kWh, per minute, per session, other (AFIR)', () => {
  const { text, lines, taxIncluded, currency, free } = shown(full)
  expect(text).toEqual([
    '€0.605 per kWh',
    '€0.04 per minute of charging (€2.40 per hour), billed in steps of 1 min',
    '€0.60 per session',
    '€0.11 per minute of occupying the place without charging (€6.60 per hour), billed in steps of 5 min',
    'At least €1.20 per session',
    'At most €60.50 per session',
  ])
  expect(lines.map((line) => line.kind)).toEqual(['energy', 'time', 'session', 'parking', 'other', 'other'])
  expect({ taxIncluded, currency, free }).toEqual({ taxIncluded: true, currency: 'EUR', free: false })
})

test('the words are there in German and Dutch; another language gets English', () => {
  expect(shown(full, 'de').text.slice(0, 3)).toEqual([
    '0,605 € pro kWh',
    '0,04 € pro Minute Laden (2,40 € pro Stunde), Abrechnung in Schritten von 1 min',
    '0,60 € pro Ladevorgang',
  ])
  expect(shown(full, 'nl').text[0]).toBe('€ 0,605 per kWh')
  expect(shown(full, 'fi').text).toEqual(shown(full, 'en').text)
})

test('prices that hold at times only say when', () => {
  const tariff = tariffOf([], {
    tax_included: 'YES',
    elements: [
      {
        price_components: [perKwh(0.3)],
        restrictions: {
          start_time: '22:00',
          end_time: '06:00',
          day_of_week: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'SUNDAY'],
        },
      },
      { price_components: [perKwh(0.4)], restrictions: { min_kwh: 10, max_power: 50, min_duration: 1800 } },
      { price_components: [perKwh(0.5)], restrictions: { start_date: '2026-03-01', end_date: '2026-04-01' } },
      { price_components: [perKwh(0.6)] },
      { price_components: [perKwh(9)] },
      { price_components: [perKwh(9)], restrictions: { reservation: 'RESERVATION' } },
    ],
  })
  expect(shown(tariff).text).toEqual([
    '€0.30 per kWh, Mon–Wed, Sun, 22:00–06:00',
    '€0.40 per kWh, from 10 kWh of energy, power up to 50 kW, from 30 min after the start',
    '€0.50 per kWh, from Mar 1, 2026, before Apr 1, 2026',
    '€0.60 per kWh, otherwise',
  ])
})

test('steps of energy say which price is for the rest, in each language', () => {
  const steps = tariffOf([], {
    tax_included: 'YES',
    elements: [{ price_components: [perKwh(0.4)], restrictions: { max_kwh: 10 } }, { price_components: [perKwh(0.6)] }],
  })
  expect(['en', 'de', 'nl'].map((language) => shown(steps, language).text)).toEqual([
    ['€0.40 per kWh, up to 10 kWh of energy', '€0.60 per kWh, otherwise'],
    ['0,40 € pro kWh, Energie bis 10 kWh', '0,60 € pro kWh, sonst'],
    ['€ 0,40 per kWh, energie tot 10 kWh', '€ 0,60 per kWh, anders'],
  ])
})

test('the tariff’s own text is shown in the language asked for, else English, else what there is', () => {
  const alt = (...languages: string[]) => languages.map((language) => ({ language, text: `text ${language}` }))
  const tariff = { ...full, tariff_alt_text: alt('nl', 'en') }
  expect(shown(tariff, 'nl').texts).toEqual(['text nl'])
  expect(shown(tariff, 'de').texts).toEqual(['text en'])
  expect(shown({ ...full, tariff_alt_text: alt('fr') }, 'de').texts).toEqual(['text fr'])
  expect(shown(tariff).languages).toEqual(['nl', 'en'])
  expect(shown(full).texts).toEqual([])
})

test('a tariff that says it is free is shown as free (C-206)', () => {
  const { text, free } = shown(tariffOf([{ type: 'FLAT', price: 0, step_size: 0 }]))
  expect([text, free]).toEqual([['Free of charge'], true])
})

test('where no tax applies the price is the price, and that is told', () => {
  const { text, taxIncluded } = shown(tariffOf([perKwh(0.5, { vat: 20 })], { tax_included: 'N/A' }))
  expect([text, taxIncluded]).toEqual([['€0.50 per kWh'], false])
})

test('what costs nothing at other times is said', () => {
  const tariff = tariffOf([], {
    tax_included: 'YES',
    elements: [
      { price_components: [perKwh(0.5)] },
      {
        price_components: [{ type: 'PARKING_TIME', price: 6, step_size: 1 }],
        restrictions: { start_time: '08:00', end_time: '20:00' },
      },
    ],
  })
  expect(shown(tariff).text).toEqual([
    '€0.50 per kWh',
    '€0.10 per minute of occupying the place without charging (€6.00 per hour), 08:00–20:00',
    'Otherwise no fee for occupying the place',
  ])
  expect([shown(tariff).idleFee, shown(tariffOf([perKwh(0.5, { vat: 20 })])).idleFee]).toEqual([true, false])
})

test('prices that together hold at all times need no such line', () => {
  const halves = tariffOf([], {
    tax_included: 'YES',
    elements: [
      { price_components: [perKwh(0.3)], restrictions: { start_time: '22:00', end_time: '06:00' } },
      { price_components: [perKwh(0.5)], restrictions: { start_time: '06:00', end_time: '22:00' } },
    ],
  })
  expect(shown(halves).text).toEqual(['€0.30 per kWh, 22:00–06:00', '€0.50 per kWh, 06:00–22:00'])
})

test.each([
  ['en', '€50.00 is held on your card; you pay what charging costs, the rest is released'],
  ['de', '50,00 € werden auf Ihrer Karte reserviert; Sie zahlen, was das Laden kostet, der Rest wird frei'],
  ['nl', '€ 50,00 wordt op uw kaart gereserveerd; u betaalt wat het laden kost, de rest komt vrij'],
])('the amount held is said in %s', (language, words) => {
  const display = displayTariff(full, { language, at, hold: { amountMinor: 50_00, currency: 'EUR' } })
  expect('held' in display && display.held?.replaceAll('\u00a0', ' ')).toBe(words)
})

test('currencies keep their own decimals', () => {
  expect(shown(tariffOf([perKwh(75)], { currency: 'JPY', tax_included: 'N/A' })).text).toEqual(['¥75 per kWh'])
  expect(shown(tariffOf([perKwh(0.125)], { currency: 'KWD', tax_included: 'N/A' })).text).toEqual(['KWD 0.125 per kWh'])
})

test.each<[why: string, tariff: Tariff, words: string]>([
  ['that prices nothing', tariffOf([perKwh(0)]), 'prices nothing'],
  ['without elements', tariffOf([], { elements: [] }), 'prices nothing'],
  [
    'for reservations only',
    tariffOf([], { elements: [{ price_components: [perKwh(1)], restrictions: { reservation: 'RESERVATION' } }] }),
    'prices nothing',
  ],
  ['in an unknown currency', tariffOf([perKwh(1)], { currency: 'XXX' }), 'currency is "XXX"'],
  ['silent about taxes', { ...full, tax_included: null as unknown as 'NO' }, 'tax_included is null'],
  ['that has ended', { ...full, end_date_time: '2026-03-02T12:00:00Z' }, 'not in force'],
  ['that has not begun', { ...full, start_date_time: '2026-03-02T12:00:01Z' }, 'not in force'],
  ['with a price that is no number', tariffOf([perKwh(Number.NaN)]), 'price is NaN'],
  ['before taxes without any rate', tariffOf([perKwh(1)]), 'the price with tax is not known'],
  [
    'with two prices for the same',
    tariffOf([perKwh(1, { vat: 21 }), perKwh(2, { vat: 21 })]),
    'two prices for the same',
  ],
  ['with a negative price', tariffOf([perKwh(-1)]), 'must not be negative'],
])('a tariff %s is refused with the reason', (_why, tariff, words) => {
  expect(refused(tariff)).toContain(words)
})

test('a rate below zero is refused by its name, one of zero adds nothing', () => {
  const at = (vat: number) => displayTariff(tariffOf([perKwh(1, { vat })]), { language: 'en' })
  expect(at(-1)).toMatchObject({ refused: expect.stringContaining('elements[0].price_components[0].vat is -1') })
  expect(at(Number.NaN)).toMatchObject({ refused: expect.stringContaining('elements[0].price_components[0].vat is') })
  expect(at(0)).toMatchObject({ lines: [{ text: '€1.00 per kWh' }] })
})

const step = (one: Partial<PriceComponent>) =>
  shown(tariffOf([{ type: 'TIME', price: 6, step_size: 1, ...one }], { tax_included: 'N/A' })).text[0]

test('a step is told in the larger unit where it is a whole number of it; a fee has none', () => {
  const time = '€0.10 per minute of charging (€6.00 per hour)'
  expect([0, 1, 60, 90, 300].map((step_size) => step({ step_size }))).toEqual([
    time,
    time,
    `${time}, billed in steps of 1 min`,
    `${time}, billed in steps of 90 s`,
    `${time}, billed in steps of 5 min`,
  ])
  const energy = (step_size: number) => step({ type: 'ENERGY', step_size })
  expect([energy(1), energy(500), energy(2000)]).toEqual([
    '€6.00 per kWh',
    '€6.00 per kWh, billed in steps of 500 Wh',
    '€6.00 per kWh, billed in steps of 2 kWh',
  ])
  expect(step({ type: 'FLAT', step_size: 60 })).toBe('€6.00 per session')
})

test('what costs nothing at other times is said of energy and time, not of a fee', () => {
  const at = { start_time: '08:00', end_time: '20:00' }
  const at8 = (...price_components: PriceComponent[]) =>
    shown(
      tariffOf([], {
        tax_included: 'N/A',
        elements: [
          { price_components, restrictions: at },
          { price_components: [perKwh(1)], restrictions: at },
        ],
      }),
    ).text
  expect(at8({ type: 'FLAT', price: 2, step_size: 1 })).toEqual([
    '€1.00 per kWh, 08:00–20:00',
    'Otherwise no price per kWh',
    '€2.00 per session, 08:00–20:00',
  ])
  expect(at8({ type: 'TIME', price: 6, step_size: 1 })).toEqual([
    '€1.00 per kWh, 08:00–20:00',
    'Otherwise no price per kWh',
    '€0.10 per minute of charging (€6.00 per hour), 08:00–20:00',
    'Otherwise charging time costs nothing',
  ])
})

test('a price of 0 is told beside one that is not, and is no fee for standing there', () => {
  const free: PriceComponent = { type: 'PARKING_TIME', price: 0, step_size: 1 }
  const { text, idleFee } = shown(tariffOf([perKwh(1), free], { tax_included: 'N/A' }))
  expect([text, idleFee]).toEqual([
    ['€1.00 per kWh', '€0.00 per minute of occupying the place without charging (€0.00 per hour)'],
    false,
  ])
})

test('what only prices a reservation is no fee for standing there either', () => {
  const parking: PriceComponent = { type: 'PARKING_TIME', price: 6, step_size: 1 }
  const tariff = tariffOf([], {
    tax_included: 'N/A',
    elements: [
      { price_components: [parking], restrictions: { reservation: 'RESERVATION' } },
      { price_components: [perKwh(1)] },
    ],
  })
  expect([shown(tariff).text, shown(tariff).idleFee]).toEqual([['€1.00 per kWh'], false])
})

test('a limit of 0 is told where it is the highest price, not where it is the least', () => {
  const limited = (limits: Partial<Tariff>) => shown(tariffOf([perKwh(1)], { tax_included: 'N/A', ...limits })).text
  expect(limited({ min_price: { before_taxes: 0 } })).toEqual(['€1.00 per kWh'])
  expect(limited({ max_price: { before_taxes: 0 } })).toEqual(['€1.00 per kWh', 'At most €0.00 per session'])
})

test('a free tariff has one line of its own, no fee, and nothing is held where the hold is 0', () => {
  const free = tariffOf([{ type: 'FLAT', price: 0, step_size: 0 }])
  expect(displayTariff(free, { language: 'en', hold: { amountMinor: 0, currency: 'EUR' } })).toStrictEqual({
    lines: [{ kind: 'other', text: 'Free of charge' }],
    texts: [],
    languages: [],
    currency: 'EUR',
    taxIncluded: true,
    free: true,
    idleFee: false,
  })
})

test('a tariff text in another language is one text: the first', () => {
  const tariff_alt_text = ['fr', 'it'].map((language) => ({ language, text: `text ${language}` }))
  expect(shown({ ...full, tariff_alt_text }, 'de').texts).toEqual(['text fr'])
})

test('a rate of what costs nothing tells no price, a rate of one price is enough to show all (E-73)', () => {
  const fee: PriceComponent = { type: 'FLAT', price: 0, vat: 20, step_size: 1 }
  expect(refused(tariffOf([perKwh(1), fee]))).toContain('the price with tax is not known')
  expect(shown(tariffOf([perKwh(1), { ...fee, price: 1 }])).text).toEqual(['€1.00 per kWh', '€1.20 per session'])
})

test('of one thing two prices are refused, two rates too, the same twice is not (G-04)', () => {
  const fee: PriceComponent = { type: 'FLAT', price: 1, vat: 21, step_size: 1 }
  expect(refused(tariffOf([perKwh(1, { vat: 21 }), fee, perKwh(1, { vat: 7 })]))).toBe(
    'Tariff t cannot be shown: elements[0] has two prices for the same thing.',
  )
  expect(shown(tariffOf([perKwh(1, { vat: 20 }), perKwh(1, { vat: 20 })])).text).toEqual(['€1.20 per kWh'])
})

test.each<[Partial<Tariff>, path: string]>([
  [{ elements: [{ price_components: [perKwh(-1)] }] }, 'elements[0].price_components[0].price is -1'],
  [{ min_price: { before_taxes: Number.NaN } }, 'min_price.before_taxes is NaN'],
  [{ max_price: { before_taxes: Number.NaN } }, 'max_price.before_taxes is NaN'],
])('a refusal names the field: %j', (more, path) => {
  expect(refused(tariffOf([perKwh(1)], { tax_included: 'N/A', ...more }))).toContain(path)
})
