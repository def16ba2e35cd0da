/** A table: its rows in the order of every index, its rules, and how each change is taken back. */
import { Fault } from '../fault.ts'
import type { SqlValue } from '../store.ts'
import { keyIn, type Row } from './ordered-rows.ts'
import type { ColumnOf, CreateIndex, CreateTable } from './syntax.ts'
import { createIndex, type Index, type RowTest } from './table-index.ts'

/** A rule of the table about one row. */
export interface Check {
  readonly test: RowTest
  /** Where its columns stand: a change of others cannot break it. */
  readonly reads: ReadonlySet<number>
}

export interface Table {
  readonly name: string
  readonly made: CreateTable
  readonly columns: readonly ColumnOf[]
  readonly position: (column: string) => number | undefined
  readonly indexes: readonly Index[]
  /** Every row, in no order. */
  readonly all: ReadonlySet<Row>
  readonly addIndex: (index: Pick<CreateIndex, 'name' | 'columns' | 'unique' | 'where'>, covers: RowTest) => void
  readonly insert: (row: Row) => void
  /** `values` in the order of `positions`. */
  readonly update: (row: Row, positions: readonly number[], values: readonly SqlValue[]) => void
  readonly remove: (row: Row) => void
}

/** How to take back what was done, the last thing at the end. */
export type Undo = (() => void)[]

const broken = (message: string) => new Fault('STORE_CONSTRAINT', message)

export function createTable(made: CreateTable, checks: readonly Check[], undo: Undo): Table {
  const { table: name, columns, primaryKey } = made
  const positions = new Map(columns.map((column, index) => [column.name, index]))
  const indexes: Index[] = []
  const { refuse, refuseValues, refuseDouble } = rulesOf(made, checks)
  const { all, enter, leave, write } = holderOf(indexes)
  const { concernedBy, forget } = concerns(indexes, checks)
  const count = counterOf(made, undo)
  let arrived = 0

  const table: Table = {
    name,
    made,
    columns,
    position: (column) => positions.get(column),
    indexes,
    all,
    addIndex: (index, covers) => {
      const position = (column: string) => positions.get(column) ?? -1
      const isText = (at: number) => columns[at]?.type === 'text'
      indexes.push(createIndex(index, { position, covers, isText, numberAt: columns.length, all: () => all }))
      forget()
    },
    insert(row) {
      count(row)
      refuse(row)
      refuseDouble(row, undefined, indexes)
      row[columns.length] = ++arrived
      enter(row)
      undo.push(() => leave(row))
    },
    update(row, changed, values) {
      const { touched, mayBreak } = concernedBy(changed)
      const before = keyIn(row, changed)
      refuseValues(changed, values)
      if (mayBreak) {
        const after = row.slice()
        for (let index = 0; index < changed.length; index++) after[changed[index] as number] = values[index] ?? null
        refuse(after)
        refuseDouble(after, row, touched)
      }
      write(row, { changed, touched }, values)
      undo.push(() => write(row, { changed, touched }, before))
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
function rulesOf({ table: name, columns }: CreateTable, checks: readonly Check[]) {
  const types = columns.map(({ type }) => (type === 'text' ? 'string' : 'number'))
  const needed = columns.map(({ notNull }) => notNull)
  function refuseValue(at: number, value: SqlValue): void {
    if (value === null ? needed[at] : typeof value !== types[at])
      throw broken(`${name}.${columns[at]?.name} cannot be ${value}.`)
  }
  return {
    refuse(row: Row): void {
      for (let at = 0; at < types.length; at++) refuseValue(at, row[at] ?? null)
      for (let at = 0; at < checks.length; at++)
        if (!checks[at]?.test(row)) throw broken(`A row of ${name} breaks a CHECK.`)
    },
    refuseValues(positions: readonly number[], values: readonly SqlValue[]): void {
      for (let index = 0; index < positions.length; index++)
        refuseValue(positions[index] as number, values[index] ?? null)
    },
    refuseDouble(row: Row, instead: Row | undefined, indexes: readonly Index[]): void {
      for (let at = 0; at < indexes.length; at++) {
        const index = indexes[at]
        if (!index?.unique || !index.covers(row)) continue
        const other = index.findLike(row)
        if (other !== undefined && other !== instead)
          throw broken(`${name} (${index.columns.join(', ')}) is there already.`)
      }
    },
  }
}

interface Concern {
  /** Indexes in which such a change may move a row. */
  readonly touched: readonly Index[]
  /** Whether it may break a rule beside the types of its values. */
  readonly mayBreak: boolean
}

/** What a change of some columns concerns: found once for each statement, which always gives the same list of columns. */
function concerns(indexes: readonly Index[], checks: readonly Check[]) {
  let known = new WeakMap<readonly number[], Concern>()
  return {
    concernedBy(changed: readonly number[]): Concern {
      const before = known.get(changed)
      if (before) return before
      const reads = (one: { readonly reads: ReadonlySet<number> }) =>
        changed.some((position) => one.reads.has(position))
      const touched = indexes.filter(reads)
      const found = { touched, mayBreak: checks.some(reads) || touched.some(({ unique }) => unique) }
      known.set(changed, found)
      return found
    },
    /** There is another index. */
    forget: () => {
      known = new WeakMap()
    },
  }
}

/** The rows, in all indexes at once. Loops count: most of this runs too seldom for the engine to spare it the iterators. */
function holderOf(indexes: readonly Index[]) {
  const all = new Set<Row>()
  return {
    all,
    enter(row: Row): void {
      all.add(row)
      for (let at = 0; at < indexes.length; at++) indexes[at]?.add(row)
    },
    leave(row: Row): void {
      for (let at = 0; at < indexes.length; at++) indexes[at]?.remove(row)
      all.delete(row)
    },
    write(
      row: Row,
      { changed, touched }: { readonly changed: readonly number[]; readonly touched: readonly Index[] },
      values: readonly SqlValue[],
    ): void {
      for (let at = 0; at < touched.length; at++) touched[at]?.remove(row)
      for (let index = 0; index < changed.length; index++) row[changed[index] as number] = values[index] ?? null
      for (let at = 0; at < touched.length; at++) touched[at]?.add(row)
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
