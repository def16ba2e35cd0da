/** Statements that make tables and what belongs to them. */
import { Fault } from '../fault.ts'
import type { Level } from './frame.ts'
import type { Row } from './ordered-rows.ts'
import { rowTest } from './row-test.ts'
import type { AddColumn, CreateIndex, CreateTable } from './syntax.ts'
import { createTable } from './table.ts'
import { columnsIn } from './table-index.ts'
import { levelOf, scopeIn, type Tables, tableOf } from './tables.ts'

export function makeTable(made: CreateTable, tables: Tables): readonly Row[] {
  const { all, undo } = tables
  if (all.has(made.table)) {
    if (made.unlessThere) return []
    throw new Fault('STORE_SQL', `There is a table ${made.table} already.`)
  }
  const positions = new Map(made.columns.map(({ name }, index) => [name, index]))
  const level: Level = { alias: made.table, position: (column) => positions.get(column) }
  all.set(
    made.table,
    createTable(
      made,
      made.checks.map((check) => ({
        test: rowTest(check, level, scopeIn(tables, [level])),
        reads: new Set(columnsIn(check).flatMap((column) => positions.get(column) ?? [])),
      })),
      undo,
    ),
  )
  undo.push(() => all.delete(made.table))
  return []
}

/** On an empty table: a database that is nothing but memory begins with all migrations. */
export function addColumn({ table: name, column }: AddColumn, tables: Tables): readonly Row[] {
  const { all, undo } = tables
  const before = tableOf(tables, name)
  if (before.all.size > 0) throw new Fault('STORE_SQL', `${name} has rows: a column comes before them.`)
  undo.push(() => {
    all.set(name, before)
    tables.generation++
  })
  all.delete(name)
  makeTable({ ...before.made, columns: [...before.columns, column] }, tables)
  for (const index of before.indexes.slice(1)) makeIndex({ is: 'create-index', table: name, ...index }, tables)
  tables.generation++
  return []
}

/** On an empty table: our migrations make them together. */
export function makeIndex(made: CreateIndex, tables: Tables): readonly Row[] {
  const table = tableOf(tables, made.table)
  const level = levelOf(table.name, table)
  const covers = made.where ? rowTest(made.where, level, scopeIn(tables, [level])) : () => true
  table.addIndex(made, covers)
  return []
}
