/** The rows of a table by some of its columns: found at once by all of them, walked in order by the first ones. */
import type { SqlValue } from '../store.ts'
import type { Edge, OrderedRows, Row } from './ordered-rows.ts'
import { rowsIn } from './rows-apart.ts'
import type { CreateIndex, Expr } from './syntax.ts'

/** Of a row in hand, without parameters. */
export type RowTest = (row: Row) => boolean

export interface Index {
  readonly name: string
  readonly columns: readonly string[]
  readonly positions: readonly number[]
  readonly unique: boolean
  /** Of a partial index. */
  readonly where: Expr | undefined
  readonly covers: RowTest
  /** Its columns and those its condition reads: a change of others does not move a row. */
  readonly reads: ReadonlySet<number>
  readonly add: (row: Row) => void
  readonly remove: (row: Row) => void
  /** The one row with these values, of a unique index. */
  readonly find: (key: readonly SqlValue[]) => Row | undefined
  /** The one row with the same values as this one, of a unique index. */
  readonly findLike: (row: Row) => Row | undefined
  /** Calls `visit` for row after row, until it says false. */
  readonly visit: (from: Edge, to: Edge, visit: (row: Row) => boolean) => void
}

export interface IndexParts {
  readonly position: (column: string) => number
  readonly covers: RowTest
  readonly isText: (position: number) => boolean
  /** Where the number of a row stands. */
  readonly numberAt: number
  /** Every row of the table. */
  readonly all: () => Iterable<Row>
}

export function createIndex(
  made: Pick<CreateIndex, 'name' | 'columns' | 'unique' | 'where'>,
  { position, covers, isText, numberAt, all }: IndexParts,
): Index {
  const positions = made.columns.map(position)
  const byKey = rowsByKey(positions)
  let inOrder: OrderedRows | undefined
  // Came in since the last walk, in no order yet: many a row is gone before somebody walks.
  const fresh = new Set<Row>()

  /** Most indexes of a simulated world are never walked: those are not put in order at all. */
  function ordered(): OrderedRows {
    if (inOrder === undefined) {
      inOrder = rowsIn({ positions, isText, numberAt })
      for (const row of all()) if (covers(row)) inOrder.add(row)
    }
    for (const row of fresh) inOrder.add(row)
    fresh.clear()
    return inOrder
  }
  return {
    ...made,
    positions,
    covers,
    reads: new Set([...positions, ...columnsIn(made.where).map(position)]),
    add(row) {
      if (!covers(row)) return
      if (made.unique) byKey.add(row)
      if (inOrder !== undefined) fresh.add(row)
    },
    remove(row) {
      if (!covers(row)) return
      if (made.unique) byKey.remove(row)
      if (inOrder !== undefined && !fresh.delete(row)) inOrder.remove(row)
    },
    find: byKey.find,
    findLike: byKey.findLike,
    visit: (from, to, visit) => ordered().visit(from, to, visit),
  }
}

interface RowsByKey {
  readonly find: (key: readonly SqlValue[]) => Row | undefined
  readonly findLike: (row: Row) => Row | undefined
  readonly add: (row: Row) => void
  readonly remove: (row: Row) => void
}

/** By the last of its values the row itself, by the others what is below them. */
type Below = Map<SqlValue, Row | Below>

/** Value below value: a text that is looked for again and again is hashed once, one joined from several each time. */
function rowsByKey(positions: readonly number[]): RowsByKey {
  const top: Below = new Map()
  const before = positions.slice(0, -1)
  const last = positions.at(-1) ?? -1
  const lastOf = (key: readonly SqlValue[]) => key[before.length] ?? null
  return {
    find(key) {
      let below: Below | undefined = top
      for (let index = 0; below !== undefined && index < before.length; index++)
        below = below.get(key[index] ?? null) as Below | undefined
      return below?.get(lastOf(key)) as Row | undefined
    },
    findLike(row) {
      let below: Below | undefined = top
      for (let index = 0; below !== undefined && index < before.length; index++)
        below = below.get(row[before[index] as number] ?? null) as Below | undefined
      return below?.get(row[last] ?? null) as Row | undefined
    },
    add(row) {
      let below = top
      for (let index = 0; index < before.length; index++) {
        const value = row[before[index] as number] ?? null
        const known = below.get(value) as Below | undefined
        const next: Below = known ?? new Map()
        if (known === undefined) below.set(value, next)
        below = next
      }
      below.set(row[last] ?? null, row)
    },
    remove(row) {
      const way: Below[] = []
      let below: Below | undefined = top
      for (let index = 0; index < before.length; index++) {
        if (below === undefined) return
        way.push(below)
        below = below.get(row[before[index] as number] ?? null) as Below | undefined
      }
      below?.delete(row[last] ?? null)
      // What has become empty is not kept: the open orders of a payment end with it.
      for (let index = way.length - 1; index >= 0 && below?.size === 0; index--) {
        below = way[index]
        below?.delete(row[before[index] as number] ?? null)
      }
    },
  }
}

/** Columns that a condition of one table reads. */
export function columnsIn(expr: Expr | undefined): readonly string[] {
  if (expr === undefined) return []
  if (expr.is === 'column') return [expr.name]
  if (expr.is === 'compare' || expr.is === 'and' || expr.is === 'or')
    return [...columnsIn(expr.left), ...columnsIn(expr.right)]
  return expr.is === 'not' || expr.is === 'null?' || expr.is === 'in' ? columnsIn(expr.of) : []
}
