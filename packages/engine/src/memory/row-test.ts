/** A condition about the one row in hand: of a CHECK, of a partial index. */
import { testIn } from './compile-expr.ts'
import type { Frame, Level, Scope } from './frame.ts'
import type { Expr } from './syntax.ts'
import type { RowTest } from './table-index.ts'

/** What our partial indexes ask, they ask of every row that moves: a plain condition is read straight off the row. */
function plainTest(expr: Expr, position: Level['position']): RowTest | undefined {
  if (expr.is === 'and') {
    const [left, right] = [plainTest(expr.left, position), plainTest(expr.right, position)]
    return left && right && ((row) => left(row) && right(row))
  }
  if (expr.is === 'not' && expr.of.is === 'null?' && expr.of.of.is === 'column') {
    const at = position(expr.of.of.name)
    return at === undefined ? undefined : (row) => row[at] !== null
  }
  if (expr.is !== 'compare' || expr.by !== '=') return undefined
  if (expr.left.is !== 'column' || expr.right.is !== 'value' || expr.right.value === null) return undefined
  const [at, { value }] = [position(expr.left.name), expr.right]
  return at === undefined ? undefined : (row) => row[at] === value
}

export function rowTest(expr: Expr, level: Level, scope: Scope): RowTest {
  const plain = plainTest(expr, level.position)
  if (plain) return plain
  const test = testIn(expr, scope)
  const frame: Frame = { params: [], rows: [], lists: new Map() }
  return (row) => {
    frame.rows[0] = row
    return test(frame) === true
  }
}
