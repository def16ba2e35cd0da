/** The tables of a database in memory, and what the names in a statement mean there. */
import { Fault } from '../fault.ts'
import { compileSelect, type Source } from './compile-select.ts'
import type { Level, Rows, Scope } from './frame.ts'
import type { Select } from './syntax.ts'
import type { Table, Undo } from './table.ts'

export interface Tables {
  readonly all: Map<string, Table>
  readonly undo: Undo
  /** Counts tables that were put in the place of others: what was compiled before means the old ones. */
  generation: number
}

/** The schema as rows, for whoever compares databases. */
export const SCHEMA = 'schema_line'

export function tableOf({ all }: Tables, name: string): Table {
  const table = all.get(name)
  if (table === undefined) throw new Fault('STORE_SQL', `There is no table ${name}.`)
  return table
}

export function sourceOf(tables: Tables, name: string): Source {
  if (name === SCHEMA) return { names: ['line'] }
  const table = tableOf(tables, name)
  return { table, names: table.columns.map((column) => column.name) }
}

export function scopeIn(
  tables: Tables,
  levels: readonly Level[],
  more: ReadonlyMap<string, Source> = new Map(),
): Scope {
  const sources = (name: string) => more.get(name) ?? sourceOf(tables, name)
  return {
    levels,
    touched: new Set(),
    rowsOf: (select: Select, scope: Scope): Rows => compileSelect(select, scope, sources),
  }
}

export const levelOf = (alias: string, table: Table): Level => ({ alias, position: table.position })
