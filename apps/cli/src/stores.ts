/** Where a process keeps things: one database per platform, and a folder that is its own. */
import { join, resolve } from 'node:path'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import type { Config } from './config.ts'
import type { Side } from './http/live.ts'

export interface Stores {
  readonly folder: string
  /** For people: which database, and where. */
  readonly described: string
  readonly ptp: Store
  readonly cpo: Store | undefined
  readonly close: () => Promise<void>
}

export async function openStores(
  config: Pick<Config, 'data' | 'databaseUrl'>,
  { cpo: withCpo }: { readonly cpo: boolean },
): Promise<Stores> {
  const folder = resolve(config.data)
  const opened: { readonly close: () => unknown }[] = []
  const closing = async () => {
    for (const one of opened.reverse()) await one.close()
  }
  const open = async (name: Side): Promise<Store> => {
    const store = await databaseOf(config, folder, name)
    opened.push(store)
    await migrate(store)
    return store
  }
  try {
    // With PostgreSQL the folder still holds secrets and the provider's books: one process owns it.
    if (config.databaseUrl) opened.push(await openSqlite({ file: join(folder, 'in-use.db') }))
    const ptp = await open('ptp')
    const cpo = withCpo ? await open('cpo') : undefined
    return { folder, described: describe(config, folder), ptp, cpo, close: closing }
  } catch (error) {
    await closing()
    throw error
  }
}

const databaseOf = ({ databaseUrl }: Pick<Config, 'databaseUrl'>, folder: string, side: Side): Promise<Store> =>
  databaseUrl === undefined
    ? openSqlite({ file: join(folder, `${side}.db`) })
    : postgres(databaseUrl, `plugtill_${side}`)

/** The database of one platform alone. The folder is this process's own; with PostgreSQL others may share the database. */
export async function openStore(config: Pick<Config, 'data' | 'databaseUrl'>, side: Side) {
  const folder = resolve(config.data)
  const own =
    config.databaseUrl === undefined ? undefined : await openSqlite({ file: join(folder, `in-use-${side}.db`) })
  try {
    const store = await databaseOf(config, folder, side)
    const close = async () => {
      await store.close()
      await own?.close()
    }
    try {
      await migrate(store)
    } catch (error) {
      await store.close()
      throw error
    }
    return { folder, store, described: describe(config, folder), close }
  } catch (error) {
    await own?.close()
    throw error
  }
}

async function postgres(url: string, schema: string): Promise<Store> {
  const { openPostgres } = await import('@plugtill/engine/postgres')
  return openPostgres({ url, schema })
}

function describe({ databaseUrl }: Pick<Config, 'databaseUrl'>, folder: string): string {
  if (!databaseUrl) return folder
  const { host, pathname } = new URL(databaseUrl)
  return `PostgreSQL ${host}${pathname}, secrets and the simulated provider's books in ${folder}`
}
