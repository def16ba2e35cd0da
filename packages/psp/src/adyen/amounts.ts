/** The Terminal API speaks major units as a decimal number; everything else at Adyen speaks minor units, four of them its own. */
import type { OwnUnits } from '../own-units.ts'
import type { Money } from '../psp.ts'
import { PspError } from '../psp.ts'

/** Digits after the point as Adyen counts them; 2 for the rest. */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...['CVE', 'DJF', 'GNF', 'IDR', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map(
    (code) => [code, 0],
  ),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3]),
])

/** Where these digits are not those of ISO 4217. (docs.adyen.com › Currency codes and minor units) */
export const adyenUnits: OwnUnits = {
  CLP: { decimals: 2 },
  ISK: { decimals: 2 },
  CVE: { decimals: -2 },
  IDR: { decimals: -2 },
}

const digitsOf = (currency: string) => DIGITS[currency] ?? 2

/** A number whose shortest decimal text is exactly the amount. */
export function majorOf({ amountMinor, currency }: Money): number {
  const digits = digitsOf(currency)
  const text = String(amountMinor).padStart(digits + 1, '0')
  return Number(digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`)
}

export function minorOf(major: number, currency: string): Money {
  const digits = digitsOf(currency)
  const [, whole = '', part = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(major)) ?? []
  const amountMinor = Number(whole + part.padEnd(digits, '0').slice(0, digits))
  if (whole === '' || /[1-9]/.test(part.slice(digits)) || !Number.isSafeInteger(amountMinor))
    throw new PspError('unknown-outcome', `Adyen told an amount of ${major} ${currency}. Ask with query.`)
  return { amountMinor, currency }
}
