import type { Price } from '@plugtill/ocpi/types'
import type { Decimal } from './decimal.ts'
import { add, decimal, fraction, scaledWhole, sum } from './decimal.ts'
import { PricingError } from './pricing-error.ts'

export interface Money {
  /** Safe integer, in the smallest unit of the currency. */
  readonly amountMinor: number
  readonly currency: string
}

// ISO 4217, currencies of daily use, by the number of digits after the decimal point.
const codes: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP ' +
    'CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS ' +
    'KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD ' +
    'PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP ' +
    'TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
}

const digitsOf = new Map(
  Object.entries(codes).flatMap(([digits, list]) => list.split(' ').map((code) => [code, Number(digits)] as const)),
)

export const knowsCurrency = (currency: string): boolean => digitsOf.has(currency)

/** Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD. (ISO 4217) */
export function currencyDigits(currency: string): number {
  const digits = digitsOf.get(currency)
  if (digits === undefined)
    throw new PricingError('currency', currency, 'must be a currency code of ISO 4217, in capitals')
  return digits
}

/** Minor units, rounded half up; this is the one rounding of an amount. (G-19) */
export function toMinor(amount: Decimal, currency: string): number {
  const minor = Number(scaledWhole(amount, currencyDigits(currency)))
  if (!Number.isSafeInteger(minor)) throw new PricingError('amount', minor, 'is too large to be kept exactly')
  return minor
}

export function fromMinor(money: Money): Decimal {
  if (!Number.isSafeInteger(money.amountMinor)) {
    throw new PricingError('amountMinor', money.amountMinor, 'must be a whole number of minor units')
  }
  return fraction(money.amountMinor, 10n ** BigInt(currencyDigits(money.currency)))
}

/** Gross amount of an OCPI price: before taxes plus all taxes. (types › Price) */
export function grossOf(price: Price, path = 'total_cost'): Decimal {
  const taxes = (price.taxes ?? []).map((tax, index) => decimal(tax.amount, `${path}.taxes[${index}].amount`))
  return add(decimal(price.before_taxes, `${path}.before_taxes`), sum(taxes))
}

/** What an OCPI price is in money: gross, rounded once. */
export function moneyOf(price: Price, currency: string): Money {
  return { amountMinor: toMinor(grossOf(price), currency), currency }
}
