import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type Clock, wallClock } from './clock.ts'
import { dialectOf } from './dialect.ts'
import { Fault } from './fault.ts'
import type { Store, Tx } from './store.ts'

interface Migration {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly hash: string
}

const FOLDER = new URL('../sql/', import.meta.url)

/** Brings the database up to the numbered SQL files; safe when several stores do it at once. */
export async function migrate(store: Store, clock: Pick<Clock, 'now'> = wallClock): Promise<void> {
  const files = migrations()
  await store.transaction(async (tx) => {
    // SQLite's transaction is alone by itself; PostgreSQL needs a lock that exists before any table does.
    if (tx.dialect === 'postgres')
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('plugtill.' || current_schema()))`)
    await tx.query(
      'CREATE TABLE IF NOT EXISTS migration (number bigint PRIMARY KEY, name text NOT NULL, hash text NOT NULL, at bigint NOT NULL)',
    )
    const applied = await tx.query<{ number: number; hash: string }>(
      'SELECT number, hash FROM migration ORDER BY number',
    )
    refuseNewer(applied, files)
    for (const file of files) {
      const before = applied.find((row) => row.number === file.number)
      if (before === undefined) await runFile(tx, file, clock.now())
      else if (before.hash !== file.hash)
        throw new Fault(
          'MIGRATION_CHANGED',
          `Migration ${file.name} was changed after this database had run it. Restore the file and add a new one instead.`,
        )
    }
  })
}

function refuseNewer(applied: readonly { readonly number: number }[], files: readonly Migration[]): void {
  const last = files.at(-1)?.number ?? 0
  const newest = applied.at(-1)?.number ?? 0
  if (newest > last)
    throw new Fault(
      'STORE_NEWER',
      `This database was written by a newer Plugtill (migration ${newest}, we know ${last}). Install that version or restore a backup.`,
    )
}

async function runFile(tx: Tx, file: Migration, at: number): Promise<void> {
  const words = dialectOf(tx).words
  const text = file.text.replace(/^\s*--.*$/gm, '').replace(/\{\{(\w+)\}\}/g, (_, word: string) => {
    const given = words[word]
    if (given === undefined)
      throw new Fault('MIGRATION_WORD', `${file.name} uses {{${word}}}, which dialect.ts does not know.`)
    return given
  })
  for (const statement of text.split(';')) if (statement.trim() !== '') await tx.query(statement.trim())
  await tx.query('INSERT INTO migration (number, name, hash, at) VALUES ($1, $2, $3, $4)', [
    file.number,
    file.name,
    file.hash,
    at,
  ])
}

/** The files in order. They hold no semicolon inside a string, so a statement ends at the next one. */
function migrations(): readonly Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}_[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8')
      return { number: Number(name.slice(0, 4)), name, text, hash: createHash('sha256').update(text).digest('hex') }
    })
}
