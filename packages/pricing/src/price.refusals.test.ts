import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, switching, tariffOf } from '../test/tariffs.ts'
import type { PricedSession } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

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
  [
    'no word about tax',
    { ...tariffOf([perKwh(1)]), tax_included: undefined as unknown as 'NO' },
    charging(1),
    'tax_included',
  ],
  ['an unknown currency', tariffOf([perKwh(1)], { currency: 'XXX' }), charging(1), 'currency'],
])('%s is a PricingError that names the field', (_what, tariff, session, path) => {
  expect(() => price(tariff, session)).toThrow(PricingError)
  expect(() => price(tariff, session)).toThrow(expect.objectContaining({ path }))
})
