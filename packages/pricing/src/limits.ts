import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PriceLimit } from '@plugtill/ocpi/types'
import type { CompiledTariff } from './compiled-tariff.ts'
import type { Decimal } from './decimal.ts'
import { add, compare, decimal, divide, fraction, isZero, larger, multiply, one, sign, smaller } from './decimal.ts'
import { PricingError } from './pricing-error.ts'
import { taxIncluded } from './taxes.ts'

export interface Bounded {
  readonly net: Decimal
  readonly gross: Decimal
}

/**
 * min_price and max_price bound the total before and after taxes independently. Without `after_taxes` only the net is
 * bound, and the gross keeps its proportion to it. A session under several tariffs stays within the limits of each; where
 * they contradict each other the lower total counts. (G-18)
 */
export function applyLimits(tariffs: readonly CompiledTariff[], total: Bounded): Bounded {
  let { net, gross } = total
  for (const { tariff } of tariffs) checkLimits(tariff)
  for (const { tariff } of tariffs) {
    if (tariff.min_price == null) continue
    const low = bounds(tariff.min_price, ratioOf(tariff, total))
    net = larger(net, low.net)
    gross = larger(gross, low.gross)
  }
  for (const { tariff } of tariffs) {
    if (tariff.max_price == null) continue
    const high = bounds(tariff.max_price, ratioOf(tariff, total))
    net = smaller(net, high.net)
    gross = smaller(gross, high.gross)
  }
  return { net, gross }
}

function ratioOf(tariff: Tariff, { net, gross }: Bounded): Decimal {
  return isZero(net) ? highestTaxFactor(tariff) : divide(gross, net)
}

/** The gross side of a limit: as stated, or the net with the highest tax of the tariff. (E-24) */
export function grossLimit(tariff: Tariff, limit: PriceLimit, path: string): Decimal {
  if (limit.after_taxes != null) return decimal(limit.after_taxes, `${path}.after_taxes`)
  return multiply(decimal(limit.before_taxes, `${path}.before_taxes`), highestTaxFactor(tariff))
}

function bounds(limit: PriceLimit, ratio: Decimal): Bounded {
  const net = decimal(limit.before_taxes)
  return { net, gross: limit.after_taxes == null ? multiply(net, ratio) : decimal(limit.after_taxes) }
}

function checkLimits({ min_price: min, max_price: max }: Tariff): void {
  if (min != null) checkLimit(min, 'min_price')
  if (max != null) checkLimit(max, 'max_price')
  if (min != null && max != null && min.before_taxes > max.before_taxes) {
    throw new PricingError(
      'min_price.before_taxes',
      min.before_taxes,
      `must not be above max_price ${max.before_taxes}`,
    )
  }
}

function checkLimit({ before_taxes: net, after_taxes: gross }: PriceLimit, path: string): void {
  const before = decimal(net, `${path}.before_taxes`)
  if (sign(before) < 0) throw new PricingError(`${path}.before_taxes`, net, 'must not be negative')
  if (gross != null && compare(decimal(gross, `${path}.after_taxes`), before) < 0)
    throw new PricingError(`${path}.after_taxes`, gross, 'must not be below before_taxes')
}

function highestTaxFactor(tariff: Tariff): Decimal {
  if (taxIncluded(tariff) === 'N/A') return one
  const rates = tariff.elements
    .filter((element) => element.restrictions?.reservation == null)
    .flatMap((element) => element.price_components)
    .map((component) => decimal(component.vat ?? 0, 'vat'))
  return add(one, divide(rates.reduce(larger, fraction(0, 1)), fraction(100, 1)))
}
