/** A copy of the database as it is now, and the way back to it: what a restored backup looks like to those who use it. (F75) */
import type { SqlValue, Store, Tx } from '@plugtill/engine/store'

interface Kept {
  readonly table: string
  /** What tells its rows apart. */
  readonly names: readonly string[]
  /** Which rows may come to change from a moment on; the others stay as they are for ever. */
  readonly changing?: string
}

const TABLES: readonly Kept[] = [
  { table: 'entity', names: ['kind', 'id'] },
  { table: 'entity_key', names: ['kind', 'key'] },
  { table: 'event', names: ['kind', 'id', 'seq'], changing: 'at >= $1' },
  { table: 'effect', names: ['seq'], changing: `status = 'pending' OR closed_at >= $1` },
  { table: 'inbox', names: ['source', 'key'] },
  { table: 'document', names: ['shelf', 'key'] },
  { table: 'setting', names: ['key'] },
]

type TableRow = Readonly<Record<string, SqlValue>>
type Copy = ReadonlyMap<string, TableRow>

export interface Snapshot {
  readonly restore: () => Promise<void>
}

/**
 * The journal is left alone: it is for people, and no decision reads it. `since` is now, or from when on another copy that is
 * going to be restored first takes things back.
 */
export async function snapshotOf(store: Store, since: number): Promise<Snapshot> {
  const copies = await store.transaction(async (tx) => {
    const made: { readonly of: Kept; readonly copy: Copy }[] = []
    for (const of of TABLES) made.push({ of, copy: await copyOf(tx, of, since) })
    return made
  })
  return {
    restore: () =>
      store.transaction(async (tx) => {
        for (const { of, copy } of copies) await goBack(tx, of, { copy, since })
      }),
  }
}

async function copyOf(tx: Tx, { table, names, changing }: Kept, since: number): Promise<Copy> {
  const rows =
    changing === undefined
      ? await tx.query<TableRow>(`SELECT * FROM ${table}`)
      : await tx.query<TableRow>(`SELECT * FROM ${table} WHERE ${changing}`, [since])
  return new Map(rows.map((row) => [names.map((name) => row[name]).join('\u0000'), row]))
}

/** Minutes change few rows: only those are written. */
async function goBack(
  tx: Tx,
  of: Kept,
  { copy, since }: { readonly copy: Copy; readonly since: number },
): Promise<void> {
  const { table, names } = of
  const now = await copyOf(tx, of, since)
  const where = names.map((name, index) => `${name} = $${index + 1}`).join(' AND ')
  for (const [key, row] of now)
    if (!isSame(row, copy.get(key)))
      await tx.query(
        `DELETE FROM ${table} WHERE ${where}`,
        names.map((name) => row[name] ?? null),
      )
  for (const [key, row] of copy) {
    if (isSame(row, now.get(key))) continue
    const columns = Object.keys(row)
    const places = columns.map((_, index) => `$${index + 1}`).join(', ')
    await tx.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row))
  }
}

const isSame = (row: TableRow, other: TableRow | undefined): boolean =>
  other !== undefined && Object.keys(row).every((name) => row[name] === other[name])
