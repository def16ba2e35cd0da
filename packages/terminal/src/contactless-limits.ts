/**
 * Up to which amount a card may be tapped without a PIN, by the country the terminal stands in. A country that is not
 * listed has no limit we could name: there the terminal asks for no PIN by itself, and the bank may still want one.
 * Amounts are never converted: a limit counts for payments in its own currency.
 */
import type { Money } from './link.ts'

export interface ContactlessLimit {
  /** ISO 3166-1 alpha-3, as in an OCPI Location. */
  readonly countries: readonly string[]
  /** Up to and including this much. */
  readonly upTo: Money
  readonly basis: 'law' | 'schemes'
  readonly source: string
}

export const CONTACTLESS_LIMITS: readonly ContactlessLimit[] = [
  {
    // The EEA countries that pay in euro; the others have limits of their own in their currencies.
    countries: [
      ...['AUT', 'BEL', 'BGR', 'CYP', 'DEU', 'ESP', 'EST', 'FIN', 'FRA', 'GRC', 'HRV'],
      ...['IRL', 'ITA', 'LTU', 'LUX', 'LVA', 'MLT', 'NLD', 'PRT', 'SVK', 'SVN'],
    ],
    upTo: { amountMinor: 50_00, currency: 'EUR' },
    basis: 'law',
    source: 'Delegated Regulation (EU) 2018/389, Article 11 (a)',
  },
  {
    countries: ['GBR'],
    upTo: { amountMinor: 100_00, currency: 'GBP' },
    basis: 'schemes',
    source: 'UK limit since October 2021; since 19 March 2026 each bank may set another one (FCA)',
  },
  {
    countries: ['CHE', 'LIE'],
    upTo: { amountMinor: 80_00, currency: 'CHF' },
    basis: 'schemes',
    source: 'Joint limit of the card schemes and issuers since April 2020 (PostFinance, Swisscard)',
  },
  {
    countries: ['SWE'],
    upTo: { amountMinor: 400_00, currency: 'SEK' },
    basis: 'schemes',
    source: 'Mastercard, limits by country, March 2020',
  },
  {
    countries: ['NOR'],
    upTo: { amountMinor: 500_00, currency: 'NOK' },
    basis: 'schemes',
    source: 'NFCW, table of contactless limits, March 2020',
  },
  {
    countries: ['POL'],
    upTo: { amountMinor: 100_00, currency: 'PLN' },
    basis: 'schemes',
    source: 'Mastercard, limits by country, March 2020',
  },
  {
    countries: ['HUN'],
    upTo: { amountMinor: 15_000_00, currency: 'HUF' },
    basis: 'schemes',
    source: 'Mastercard, limits by country, March 2020',
  },
]

/** The limit for a payment in this currency at a terminal in this country, when there is one. */
export function contactlessLimit(country: string, currency: string): Money | undefined {
  const named = country.toUpperCase()
  const found = CONTACTLESS_LIMITS.find(
    ({ countries, upTo }) => countries.includes(named) && upTo.currency === currency,
  )
  return found?.upTo
}
