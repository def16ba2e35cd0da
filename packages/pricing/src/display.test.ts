import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
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
    '€0.60 per kWh',
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
