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

const keyOf = (seq: number) => String(seq).padStart(12, '0')
const hashOf = ({ hash: _, ...entry }: TrailEntry) => createHash('sha256').update(JSON.stringify(entry)).digest('hex')

export function createTrail({ store, clock }: { readonly store: Store; readonly clock: Pick<Clock, 'now'> }): Trail {
  const kept = documents(store, clock)
  const all = async () => (await kept.all(SHELF)).map(({ body }) => JSON.parse(body) as TrailEntry)
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
    recent: async (limit) => (await all()).slice(-limit).reverse(),
    broken: async () => {
      const [head] = await store.query<{ value: string }>('SELECT value FROM setting WHERE key = $1', [HEAD])
      const last = head === undefined ? START : (JSON.parse(head.value) as typeof START)
      let before = START
      for (const entry of await all()) {
        const wanted = before.seq + 1
        if (entry.seq !== wanted) return `Entry ${wanted} is missing.`
        if (entry.before !== before.hash) return `Entry ${entry.seq} does not follow entry ${before.seq}.`
        if (entry.hash !== hashOf(entry)) return `Entry ${entry.seq} was changed.`
        before = { seq: entry.seq, hash: entry.hash }
      }
      return before.seq === last.seq && before.hash === last.hash ? undefined : `Entry ${before.seq + 1} is missing.`
    },
  }
}
