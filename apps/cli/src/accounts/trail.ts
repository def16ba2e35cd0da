/**
 * Who did what: append-only, each entry bound to the one before by its hash, so that a changed or missing one shows. The
 * row that holds the last hash is written first, which lets two nodes append one after the other. (T36, I13)
 */
import { createHash } from 'node:crypto'
import type { Clock } from '@plugtill/engine/clock'
import { documents } from '@plugtill/engine/documents'
import type { Store } from '@plugtill/engine/store'

export interface Deed {
  /** The account, `api key`, or `sandbox`. */
  readonly who: string
  readonly method: string
  readonly path: string
  readonly status: number
  /** What was asked, without secrets. */
  readonly asked?: unknown
}

export interface TrailEntry extends Deed {
  readonly seq: number
  readonly at: string
  readonly before: string
  readonly hash: string
}

export interface Trail {
  readonly append: (deed: Deed) => Promise<void>
  /** Newest first. */
  readonly recent: (limit: number) => Promise<readonly TrailEntry[]>
  /** Undefined when it is whole; else which entry is the first that is not as it was written. */
  readonly broken: () => Promise<string | undefined>
}

const SHELF = 'trail'
const HEAD = 'trail-head'
const START = { seq: 0, hash: '' }
/** Entries read at once. */
const PAGE = 1_000

const keyOf = (seq: number) => String(seq).padStart(12, '0')
const hashOf = ({ hash: _, ...entry }: TrailEntry) => createHash('sha256').update(JSON.stringify(entry)).digest('hex')

export function createTrail({ store, clock }: { readonly store: Store; readonly clock: Pick<Clock, 'now'> }): Trail {
  const kept = documents(store, clock)
  const page = async (offset: number, limit: number) => {
    const { total, items } = await kept.page(SHELF, { offset, limit })
    return { total, entries: items.map(({ body }) => JSON.parse(body) as TrailEntry) }
  }
  return {
    append: (deed) =>
      store.transaction(async (tx) => {
        const [head] = await tx.query<{ value: string }>(
          'INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = setting.value RETURNING value',
          [HEAD, JSON.stringify(START)],
        )
        const last = JSON.parse(head?.value ?? JSON.stringify(START)) as typeof START
        const at = new Date(clock.now()).toISOString()
        const entry: TrailEntry = { seq: last.seq + 1, at, ...deed, before: last.hash, hash: '' }
        const whole = { ...entry, hash: hashOf(entry) }
        await documents(tx, clock).put(SHELF, keyOf(whole.seq), JSON.stringify(whole), at)
        await tx.query('UPDATE setting SET value = $2 WHERE key = $1', [
          HEAD,
          JSON.stringify({ seq: whole.seq, hash: whole.hash }),
        ])
      }),
    recent: async (limit) => {
      const { total } = await page(0, 1)
      return (await page(Math.max(0, total - limit), limit)).entries.reverse()
    },
    broken: async () => {
      const [head] = await store.query<{ value: string }>('SELECT value FROM setting WHERE key = $1', [HEAD])
      const last = head === undefined ? START : (JSON.parse(head.value) as typeof START)
      let before = START
      for (let offset = 0; ; offset += PAGE) {
        const { entries } = await page(offset, PAGE)
        for (const entry of entries) {
          const wrong = wrongAfter(before, entry)
          if (wrong !== undefined) return wrong
          before = { seq: entry.seq, hash: entry.hash }
        }
        // Pages end with the trail.
        if (entries.length < PAGE) break
      }
      return before.seq === last.seq && before.hash === last.hash ? undefined : `Entry ${before.seq + 1} is missing.`
    },
  }
}

function wrongAfter(before: typeof START, entry: TrailEntry): string | undefined {
  const wanted = before.seq + 1
  if (entry.seq !== wanted) return `Entry ${wanted} is missing.`
  if (entry.before !== before.hash) return `Entry ${entry.seq} does not follow entry ${before.seq}.`
  return entry.hash === hashOf(entry) ? undefined : `Entry ${entry.seq} was changed.`
}
