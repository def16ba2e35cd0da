/** The rows of a table by some of its columns: found at once by all of them, walked in order by the first ones. */
import type { SqlValue } from '../store.ts'
import { type Edge, keyIn, type OrderedRows, orderedRows, type Row } from './ordered-rows.ts'
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
  /** Calls `visit` for row after row, until it says false. */
  readonly visit: (from: Edge, to: Edge, visit: (row: Row) => boolean) => void
}

export interface IndexParts {
  readonly position: (column: string) => number
  readonly covers: RowTest
  /** Where the number of a row stands. */
  readonly numberAt: number
  /** Every row of the table. */
  readonly all: () => Iterable<Row>
}

export function createIndex(
  made: Pick<CreateIndex, 'name' | 'columns' | 'unique' | 'where'>,
  { position, covers, numberAt, all }: IndexParts,
): Index {
  const positions = made.columns.map(position)
  const byKey = new Map<SqlValue, Row>()
  let inOrder: OrderedRows | undefined

  /** Put in order when somebody walks it for the first time: most indexes of a simulated world are never walked. */
  function ordered(): OrderedRows {
    if (inOrder) return inOrder
    inOrder = orderedRows(positions, numberAt)
    for (const row of all()) if (covers(row)) inOrder.add(row)
    return inOrder
  }
  return {
    ...made,
    positions,
    covers,
    reads: new Set([...positions, ...columnsIn(made.where).map(position)]),
    add(row) {
      if (!covers(row)) return
      if (made.unique) byKey.set(oneKey(keyIn(row, positions)), row)
      inOrder?.add(row)
    },
    remove(row) {
      if (!covers(row)) return
      if (made.unique) byKey.delete(oneKey(keyIn(row, positions)))
      inOrder?.remove(row)
    },
    find: (key) => byKey.get(oneKey(key)),
    visit: (from, to, visit) => ordered().visit(from, to, visit),
  }
}

/** Columns have one type each, so that joined texts are as different as what they are joined from. */
function oneKey(key: readonly SqlValue[]): SqlValue {
  if (key.length === 1) return key[0] ?? null
  return key.length === 2 ? `${key[0]}\u0000${key[1]}` : key.join('\u0000')
}

/** Columns that a condition of one table reads. */
function columnsIn(expr: Expr | undefined): readonly string[] {
  if (expr === undefined) return []
  if (expr.is === 'column') return [expr.name]
  if (expr.is === 'compare' || expr.is === 'and' || expr.is === 'or')
    return [...columnsIn(expr.left), ...columnsIn(expr.right)]
  return expr.is === 'not' || expr.is === 'null?' ? columnsIn(expr.of as Expr) : []
}
