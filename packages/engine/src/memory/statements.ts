/** Statements as functions: text in, rows out, and what was done can be undone. */
import { Fault } from '../fault.ts'
import type { SqlValue } from '../store.ts'
import { accessTo } from './access.ts'
import { valueIn } from './compile-expr.ts'
import { compileSelect, fieldsOf, type Source } from './compile-select.ts'
import type { Frame, Level, Rows, Scope, Value } from './frame.ts'
import type { Row } from './ordered-rows.ts'
import { parse } from './parse.ts'
import { rowTest } from './row-test.ts'
import type {
  AddColumn,
  Assignment,
  Conflict,
  CreateIndex,
  CreateTable,
  Delete,
  Fields,
  Insert,
  Select,
  Update,
} from './syntax.ts'
import { createTable, type Table, type Undo } from './table.ts'
import { columnsIn } from './table-index.ts'

export interface Tables {
  readonly all: Map<string, Table>
  readonly undo: Undo
  /** Counts tables that were put in the place of others: what was compiled before means the old ones. */
  generation: number
}

export type Run = (frame: Frame) => readonly Row[]
export interface Compiled {
  readonly names: readonly string[]
  readonly run: Run
}

const NOTHING: Compiled = { names: [], run: () => [] }

/** Fault STORE_SQL for what it does not know. */
export function compile(sql: string, tables: Tables): Compiled {
  const statement = parse(sql)
  switch (statement.is) {
    case 'select':
      return withSchema(
        compileSelect(statement, scopeIn(tables, []), (name) => sourceOf(tables, name)),
        statement,
        tables,
      )
    case 'insert':
      return compileInsert(statement, tables)
    case 'update':
      return compileUpdate(statement, tables)
    case 'delete':
      return compileDelete(statement, tables)
    case 'create-table':
      return { ...NOTHING, run: () => makeTable(statement, tables) }
    case 'add-column':
      return { ...NOTHING, run: () => addColumn(statement, tables) }
    default:
      return { ...NOTHING, run: () => makeIndex(statement, tables) }
  }
}

/** The schema as rows, for whoever compares databases. */
const SCHEMA = 'schema_line'

function tableOf({ all }: Tables, name: string): Table {
  const table = all.get(name)
  if (table === undefined) throw new Fault('STORE_SQL', `There is no table ${name}.`)
  return table
}

function sourceOf(tables: Tables, name: string): Source {
  if (name === SCHEMA) return { names: ['line'] }
  const table = tableOf(tables, name)
  return { table, names: table.columns.map((column) => column.name) }
}

function scopeIn(tables: Tables, levels: readonly Level[], more: ReadonlyMap<string, Source> = new Map()): Scope {
  const sources = (name: string) => more.get(name) ?? sourceOf(tables, name)
  return {
    levels,
    touched: new Set(),
    rowsOf: (select: Select, scope: Scope): Rows => compileSelect(select, scope, sources),
  }
}

const levelOf = (alias: string, table: Table): Level => ({ alias, position: table.position })

function compileReturning(
  fields: Fields | undefined,
  table: Table,
  scope: Scope,
): { names: readonly string[]; row: (frame: Frame) => Row } | undefined {
  if (fields === undefined) return undefined
  const listed = fieldsOf(fields, { table, names: table.columns.map(({ name }) => name) })
  const values = listed.map(({ expr }) => valueIn(expr, scope))
  return { names: listed.map(({ name }) => name), row: (frame) => values.map((value) => value(frame)) }
}

function placesOf(table: Table, columns: readonly string[]): readonly number[] {
  return columns.map((column) => {
    const position = table.position(column)
    if (position === undefined) throw new Fault('STORE_SQL', `There is no column ${table.name}.${column}.`)
    return position
  })
}

interface Change {
  readonly positions: readonly number[]
  readonly values: readonly Value[]
}

const changeOf = (table: Table, set: readonly Assignment[], scope: Scope): Change => ({
  positions: placesOf(
    table,
    set.map(({ column }) => column),
  ),
  values: set.map(({ expr }) => valueIn(expr, scope)),
})

function compileInsert({ table: name, columns, rows, conflict, returning }: Insert, tables: Tables): Compiled {
  const table = tableOf(tables, name)
  const positions = placesOf(table, columns)
  const outside = scopeIn(tables, [])
  const given = rows.map((row) => row.map((expr) => valueIn(expr, outside)))
  const defaults: readonly SqlValue[] = table.columns.map((column) => column.default)
  const clash = conflict && clashOf(table, conflict, tables)
  const back = compileReturning(returning, table, scopeIn(tables, [levelOf(name, table)]))
  return {
    names: back?.names ?? [],
    run: (frame) => {
      const told: Row[] = []
      for (const values of given) {
        const row = defaults.slice()
        for (let index = 0; index < values.length; index++)
          row[positions[index] as number] = values[index]?.(frame) ?? null
        const kept = clash === undefined ? row : clash(frame, row)
        if (kept === row) table.insert(row)
        if (back === undefined || kept === undefined) continue
        frame.rows[0] = kept
        told.push(back.row(frame))
      }
      return told
    },
  }
}

/** The row that is kept: the new one, the old one after its update, or undefined where nothing is to be done. */
function clashOf(
  table: Table,
  { columns, where, set }: Conflict,
  tables: Tables,
): (frame: Frame, row: Row) => Row | undefined {
  const condition = JSON.stringify(where)
  const indexes = table.indexes.filter(
    (index) =>
      index.unique &&
      (columns.length === 0 || (columns.join() === index.columns.join() && JSON.stringify(index.where) === condition)),
  )
  if (indexes.length === 0)
    throw new Fault('STORE_SQL', `No unique index of ${table.name} is on (${columns.join(', ')}).`)
  const scope = scopeIn(tables, [levelOf('excluded', table), levelOf(table.name, table)])
  const change = changeOf(table, set, scope)
  return (frame, row) => {
    for (const { covers, findLike } of indexes) {
      const old = covers(row) ? findLike(row) : undefined
      if (old === undefined) continue
      if (set.length === 0) return undefined
      frame.rows[0] = row
      frame.rows[1] = old
      table.update(
        old,
        change.positions,
        change.values.map((value) => value(frame)),
      )
      return old
    }
    return row
  }
}

function compileUpdate({ with: before, table: name, set, where, returning }: Update, tables: Tables): Compiled {
  const table = tableOf(tables, name)
  const first = before && compileSelect(before.select, scopeIn(tables, []), (one) => sourceOf(tables, one))
  const lists = new Map(before && first ? [[before.name, { names: first.names }]] : [])
  const scope = scopeIn(tables, [levelOf(name, table)], lists)
  const { each } = accessTo(table, where, scope)
  const { positions, values } = changeOf(table, set, scope)
  const back = compileReturning(returning, table, scope)
  return {
    names: back?.names ?? [],
    run: (frame) => {
      if (before && first) frame.lists.set(before.name, first.run(frame))
      const told: Row[] = []
      for (const row of found(each, frame)) {
        frame.rows[0] = row
        table.update(
          row,
          positions,
          values.map((value) => value(frame)),
        )
        if (back) told.push(back.row(frame))
      }
      return told
    },
  }
}

function compileDelete({ table: name, where, returning }: Delete, tables: Tables): Compiled {
  const table = tableOf(tables, name)
  const scope = scopeIn(tables, [levelOf(name, table)])
  const { each } = accessTo(table, where, scope)
  const back = compileReturning(returning, table, scope)
  return {
    names: back?.names ?? [],
    run: (frame) => {
      const told: Row[] = []
      for (const row of found(each, frame)) {
        frame.rows[0] = row
        if (back) told.push(back.row(frame))
        table.remove(row)
      }
      return told
    },
  }
}

/** All of them before the first change: a change moves rows under a walk. */
function found(each: ReturnType<typeof accessTo>['each'], frame: Frame): readonly Row[] {
  const rows: Row[] = []
  each(frame, (row) => {
    rows.push(row)
    return true
  })
  return rows
}

function makeTable(made: CreateTable, tables: Tables): readonly Row[] {
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
function addColumn({ table: name, column }: AddColumn, tables: Tables): readonly Row[] {
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
function makeIndex(made: CreateIndex, tables: Tables): readonly Row[] {
  const table = tableOf(tables, made.table)
  const level = levelOf(table.name, table)
  const covers = made.where ? rowTest(made.where, level, scopeIn(tables, [level])) : () => true
  table.addIndex(made, covers)
  return []
}

function withSchema(select: Compiled, { from }: Select, { all }: Tables): Compiled {
  if (from?.table !== SCHEMA) return select
  const lines = () =>
    [...all.values()].flatMap(({ name, columns, indexes }) => [
      ...columns.map((column) => `${name}.${column.name}`),
      ...indexes.slice(1).map((index) => `${name} index ${index.name}`),
    ])
  return {
    ...select,
    run: (frame) => {
      frame.lists.set(
        SCHEMA,
        lines()
          .sort()
          .map((line) => [line]),
      )
      return select.run(frame)
    },
  }
}
