/** Between an OCPI Price and money. */
import type { Price } from '@plugtill/ocpi/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moneyText, splitLike, taxesOf } from '../src/payment/prices.ts'
import { eur } from './samples.ts'

const cost: Price = { before_taxes: 5, taxes: [{ name: 'VAT', percentage: 21, amount: 1.05 }] }

test('what was captured contains the taxes of the CDR in proportion, with their names and rates (E-14, E-73)', () => {
  expect(taxesOf(eur(605), cost)).toEqual([{ name: 'VAT', percentage: 21, amount: eur(105) }])
  expect(taxesOf(eur(303), cost)).toEqual([{ name: 'VAT', percentage: 21, amount: eur(53) }])
  expect(splitLike(eur(303), cost)).toEqual({
    before_taxes: 2.5,
    taxes: [{ name: 'VAT', percentage: 21, amount: 0.53 }],
  })
})

test('a rate that the CDR does not tell is not invented', () => {
  for (const percentage of [null, undefined] as never[]) {
    const untold = { before_taxes: 5, taxes: [{ name: 'VAT', percentage, amount: 1.05 }] }
    expect(splitLike(eur(605), untold).taxes).toEqual([{ name: 'VAT', amount: 1.05 }])
    expect(Object.keys(taxesOf(eur(605), untold)[0] ?? {})).toEqual(['name', 'amount'])
  }
})

test.each<[string, Price | undefined]>([
  ['there is no CDR', undefined],
  ['the CDR tells no taxes', { before_taxes: 6.05 } as Price],
  ['the CDR comes to nothing', { before_taxes: 0, taxes: [{ name: 'VAT', amount: 0 }] }],
])('where %s all of it is net', (_where, of) => {
  expect(splitLike(eur(605), of)).toEqual({ before_taxes: 6.05, taxes: [] })
})

test('net and taxes add up to what was captured, to the last digit, in every currency', () => {
  const parts = fc.record({ net: fc.integer({ min: 1, max: 99_999 }), tax: fc.integer({ min: 0, max: 30_000 }) })
  const currency = fc.constantFrom('EUR', 'JPY', 'KWD')
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 500_000 }), currency, ({ net, tax }, amountMinor, code) => {
      const unit = { EUR: 100, JPY: 1, KWD: 1000 }[code] ?? 1
      const price = { before_taxes: net / unit, taxes: [{ name: 'VAT', amount: tax / unit }] }
      const split = splitLike({ amountMinor, currency: code }, price)
      const minor = [split.before_taxes, ...split.taxes!.map(({ amount }) => amount)].map((one) =>
        Math.round(one * unit),
      )
      expect(minor.reduce((a, b) => a + b, 0)).toBe(amountMinor)
    }),
  )
})

test('money is told with the digits of its currency', () => {
  expect(moneyText(eur(1210))).toBe('12.10 EUR')
  expect(moneyText({ amountMinor: 1500, currency: 'JPY' })).toBe('1500 JPY')
})
