/** Throw-away databases of the benches, and pgbench as the limit of PostgreSQL on this machine. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { migrate } from '@plugtill/engine/migrate'
import { openPostgres } from '@plugtill/engine/postgres'
import type { Store } from '@plugtill/engine/store'

const URL_GIVEN = process.env['PLUGTILL_TEST_DATABASE_URL']
export const databaseUrl =
  URL_GIVEN === undefined || URL_GIVEN === '' ? 'postgres://postgres@127.0.0.1:5432/test' : URL_GIVEN

export interface OpenSchema {
  readonly name: string
  readonly store: Store
  /** Closes the store and leaves nothing behind. */
  readonly drop: () => Promise<void>
}

/** An empty, migrated schema of its own. */
export async function openSchema(label: string, options: { readonly poolSize?: number } = {}): Promise<OpenSchema> {
  const name = `bench_${process.pid}_${label}`
  const store = await openPostgres({ url: databaseUrl, schema: name, ...options })
  await migrate(store)
  const drop = async () => {
    await store.query(`DROP SCHEMA "${name}" CASCADE`)
    await store.close()
  }
  return { name, store, drop }
}

/** The server's version, or why there is none. */
export async function postgresVersion(): Promise<{ readonly version: string } | { readonly missing: string }> {
  try {
    const store = await openPostgres({ url: databaseUrl, schema: 'public' })
    const [row] = await store.query<{ server_version: string }>('SHOW server_version')
    await store.close()
    return { version: row?.server_version.split(' ')[0] ?? 'unknown' }
  } catch (error) {
    return { missing: `no PostgreSQL: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Debian keeps it out of the PATH, below the version. */
export function pgbenchBinary(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const places = [...(process.env['PATH'] ?? '').split(':'), ...versions.map((version) => join(debian, version, 'bin'))]
  return places.map((place) => join(place, 'pgbench')).find((path) => existsSync(path))
}

export interface PgbenchRun {
  readonly binary: string
  readonly schema: string
  /** Path and text of the script. */
  readonly file: string
  readonly script: string
  /** Values that the statements carry. */
  readonly variables: Readonly<Record<string, string>>
  readonly clients: number
  readonly seconds: number
}

/** Transactions per second; statements are prepared once, as our own client does. */
export async function pgbench(run: PgbenchRun): Promise<number> {
  writeFileSync(run.file, run.script)
  const values = Object.entries(run.variables).flatMap(([name, value]) => ['-D', `${name}=${value}`])
  const { stdout } = await promisify(execFile)(
    run.binary,
    [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(run.clients),
      '-j',
      '1',
      '-T',
      String(run.seconds),
      '-f',
      run.file,
      ...values,
      databaseUrl,
    ],
    { env: { ...process.env, PGOPTIONS: `-c search_path=${run.schema}` } },
  )
  const tps = Number(/tps = ([\d.]+) \(without/.exec(stdout)?.[1] ?? Number.NaN)
  if (Number.isNaN(tps)) throw new Error(`pgbench said nothing about its speed:\n${stdout}`)
  return tps
}
