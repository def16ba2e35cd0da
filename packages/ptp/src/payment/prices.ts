/** Between the OCPI Price (decimals, net and taxes) and money (minor units, gross). Exact; rounded once. (G-19, E-14) */
import type { Price } from '@plugtill/ocpi/types'
import { decimal, divide, multiply, scaled, subtract, sum, toNumber, toText } from '@plugtill/pricing/decimal'
import { currencyDigits, fromMinor, grossOf, moneyOf } from '@plugtill/pricing/money'
import type { Money } from '@plugtill/psp/psp'

/** What a Price asks from the driver. Throws PricingError for an unknown currency. */
export const dueOf = (price: Price, currency: string): Money => moneyOf(price, currency)

/** "12.10 EUR", printable ASCII. */
export const moneyText = (money: Money): string =>
  `${toText(fromMinor(money), currencyDigits(money.currency))} ${money.currency}`

export interface TaxShare {
  readonly name: string
  readonly percentage?: number
  readonly amount: Money
}

/** The taxes contained in what was captured: those of the CDR, in proportion. None told, none invented. (E-73) */
export function taxesOf(captured: Money, cost: Price): readonly TaxShare[] {
  const gross = grossOf(cost)
  if (gross.numerator <= 0n) return []
  const share = divide(fromMinor(captured), gross)
  return (cost.taxes ?? []).map(({ name, percentage, amount }) => ({
    name,
    ...(percentage !== null && percentage !== undefined && { percentage }),
    amount: {
      amountMinor: Number(scaled(multiply(decimal(amount), share), currencyDigits(captured.currency))),
      currency: captured.currency,
    },
  }))
}

/**
 * The captured amount as an OCPI Price, split like the CDR's cost; net and taxes add up to the captured amount
 * exactly. Without taxes in the CDR it is all net. (E-14)
 */
export function splitLike(captured: Money, cost: Price | undefined): Price {
  const taxes = cost ? taxesOf(captured, cost) : []
  const digits = currencyDigits(captured.currency)
  const net = subtract(fromMinor(captured), sum(taxes.map((tax) => fromMinor(tax.amount))))
  return {
    before_taxes: toNumber(net, digits),
    taxes: taxes.map(({ amount, ...tax }) => ({ ...tax, amount: toNumber(fromMinor(amount), digits) })),
  }
}
