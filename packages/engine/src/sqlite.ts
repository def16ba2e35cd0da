import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Fault } from './fault.ts'
import { groupCommits } from './group-commit.ts'
import { type Inside, oneAtATime } from './one-at-a-time.ts'
import type { SqlValue, Store } from './store.ts'

/** Statements are few and fixed; the bound only guards against text built from values. */
const PREPARED_MAX = 500
/** How long a second process may take to let go of the file (a restart overlaps a little). */
const BUSY_MS = 2_000

/** `file` is a path or ':memory:'. Folders that are missing are made. One process owns the file. */
export async function openSqlite({ file }: { readonly file: string }): Promise<Store> {
  const database = openFile(file)
  const query = runner(database, file)
  const inside: Inside = {
    dialect: 'sqlite',
    name: file,
    query,
    begin: () => void query('BEGIN IMMEDIATE'),
    commit: () => void query('COMMIT'),
    isOpen: () => database.isTransaction,
    rollBack: () => rollBack(query),
    close: () => database.close(),
  }
  return file === ':memory:' ? oneAtATime(inside) : groupCommits(inside)
}

type Query = <Row>(sql: string, params?: readonly SqlValue[]) => readonly Row[]

/** SQLite has rolled back by itself after some errors (disk full); a second ROLLBACK must not hide the first error. */
function rollBack(query: Query): void {
  try {
    query('ROLLBACK')
  } catch {
    // No transaction was left to roll back.
  }
}

function runner(database: DatabaseSync, file: string): Query {
  const prepared = new Map<string, StatementSync>()
  return <Row>(sql: string, params: readonly SqlValue[] = []) => {
    try {
      let statement = prepared.get(sql)
      if (statement === undefined) {
        if (prepared.size >= PREPARED_MAX) prepared.clear()
        statement = database.prepare(stable(sql))
        prepared.set(sql, statement)
      }
      if (params.length === 0) return statement.all() as Row[]
      const named: Record<string, SqlValue> = {}
      for (let index = 0; index < params.length; index++)
        named[PLACES[index] ?? `$${index + 1}`] = params[index] ?? null
      return statement.all(named) as Row[]
    } catch (error) {
      throw explained(error, file)
    }
  }
}

/**
 * SQLite looks at a bare parameter behind LIMIT to plan by its value, and so prepares the whole statement again each
 * time one is bound; of an expression it cannot know the value. Claiming an effect is 14 times as fast this way.
 */
const stable = (sql: string): string => sql.replaceAll(/\bLIMIT (\$\d+)/g, 'LIMIT ($1 + 0)')

const PLACES: readonly string[] = Array.from({ length: 100 }, (_, index) => `$${index + 1}`)

function openFile(file: string): DatabaseSync {
  if (file !== ':memory:') makeFolder(dirname(resolve(file)), file)
  try {
    const database = new DatabaseSync(file, { timeout: BUSY_MS })
    // EXCLUSIVE keeps the lock until close: a second process learns it at once instead of at the first collision.
    if (file !== ':memory:')
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    database.exec('PRAGMA foreign_keys = ON; BEGIN IMMEDIATE; COMMIT;')
    return database
  } catch (error) {
    throw explained(error, file)
  }
}

function makeFolder(folder: string, file: string): void {
  try {
    // Not `recursive`: Node never comes back from it below a folder like /proc that refuses new entries.
    const missing: string[] = []
    for (let at = folder; !existsSync(at); at = dirname(at)) missing.push(at)
    for (const at of missing.reverse()) mkdirSync(at)
  } catch (error) {
    throw unwritable(file, error)
  }
}

function unwritable(file: string, cause: unknown): Fault {
  return new Fault(
    'STORE_UNWRITABLE',
    `The data file ${file} cannot be written. Check that its folder exists and that this user may write there.`,
    {
      cause,
    },
  )
}

/** SQLite's numeric answer -> what to do. (sqlite.org, "Result and Error Codes"; the low byte is the family) */
function explained(error: unknown, file: string): unknown {
  const errcode =
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0
  const message = error instanceof Error ? error.message : String(error)
  if (errcode === 5 || errcode === 6)
    return new Fault(
      'STORE_BUSY',
      `The data file ${file} is in use by another process. Stop it, or choose another folder.`,
      { retry: true, cause: error },
    )
  if (errcode === 8 || errcode === 14 || errcode === 23) return unwritable(file, error)
  if (errcode === 13)
    return new Fault('STORE_FULL', `The disk of ${file} is full. Nothing was stored; make room.`, {
      retry: true,
      cause: error,
    })
  if (errcode === 11 || errcode === 26)
    return new Fault('STORE_BROKEN', `${file} is not a sound database (${message}). Restore a backup.`, {
      cause: error,
    })
  return error
}
