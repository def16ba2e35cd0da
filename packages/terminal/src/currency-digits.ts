/** Digits behind the point by ISO 4217, which is what amounts count in; browsers show some currencies with fewer. */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
])

/** Two for all others, also where nobody knows the currency. */
export const currencyDigits = (currency: string): number => DIGITS[currency.toUpperCase()] ?? 2
