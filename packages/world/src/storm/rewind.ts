/** A copy of the database as it is now, and the way back to it: what a restored backup looks like to those who use it. (F75) */
import type { SqlValue, Store } from '@plugtill/engine/store'

const TABLES = ['entity', 'entity_key', 'event', 'effect', 'inbox', 'document', 'setting'] as const

export interface Snapshot {
  readonly restore: () => Promise<void>
}

/** The journal is left alone: it is for people, and no decision reads it. */
export async function snapshotOf(store: Store): Promise<Snapshot> {
  const copies = new Map<string, readonly Readonly<Record<string, SqlValue>>[]>()
  await store.transaction(async (tx) => {
    for (const table of TABLES) copies.set(table, await tx.query(`SELECT * FROM ${table}`))
  })
  return {
    restore: () =>
      store.transaction(async (tx) => {
        for (const [table, rows] of copies) {
          await tx.query(`DELETE FROM ${table}`)
          const columns = Object.keys(rows[0] ?? {})
          const places = columns.map((_, index) => `$${index + 1}`).join(', ')
          for (const row of rows)
            await tx.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row))
        }
      }),
  }
}
