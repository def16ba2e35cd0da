import type { Decimal } from './decimal.ts'
import { toText } from './decimal.ts'
import { shownIn } from './display-words.ts'
import { currencyDigits } from './money.ts'

/** With as many decimals as the amount has, from the usual number of the currency up to four. */
export function moneyText(amount: Decimal, currency: string, language: string): string {
  const digits = currencyDigits(currency)
  return formatted(amount, currency, { language, least: digits, most: Math.max(digits, 4) })
}

/** What is asked for or captured: rounded to the minor unit. (G-19) */
export function amountText(amount: Decimal, currency: string, language: string): string {
  const digits = currencyDigits(currency)
  return formatted(amount, currency, { language, least: digits, most: digits })
}

function formatted(
  amount: Decimal,
  currency: string,
  { language, least, most }: { readonly language: string; readonly least: number; readonly most: number },
): string {
  const format = new Intl.NumberFormat(shownIn(language), {
    style: 'currency',
    currency,
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  })
  return format.format(toText(amount, most) as Intl.StringNumericLiteral)
}
