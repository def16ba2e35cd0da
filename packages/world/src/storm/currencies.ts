/** In what a CPO of a storm counts, written down here once more: what our own pricing knows of currencies is what is tested. */
import { defaultSettings, type PtpSettings } from '@plugtill/ptp/settings'
import type { Dice } from './dice.ts'

/** Digits behind the point, and what the provider captures at least, in the smallest unit. */
const CURRENCIES = {
  EUR: { digits: 2, least: 50 },
  JPY: { digits: 0, least: 70 },
  ISK: { digits: 0, least: 90 },
  KWD: { digits: 3, least: 120 },
} as const
export type Currency = keyof typeof CURRENCIES

/** In some worlds one of the two CPOs counts in a currency without cents, or with a thousandth. */
export function currencyOf(dice: Dice, party: 0 | 1): Currency {
  const [who, what] = [dice.of('who counts otherwise'), dice.pick<Currency>(['JPY', 'ISK', 'KWD'], 'currency')]
  return Math.floor(who * 4) === party ? what : 'EUR'
}

/** Hundredths of the smallest unit as a number of OCPI. */
export const priceIn = (currency: Currency, hundredths: number): number =>
  hundredths / (100 * 10 ** CURRENCIES[currency].digits)

/** What a number of OCPI is in smallest units, with all its digits. */
export const minorIn = (currency: Currency, price: number): number => price * 10 ** CURRENCIES[currency].digits

/** The smallest capture; of a currency that nobody here counts in none is small enough. */
export const leastIn = (currency: string): number =>
  Object.hasOwn(CURRENCIES, currency) ? CURRENCIES[currency as Currency].least : Number.POSITIVE_INFINITY

export const LEAST_IN = { JPY: leastIn('JPY'), ISK: leastIn('ISK'), KWD: leastIn('KWD') } as const

/** An operator says for each currency what is held: there are no amounts for these by default. */
export function inEveryCurrency(): Partial<PtpSettings> {
  const { holdFirstMinor, holdStepMinor, holdLimitsMinor } = defaultSettings
  const all = <T>(value: T) => ({ JPY: value, ISK: value, KWD: value })
  return {
    holdFirstMinor: { ...holdFirstMinor, ...all(1500) },
    holdStepMinor: { ...holdStepMinor, ...all(1500) },
    holdLimitsMinor: { ...holdLimitsMinor, ...all({ minMinor: 100, maxMinor: 20_000 }) },
  }
}
