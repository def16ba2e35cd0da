import type { PriceComponent, Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Price } from '@plugtill/ocpi/types'
import type { CompiledTariff } from './compiled-tariff.ts'
import type { Decimal } from './decimal.ts'
import {
  add,
  decimal,
  divide,
  fraction,
  isZero,
  multiply,
  one,
  sign,
  subtract,
  sum,
  toNumber,
  zero,
} from './decimal.ts'
import type { Finding, Line, TaxLine } from './price.ts'
import { PricingError } from './pricing-error.ts'

/** An amount without and with its taxes. */
export interface Taxed {
  readonly vat?: number
  readonly net: Decimal
  readonly gross: Decimal
}

/** An amount at the prices of a component, with its tax. (G-20, E-72) */
export function withTax(amount: Decimal, component: PriceComponent, tariff: Tariff, path: string): Decimal {
  if (taxIncluded(tariff) !== 'NO' || component.vat == null) return amount
  const vat = decimal(component.vat, `${path}.vat`)
  if (sign(vat) < 0) throw new PricingError(`${path}.vat`, component.vat, 'must not be negative')
  return multiply(amount, add(one, divide(vat, fraction(100, 1))))
}

export function taxIncluded(tariff: Tariff): 'YES' | 'NO' | 'N/A' {
  const value: string | undefined = tariff.tax_included
  if (value === 'YES' || value === 'NO' || value === 'N/A') return value
  throw new PricingError('tax_included', value, 'must be YES, NO or N/A')
}

/** One line per rate, in the order of the lines. No stated rate, no line: a tax of 0 % is never invented. (E-73) */
export function taxLines(lines: readonly Taxed[]): readonly TaxLine[] {
  const taxes: { percentage: number; net: Decimal; amount: Decimal }[] = []
  for (const { vat: percentage, net, gross } of lines) {
    if (percentage === undefined) continue
    const amount = subtract(gross, net)
    const same = taxes.find((tax) => tax.percentage === percentage)
    if (same === undefined) taxes.push({ percentage, net, amount })
    else {
      same.net = add(same.net, net)
      same.amount = add(same.amount, amount)
    }
  }
  return taxes
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
    taxes: taxes.map(({ percentage, amount }) =>
      percentage === undefined
        ? { name: 'VAT', amount: toNumber(amount, 4) }
        : { name: 'VAT', percentage, amount: toNumber(amount, 4) },
    ),
  }
}

/** What the tariffs leave open about taxes. (E-72, E-73) */
export function taxFindings(
  tariffs: readonly CompiledTariff[],
  lines: readonly Pick<Line, 'tariff' | 'vat' | 'gross'>[],
): readonly Finding[] {
  let [isRated, bareYes, bareNo] = [false, 0, 0]
  for (const { tariff, vat, gross } of lines) {
    if (vat !== undefined) isRated = true
    else if (!isZero(gross)) {
      const included = tariffs[tariff]?.tariff.tax_included
      if (included === 'YES') bareYes++
      else if (included === 'NO') bareNo++
    }
  }
  if (bareYes > 0) return [netUnknown]
  // Beside a stated rate an absent one means that no VAT applies; alone it may as well be forgotten. (E-73)
  return bareNo > 0 && !isRated ? [taxUnknown] : []
}

const netUnknown: Finding = {
  code: 'net-unknown',
  message: 'Prices contain tax, but no rate is given: the net is shown equal to the gross.',
}
const taxUnknown: Finding = {
  code: 'tax-unknown',
  message: 'Prices are before taxes, but no rate is given: no tax is added.',
}
