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
  return formatOf(shownIn(language), currency, { least, most }).format(
    toText(amount, most) as Intl.StringNumericLiteral,
  )
}

/** To make one takes longer than to use it a hundred times; there are as many as currencies times languages in use. */
const formats = new Map<string, Intl.NumberFormat>()
const FORMATS_MAX = 1_000

function formatOf(
  language: string,
  currency: string,
  { least, most }: { readonly least: number; readonly most: number },
): Intl.NumberFormat {
  const key = `${language} ${currency} ${least} ${most}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  })
  if (formats.size >= FORMATS_MAX) formats.clear()
  formats.set(key, made)
  return made
}
