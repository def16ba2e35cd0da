/**
 * Getting in sync again by pulling: what changed since the last complete pull, with an overlap, and everything now and
 * then, because only a pull without filters tells what is gone. Pushes that failed meanwhile are not repeated by their
 * sender; this is how they are made up for.
 */
import { Fault } from './errors.ts'
import type { Shelf } from './stored-peers.ts'
import { ciKey, formatDateTime } from './types.ts'

/** What has to be remembered between two pulls of one list of one partner; plain data, to be kept as JSON. */
export interface PullMark {
  /** When the last complete pull began, in ms. */
  readonly begunAt: number
  /** When the last pull without filters began, in ms. */
  readonly wholeAt: number
}

export interface PullWindow {
  /** Goes into the query; nothing for a pull of everything. */
  readonly query: { readonly date_from?: string }
  /** All pages together are the new truth: what is in none of them is gone. */
  readonly whole: boolean
}

export interface PullHabits {
  /** How far a window reaches back into the last one, default 10 min: clocks differ, and changes take a while to show. */
  readonly overlapMs?: number
  /** How often everything is pulled, default once a day. */
  readonly wholeEveryMs?: number
}

const OVERLAP_MS = 10 * 60_000
const WHOLE_EVERY_MS = 24 * 3_600_000

/** The window of the next pull. Without a mark, or long after the last whole pull: everything. */
export function pullWindow(mark: PullMark | undefined, now: number, habits: PullHabits = {}): PullWindow {
  const { overlapMs = OVERLAP_MS, wholeEveryMs = WHOLE_EVERY_MS } = habits
  if (mark === undefined || now - mark.wholeAt >= wholeEveryMs) return { query: {}, whole: true }
  return { query: { date_from: formatDateTime(mark.begunAt - overlapMs) }, whole: false }
}

export interface CatchUp<Item> {
  readonly clock: { readonly now: () => number }
  readonly mark: PullMark | undefined
  /** A list row of the client, such as `(query) => calls.list({ query })`. */
  readonly read: (query: PullWindow['query']) => AsyncIterable<Item>
  /** Takes one item. The same may come twice, and an older one after a newer: keep the newest by id. (E-59) */
  readonly keep: (item: Item) => Promise<unknown>
  /** After a whole pull: what came in none of its pages, and was not told since it began, is gone. */
  readonly forget?: (begunAt: number) => Promise<unknown>
  readonly habits?: PullHabits
  /** The most that is read at once, default 100,000. */
  readonly atMost?: number
}

/**
 * Pulls one window and says what to remember. When it throws, or the partner has more than is read at once, the old
 * mark stays valid and the next pull begins at the same place.
 */
export async function catchUp<Item>(
  work: CatchUp<Item>,
): Promise<{ readonly mark: PullMark; readonly items: number; readonly whole: boolean }> {
  const { clock, mark, read, keep, habits, atMost = 100_000 } = work
  const begunAt = clock.now()
  const { query, whole } = pullWindow(mark, begunAt, habits)
  let items = 0
  for await (const item of read(query)) {
    if (items >= atMost) {
      throw new Fault(
        'PULL_TOO_LARGE',
        `More than ${atMost} objects came in one pull. What came was kept; the rest was left.`,
      )
    }
    await keep(item)
    items += 1
  }
  if (whole) await work.forget?.(begunAt)
  return { mark: { begunAt, wholeAt: whole || mark === undefined ? begunAt : mark.wholeAt }, items, whole }
}

const MARKS = 'pull-marks'

/** A catch-up that remembers its mark on a shelf. `whole`: everything is pulled, as if for the first time. */
export async function catchUpOn<Item>(
  shelf: Pick<Shelf, 'get' | 'put'>,
  of: { readonly peerId: string; readonly list: string; readonly whole?: boolean; readonly first?: PullMark },
  work: Omit<CatchUp<Item>, 'mark'>,
): ReturnType<typeof catchUp> {
  const key = ciKey(of.peerId, of.list)
  const kept = of.whole ? undefined : await shelf.get(MARKS, key)
  const mark = kept === undefined ? of.first : (JSON.parse(kept.body) as PullMark)
  const done = await catchUp({ ...work, mark: of.whole ? undefined : mark })
  await shelf.put(MARKS, key, JSON.stringify(done.mark), formatDateTime(done.mark.begunAt))
  return done
}

/** When to pull again: the interval give or take a fifth, so that not everybody comes at the full hour. */
export function nextPullMs(intervalMs: number, random: () => number): number {
  return Math.round(intervalMs * (0.8 + 0.4 * random()))
}
