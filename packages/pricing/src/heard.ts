/** What a session without charging periods tells by its words: so much energy by then. Cut where the price has changed since. */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { compare, decimal, fraction, larger, subtract, sum, zero } from './decimal.ts'
import type { Period } from './price.ts'
import { price } from './price.ts'

/** From this instant (ms) and this energy on another price counts than before. */
export interface Cut {
  readonly start: number
  readonly fromKwh: number
}

export interface Word {
  readonly start: number
  readonly at: number
  readonly kwh: number
}

/** A tariff changes its price a few times a day. */
const MOST_CUTS = 100

/** All time was charging: nothing says that the vehicle only stood there. */
export function heardPeriods(cuts: readonly Cut[], { start, at, kwh }: Word): readonly Period[] {
  const begins = [{ start, fromKwh: 0 }, ...cuts]
  return begins.map((one, index) => {
    const next = begins[index + 1] ?? { start: at, fromKwh: kwh }
    return {
      start: one.start,
      energyKwh: larger(zero, subtract(decimal(next.fromKwh, 'kwh'), decimal(one.fromKwh, 'kwh'))),
      timeH: fraction(Math.max(0, Math.round(next.start - one.start)), 3_600_000),
    }
  })
}

/**
 * The cuts with this word: what has come since the last one is priced as at its begin or just before its end, whichever is dearer,
 * because nobody has said when it flowed. (G-22, G-23)
 */
export function cutsWith(
  tariff: Tariff,
  cuts: readonly Cut[],
  word: Word & { readonly timeZone: string; readonly before: Pick<Word, 'at' | 'kwh'> },
): readonly Cut[] {
  const { start, at, timeZone, before } = word
  const last = cuts.at(-1)?.start ?? start
  if (cuts.length >= MOST_CUTS || word.kwh <= before.kwh) return cuts
  const cutAt = (begin: number) => (begin > last ? [...cuts, { start: begin, fromKwh: before.kwh }] : cuts)
  // Without the line of a min_price, which would hide the difference until it is too late to tell.
  const costOf = (some: readonly Cut[]) => {
    const { lines } = price(tariff, { start, end: at, timeZone, periods: heardPeriods(some, word) })
    return sum(lines.filter(({ dimension }) => dimension !== 'LIMIT').map(({ gross }) => gross))
  }
  const [early, late] = [cutAt(before.at), cutAt(at - 1)]
  const dearer = compare(costOf(late), costOf(early)) > 0 ? late : early
  return compare(costOf(dearer), costOf(cuts)) === 0 ? cuts : dearer
}
