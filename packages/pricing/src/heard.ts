/** What a session without charging periods tells by its words: so much energy by then. Cut where the price has changed since. */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { add, compare, decimal, fraction, larger, subtract, sum, toNumber, zero } from './decimal.ts'
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
      energyKwh: larger(zero, subtract(decimal(next.fromKwh), decimal(one.fromKwh))),
      timeH: fraction(Math.max(0, Math.round(next.start - one.start)), 3_600_000),
    }
  })
}

type Placed = Word & { readonly timeZone: string }

/** Without the line of a min_price, which would hide a difference until it is too late to tell. */
function costOf(tariff: Tariff, cuts: readonly Cut[], word: Placed) {
  const { start, at, timeZone } = word
  const { lines } = price(tariff, { start, end: at, timeZone, periods: heardPeriods(cuts, word) })
  return sum(lines.filter(({ dimension }) => dimension !== 'LIMIT').map(({ gross }) => gross))
}

/** Where the periods of a session cut it, as far as its price shows them: how it is known when they are not at hand. */
export function cutsTold(tariff: Tariff, periods: readonly Period[], word: Placed): readonly Cut[] {
  const cuts: Cut[] = []
  let energy = zero
  for (const { start, energyKwh } of periods) {
    cuts.push({ start, fromKwh: toNumber(energy, 9) })
    energy = add(energy, decimal(energyKwh ?? 0))
  }
  const last = cuts.slice(1).slice(-MOST_CUTS)
  return compare(costOf(tariff, last, word), costOf(tariff, [], word)) === 0 ? [] : last
}

/**
 * The cuts with this word: what has come since the last one is priced as at its begin or just before its end, whichever is dearer,
 * because nobody has said when it flowed. (G-22, G-23)
 */
export function cutsWith(
  tariff: Tariff,
  cuts: readonly Cut[],
  word: Placed & { readonly before: Pick<Word, 'at' | 'kwh'> },
): readonly Cut[] {
  const { start, at, before } = word
  const last = cuts.at(-1)?.start ?? start
  if (cuts.length >= MOST_CUTS || word.kwh <= before.kwh) return cuts
  const cutAt = (begin: number) => (begin > last ? [...cuts, { start: begin, fromKwh: before.kwh }] : cuts)
  const cost = (some: readonly Cut[]) => costOf(tariff, some, word)
  const [early, late] = [cutAt(before.at), cutAt(at - 1)]
  const dearer = compare(cost(late), cost(early)) > 0 ? late : early
  return compare(cost(dearer), cost(cuts)) === 0 ? cuts : dearer
}
