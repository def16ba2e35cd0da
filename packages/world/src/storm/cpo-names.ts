/** What a CPO calls its places, sessions and bills: OCPI leaves it to everybody, and every way of it is met in some world. */
import type { Dice } from './dice.ts'

export interface Names {
  readonly location: string
  readonly evse: (spot: number) => string
  readonly tariff: (id: 'CHEAP' | 'DEAR') => string
  /** Of the so manieth session or bill. */
  readonly session: (count: number) => string
  readonly bill: (count: number) => string
  /** The same id in a message that names it once more: ids are compared without regard to case. */
  readonly again: (id: string) => string
}

/** Short numbers from the beginning on, as they come. */
export const PLAIN: Names = {
  location: 'L1',
  evse: (spot) => `E${spot}`,
  tariff: (id) => id,
  session: (count) => String(1001 + count),
  bill: (count) => String(5001 + count),
  again: (id) => id,
}

/** Sixteen digits of which the last follows from the others: what every guard takes for the number of a card. (T30) */
export function cardLike(number: number): string {
  const digits = String(4e14 + number)
  const sum = [...digits].reduce((all, digit, at) => {
    const counted = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return all + (counted > 9 ? counted - 9 : counted)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}
/** Of two bills of one session the last digits differ. */
const STEP = 10_007

const cards: Names = {
  ...PLAIN,
  location: cardLike(1),
  evse: (spot) => cardLike(100 + spot),
  tariff: (id) => cardLike(id === 'DEAR' ? 2000 : 1000),
  session: (count) => cardLike(1e9 + count * STEP),
  bill: (count) => cardLike(2e9 + count * STEP),
}

/** As long as OCPI allows, and full of what means something in a URL. */
const filled = (word: string, to: number) => `${word} /?#%2F&=+'"<>`.padEnd(to, '\\~')
const long: Names = {
  location: filled('L1', 36),
  evse: (spot) => filled(`E${spot}`, 36),
  tariff: (id) => filled(id, 36),
  session: (count) => filled(`S${count}`, 36),
  bill: (count) => filled(`B${count}`, 39),
  again: (id) => id,
}

const turned = (id: string) => id.replace(/[a-z]/gi, (one) => (one < 'a' ? one.toLowerCase() : one.toUpperCase()))
const anyCase: Names = {
  location: 'Loc-a',
  evse: (spot) => `Evse-${spot}-b`,
  tariff: (id) => `Tariff-${id}`,
  session: (count) => `Sess-${count}-c`,
  bill: (count) => `Bill-${count}-d`,
  again: turned,
}

/** Two parties of one connection go the same way: then their ids are the same, and only the party tells them apart. */
export const namesOf = (dice: Dice, party: number): Names =>
  dice.pick<Names>([PLAIN, PLAIN, cards, long, anyCase], `names of ${party}`)

/** A provider is told the id of a bill without the digits of a card. (T30) */
export const isCalled = (id: string, told: string): boolean =>
  told === id || (/^\d{16}$/.test(id) && told === `**** ${id.slice(-4)}`)
