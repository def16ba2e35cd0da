/** A decision and its commit on each database, beside the same statements without the engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { SqlValue, Store } from '@plugtill/engine/store'
import { openSchema, pgbench, pgbenchBinary, postgresVersion } from './database.ts'
import { alternate, type Figure, isQuick, perSecond, perSecondSync, tell } from './report.ts'
import { idOf, PER_CLIENT, paramsOf, pgbenchScript, recordStep, type Statement, tillsOn } from './step.ts'

const ROUNDS = isQuick() ? 1 : 3
const ROUND_MS = isQuick() ? 1_000 : 2_000

/** Steps per second of `clients` that each take one step after the other. */
async function stepsPerSecond(step: (id: string) => Promise<unknown>, clients: number): Promise<number> {
  const rates = Array.from({ length: clients }, (_, client) => {
    let slot = 0
    return perSecond(ROUND_MS, () => step(idOf(client, slot++ % PER_CLIENT)))
  })
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0)
}

interface Bare {
  readonly rate: () => number
  readonly close: () => void
}

/** A loop over prepared statements, on the tables and entities of a store that the engine laid out. */
async function bareSqlite(file: string, laidOut: Store, statements: readonly Statement[]): Promise<Bare> {
  const database = new DatabaseSync(file)
  if (file !== ':memory:')
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
  const made = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid"
  for (const { sql } of await laidOut.query<{ sql: string }>(made)) database.exec(sql)
  for (const row of await laidOut.query<Record<string, SqlValue>>('SELECT * FROM entity')) {
    const names = Object.keys(row)
    database
      .prepare(`INSERT INTO entity (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(row))
  }
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')]
  const prepared = statements.map((statement) => ({ statement, run: database.prepare(statement.sql) }))
  const versions = new Map<string, number>()
  let turn = 0
  const step = () => {
    const id = idOf(0, turn++ % PER_CLIENT)
    const version = versions.get(id) ?? 1
    begin.run()
    for (const { statement, run } of prepared) run.all(named(paramsOf(statement, id, version)))
    commit.run()
    versions.set(id, version + 1)
  }
  return { rate: () => perSecondSync(ROUND_MS, 10, step), close: () => database.close() }
}

const named = (params: readonly SqlValue[]): Record<string, SqlValue> =>
  Object.fromEntries(params.map((value, index) => [`$${index + 1}`, value]))

async function sqliteFigure(what: string, folder: string | undefined): Promise<Figure> {
  const place = (name: string) => (folder === undefined ? ':memory:' : join(folder, name))
  const store = await openSqlite({ file: place('engine.db') })
  await migrate(store)
  const step = await tillsOn(store, 1)
  const bare = await bareSqlite(place('bare.db'), store, await recordStep(store))
  const measured = await alternate(ROUNDS, { engine: () => stepsPerSecond(step, 1), bare: () => bare.rate() })
  bare.close()
  await store.close()
  return {
    what,
    value: measured.engine,
    unit: 'steps/s',
    limit: { what: 'the same statements by node:sqlite alone', value: measured.bare },
  }
}

async function postgresFigures(
  folder: string,
): Promise<{ readonly figures: readonly Figure[]; readonly notes: readonly string[] }> {
  const binary = pgbenchBinary()
  const ours = await openSchema('engine', { poolSize: 16 })
  const theirs = await openSchema('pgbench')
  try {
    const statements = await recordStep(theirs.store)
    const step = await tillsOn(ours.store, 16)
    await tillsOn(theirs.store, 16)
    const run = {
      ...pgbenchScript(statements),
      file: join(folder, 'step.sql'),
      schema: theirs.name,
      seconds: ROUND_MS / 1000,
    }
    const figures: Figure[] = []
    for (const clients of [1, 16]) {
      const limit = binary === undefined ? () => Number.NaN : () => pgbench({ ...run, binary, clients })
      const measured = await alternate(ROUNDS, { engine: () => stepsPerSecond(step, clients), limit })
      figures.push({
        what: `PostgreSQL, ${clients} at once`,
        value: measured.engine,
        unit: 'steps/s',
        ...(binary === undefined ? {} : { limit: { what: 'the same statements by pgbench', value: measured.limit } }),
      })
    }
    return {
      figures,
      notes: binary === undefined ? ['no pgbench in PATH or /usr/lib/postgresql: no limit of PostgreSQL'] : [],
    }
  } finally {
    await ours.drop()
    await theirs.drop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'plugtill-bench-'))
try {
  const server = await postgresVersion()
  const embedded = [
    await sqliteFigure('sqlite in memory', undefined),
    await sqliteFigure('sqlite file, synchronous FULL', folder),
  ]
  const { figures, notes } =
    'version' in server ? await postgresFigures(folder) : { figures: [], notes: [server.missing] }
  const postgres = 'version' in server ? server.version : undefined
  tell({ bench: 'decide-and-commit', figures: [...embedded, ...figures], notes, postgres })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
