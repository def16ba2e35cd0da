import type { PriceComponent, Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Price } from '@plugtill/ocpi/types'
import type { Decimal } from './decimal.ts'
import { add, decimal, divide, fraction, isZero, multiply, one, subtract, sum, toNumber, zero } from './decimal.ts'
import type { TaxLine } from './price.ts'
import { PricingError } from './pricing-error.ts'

/** An amount without and with its taxes. */
export interface Taxed {
  readonly vat?: number
  readonly net: Decimal
  readonly gross: Decimal
}

/** Net and gross of an amount at the prices of a component. (G-20, E-72) */
export function taxed(amount: Decimal, component: PriceComponent, tariff: Tariff, path: string): Taxed {
  const included = taxIncluded(tariff)
  if (included === 'N/A' || component.vat == null) return { net: amount, gross: amount }
  const vat = decimal(component.vat, `${path}.vat`)
  if (vat.numerator < 0n) throw new PricingError(`${path}.vat`, component.vat, 'must not be negative')
  const factor = add(one, divide(vat, fraction(100, 1)))
  return included === 'YES'
    ? { vat: component.vat, net: divide(amount, factor), gross: amount }
    : { vat: component.vat, net: amount, gross: multiply(amount, factor) }
}

export function taxIncluded(tariff: Tariff): 'YES' | 'NO' | 'N/A' {
  const value: string | undefined = tariff.tax_included
  if (value === 'YES' || value === 'NO' || value === 'N/A') return value
  throw new PricingError('tax_included', value, 'must be YES, NO or N/A')
}

/** One line per rate, in the order of the lines. No stated rate, no line: a tax of 0 % is never invented. (E-73) */
export function taxLines(lines: readonly Taxed[]): readonly TaxLine[] {
  const rates = [...new Set(lines.map((line) => line.vat))].filter((rate) => rate !== undefined)
  return rates.map((percentage) => {
    const mine = lines.filter((line) => line.vat === percentage)
    const net = sum(mine.map((line) => line.net))
    return { percentage, net, amount: subtract(sum(mine.map((line) => line.gross)), net) }
  })
}

/** Spreads another total tax over the rates as they were. (G-18) */
export function spread(taxes: readonly TaxLine[], net: Decimal, total: Decimal): readonly TaxLine[] {
  const before = sum(taxes.map((tax) => tax.amount))
  const netBefore = sum(taxes.map((tax) => tax.net))
  if (isZero(before)) return isZero(total) ? taxes : [{ net, amount: total }]
  return taxes.map((tax) => ({
    ...tax,
    net: isZero(netBefore) ? zero : divide(multiply(net, tax.net), netBefore),
    amount: divide(multiply(total, tax.amount), before),
  }))
}

/** As OCPI writes it, with four decimals. (types › Price) */
export function ocpiPrice(net: Decimal, taxes: readonly TaxLine[]): Price {
  return {
    before_taxes: toNumber(net, 4),
    taxes: taxes.map(({ percentage, amount }) => ({
      name: 'VAT',
      ...(percentage === undefined ? {} : { percentage }),
      amount: toNumber(amount, 4),
    })),
  }
}
