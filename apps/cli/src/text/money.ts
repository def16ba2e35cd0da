import { currencyDigits } from '@plugtill/terminal/currency-digits'
import type { MinorAmount } from '../answers.ts'

/** 1234 cents -> "12.34 EUR"; the number of decimals is the currency's own. */
export function moneyText(amount: MinorAmount | null | undefined): string | undefined {
  if (!amount) return undefined
  const digits = currencyDigits(amount.currency)
  const sign = amount.amount_minor < 0 ? '-' : ''
  const all = String(Math.abs(amount.amount_minor)).padStart(digits + 1, '0')
  const whole = all.slice(0, all.length - digits)
  return `${sign}${whole}${digits > 0 ? `.${all.slice(-digits)}` : ''} ${amount.currency}`
}
