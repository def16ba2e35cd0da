import { hash } from 'node:crypto'
import type { Clock } from './clock.ts'
import { Fault } from './fault.ts'
import { fewSizes, MANY } from './few-sizes.ts'
import { readTogether, type Wanted } from './read-together.ts'
import { type Db, isShared, type SqlValue } from './store.ts'

export interface Doc {
  readonly key: string
  /** The stored text, byte for byte. */
  readonly body: string
  readonly lastUpdated: string
  /** Order of first arrival: pages stay stable while objects change. */
  readonly createdSeq: number
  /** Our own clock, milliseconds: when we last wrote it. */
  readonly updatedAt: number
  /** How often it was written. */
  readonly revision: number
}

export interface ReadDoc extends Doc {
  /** Written once, and the text is the one that was written then. */
  readonly untouched: boolean
}

export interface DocumentPage {
  readonly total: number
  readonly items: readonly Doc[]
}

export interface PageOf {
  readonly prefix?: string
  /** Inclusive, compared with `lastUpdated` as an instant. */
  readonly dateFrom?: string
  /** Exclusive. */
  readonly dateTo?: string
  readonly offset: number
  readonly limit: number
}

export type NewDoc = Pick<Doc, 'key' | 'body' | 'lastUpdated'>

/** OCPI objects and anything else kept as JSON text. Keys start with the owning party; the caller lower-cases them. */
export interface Documents {
  readonly get: (shelf: string, key: string) => Promise<Doc | undefined>
  /** Of these keys, those that are there; any number of them. */
  readonly many: (shelf: string, keys: readonly string[]) => Promise<ReadonlyMap<string, ReadDoc>>
  readonly put: (shelf: string, key: string, body: string, lastUpdated: string) => Promise<'created' | 'updated'>
  /** Writes only where nothing was written since `before` was read (undefined: it was not there); says whether it did. */
  readonly swap: (shelf: string, before: Doc | undefined, after: NewDoc) => Promise<boolean>
  readonly delete: (shelf: string, key: string) => Promise<boolean>
  readonly page: (shelf: string, of: PageOf) => Promise<DocumentPage>
  /** In order of first arrival; at most 100,000. */
  readonly all: (shelf: string, of?: { readonly prefix?: string }) => Promise<readonly Doc[]>
}

const ALL_MAX = 100_000
const COLUMNS = 'key, body, last_updated, created_seq, updated_at, revision'

/** Once for all: a text that is put together anew is looked up anew by whoever keeps statements. */
const GET = `SELECT ${COLUMNS} FROM document WHERE shelf = $1 AND key = $2`

export function documents(db: Db, clock: Pick<Clock, 'now'>): Documents {
  const read = readerOf(db, clock)
  return {
    get: (shelf, key) => read({ shelf, key }).then((row) => row && docOf(row)),
    async many(shelf, keys) {
      const found = new Map<string, ReadDoc>()
      for (let at = 0; at < keys.length; at += MANY) {
        const some = fewSizes(keys.slice(at, at + MANY))
        const places = some.map((_, index) => `$${index + 2}`).join(', ')
        const rows = await db.query<DocRow & { readonly hash: string }>(
          `SELECT ${COLUMNS}, hash FROM document WHERE shelf = $1 AND key IN (${places})`,
          [shelf, ...some],
        )
        for (const row of rows)
          found.set(row.key, { ...docOf(row), untouched: row.revision === 1 && sha256(row.body) === row.hash })
      }
      return found
    },
    async put(shelf, key, body, lastUpdated) {
      const [row] = await db.query<{ revision: number }>(
        `INSERT INTO document (shelf, key, body, last_updated, updated_ms, revision, hash, updated_at) VALUES ($1, $2, $3, $4, $5, 1, $6, $7)
         ON CONFLICT (shelf, key) DO UPDATE SET body = excluded.body, last_updated = excluded.last_updated, updated_ms = excluded.updated_ms,
           revision = document.revision + 1, hash = excluded.hash, updated_at = excluded.updated_at
         RETURNING revision`,
        [shelf, key, body, lastUpdated, instantOf(lastUpdated), sha256(body), clock.now()],
      )
      return row?.revision === 1 ? 'created' : 'updated'
    },
    swap: (shelf, before, after) => swapped(db, { shelf, at: clock.now() }, { before, after }),
    async delete(shelf, key) {
      const gone = await db.query('DELETE FROM document WHERE shelf = $1 AND key = $2 RETURNING created_seq', [
        shelf,
        key,
      ])
      return gone.length > 0
    },
    async page(shelf, of) {
      const { where, params } = filter(shelf, of)
      const [counted] = await db.query<{ total: number }>(
        `SELECT count(*) AS total FROM document WHERE ${where}`,
        params,
      )
      const rows = await db.query<DocRow>(
        `SELECT ${COLUMNS} FROM document WHERE ${where} ORDER BY created_seq LIMIT $${params.length + 1} OFFSET $${params.length + 2}`,
        [...params, Math.min(of.limit, ALL_MAX), of.offset],
      )
      return { total: counted?.total ?? 0, items: rows.map(docOf) }
    },
    async all(shelf, of = {}) {
      const { where, params } = filter(shelf, of)
      const rows = await db.query<DocRow>(
        `SELECT ${COLUMNS} FROM document WHERE ${where} ORDER BY created_seq LIMIT ${ALL_MAX}`,
        params,
      )
      return rows.map(docOf)
    },
  }
}

async function swapped(
  db: Db,
  { shelf, at }: { readonly shelf: string; readonly at: number },
  { before, after: { key, body, lastUpdated } }: { readonly before: Doc | undefined; readonly after: NewDoc },
): Promise<boolean> {
  const values = [shelf, key, body, lastUpdated, instantOf(lastUpdated), sha256(body), at]
  // One that was deleted and written anew counts from 1 again, but has another place.
  const written = before
    ? await db.query(
        `UPDATE document SET body = $3, last_updated = $4, updated_ms = $5, revision = revision + 1, hash = $6, updated_at = $7
         WHERE shelf = $1 AND key = $2 AND revision = $8 AND created_seq = $9 RETURNING revision`,
        [...values, before.revision, before.createdSeq],
      )
    : await db.query(
        `INSERT INTO document (shelf, key, body, last_updated, updated_ms, revision, hash, updated_at) VALUES ($1, $2, $3, $4, $5, 1, $6, $7)
         ON CONFLICT (shelf, key) DO NOTHING RETURNING revision`,
        values,
      )
  return written.length > 0
}

/** Whoever writes from here waits for its turn: only another node can come in between. */
const SWAPS_MAX = 100
const turns = new WeakMap<Documents, Map<string, Promise<unknown>>>()

type Make = (before: Doc | undefined) => Promise<Omit<NewDoc, 'key'> | undefined>

/** Reads, lets `make` say what is to stand there (undefined: leave it), and writes that unless another came in between: then all anew. */
export async function change(
  documents: Documents,
  wanted: Wanted,
  make: Make,
): Promise<'created' | 'updated' | 'left'> {
  const queue = turns.get(documents) ?? new Map<string, Promise<unknown>>()
  turns.set(documents, queue)
  const name = `${wanted.shelf} ${wanted.key}`
  const swap = () => swapUntilDone(documents, wanted, make)
  const mine = (queue.get(name) ?? Promise.resolve()).then(swap, swap)
  queue.set(name, mine)
  try {
    return await mine
  } finally {
    if (queue.get(name) === mine) queue.delete(name)
  }
}

async function swapUntilDone(documents: Documents, { shelf, key }: Wanted, make: Make) {
  for (let n = 0; n < SWAPS_MAX; n++) {
    const before = await documents.get(shelf, key)
    const after = await make(before)
    if (!after) return 'left'
    if (await documents.swap(shelf, before, { key, ...after })) return before ? 'updated' : 'created'
  }
  throw new Fault('DOCUMENT_BUSY', `${shelf} ${key} was written by others each time before it could be. Send it again.`)
}

function readerOf(db: Db, clock: Pick<Clock, 'now'>): (wanted: Wanted) => Promise<DocRow | undefined> {
  const alone = async ({ shelf, key }: Wanted) => (await db.query<DocRow>(GET, [shelf, key]))[0]
  const read = isShared(db) ? readTogether<ShelvedRow>(db, COLUMNS, clock) : alone
  // PostgreSQL can hold no such text: it is nobody's key, and no reason to fail.
  return async (wanted) => (wanted.key.includes('\0') ? undefined : read(wanted))
}

const sha256 = (text: string) => hash('sha256', text)

function filter(shelf: string, of: Partial<PageOf>): { readonly where: string; readonly params: readonly SqlValue[] } {
  const params: SqlValue[] = [shelf]
  let where = 'shelf = $1'
  if (of.prefix !== undefined && of.prefix !== '') {
    // A range instead of LIKE: it uses the index on both databases, and % or _ in a key mean themselves.
    params.push(of.prefix, `${of.prefix}\u{10FFFF}`)
    where += ` AND key >= $${params.length - 1} AND key < $${params.length}`
  }
  if (of.dateFrom !== undefined) where += ` AND updated_ms >= $${params.push(instantOf(of.dateFrom))}`
  if (of.dateTo !== undefined) where += ` AND updated_ms < $${params.push(instantOf(of.dateTo))}`
  return { where, params }
}

/** OCPI times may come without a zone and then mean UTC. (types › DateTime) */
function instantOf(text: string): number {
  const ms = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`)
  if (Number.isNaN(ms))
    throw new Fault('DOCUMENT_TIME', `"${text}" is not a date-time. Give RFC 3339, for example 2026-11-23T10:00:00Z.`)
  return ms
}

interface DocRow {
  readonly key: string
  readonly body: string
  readonly last_updated: string
  readonly created_seq: number
  readonly updated_at: number
  readonly revision: number
}

type ShelvedRow = DocRow & { readonly shelf: string }

function docOf(row: DocRow): Doc {
  return {
    key: row.key,
    body: row.body,
    lastUpdated: row.last_updated,
    createdSeq: row.created_seq,
    updatedAt: row.updated_at,
    revision: row.revision,
  }
}
