import type { Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, decimal, fraction, larger, multiply, smaller, toText, zero } from './decimal.ts'
import { grossUnit } from './forecast-windows.ts'
import { isFree } from './free.ts'
import { grossLimit } from './limits.ts'
import { currencyDigits, fromMinor, toMinor } from './money.ts'
import { PricingError } from './pricing-error.ts'

/** What the operator allows, in minor units of the tariff's currency. */
export interface HoldLimits {
  /** Used when the tariff gives no amount; 0 when the operator has set none for this currency. */
  readonly defaultMinor: number
  readonly minMinor?: number
  readonly maxMinor?: number
}

export interface HoldAmount {
  /** 0 for an explicitly free tariff, and when no amount is known: take no hold, sell nothing that costs. */
  readonly amountMinor: number
  readonly currency: string
  /** Where the amount comes from, in words. */
  readonly reason: string
}

/**
 * How much to hold before charging starts, taxes included: `preauthorize_amount`, else `max_price`, else the operator's
 * default; then within the operator's limits. (E-24)
 */
export function holdFor(tariff: Tariff, limits: HoldLimits): HoldAmount {
  const { currency } = tariff
  const money = (amountMinor: number) =>
    `${toText(fromMinor({ amountMinor, currency }), currencyDigits(currency))} ${currency}`
  checkLimits(limits)
  currencyDigits(currency)
  if (isFree(tariff)) return { amountMinor: 0, currency, reason: 'The tariff is free of charge: nothing is held.' }
  const { amountMinor: wanted, reason } = wantedHold(tariff, limits.defaultMinor)
  if (wanted === 0) return { amountMinor: 0, currency, reason: `${reason}.` }
  const { minMinor = 0, maxMinor = wanted } = limits
  if (wanted < minMinor) {
    return {
      amountMinor: minMinor,
      currency,
      reason: `${reason} (${money(wanted)}), raised to the least hold allowed.`,
    }
  }
  if (wanted > maxMinor) {
    return {
      amountMinor: maxMinor,
      currency,
      reason: `${reason} (${money(wanted)}), lowered to the highest hold allowed.`,
    }
  }
  return { amountMinor: wanted, currency, reason: `${reason}.` }
}

/** Less than this and six minutes of charging is no session. */
const LEAST_KWH = fraction(1, 1)
const LEAST_HOURS = fraction(1, 10)

/**
 * What a hold has to pay at least, in minor units, taxes included: min_price, or the fee of a start with a first kWh and a
 * few minutes, at the dearest. With less a session would end as it begins, and cost its minimum. (E-24, E-25)
 */
export function leastHold(tariff: Tariff): number {
  const first = add(
    dearestOf(tariff, 'FLAT'),
    add(multiply(dearestOf(tariff, 'ENERGY'), LEAST_KWH), multiply(dearestOf(tariff, 'TIME'), LEAST_HOURS)),
  )
  const { min_price: min, max_price: max, currency } = tariff
  const least = min == null ? first : larger(first, grossLimit(tariff, min, 'min_price'))
  return toMinor(max == null ? least : smaller(least, grossLimit(tariff, max, 'max_price')), currency)
}

/** Of the components that may apply when charging begins: what first needs energy or time comes later. */
function dearestOf(tariff: Tariff, dimension: TariffDimensionType): Decimal {
  let most = zero
  tariff.elements.forEach(({ price_components: parts, restrictions: r }, element) => {
    if (r?.reservation != null || (r?.min_duration ?? 0) > 0 || (r?.min_kwh ?? 0) > 0) return
    parts.forEach(({ type }, component) => {
      if (type === dimension) most = larger(most, grossUnit(tariff, element, component))
    })
  })
  return most
}

function wantedHold(tariff: Tariff, defaultMinor: number): { readonly amountMinor: number; readonly reason: string } {
  const { currency, preauthorize_amount: preauthorize, max_price: max } = tariff
  if (preauthorize != null) {
    const amountMinor = toMinor(decimal(preauthorize, 'preauthorize_amount'), currency)
    // A hold of nothing secures nothing: such a tariff is treated like one that names no amount.
    if (amountMinor > 0) return { amountMinor, reason: 'The tariff names the amount to hold' }
  }
  if (max != null) {
    const amountMinor = toMinor(grossLimit(tariff, max, 'max_price'), currency)
    if (amountMinor > 0) return { amountMinor, reason: 'No session costs more than max_price' }
  }
  if (defaultMinor === 0)
    return { amountMinor: 0, reason: 'The tariff names no amount and the operator has no default' }
  return { amountMinor: defaultMinor, reason: 'The tariff names no amount: the default of the operator' }
}

function checkLimits(limits: HoldLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
      throw new PricingError(name, value, 'must be a whole number of minor units, 0 or more')
    }
  }
  const { minMinor = 0, maxMinor = minMinor } = limits
  if (minMinor > maxMinor) throw new PricingError('minMinor', minMinor, `must not be above maxMinor ${maxMinor}`)
}
