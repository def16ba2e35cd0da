import type { Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { holdFor, leastHold } from './hold.ts'
import { PricingError } from './pricing-error.ts'

const limits = { defaultMinor: 50_00 }
const priced = (more = {}) => tariffOf([perKwh(0.5, { vat: 20 })], more)

test('the amount the tariff names is held, taxes included, also when max_price is higher (E-24)', () => {
  const tariff = priced({ preauthorize_amount: 35.5, max_price: { before_taxes: 90, after_taxes: 108 } })
  expect(holdFor(tariff, limits)).toEqual({
    amountMinor: 35_50,
    currency: 'EUR',
    reason: 'The tariff names the amount to hold.',
  })
})

test('without it max_price after taxes, or before taxes with the highest rate (E-24)', () => {
  expect(holdFor(priced({ max_price: { before_taxes: 50, after_taxes: 60.5 } }), limits).amountMinor).toBe(60_50)
  expect(holdFor(priced({ max_price: { before_taxes: 50 } }), limits).amountMinor).toBe(60_00)
})

test('without both the default of the operator (E-24)', () => {
  expect(holdFor(priced(), limits)).toMatchObject({ amountMinor: 50_00, reason: expect.stringContaining('default') })
})

test('the operator’s limits come last, and are told', () => {
  const tariff = priced({ preauthorize_amount: 35.5 })
  expect(holdFor(tariff, { ...limits, maxMinor: 25_00 })).toEqual({
    amountMinor: 25_00,
    currency: 'EUR',
    reason: 'The tariff names the amount to hold (35.50 EUR), lowered to the highest hold allowed.',
  })
  expect(holdFor(tariff, { ...limits, minMinor: 40_00 })).toEqual({
    amountMinor: 40_00,
    currency: 'EUR',
    reason: 'The tariff names the amount to hold (35.50 EUR), raised to the least hold allowed.',
  })
  const within = { amountMinor: 35_50, currency: 'EUR', reason: 'The tariff names the amount to hold.' }
  expect(holdFor(tariff, { ...limits, minMinor: 35_50 })).toEqual(within)
  expect(holdFor(tariff, { ...limits, maxMinor: 35_50 })).toEqual(within)
  expect(holdFor(tariff, { ...limits, minMinor: 20_00, maxMinor: 50_00 })).toEqual(within)
  expect(holdFor(tariff, { ...limits, minMinor: 35_50, maxMinor: 35_50 })).toEqual(within)
})

test('a free tariff holds nothing', () => {
  const free = tariffOf([{ type: 'FLAT', price: 0, step_size: 0 }])
  expect(holdFor(free, { ...limits, minMinor: 10_00 }).amountMinor).toBe(0)
})

test('amounts are in the minor unit of the currency', () => {
  expect(holdFor(priced({ currency: 'JPY', preauthorize_amount: 5000 }), limits).amountMinor).toBe(5000)
  expect(holdFor(priced({ currency: 'KWD', preauthorize_amount: 5 }), limits).amountMinor).toBe(5000)
})

test('an amount that secures nothing counts as none; without any amount nothing is held, and that is told', () => {
  const max_price = { before_taxes: 50, after_taxes: 60 }
  expect(holdFor(priced({ preauthorize_amount: 0, max_price }), limits).amountMinor).toBe(60_00)
  expect(holdFor(priced({ preauthorize_amount: -1 }), limits).amountMinor).toBe(50_00)
  expect(holdFor(priced({ max_price: { before_taxes: 0 } }), limits).amountMinor).toBe(50_00)
  expect(holdFor(priced(), { defaultMinor: 0, minMinor: 10_00 })).toEqual({
    amountMinor: 0,
    currency: 'EUR',
    reason: 'The tariff names no amount and the operator has no default.',
  })
})

test('an amount that is no number, an unknown currency and broken limits are refused', () => {
  expect(() => holdFor(priced({ preauthorize_amount: Number.NaN }), limits)).toThrow('preauthorize_amount is NaN')
  expect(() => holdFor(priced({ currency: 'XXX' }), limits)).toThrow(PricingError)
  expect(() => holdFor(priced(), { defaultMinor: 0.5 })).toThrow('defaultMinor')
  expect(() => holdFor(priced(), { ...limits, minMinor: 2, maxMinor: 1 })).toThrow('minMinor is 2')
  expect(() => holdFor(priced(), { ...limits, maxMinor: -1 })).toThrow('maxMinor is -1')
  expect(holdFor(priced(), { ...limits, maxMinor: undefined }).amountMinor).toBe(50_00)
  const rate = tariffOf([perKwh(1, { vat: Number.NaN })], { max_price: { before_taxes: 1 } })
  expect(() => holdFor(rate, limits)).toThrow('vat is NaN')
  const [max_price, after] = [{ before_taxes: Number.NaN }, { before_taxes: 1, after_taxes: Number.NaN }]
  expect(() => holdFor(priced({ max_price }), limits)).toThrow('max_price.before_taxes is NaN')
  expect(() => holdFor(priced({ max_price: after }), limits)).toThrow('max_price.after_taxes is NaN')
})

test('a hold has to pay min_price, or the dearest start with a kWh and six minutes, never more than max_price (E-24, E-25)', () => {
  expect(leastHold(priced())).toBe(60)
  expect(leastHold(priced({ min_price: { before_taxes: 5 } }))).toBe(6_00)
  expect(leastHold(priced({ min_price: { before_taxes: 0.1 } }))).toBe(60)
  const part = (type: 'FLAT' | 'ENERGY' | 'TIME', price: number, restrictions: TariffRestrictions = {}) => ({
    price_components: [{ type, price, vat: 20, step_size: 1 }],
    restrictions,
  })
  const of = (elements: Tariff['elements'], more = {}) => leastHold({ ...priced(more), elements })
  const [onMonday, other] = [part('FLAT', 2, { day_of_week: ['MONDAY'] }), part('FLAT', 1)]
  expect(of([onMonday, other, part('ENERGY', 0.5), part('TIME', 3)])).toBe(3_36)
  // What comes later, or for a reservation, is no start.
  const later = [{ min_duration: 3600 }, { min_kwh: 40 }, { reservation: 'RESERVATION' as const }]
  expect(of([...later.map((when) => part('FLAT', 9, when)), other])).toBe(1_20)
  const most = { max_price: { before_taxes: 9, after_taxes: 10 } }
  expect(of([part('FLAT', 9), part('ENERGY', 0.5)], most)).toBe(10_00)
})
