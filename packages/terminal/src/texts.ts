/** The message catalogue: one set of words, three languages, and how amounts and times are written in each. */
import { currencyDigits } from './currency-digits.ts'
import type { Money, Offers } from './link.ts'
import { ownWords } from './own-words.ts'
import { de } from './words.de.ts'
import type { Word, Words } from './words.en.ts'
import { en } from './words.en.ts'
import { nl } from './words.nl.ts'

export type { Word } from './words.en.ts'

export const LANGUAGES = { en, de, nl } as const
export type Language = keyof typeof LANGUAGES

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text)
}

/**
 * The tariffs on offer decide the languages; those without words of ours fall away, and English stays when nothing is
 * left, because a screen without words is worse than one in a second language.
 */
export function languagesOffered(offers: Offers | undefined): readonly Language[] {
  const known = (offers?.languages ?? []).map((l) => l.toLowerCase()).filter(isLanguage)
  const distinct = [...new Set(known)]
  return distinct.length > 0 ? distinct : ['en']
}

/** A word in a language; unknown languages speak English. Values fill the names in braces, as text. */
export function say(language: string, word: Word, values: Readonly<Record<string, string>> = {}): string {
  const words: Words = isLanguage(language) ? LANGUAGES[language] : en
  return words[word].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

/** Longer than anybody prints on a charger. */
const NAME_AT_MOST = 60

/** What is printed on a charger, as a name: a bare number says nothing in the middle of a sentence. */
export function sayCharger(language: string, label: string): string {
  const name = ownWords(label, NAME_AT_MOST) || '–'
  return /^\W*\d{1,6}\W*$/.test(name) ? say(language, 'charger-numbered', { label: name }) : name
}

/** A word of ours when `name` is one of them, else the text itself: platforms may send words for the driver. */
export function sayKnown(language: string, prefix: string, name: string): string {
  const word = `${prefix}-${name}`
  return Object.hasOwn(en, word) ? say(language, word as Word) : ownWords(name)
}

/** Region by which a language writes numbers where it is spoken most around chargers. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-IE', de: 'de-DE', nl: 'nl-NL' }

export function localeOf(language: string): string {
  return isLanguage(language) ? LOCALES[language] : LOCALES.en
}

/** Exact: the decimal point is put into the digits, never a division. */
export function sayMoney(language: string, money: Money): string {
  const digits = currencyDigits(money.currency)
  const format = currencyFormat(language, money.currency, digits)
  if (!format) return `${plainAmount(money.amountMinor, digits)} ${ownWords(money.currency, 20)}`
  return format.format(plainAmount(money.amountMinor, digits) as Intl.StringNumericLiteral)
}

function plainAmount(amountMinor: number, digits: number): string {
  const sign = amountMinor < 0 ? '-' : ''
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0')
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

function currencyFormat(language: string, currency: string, digits: number): Intl.NumberFormat | undefined {
  try {
    return new Intl.NumberFormat(localeOf(language), {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  } catch {
    return undefined
  }
}

export function sayEnergy(language: string, energyKwh: number): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return `${new Intl.NumberFormat(localeOf(language), digits).format(energyKwh)} kWh`
}

export function sayPower(language: string, powerKw: number): string {
  return `${new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 1 }).format(powerKw)} kW`
}

/** An estimate, in whole minutes and never more than there are: 45 min, 1 h 20 min. */
export function sayMinutes(language: string, ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  const unit = (value: number, name: 'hour' | 'minute'): string =>
    new Intl.NumberFormat(localeOf(language), { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  const rest = unit(minutes % 60, 'minute')
  return minutes < 60 ? rest : `${unit(Math.floor(minutes / 60), 'hour')} ${rest}`
}

/** 0:07, 12:30, 1:02:30. Rounded up, so that a countdown shows 0:00 only when time is really up. */
export function sayDuration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

export function sayTime(language: string, iso: string, timeZone?: string): string {
  const at = Date.parse(iso)
  return Number.isNaN(at)
    ? ownWords(iso, 40)
    : new Intl.DateTimeFormat(localeOf(language), { timeStyle: 'short', timeZone }).format(at)
}

export function sayDate(language: string, iso: string, timeZone?: string): string {
  const at = Date.parse(iso)
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone } as const
  return Number.isNaN(at) ? ownWords(iso, 40) : new Intl.DateTimeFormat(localeOf(language), style).format(at)
}
