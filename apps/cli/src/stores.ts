/** Where the sandbox keeps things: one database per platform, and the simulated provider's own books in any case. */
import { join, resolve } from 'node:path'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { type Ledger, openLedger } from '@plugtill/psp/simulated/ledger'
import type { Config } from './config.ts'
import { couldNotRun } from './exit.ts'

export interface Stores {
  readonly folder: string
  /** For people: which database, and where. */
  readonly described: string
  readonly ptp: Store
  readonly cpo: Store | undefined
  readonly ledger: Ledger
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
  const open = async (name: string): Promise<Store> => {
    const store = await (config.databaseUrl
      ? postgres(config.databaseUrl, `plugtill_${name}`)
      : openSqlite({ file: join(folder, `${name}.db`) }))
    opened.push(store)
    await migrate(store)
    return store
  }
  try {
    // With PostgreSQL the folder still holds secrets and the provider's books: one process owns it.
    if (config.databaseUrl) opened.push(await openSqlite({ file: join(folder, 'in-use.db') }))
    const ptp = await open('ptp')
    const cpo = withCpo ? await open('cpo') : undefined
    const ledger = bookOf(join(folder, 'psp.db'))
    opened.push(ledger)
    return { folder, described: describe(config, folder), ptp, cpo, ledger, close: closing }
  } catch (error) {
    await closing()
    throw error
  }
}

async function postgres(url: string, schema: string): Promise<Store> {
  const { openPostgres } = await import('@plugtill/engine/postgres')
  return openPostgres({ url, schema })
}

function bookOf(file: string): Ledger {
  try {
    return openLedger({ file })
  } catch (error) {
    throw couldNotRun(
      `The books of the simulated provider ${file} cannot be opened: ${(error as Error).message}. Choose another folder with --data.`,
    )
  }
}

function describe({ databaseUrl }: Pick<Config, 'databaseUrl'>, folder: string): string {
  if (!databaseUrl) return folder
  const { host, pathname } = new URL(databaseUrl)
  return `PostgreSQL ${host}${pathname}, secrets and the simulated provider's books in ${folder}`
}
