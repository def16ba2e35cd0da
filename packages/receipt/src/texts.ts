/** The catalogue of receipts and invoices: one set of words, and how times are written on paper. */
import { localeOf } from '@plugtill/terminal/texts'
import { de } from './words.de.ts'
import { en, type SlipWord, type SlipWords } from './words.en.ts'
import { nl } from './words.nl.ts'

export const SLIP_LANGUAGES: Readonly<Record<string, SlipWords>> = { en, de, nl }

const wordsOf = (language: string): SlipWords =>
  (Object.hasOwn(SLIP_LANGUAGES, language) && SLIP_LANGUAGES[language]) || en

/** A word in a language; values fill the names in braces, as text. */
export function slipWord(language: string, word: SlipWord, values: Readonly<Record<string, string>> = {}): string {
  return wordsOf(language)[word].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

/** The first of these languages that has words; English when none has. */
export const slipLanguage = (wanted: readonly string[]): string =>
  wanted.map((language) => language.toLowerCase()).find((language) => Object.hasOwn(SLIP_LANGUAGES, language)) ?? 'en'

const FORMAT = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
} as const

/** On paper a time carries its zone: nobody knows where it will be read. */
export function slipTime(language: string, at: number, timeZone = 'UTC'): string {
  try {
    return new Intl.DateTimeFormat(localeOf(language), { ...FORMAT, timeZone }).format(at)
  } catch {
    // A zone that a partner made up.
    return timeZone === 'UTC' ? '' : slipTime(language, at)
  }
}

/** "20.500" as the language writes it. */
export function slipNumber(language: string, decimalText: string): string {
  const [, fraction = ''] = decimalText.split('.')
  const digits = { minimumFractionDigits: fraction.length, maximumFractionDigits: fraction.length }
  return new Intl.NumberFormat(localeOf(language), digits).format(decimalText as Intl.StringNumericLiteral)
}
