import type { Clock } from './clock.ts'
import type { Db, SqlValue } from './store.ts'

export type EntryKind = 'ocpi' | 'psp' | 'terminal' | 'note' | 'fault' | 'ocpp'

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
  return {
    async write(reference, kind, body) {
      await db.query('INSERT INTO journal (at, reference, kind, body) VALUES ($1, $2, $3, $4)', [
        clock.now(),
        reference,
        kind,
        JSON.stringify(body),
      ])
    },
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
