/**
 * A database that is nothing but memory, for the simulated world: the same statements, the same suite, no SQLite behind
 * them. A statement is read once and is a function from then on. What it holds ends with the process.
 */

import type { Row } from './memory/ordered-rows.ts'
import { compile, type Run } from './memory/statements.ts'
import type { Tables } from './memory/tables.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { SqlValue, Store } from './store.ts'

/** Statements are few and fixed; the bound only guards against text built from values. */
const COMPILED_MAX = 500

export function openMemory(): Store {
  const tables: Tables = { all: new Map(), undo: [], generation: 0 }
  // Whoever reads rows of a WITH has written them just before.
  const lists = new Map<string, readonly Row[]>()
  const compiled = new Map<string, Statement>()
  let generation = 0
  let inTransaction = false

  function statement(sql: string): Statement {
    if (generation !== tables.generation) compiled.clear()
    generation = tables.generation
    const known = compiled.get(sql)
    if (known) return known
    if (compiled.size >= COMPILED_MAX) compiled.clear()
    const { names, run } = compile(sql, tables)
    const made = { run, named: naming(names) }
    compiled.set(sql, made)
    return made
  }
  function undoTo(length: number): void {
    while (tables.undo.length > length) tables.undo.pop()?.()
  }

  /** What is committed is not taken back. Most statements read: even to empty an empty list costs a call. */
  function forget(): void {
    if (tables.undo.length > 0) tables.undo.length = 0
  }

  return oneAtATime({
    dialect: 'memory',
    name: 'in memory',
    query<Found>(sql: string, params: readonly SqlValue[] = []) {
      const { named, run } = statement(sql)
      const before = tables.undo.length
      try {
        return run({ params, rows: [], lists }).map(named) as Found[]
      } catch (error) {
        undoTo(before)
        throw error
      } finally {
        if (!inTransaction) forget()
      }
    },
    begin: () => {
      inTransaction = true
    },
    commit: () => {
      inTransaction = false
      forget()
    },
    isOpen: () => inTransaction,
    rollBack: () => {
      undoTo(0)
      inTransaction = false
    },
    close: () => tables.all.clear(),
  })
}

interface Statement {
  readonly run: Run
  readonly named: (row: Row) => unknown
}

/** Written for its names: an object that is filled by names that only run time knows costs more than finding its row. */
function naming(names: readonly string[]): Statement['named'] {
  const fields = names.map((name, at) => `${JSON.stringify(name)}: row[${at}] ?? null`)
  return new Function('row', `return { ${fields.join(', ')} }`) as Statement['named']
}
