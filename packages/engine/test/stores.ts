/** Every kind of store the suite runs on. Each test gets its own, empty. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMemory } from '../src/memory.ts'
import { migrate } from '../src/migrate.ts'
import { openPostgres } from '../src/postgres.ts'
import { openSqlite } from '../src/sqlite.ts'
import type { Store } from '../src/store.ts'

export interface StorePlace {
  readonly name: string
  /** A second call opens the same data once more. */
  readonly make: () => Promise<{ readonly open: () => Promise<Store>; readonly drop: () => Promise<void> }>
  /** Several stores may be open on the same data at once. */
  readonly shared: boolean
}

const world: StorePlace = {
  name: 'memory',
  shared: false,
  make: async () => ({ open: async () => openMemory(), drop: async () => undefined }),
}

const memory: StorePlace = {
  name: 'sqlite in memory',
  shared: false,
  make: async () => ({ open: () => openSqlite({ file: ':memory:' }), drop: async () => undefined }),
}

const file: StorePlace = {
  name: 'sqlite in a file',
  shared: false,
  make: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugtill-'))
    return {
      open: () => openSqlite({ file: join(folder, 'store.db') }),
      drop: async () => rmSync(folder, { recursive: true, force: true }),
    }
  },
}

export const databaseUrl = process.env['PLUGTILL_TEST_DATABASE_URL']

let schemas = 0
const postgres = (url: string): StorePlace => ({
  name: 'postgres',
  shared: true,
  make: async () => {
    const schema = `t_${process.pid}_${process.hrtime.bigint().toString(36)}_${schemas++}`
    return {
      open: () => openPostgres({ url, schema, poolSize: 6 }),
      drop: async () => {
        const store = await openPostgres({ url, schema })
        await store.query(`DROP SCHEMA "${schema}" CASCADE`)
        await store.close()
      },
    }
  },
})

/** PostgreSQL is left out where nobody gave an address, but never on the build server. */
export function storePlaces(): readonly StorePlace[] {
  if (databaseUrl !== undefined && databaseUrl !== '') return [world, memory, file, postgres(databaseUrl)]
  if (process.env['CI'] === 'true')
    throw new Error(
      'PLUGTILL_TEST_DATABASE_URL is not set: the build server must test PostgreSQL too. Set it to a database that tests may write to.',
    )
  return [world, memory, file]
}

/** Opens, migrates, hands over, and leaves nothing behind. */
export async function withStore(
  place: StorePlace,
  work: (store: Store, again: () => Promise<Store>) => Promise<void>,
): Promise<void> {
  const { open, drop } = await place.make()
  const opened: Store[] = []
  const again = async () => {
    const store = await open()
    opened.push(store)
    return store
  }
  try {
    const store = await again()
    await migrate(store)
    await work(store, again)
  } finally {
    for (const store of opened) await store.close()
    await drop()
  }
}
