/** Which rows of a table a condition can be about: the best index is walked, the rest of the condition is tested. */
import type { SqlValue } from '../store.ts'
import { listIn, testIn, valueIn } from './compile-expr.ts'
import { type Frame, placeOf, type Scope, type Test, type Value } from './frame.ts'
import { type Edge, order, type Row } from './ordered-rows.ts'
import { type Comparison, conjuncts, type Expr } from './syntax.ts'
import type { Table } from './table.ts'
import type { Index } from './table-index.ts'

export interface Access {
  /** Calls `visit` with the frame's row set, for every row that meets the condition, until it says false. */
  readonly each: (frame: Frame, visit: (row: Row) => boolean) => void
  /** Rows come in the order of this column. */
  readonly ordered: number | undefined
}

interface Bound {
  readonly by: Comparison | 'in'
  readonly column: string
  readonly conjunct: Expr
  readonly value: Value
  readonly list: ((frame: Frame) => ReadonlySet<SqlValue>) | undefined
}

interface Plan {
  readonly index: Index
  /** The first columns of the index, each with its one value. */
  readonly equal: readonly Bound[]
  readonly oneOf: Bound | undefined
  readonly above: Bound | undefined
  readonly below: Bound | undefined
  readonly worth: number
  /** Parts of the condition that need no test any more. */
  readonly used: readonly Expr[]
}

/** The last level of `scope` is the table itself. */
export function accessTo(table: Table, where: Expr | undefined, scope: Scope): Access {
  const parts = conjuncts(where)
  const bounds = parts.flatMap((part) => boundsIn(part, scope))
  const said = new Map(parts.map((part) => [spelled(part, scope), part]))
  const plans = table.indexes.flatMap((index) => planWith(index, said, bounds))
  const [best] = plans.sort((a, b) => b.worth - a.worth)
  if (best === undefined) return { each: () => undefined, ordered: undefined }
  const used = new Set(best.used)
  const tests = parts.filter((part) => !used.has(part)).map((part) => testIn(part, scope))
  const level = scope.levels.length - 1
  const any = best.index === table.indexes[0] && best.worth === 0
  const after = any || best.oneOf ? undefined : best.index.positions[best.equal.length]
  const isWhole = best.index.unique && best.equal.length === best.index.columns.length
  const parted = { tests, level }
  return { ordered: after, each: isWhole ? one(best, parted) : many(any ? walkAll(table) : walkOf(best), parted) }
}

interface Parted {
  /** What is left of the condition. */
  readonly tests: readonly Test[]
  readonly level: number
}

/** A unique index and all its columns: there is one row or none. */
function one({ index, equal }: Plan, { tests, level }: Parted): Access['each'] {
  return (frame, visit) => {
    const key = keyOf(equal, frame)
    const row = key && index.find(key)
    if (row === undefined) return
    const outside = frame.rows[level]
    frame.rows[level] = row
    if (meets(tests, frame)) visit(row)
    if (outside !== undefined) frame.rows[level] = outside
  }
}

function many(walk: Walk, { tests, level }: Parted): Access['each'] {
  return (frame, visit) => {
    const outside = frame.rows[level]
    walk(frame, (row) => {
      frame.rows[level] = row
      return meets(tests, frame) ? visit(row) : true
    })
    if (outside !== undefined) frame.rows[level] = outside
  }
}

function meets(tests: readonly Test[], frame: Frame): boolean {
  for (let index = 0; index < tests.length; index++) if (tests[index]?.(frame) !== true) return false
  return true
}

/** undefined: compared with nothing, and so met by no row. */
function keyOf(equal: readonly Bound[], frame: Frame): SqlValue[] | undefined {
  const key: SqlValue[] = []
  for (let index = 0; index < equal.length; index++) {
    const given = equal[index]?.value(frame) ?? null
    if (given === null) return undefined
    key.push(given)
  }
  return key
}

const TURNED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

/** A column of this table against something that does not hang on its row. */
function boundsIn(part: Expr, scope: Scope): readonly Bound[] {
  const level = scope.levels.length - 1
  const columnOf = (expr: Expr) =>
    expr.is === 'column' && placeOf(scope, expr.of, expr.name).level === level ? expr.name : undefined
  const apart = <T>(compile: (inside: Scope) => T): T | undefined => {
    const touched = new Set<number>()
    const made = compile({ ...scope, touched })
    return touched.has(level) ? undefined : made
  }
  if (part.is === 'in') {
    const column = columnOf(part.of)
    const list = column === undefined ? undefined : apart((inside) => listIn(part.list, inside))
    return column === undefined || list === undefined
      ? []
      : [{ by: 'in', column, conjunct: part, value: () => null, list }]
  }
  if (part.is !== 'compare' || part.left.is === 'tuple') return []
  const sides = [
    [part.by, part.left, part.right],
    [TURNED[part.by], part.right, part.left],
  ] as const
  return sides.flatMap(([by, own, other]) => {
    const column = columnOf(own)
    const value = column === undefined ? undefined : apart((inside) => valueIn(other, inside))
    return column === undefined || value === undefined ? [] : [{ by, column, conjunct: part, value, list: undefined }]
  })
}

/** A condition as text, the table's own columns without its alias: how a partial index knows its condition again. */
function spelled(part: Expr, scope: Scope): string {
  const alias = scope.levels.at(-1)?.alias
  return JSON.stringify(part, (key, value: unknown) => (key === 'of' && value === alias ? undefined : value))
}

function planWith(index: Index, said: ReadonlyMap<string, Expr>, bounds: readonly Bound[]): readonly Plan[] {
  const implied = conjuncts(index.where).map((part) => said.get(JSON.stringify(part)))
  if (implied.includes(undefined)) return []
  const equal: Bound[] = []
  for (const column of index.columns) {
    const bound = bounds.find((one) => one.by === '=' && one.column === column)
    if (!bound) break
    equal.push(bound)
  }
  const next = bounds.filter(({ column }) => column === index.columns[equal.length])
  const oneOf = next.find(({ by }) => by === 'in')
  const above = oneOf ? undefined : next.find(({ by }) => by === '>' || by === '>=')
  const below = oneOf ? undefined : next.find(({ by }) => by === '<' || by === '<=')
  const whole = index.unique && equal.length === index.columns.length ? 100 : 0
  const worth = whole + 10 * equal.length + (oneOf ? 6 : 0) + (above ? 3 : 0) + (below ? 3 : 0) + implied.length
  const walked = [...equal, oneOf, above, below].map((bound) => bound?.conjunct)
  // What the walk itself sees to; a partial index has only rows that meet its condition.
  const used = [...walked, ...implied].filter((part) => part !== undefined)
  return [{ index, equal, oneOf, above, below, worth, used }]
}

type Walk = (frame: Frame, visit: (row: Row) => boolean) => void

/** Where nothing says which rows, none have to be put in order. */
const walkAll =
  ({ all }: Table): Walk =>
  (_frame, visit) => {
    for (const row of all) if (!visit(row)) return
  }

function walkOf({ index, equal, oneOf, above, below }: Plan): Walk {
  const wholeWithOne = index.unique && equal.length + 1 === index.columns.length
  return (frame, visit) => {
    const key = keyOf(equal, frame)
    if (key === undefined) return
    if (oneOf?.list) {
      let on = true
      for (const given of [...oneOf.list(frame)].sort(order)) {
        if (!on) return
        if (given === null) continue
        const edge = [...key, given]
        if (wholeWithOne) {
          const row = index.find(edge)
          on = row === undefined || visit(row)
          continue
        }
        index.visit({ key: edge, behind: false }, { key: edge, behind: true }, (row) => {
          on = visit(row)
          return on
        })
      }
    } else {
      const from = edge(key, above, frame, false)
      const to = edge(key, below, frame, true)
      if (from && to) index.visit(from, to, visit)
    }
  }
}

/** undefined: compared with nothing, and so met by no row. */
function edge(key: readonly SqlValue[], bound: Bound | undefined, frame: Frame, behind: boolean): Edge | undefined {
  if (!bound) return { key, behind }
  const given = bound.value(frame)
  if (given === null) return undefined
  // Above a value begins behind it, below it ends before it; with "or equal" it is the other way round.
  return { key: [...key, given], behind: bound.by === '>' || bound.by === '<=' }
}
