import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from './clock.ts'
import { placesFrom, textFor } from './sql-text.ts'
import { type Db, isShared, type SqlValue, type Store } from './store.ts'

/** `decision`: what a person has decided. */
export type EntryKind = 'ocpi' | 'psp' | 'terminal' | 'note' | 'decision' | 'fault' | 'ocpp' | 'card'

export interface Entry {
  readonly seq: number
  readonly at: number
  readonly reference: string
  readonly kind: EntryKind
  readonly body: Readonly<Record<string, unknown>>
}

/** What happened beside the state log: exchanges, faults, notes. Append-only. */
export interface Journal {
  readonly write: (reference: string, kind: EntryKind, body: object) => Promise<void>
  /** Oldest first; at most 10,000. */
  readonly of: (reference: string) => Promise<readonly Entry[]>
  /** Newest first; at most 10,000. */
  readonly recent: (limit: number, options?: RecentOptions) => Promise<readonly Entry[]>
  readonly entry: (seq: number) => Promise<Entry | undefined>
}

export interface RecentOptions {
  readonly kinds?: readonly EntryKind[]
  /** Only entries older than this one. */
  readonly before?: number
}

const ENTRIES_MAX = 10_000

export function journal(db: Db, clock: Pick<Clock, 'now'>): Journal {
  const insert = isShared(db) ? together(db, clock) : (row: Row) => insertAll(db, [row])
  return {
    write: (reference, kind, body) => insert([clock.now(), reference, kind, JSON.stringify(body)]),
    async of(reference) {
      const rows = await db.query<EntryRow>(
        'SELECT seq, at, reference, kind, body FROM journal WHERE reference = $1 ORDER BY seq LIMIT $2',
        [reference, ENTRIES_MAX],
      )
      return rows.map(entryOf)
    },
    async recent(limit, { kinds, before } = {}) {
      if (kinds !== undefined && kinds.length === 0) return []
      const params: SqlValue[] = [Math.min(limit, ENTRIES_MAX)]
      const where = [
        ...(kinds === undefined ? [] : [`kind IN (${kinds.map((kind) => `$${params.push(kind)}`).join(', ')})`]),
        ...(before === undefined ? [] : [`seq < $${params.push(before)}`]),
      ]
      const rows = await db.query<EntryRow>(
        `SELECT seq, at, reference, kind, body FROM journal ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY seq DESC LIMIT $1`,
        params,
      )
      return rows.map(entryOf)
    },
    async entry(seq) {
      const [row] = await db.query<EntryRow>('SELECT seq, at, reference, kind, body FROM journal WHERE seq = $1', [seq])
      return row && entryOf(row)
    },
  }
}

type Row = readonly [at: number, reference: string, kind: EntryKind, body: string]

async function insertAll(db: Db, rows: readonly Row[]): Promise<void> {
  await db.query(insertOf(rows.length), rows.flat())
}

const insertOf = textFor((rows) => {
  const places = Array.from({ length: rows }, (_, row) => `(${placesFrom(1 + 4 * row, 4)})`)
  return `INSERT INTO journal (at, reference, kind, body) VALUES ${places.join(', ')}`
})

const TOGETHER_MAX = 20
/** Nobody waits behind a writing that takes longer: its connection may be dead. */
const SLOW_MS = 1_000

/**
 * Entries that come while one is on its way go together with the next statement: they share its commit, and each writer
 * still waits for it. When such a statement fails, each entry is written alone, so that a bad one harms no other.
 */
function together(store: Store, clock: Pick<Clock, 'now'>): (row: Row) => Promise<void> {
  // Whoever comes first writes for the others too: not within whatever surrounds that caller.
  const outside = AsyncLocalStorage.snapshot()
  let waiting: { readonly row: Row; readonly done: PromiseWithResolvers<void> }[] = []
  /** Those who write, and when each began its statement. */
  const writers = new Set<{ since: number }>()
  async function write(): Promise<void> {
    const writer = { since: 0 }
    writers.add(writer)
    while (waiting.length > 0) {
      writer.since = clock.now()
      const now = waiting.slice(0, TOGETHER_MAX)
      waiting = waiting.slice(TOGETHER_MAX)
      const rows = now.map(({ row }) => row)
      const alone = () => now.map(({ row, done }) => insertAll(store, [row]).then(done.resolve, done.reject))
      await insertAll(store, rows).then(
        () => now.map(({ done }) => done.resolve()),
        () => Promise.all(alone()),
      )
    }
    writers.delete(writer)
  }
  const isWritten = () => [...writers].some(({ since }) => clock.now() - since < SLOW_MS)
  return async (row) => {
    store.refuseInside()
    const done = Promise.withResolvers<void>()
    waiting.push({ row, done })
    if (!isWritten()) void outside(write)
    return done.promise
  }
}

interface EntryRow {
  readonly seq: number
  readonly at: number
  readonly reference: string
  readonly kind: EntryKind
  readonly body: string
}

function entryOf(row: EntryRow): Entry {
  return { ...row, body: JSON.parse(row.body) as Record<string, unknown> }
}
