/** Amounts as an operator types them into a search field. Pure. */
import { currencyDigits } from '@plugtill/pricing/money'
import type { Money } from '@plugtill/psp/psp'

/** `12.34`, with the digits of the currency. */
export function amountWord({ amountMinor, currency }: Money): string {
  const digits = currencyDigits(currency)
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

const MOST_WORDS = 5

/** What is asked for, in the spelling of the words of a payment: `EUR 12,34 T-1` is `12.34` and `t-1`. */
export function searchedWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/^[€$£]|[€$£]$/g, '').replace(/^(\d+),(\d{1,3})$/, '$1.$2'))
    .filter((word) => word !== '' && !/^(eur|usd|gbp|chf|sek|nok|dkk|pln|czk|huf|[€$£])$/.test(word))
    .slice(0, MOST_WORDS)
}
