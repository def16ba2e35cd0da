import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, switching, tariffOf } from '../test/tariffs.ts'
import type { PricedSession } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

/** A window of one minute every quarter of an hour, as far as a tariff may have elements. */
const windows = tariffOf([], {
  elements: Array.from({ length: 1000 }, (_, index) => {
    const [hours, minutes] = [Math.floor(index / 60) % 24, index % 60].map((part) => String(part).padStart(2, '0'))
    return { price_components: [perKwh(1)], restrictions: { start_time: `${hours}:${minutes}`, max_power: 0 } }
  }),
})

test('a year that a tariff cuts into a million parts is refused before it takes long', () => {
  const year = charging(1, { end: start + 365 * 24 * hour, periods: [{ start, timeH: 1 }] })
  expect(() => price(windows, year)).toThrow(expect.objectContaining({ path: 'periods' }))
})

test('so is one whose periods together are cut into more than 50,000 parts', () => {
  const cut = { ...windows, elements: [{ price_components: [perKwh(1)] }, ...windows.elements.slice(0, 999)] }
  const months = (count: number) =>
    charging(1, {
      end: start + count * 24 * 24 * hour,
      periods: Array.from({ length: count }, (_, index) => ({ start: start + index * 24 * 24 * hour, energyKwh: 1 })),
    })
  expect(price(cut, months(2)).totalMinor).toBe(200)
  expect(() => price(cut, months(3))).toThrow(expect.objectContaining({ path: 'periods', value: 3 }))
})

test.each<[what: string, tariff: Tariff, session: PricedSession, path: string]>([
  ['energy that is no number', tariffOf([perKwh(1)]), charging(Number.NaN), 'periods[0].energyKwh'],
  ['endless energy', tariffOf([perKwh(1)]), charging(Number.POSITIVE_INFINITY), 'periods[0].energyKwh'],
  ['negative energy', tariffOf([perKwh(1)]), charging(-1), 'periods[0].energyKwh'],
  ['negative time', tariffOf([perKwh(1)]), charging(1, { periods: [{ start, timeH: -1 }] }), 'periods[0].timeH'],
  ['endless time', tariffOf([perKwh(1)]), charging(1, { periods: [{ start, timeH: 1e9 }] }), 'periods[0].timeH'],
  [
    'a period before the session',
    tariffOf([perKwh(1)]),
    charging(1, { periods: [{ start: start - 1 }] }),
    'periods[0].start',
  ],
  [
    'periods out of order',
    tariffOf([perKwh(1)]),
    charging(1, { periods: [{ start: start + 2 }, { start }] }),
    'periods[1].start',
  ],
  [
    'a period after the end',
    tariffOf([perKwh(1)]),
    charging(1, { periods: [{ start: start + 2 * hour }] }),
    'periods[0].start',
  ],
  ['an end before the start', tariffOf([perKwh(1)]), charging(1, { end: start - 1 }), 'end'],
  ['a session of years', tariffOf([perKwh(1)]), charging(1, { end: start + 9e12 }), 'end'],
  ['an unknown zone', tariffOf([perKwh(1)]), charging(1, { timeZone: 'Mars/Base' }), 'timeZone'],
  ['a price that is no number', tariffOf([perKwh(Number.NaN)]), charging(1), 'elements[0].price_components[0].price'],
  ['a negative rate', tariffOf([perKwh(1, { vat: -5 })]), charging(1), 'elements[0].price_components[0].vat'],
  [
    'a rate that is no number',
    tariffOf([perKwh(1, { vat: Number.NaN })]),
    charging(1),
    'elements[0].price_components[0].vat',
  ],
  [
    'a component of no known kind',
    tariffOf([perKwh(1), perKwh(1, { type: 'COFFEE' as 'ENERGY' })]),
    charging(1),
    'elements[0].price_components[1].type',
  ],
  ['elements that are no list', tariffOf([], { elements: 'ab' as unknown as [] }), charging(1), 'elements'],
  ['elements that are null', tariffOf([], { elements: null as unknown as [] }), charging(1), 'elements'],
  [
    'a line beyond safe integers in a total that is not',
    tariffOf([perKwh(1e15), { type: 'FLAT', price: -1e15, step_size: 1 }]),
    charging(1),
    'amount',
  ],
  [
    'a broken step',
    tariffOf([perKwh(1, { step_size: 0.5 })]),
    charging(1),
    'elements[0].price_components[0].step_size',
  ],
  ['a broken time', switching({ start_time: '25:00' }), charging(1), 'elements[0].restrictions.start_time'],
  [
    'a broken limit',
    tariffOf([perKwh(1)], { min_price: { before_taxes: 2 }, max_price: { before_taxes: 1 } }),
    charging(1),
    'min_price.before_taxes',
  ],
  ...(['min_price', 'max_price'] as const).flatMap((name): [string, Tariff, PricedSession, string][] => {
    const limited = (before_taxes: number, after_taxes?: number) =>
      tariffOf([perKwh(1)], { [name]: { before_taxes, ...(after_taxes === undefined ? {} : { after_taxes }) } })
    return [
      [`a ${name} that is no number`, limited(Number.NaN), charging(1), `${name}.before_taxes`],
      [`a negative ${name}`, limited(-0.01), charging(1), `${name}.before_taxes`],
      [`a ${name} that is no number after taxes`, limited(1, Number.NaN), charging(1), `${name}.after_taxes`],
      [`a ${name} that is less after taxes`, limited(1, 0.99), charging(1), `${name}.after_taxes`],
    ]
  }),
  [
    'no word about tax',
    { ...tariffOf([perKwh(1)]), tax_included: undefined as unknown as 'NO' },
    charging(1),
    'tax_included',
  ],
  ['no zone', tariffOf([perKwh(1)]), charging(1, { timeZone: undefined as unknown as string }), 'timeZone'],
  ['an empty zone', tariffOf([perKwh(1)]), charging(1, { timeZone: '' }), 'timeZone'],
  ['an offset for a zone', tariffOf([perKwh(1)]), charging(1, { timeZone: '+01:00' }), 'timeZone'],
  ['half a millisecond', tariffOf([perKwh(1)]), charging(1, { start: start + 0.5 }), 'start'],
  ['a start that is no number', tariffOf([perKwh(1)]), charging(1, { start: Number.NaN }), 'start'],
  ['an end beyond all calendars', tariffOf([perKwh(1)]), charging(1, { start: 8.7e15, end: 8.7e15 }), 'end'],
  ['an end that is no number', tariffOf([perKwh(1)]), charging(1, { end: Number.NaN }), 'end'],
  [
    'a period that starts at no number',
    tariffOf([perKwh(1)]),
    charging(1, { periods: [{ start: Number.NaN }] }),
    'periods[0].start',
  ],
  [
    'a time that is no number',
    tariffOf([perKwh(1)]),
    charging(1, { periods: [{ start, timeH: Number.NaN }] }),
    'periods[0].timeH',
  ],
  [
    'endless power',
    tariffOf([perKwh(1)]),
    charging(1, { periods: [{ start, maxPowerKw: Number.POSITIVE_INFINITY }] }),
    'periods[0].maxPowerKw',
  ],
  ...(['minPowerKw', 'minCurrentA', 'maxCurrentA'] as const).map((name): [string, Tariff, PricedSession, string] => [
    `a ${name} that is no number`,
    tariffOf([perKwh(1)]),
    charging(1, { periods: [{ start, [name]: Number.NaN }] }),
    `periods[0].${name}`,
  ]),
  [
    'a step of years',
    tariffOf([perKwh(1, { step_size: 1e10 })]),
    charging(1),
    'elements[0].price_components[0].step_size',
  ],
  [
    'a negative step',
    tariffOf([perKwh(1, { step_size: -1 })]),
    charging(1),
    'elements[0].price_components[0].step_size',
  ],
  ['a day that is none', switching({ start_date: '2026-02-30' }), charging(1), 'elements[0].restrictions.start_date'],
  ['a date in words', switching({ end_date: 'tomorrow' }), charging(1), 'elements[0].restrictions.end_date'],
  ['a month of a far year', switching({ end_date: '+012026-01' }), charging(1), 'elements[0].restrictions.end_date'],
  [
    'a weekday that is none',
    switching({ day_of_week: ['MONDAY', 'SOMEDAY' as 'MONDAY'] }),
    charging(1),
    'elements[0].restrictions.day_of_week[1]',
  ],
  ...(['min_power', 'min_current', 'max_current'] as const).map((name): [string, Tariff, PricedSession, string] => [
    `a ${name} that is no number`,
    switching({ [name]: Number.NaN }),
    charging(1),
    `elements[0].restrictions.${name}`,
  ]),
  ['a broken end of a time', switching({ end_time: '8:00' }), charging(1), 'elements[0].restrictions.end_time'],
  [
    'a duration that is no number',
    switching({ max_duration: Number.NaN }),
    charging(1),
    'elements[0].restrictions.max_duration',
  ],
  ['a bound of energy too much', switching({ max_kwh: -0.1 }), charging(1), 'elements[0].restrictions.max_kwh'],
  ['negative bounds', switching({ min_kwh: -1 }), charging(1), 'elements[0].restrictions.min_kwh'],
  ['bounds that are no number', switching({ max_kwh: Number.NaN }), charging(1), 'elements[0].restrictions.max_kwh'],
  ['power that is no number', switching({ max_power: Number.NaN }), charging(1), 'elements[0].restrictions.max_power'],
  ['a negative duration', switching({ min_duration: -1 }), charging(1), 'elements[0].restrictions.min_duration'],
  ['an endless duration', switching({ max_duration: 1e10 }), charging(1), 'elements[0].restrictions.max_duration'],
  [
    'an unknown kind of reservation',
    switching({ reservation: 'MAYBE' as 'RESERVATION' }),
    charging(1),
    'elements[0].restrictions.reservation',
  ],
  ['no elements', tariffOf([], { elements: [] }), charging(1), 'elements'],
  [
    '10,000 elements',
    tariffOf([], { elements: Array(10_000).fill({ price_components: [] }) }),
    charging(1),
    'elements',
  ],
  ['100 and one components', tariffOf(Array(101).fill(perKwh(1))), charging(1), 'elements[0].price_components'],
  ['100,000 periods', tariffOf([perKwh(1)]), charging(1, { periods: Array(100_000).fill({ start }) }), 'periods'],
  ['a cost beyond safe integers', tariffOf([perKwh(1e15)]), charging(1000), 'amount'],
  ['an unknown currency', tariffOf([perKwh(1)], { currency: 'XXX' }), charging(1), 'currency'],
])('%s is a PricingError that names the field', (_what, tariff, session, path) => {
  expect(() => price(tariff, session)).toThrow(PricingError)
  expect(() => price(tariff, session)).toThrow(expect.objectContaining({ path }))
})

test('a list that is too long is told by its length, and what is no list by itself', () => {
  const elements = (value: unknown) => () => price(tariffOf([], { elements: value as [] }), charging(1))
  expect(elements(Array(1001).fill({ price_components: [] }))).toThrow('elements is 1001: must be a list of 1 to 1000')
  expect(elements('ab')).toThrow('elements is "ab": must be a list of 1 to 1000')
})

test('a duration may be a billion seconds, and not one more', () => {
  expect(price(switching({ max_duration: 1e9 }), charging(1)).totalMinor).toBe(100)
  expect(() => price(switching({ max_duration: 1e9 + 1 }), charging(1))).toThrow(
    'elements[0].restrictions.max_duration is 1000000001: must be a number of seconds, 0 or more',
  )
})
