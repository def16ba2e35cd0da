import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { decimal, toText } from './decimal.ts'
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
