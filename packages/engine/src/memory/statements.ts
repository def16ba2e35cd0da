/** Statements as functions: text in, rows out, and what was done can be undone. */
import { Fault } from '../fault.ts'
import type { SqlValue } from '../store.ts'
import { accessTo } from './access.ts'
import { valueIn } from './compile-expr.ts'
import { compileSelect, fieldsOf } from './compile-select.ts'
import type { Frame, Scope, Value } from './frame.ts'
import type { Row } from './ordered-rows.ts'
import { parse } from './parse.ts'
import { addColumn, makeIndex, makeTable } from './schema.ts'
import type { Assignment, Conflict, Delete, Fields, Insert, Select, Update } from './syntax.ts'
import type { Table } from './table.ts'
import { levelOf, SCHEMA, scopeIn, sourceOf, type Tables, tableOf } from './tables.ts'

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
  // The last place is for the number of the row.
  const defaults: readonly SqlValue[] = [...table.columns.map((column) => column.default), null]
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
