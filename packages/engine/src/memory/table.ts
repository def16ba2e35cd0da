/** A table: its rows in the order of every index, its rules, and how each change is taken back. */
import { Fault } from '../fault.ts'
import type { SqlValue } from '../store.ts'
import { keyIn, type Row } from './ordered-rows.ts'
import type { ColumnOf, CreateIndex, CreateTable } from './syntax.ts'
import { createIndex, type Index, type RowTest } from './table-index.ts'

export interface Table {
  readonly name: string
  readonly columns: readonly ColumnOf[]
  readonly position: (column: string) => number | undefined
  readonly indexes: readonly Index[]
  readonly addIndex: (index: Pick<CreateIndex, 'name' | 'columns' | 'unique' | 'where'>, covers: RowTest) => void
  readonly insert: (row: Row) => void
  /** `values` in the order of `positions`. */
  readonly update: (row: Row, positions: readonly number[], values: readonly SqlValue[]) => void
  readonly remove: (row: Row) => void
}

/** How to take back what was done, the last thing at the end. */
export type Undo = (() => void)[]

const broken = (message: string) => new Fault('STORE_CONSTRAINT', message)

export function createTable(made: CreateTable, checks: readonly RowTest[], undo: Undo): Table {
  const { table: name, columns, primaryKey } = made
  const positions = new Map(columns.map((column, index) => [column.name, index]))
  const indexes: Index[] = []
  const { refuse, refuseDouble } = rulesOf(made, checks, indexes)
  const { all, enter, leave, write } = holderOf(indexes)
  const count = counterOf(made, undo)
  let arrived = 0

  const table: Table = {
    name,
    columns,
    position: (column) => positions.get(column),
    indexes,
    addIndex: (index, covers) => {
      const position = (column: string) => positions.get(column) ?? -1
      indexes.push(createIndex(index, { position, covers, numberAt: columns.length, all: () => all }))
    },
    insert(row) {
      count(row)
      refuse(row)
      refuseDouble(row, undefined, undefined)
      row[columns.length] = ++arrived
      enter(row)
      undo.push(() => leave(row))
    },
    update(row, changed, values) {
      const before = keyIn(row, changed)
      const after = row.slice()
      for (let index = 0; index < changed.length; index++) after[changed[index] as number] = values[index] ?? null
      refuse(after)
      refuseDouble(after, row, changed)
      write(row, changed, values)
      undo.push(() => write(row, changed, before))
    },
    remove(row) {
      leave(row)
      undo.push(() => enter(row))
    },
  }
  // The first index holds every row: whoever has no better one walks it.
  if (primaryKey.length > 0)
    table.addIndex({ name: `${name}_pkey`, columns: primaryKey, unique: true, where: undefined }, () => true)
  else throw broken(`${name} has no primary key.`)
  return table
}

/** What a row must be, before anything is written. */
function rulesOf({ table: name, columns }: CreateTable, checks: readonly RowTest[], indexes: readonly Index[]) {
  const types = columns.map(({ type }) => (type === 'text' ? 'string' : 'number'))
  const needed = columns.map(({ notNull }) => notNull)
  return {
    refuse(row: Row): void {
      for (let index = 0; index < types.length; index++) {
        const value = row[index] ?? null
        if (value === null ? needed[index] : typeof value !== types[index])
          throw broken(`${name}.${columns[index]?.name} cannot be ${value}.`)
      }
      for (const check of checks) if (!check(row)) throw broken(`A row of ${name} breaks a CHECK.`)
    },
    /** `changed` undefined: all columns are new. */
    refuseDouble(row: Row, instead: Row | undefined, changed: readonly number[] | undefined): void {
      for (const { unique, reads, find, covers, positions, columns: named } of indexes) {
        if (!unique || !touches(reads, changed) || !covers(row)) continue
        const other = find(keyIn(row, positions))
        if (other !== undefined && other !== instead) throw broken(`${name} (${named.join(', ')}) is there already.`)
      }
    },
  }
}

/** The rows, in all indexes at once. */
function holderOf(indexes: readonly Index[]) {
  const all = new Set<Row>()
  return {
    all,
    enter(row: Row): void {
      all.add(row)
      for (const index of indexes) index.add(row)
    },
    leave(row: Row): void {
      for (const index of indexes) index.remove(row)
      all.delete(row)
    },
    write(row: Row, changed: readonly number[], values: readonly SqlValue[]): void {
      for (const index of indexes) if (touches(index.reads, changed)) index.remove(row)
      for (let index = 0; index < changed.length; index++) row[changed[index] as number] = values[index] ?? null
      for (const index of indexes) if (touches(index.reads, changed)) index.add(row)
    },
  }
}

/** AUTOINCREMENT: a number that was committed is never given again, whatever became of its row. */
function counterOf({ columns }: CreateTable, undo: Undo): (row: Row) => void {
  const identity = columns.findIndex((column) => column.identity)
  let counted = 0
  return (row) => {
    if (identity < 0) return
    const before = counted
    row[identity] ??= counted + 1
    counted = Math.max(counted, Number(row[identity]))
    undo.push(() => {
      counted = before
    })
  }
}

function touches(reads: ReadonlySet<number>, changed: readonly number[] | undefined): boolean {
  return changed === undefined || changed.some((position) => reads.has(position))
}
