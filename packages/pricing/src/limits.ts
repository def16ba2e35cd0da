import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PriceLimit } from '@plugtill/ocpi/types'
import type { Decimal } from './decimal.ts'
import { add, compare, decimal, divide, fraction, isZero, larger, multiply, one, smaller } from './decimal.ts'
import { PricingError } from './pricing-error.ts'
import { taxIncluded } from './taxes.ts'

export interface Bounded {
  readonly net: Decimal
  readonly gross: Decimal
}

/**
 * min_price and max_price bound the total before and after taxes independently. Without `after_taxes` only the net is
 * bound, and the gross keeps its proportion to it. (G-18)
 */
export function applyLimits(tariff: Tariff, { net, gross }: Bounded): Bounded {
  checkLimits(tariff)
  const ratio = isZero(net) ? highestTaxFactor(tariff) : divide(gross, net)
  const low = bounds(tariff.min_price, 'min_price', ratio)
  const high = bounds(tariff.max_price, 'max_price', ratio)
  const between = (value: Decimal, min: Decimal | undefined, max: Decimal | undefined) => {
    const raised = min === undefined ? value : larger(value, min)
    return max === undefined ? raised : smaller(raised, max)
  }
  return { net: between(net, low?.net, high?.net), gross: between(gross, low?.gross, high?.gross) }
}

/** The gross side of a limit: as stated, or the net with the highest tax of the tariff. (E-24) */
export function grossLimit(tariff: Tariff, limit: PriceLimit, path: string): Decimal {
  if (limit.after_taxes != null) return decimal(limit.after_taxes, `${path}.after_taxes`)
  return multiply(decimal(limit.before_taxes, `${path}.before_taxes`), highestTaxFactor(tariff))
}

function bounds(limit: PriceLimit | null | undefined, path: string, ratio: Decimal): Bounded | undefined {
  if (limit == null) return undefined
  const net = decimal(limit.before_taxes, `${path}.before_taxes`)
  const gross = limit.after_taxes == null ? multiply(net, ratio) : decimal(limit.after_taxes, `${path}.after_taxes`)
  return { net, gross }
}

function checkLimits({ min_price: min, max_price: max }: Tariff): void {
  for (const [path, limit] of [
    ['min_price', min],
    ['max_price', max],
  ] as const) {
    if (limit == null) continue
    const before = decimal(limit.before_taxes, `${path}.before_taxes`)
    if (before.numerator < 0n)
      throw new PricingError(`${path}.before_taxes`, limit.before_taxes, 'must not be negative')
    if (limit.after_taxes != null && compare(decimal(limit.after_taxes, `${path}.after_taxes`), before) < 0) {
      throw new PricingError(`${path}.after_taxes`, limit.after_taxes, 'must not be below before_taxes')
    }
  }
  if (min != null && max != null && min.before_taxes > max.before_taxes) {
    throw new PricingError(
      'min_price.before_taxes',
      min.before_taxes,
      `must not be above max_price ${max.before_taxes}`,
    )
  }
}

function highestTaxFactor(tariff: Tariff): Decimal {
  if (taxIncluded(tariff) === 'N/A') return one
  const rates = tariff.elements
    .filter((element) => element.restrictions?.reservation == null)
    .flatMap((element) => element.price_components)
    .map((component) => decimal(component.vat ?? 0, 'vat'))
  return add(one, divide(rates.reduce(larger, fraction(0, 1)), fraction(100, 1)))
}
