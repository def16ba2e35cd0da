/** Which of two words of a partner is the older one, by the partner's own clock, which may be wrong. (F27, F41, I17) */
import { formatDateTime, parseDateTime } from '@plugtill/ocpi/types'

/** So far a clock may be ahead of ours, or say local time for UTC; what is dated later than that is dated wrong. */
const AHEAD_MS = 2 * 3_600_000

export interface Dated {
  readonly last_updated: string
}

const isToCome = ({ last_updated }: Dated, now: number): boolean => parseDateTime(last_updated) > now + AHEAD_MS

/** A word with a time to come makes no later one older: it would hold until that time. */
export const isOlder = (word: Dated, known: Dated, now: number): boolean =>
  !isToCome(known, now) && parseDateTime(word.last_updated) < parseDateTime(known.last_updated)

/** One with a time to come is of the moment in which it came. */
export const datedByNow = <T extends Dated>(word: T, now: number): T =>
  isToCome(word, now) ? { ...word, last_updated: formatDateTime(now) } : word

/** A change of a child is a change of its parent. (C-101) */
export function raisedBy<T extends Dated>(parent: T, children: readonly Dated[]): T {
  const latest = [parent, ...children].reduce<Dated>(
    (last, one) => (parseDateTime(last.last_updated) < parseDateTime(one.last_updated) ? one : last),
    parent,
  )
  return latest.last_updated === parent.last_updated ? parent : { ...parent, last_updated: latest.last_updated }
}
