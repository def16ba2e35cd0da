/** What 2.2.1 spells differently; the only file that knows the old words. (F-01 to F-20) */
import Type, { type Static } from 'typebox'
import { num, object, optional, Price } from '../types.ts'

/** Price before 2.3.0. (2.2.1 types › Price; F-01) */
export const LegacyPrice = object({
  excl_vat: num,
  incl_vat: optional(num),
})
export type LegacyPrice = Static<typeof LegacyPrice>

/** Either form, the current one first. (E-14) */
export const AnyPrice = Type.Union([Price, LegacyPrice])
export type AnyPrice = Static<typeof AnyPrice>

/** The current form of either; a difference to the gross price becomes one tax named "VAT". (F-01, E-14) */
export function priceOf(price: AnyPrice): Price {
  return 'before_taxes' in price ? price : liftPrice(price)
}

/** 2.2.1 to 2.3.0. (F-01) */
export function liftPrice(price: LegacyPrice): Price {
  const { excl_vat, incl_vat, ...rest } = price
  const taxes = typeof incl_vat === 'number' && incl_vat !== excl_vat
    ? [{ name: 'VAT', amount: addExactly(incl_vat, -excl_vat) }]
    : []
  return { ...rest, before_taxes: excl_vat, taxes }
}

/** 2.3.0 to 2.2.1; without taxes the gross price is unknown and left out. (F-01) */
export function lowerPrice(price: Price): LegacyPrice {
  const { before_taxes, taxes, ...rest } = price
  if (!taxes?.length) return { ...rest, excl_vat: before_taxes }
  return { ...rest, excl_vat: before_taxes, incl_vat: addExactly(before_taxes, ...taxes.map((tax) => tax.amount)) }
}

/** Sum of decimals without binary rounding: 0.1 + 0.2 is 0.3. */
function addExactly(...terms: readonly number[]): number {
  const texts = terms.map((term) => term.toFixed(10))
  const sum = texts.reduce((total, digits) => total + BigInt(digits.replace('.', '')), 0n)
  const digits = (sum < 0n ? -sum : sum).toString().padStart(11, '0')
  return Number(`${sum < 0n ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`)
}
