import { readdirSync, readFileSync } from 'node:fs'
import type { Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { reference, written } from '../../test/lint-reference.ts'
import { perKwh, tariffOf } from '../../test/tariffs.ts'
import { lintTariff, tariffRules } from './lint-tariff.ts'

const at = Date.parse('2026-03-02T12:00:00Z')
const kwh = (price: number) => perKwh(price, { vat: 21 })
const flat = (price: number) => ({ type: 'FLAT' as const, price, vat: 21, step_size: 1 })
const more: Partial<Tariff> = { type: 'AD_HOC_PAYMENT', preauthorize_amount: 50 }
const good = tariffOf([kwh(0.5)], more)

const lint = (tariff: Tariff) => lintTariff(tariff, { at })
const found = (tariff: Tariff) => lint(tariff).map((one) => `${one.id} ${one.path}`)
const elements = (
  ...list: readonly (readonly [TariffRestrictions | undefined, ...Tariff['elements'][number]['price_components']])[]
) =>
  tariffOf([], {
    ...more,
    elements: list.map(([restrictions, ...price_components]) => ({ price_components, restrictions })),
  })

test('a good tariff has no findings', () => {
  expect(lint(good)).toEqual([])
})

test('a number that is none costs no other finding, and a tariff of another shape is not passed over', () => {
  for (const endless of [
    tariffOf([kwh(Number.POSITIVE_INFINITY)], more),
    { ...good, max_price: { before_taxes: Number.NaN } },
  ])
    expect(found(endless)).toContain('cannot-be-shown ')
  const shapeless = { ...good, elements: [{ price_components: null as unknown as [] }] }
  expect(() => lint(shapeless)).toThrow(TypeError)
})

test('each finding has id, severity, place, reason and fix', () => {
  expect(lint({ ...good, preauthorize_amount: 1, min_price: { before_taxes: 2, after_taxes: 2.42 } })).toEqual([
    {
      id: 'hold-below-least-price',
      severity: 'error',
      path: '/preauthorize_amount',
      reason: '1 is held, but every session costs at least 2.42 with tax.',
      fix: 'Hold at least 2.42, in practice the cost of a usual session.',
    },
  ])
})

const night = { start_time: '22:00', end_time: '06:00' }
const day = { start_time: '06:00', end_time: '22:00' }

test.each<[finding: string, tariff: Tariff]>([
  ['unreachable-element /elements/1/price_components/0', elements([undefined, kwh(0.5)], [night, kwh(0.3)])],
  [
    'unreachable-element /elements/1/price_components/0',
    elements([{ max_kwh: 20 }, kwh(0.5)], [{ max_kwh: 10, day_of_week: ['MONDAY'] }, kwh(0.3)], [undefined, kwh(1)]),
  ],
  ['double-component /elements/0/price_components/1', tariffOf([kwh(0.5), kwh(0.5)], more)],
  [
    'never-matches /elements/0/restrictions/max_kwh',
    elements([{ min_kwh: 20, max_kwh: 10 }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'never-matches /elements/0/restrictions/max_duration',
    elements([{ min_duration: 3600, max_duration: 3600 }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'never-matches /elements/0/restrictions/end_date',
    elements([{ start_date: '2026-05-01', end_date: '2026-05-01' }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  ['no-default-component /elements/0/price_components/0', elements([night, kwh(0.3)])],
  [
    'overlapping-restrictions /elements/1/restrictions',
    elements([night, kwh(0.3)], [{ day_of_week: ['SUNDAY'] }, kwh(0.4)], [undefined, kwh(0.5)]),
  ],
  [
    'weekday-over-midnight /elements/0/restrictions/day_of_week',
    elements([{ ...night, day_of_week: ['FRIDAY'] }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'whole-day-window /elements/0/restrictions/end_time',
    elements([{ start_time: '08:00', end_time: '08:00', max_kwh: 5 }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  ['half-window /elements/0/restrictions', elements([{ start_time: '08:00' }, kwh(0.3)], [undefined, kwh(0.5)])],
  [
    'day-twice /elements/0/restrictions/day_of_week',
    elements([{ day_of_week: ['MONDAY', 'MONDAY'] }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'reservation-dimension /elements/0/price_components/0',
    elements([{ reservation: 'RESERVATION' }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'unit-of-restriction /elements/0/restrictions/max_power',
    elements([{ max_power: 22_000 }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'unit-of-restriction /elements/0/restrictions/max_duration',
    elements([{ max_duration: 30 }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'unit-of-restriction /elements/0/restrictions/min_kwh',
    elements([{ min_kwh: -1 }, kwh(0.3)], [undefined, kwh(0.5)]),
  ],
  [
    'outside-validity /elements/0/restrictions/start_date',
    {
      ...elements([{ start_date: '2027-01-01' }, kwh(0.3)], [undefined, kwh(0.5)]),
      end_date_time: '2026-12-31T00:00:00Z',
    },
  ],
  ['unknown-currency /currency', { ...good, currency: 'eur' }],
  ['negative-price /elements/0/price_components/0/price', tariffOf([kwh(-0.5)], more)],
  ['prices-nothing /elements', tariffOf([kwh(0)], more)],
  ['step-size /elements/0/price_components/0/step_size', tariffOf([perKwh(0.5, { vat: 21, step_size: 500 })], more)],
  ['step-size-zero /elements/0/price_components/0/step_size', tariffOf([perKwh(0.5, { vat: 21, step_size: 0 })], more)],
  [
    'mixed-steps /elements/1/price_components/0/step_size',
    elements([night, perKwh(0.3, { vat: 21, step_size: 100 })], [undefined, kwh(0.5)]),
  ],
  ['tax-unknown /tax_included', tariffOf([perKwh(0.5)], more)],
  ['net-unknown /elements/0/price_components/0', tariffOf([perKwh(0.5)], { ...more, tax_included: 'YES' })],
  [
    'vat-missing-on-some /elements/0/price_components/1',
    tariffOf([kwh(0.5), { type: 'FLAT', price: 1, step_size: 1 }], more),
  ],
  ['vat-without-tax /elements/0/price_components/0/vat', tariffOf([kwh(0.5)], { ...more, tax_included: 'N/A' })],
  ['vat-range /elements/0/price_components/0/vat', tariffOf([perKwh(0.5, { vat: 0.21 })], more)],
  ['price-in-cents /elements/0/price_components/0/price', tariffOf([kwh(45)], more)],
  ['more-than-four-decimals /elements/0/price_components/0/price', tariffOf([kwh(0.41322)], more)],
  ['no-energy-price /elements', tariffOf([flat(5)], more)],
  ['several-fees /elements/1/price_components/0', elements([night, flat(1)], [undefined, flat(2), kwh(0.5)])],
  [
    'fee-above-highest-price /elements/0/price_components/1/price',
    { ...tariffOf([kwh(0.5), flat(10)], more), max_price: { before_taxes: 10, after_taxes: 12.1 } },
  ],
  ['gross-below-net /max_price/after_taxes', { ...good, max_price: { before_taxes: 60, after_taxes: 50 } }],
  ['limit-without-its-tax /max_price/after_taxes', { ...good, max_price: { before_taxes: 60, after_taxes: 61 } }],
  [
    'limit-without-its-tax /max_price/after_taxes',
    { ...tariffOf([perKwh(1)], { ...more, tax_included: 'N/A' }), max_price: { before_taxes: 60, after_taxes: 61 } },
  ],
  ['limit-without-gross /min_price', { ...good, min_price: { before_taxes: 1 } }],
  [
    'least-above-highest /min_price',
    { ...good, min_price: { before_taxes: 70, after_taxes: 84.7 }, max_price: { before_taxes: 60, after_taxes: 72.6 } },
  ],
  ['negative-limit /preauthorize_amount', { ...good, preauthorize_amount: -5 }],
  ['hold-below-least-price /preauthorize_amount', { ...good, min_price: { before_taxes: 60, after_taxes: 72.6 } }],
  ['hold-above-highest-price /preauthorize_amount', { ...good, max_price: { before_taxes: 20, after_taxes: 24.2 } }],
  ['hold-of-zero /preauthorize_amount', { ...good, preauthorize_amount: 0 }],
  ['no-hold ', { ...good, preauthorize_amount: undefined }],
  ['no-type ', { ...good, type: undefined }],
  ['not-for-cards /type', { ...good, type: 'REGULAR' }],
  [
    'ends-before-start /end_date_time',
    { ...good, start_date_time: '2026-02-01T00:00:00Z', end_date_time: '2026-01-01T00:00:00Z' },
  ],
  ['ended-tariff /end_date_time', { ...good, end_date_time: '2026-03-02T12:00:00Z' }],
  ['not-yet-valid /start_date_time', { ...good, start_date_time: '2026-03-02T12:00:01Z' }],
  ['text-language /tariff_alt_text/0/language', { ...good, tariff_alt_text: [{ language: 'EN', text: 'Welcome' }] }],
  [
    'text-repeats-price /tariff_alt_text/0/text',
    { ...good, tariff_alt_text: [{ language: 'en', text: '0.50 EUR per kWh' }] },
  ],
  ['cannot-be-shown ', { ...good, currency: 'XXX' }],
])('%s is found', (finding, tariff) => {
  expect(found(tariff)).toContain(finding)
})

test.each<[what: string, id: string, tariff: Tariff]>([
  ['an exception in front of the default', 'unreachable-element', elements([night, kwh(0.3)], [undefined, kwh(0.5)])],
  [
    'a bound on power does not promise that the power is known',
    'unreachable-element',
    elements([{ max_power: 1_000 }, kwh(0.3)], [{ day_of_week: ['MONDAY'] }, kwh(0.4)], [undefined, kwh(0.5)]),
  ],
  [
    'a reservation takes nothing from charging',
    'unreachable-element',
    elements([{ reservation: 'RESERVATION' }, flat(1)], [undefined, flat(2), kwh(0.5)]),
  ],
  ['day and night cover the day', 'no-default-component', elements([night, kwh(0.3)], [day, kwh(0.5)])],
  [
    'weekdays and weekend cover the week',
    'no-default-component',
    elements(
      [{ day_of_week: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'] }, kwh(0.3)],
      [{ day_of_week: ['SATURDAY', 'SUNDAY'] }, kwh(0.5)],
    ),
  ],
  [
    'kWh ranges cover all energy',
    'no-default-component',
    elements([{ max_kwh: 10 }, kwh(0.3)], [{ min_kwh: 10 }, kwh(0.5)]),
  ],
  ['day and night exclude each other', 'overlapping-restrictions', elements([night, kwh(0.3)], [day, kwh(0.5)])],
  [
    'a narrower element in front of a wider one',
    'overlapping-restrictions',
    elements([{ ...night, max_kwh: 5 }, kwh(0.3)], [night, kwh(0.4)], [undefined, kwh(0.5)]),
  ],
  ['a night on every day', 'weekday-over-midnight', elements([night, kwh(0.3)], [undefined, kwh(0.5)])],
])('no finding: %s', (_what, id, tariff) => {
  expect(lint(tariff).map((one) => one.id)).not.toContain(id)
})

test('the official examples break no rule', () => {
  const folder = new URL('../../../../spec/2.3.0/examples/', import.meta.url)
  for (const file of readdirSync(folder).filter((name) => /^tariff(_|restriction)/.test(name))) {
    const tariff = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Tariff
    expect([file, lint(tariff).filter((one) => one.severity === 'error')]).toEqual([file, []])
  }
})

test('rules have names of their own, and each cites where it comes from', () => {
  expect(new Set(tariffRules.map((rule) => rule.id)).size).toBe(tariffRules.length)
  for (const rule of tariffRules) expect([rule.id, rule.about !== '', rule.cites !== '']).toEqual([rule.id, true, true])
})

test('the reference lists every rule', () => {
  expect(written()).toBe(reference())
})

test('thousands of elements are one finding, not minutes', () => {
  const many = Array.from({ length: 10_000 }, () => ({ price_components: [kwh(1)], restrictions: night }))
  expect(lint(tariffOf([], { ...more, elements: many }))).toEqual([
    {
      id: 'too-many-elements',
      severity: 'error',
      path: '/elements',
      reason: '10000 elements; more than 500 are not looked at.',
      fix: 'Say the same with fewer elements.',
    },
  ])
})
