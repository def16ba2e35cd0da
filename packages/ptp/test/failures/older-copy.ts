/** A database put back to an older copy of itself, on both real databases. (F75) */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dialectOf } from '@plugtill/engine/dialect'
import { openPostgres } from '@plugtill/engine/postgres'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { SqlValue, Store } from '@plugtill/engine/store'
import { test } from 'vitest'
import type { Rig } from '../rig.ts'

const url = process.env['PLUGTILL_TEST_DATABASE_URL']

type Rows = readonly Readonly<Record<string, SqlValue>>[]

const tablesIn = async (store: Store): Promise<readonly string[]> => {
  const lines = await store.query<{ line: string }>(dialectOf(store).describeSchema, [])
  const names = lines.flatMap(({ line }) => /^(\w+)\.\w+$/.exec(line)?.[1] ?? [])
  return [...new Set(names)].filter((name) => name !== 'migration')
}

/** Every table as it is now, and the way back to it. */
export async function backup(store: Store): Promise<() => Promise<void>> {
  const copies = new Map<string, Rows>()
  for (const table of await tablesIn(store)) copies.set(table, await store.query(`SELECT * FROM ${table}`, []))
  const numbered = store.dialect === 'postgres' ? 'OVERRIDING SYSTEM VALUE' : ''
  return () =>
    store.transaction(async (tx) => {
      for (const [table, rows] of copies) {
        await tx.query(`DELETE FROM ${table}`, [])
        for (const row of rows) {
          const places = Object.keys(row).map((_, index) => `$${index + 1}`)
          const into = `INSERT INTO ${table} (${Object.keys(row).join(', ')}) ${numbered} VALUES (${places.join(', ')})`
          await tx.query(into, Object.values(row))
        }
      }
    })
}

type Open = () => Promise<{ readonly store: Store; readonly drop: () => Promise<void> }>

export const stores: readonly (readonly [string, Open])[] = [
  [
    'SQLite',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'plugtill-restored-'))
      const store = await openSqlite({ file: join(folder, 'ptp.db') })
      return { store, drop: async () => rmSync(folder, { recursive: true }) }
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const schema = `restored_${process.pid}_${process.hrtime.bigint().toString(36)}`
      const store = await openPostgres({ url: url ?? '', schema })
      const drop = async () => {
        const last = await openPostgres({ url: url ?? '', schema })
        await last.query(`DROP SCHEMA "${schema}" CASCADE`, [])
        await last.close()
      }
      return { store, drop }
    },
  ],
]

/** A drill says its rule, shows it on a fresh database and ends with the rig that stands then. */
export const drillsOn =
  (name: string, open: Open) =>
  (rule: string, show: (store: Store) => Promise<Rig>): void =>
    test.skipIf(name === 'PostgreSQL' && url === undefined)(rule, async () => {
      const { store, drop } = await open()
      const one = await show(store)
      await one.close()
      await drop()
    })
