/** Expressions as functions: compiled once per statement text, run per row. */
import { Fault } from '../fault.ts'
import type { SqlValue } from '../store.ts'
import { type Frame, placeOf, type Scope, type Test, type Value } from './frame.ts'
import { order } from './ordered-rows.ts'
import type { Comparison, Expr, Select } from './syntax.ts'

const unsupported = (expr: Expr) => new Fault('STORE_SQL', `The store in memory cannot compute "${expr.is}" here.`)

export function valueIn(expr: Expr, scope: Scope): Value {
  switch (expr.is) {
    case 'value': {
      const { value } = expr
      return () => value
    }
    case 'parameter': {
      const { index } = expr
      return (frame) => frame.params[index] ?? null
    }
    case 'column': {
      const { level, position } = placeOf(scope, expr.of, expr.name)
      return (frame) => frame.rows[level]?.[position] ?? null
    }
    case 'sum': {
      const [left, right] = [valueIn(expr.left, scope), valueIn(expr.right, scope)]
      return (frame) => added(left(frame), right(frame))
    }
    case 'coalesce': {
      const items = expr.of.map((item) => valueIn(item, scope))
      return (frame) => firstKnown(items, frame)
    }
    case 'select': {
      const { run } = scope.rowsOf(expr.select, scope)
      return (frame) => run(frame)[0]?.[0] ?? null
    }
    default:
      throw unsupported(expr)
  }
}

function added(left: SqlValue, right: SqlValue): SqlValue {
  return left === null || right === null ? null : Number(left) + Number(right)
}

function firstKnown(items: readonly Value[], frame: Frame): SqlValue {
  for (let index = 0; index < items.length; index++) {
    const value = items[index]?.(frame) ?? null
    if (value !== null) return value
  }
  return null
}

export function testIn(expr: Expr, scope: Scope): Test {
  switch (expr.is) {
    case 'and':
    case 'or': {
      const [left, right] = [testIn(expr.left, scope), testIn(expr.right, scope)]
      return expr.is === 'and' ? both(left, right) : either(left, right)
    }
    case 'not': {
      const of = testIn(expr.of, scope)
      return (frame) => {
        const is = of(frame)
        return is === null ? null : !is
      }
    }
    case 'null?': {
      const of = valueIn(expr.of, scope)
      return (frame) => of(frame) === null
    }
    case 'exists': {
      const { run } = scope.rowsOf({ ...expr.select, limit: { is: 'value', value: 1 } }, scope)
      return (frame) => run(frame).length > 0
    }
    case 'in':
      return isIn(expr.of, expr.list, scope)
    case 'compare':
      return expr.left.is === 'tuple' ? tuples(expr, scope) : compared(expr, scope)
    default:
      throw unsupported(expr)
  }
}

const both =
  (left: Test, right: Test): Test =>
  (frame) => {
    const is = left(frame)
    if (is === false) return false
    const too = right(frame)
    return too === false ? false : is === null ? null : too
  }

const either =
  (left: Test, right: Test): Test =>
  (frame) => {
    const is = left(frame)
    if (is === true) return true
    const too = right(frame)
    return too === true ? true : is === null ? null : too
  }

type Compare = Extract<Expr, { is: 'compare' }>

const HOLDS: Readonly<Record<Comparison, (found: number) => boolean>> = {
  '=': (found) => found === 0,
  '<>': (found) => found !== 0,
  '<': (found) => found < 0,
  '<=': (found) => found <= 0,
  '>': (found) => found > 0,
  '>=': (found) => found >= 0,
}

function compared({ by, left, right }: Compare, scope: Scope): Test {
  const [one, other] = [valueIn(left, scope), valueIn(right, scope)]
  const holds = HOLDS[by]
  if (by === '=')
    return (frame) => {
      const a = one(frame)
      const b = other(frame)
      return a === null || b === null ? null : a === b
    }
  return (frame) => {
    const a = one(frame)
    const b = other(frame)
    return a === null || b === null ? null : holds(order(a, b))
  }
}

/** Column by column: the first that differs decides. */
function tuples({ by, left, right }: Compare, scope: Scope): Test {
  const [ones, others] = [valuesOf(left, scope), valuesOf(right, scope)]
  const holds = HOLDS[by]
  return (frame) => {
    const [a, b] = [ones(frame), others(frame)]
    if (a === undefined || b === undefined || a.includes(null) || b.includes(null)) return null
    for (const [index, value] of a.entries()) {
      const found = order(value, b[index])
      if (found !== 0) return holds(found)
    }
    return holds(0)
  }
}

function valuesOf(expr: Expr, scope: Scope): (frame: Frame) => readonly SqlValue[] | undefined {
  if (expr.is === 'tuple') {
    const items = expr.of.map((item) => valueIn(item, scope))
    return (frame) => items.map((item) => item(frame))
  }
  if (expr.is !== 'select') throw unsupported(expr)
  const { run, names } = scope.rowsOf(expr.select, scope)
  return (frame) => run(frame)[0]?.slice(0, names.length)
}

/** What stands behind IN. */
export function listIn(
  list: Extract<Expr, { is: 'in' }>['list'],
  scope: Scope,
): (frame: Frame) => ReadonlySet<SqlValue> {
  if ('is' in list) return listOf(list, scope)
  // What a CHECK allows stands in its text.
  const fixed = list.flatMap((item) => (item.is === 'value' ? [item.value] : []))
  if (fixed.length === list.length) {
    const allowed = new Set(fixed)
    return () => allowed
  }
  const items = list.map((item) => valueIn(item, scope))
  return (frame) => new Set(items.map((item) => item(frame)))
}

/** A select that reads no row in hand is the same for every row: it runs once for a statement. */
function listOf(select: Select, scope: Scope): (frame: Frame) => ReadonlySet<SqlValue> {
  const touched = new Set<number>()
  const { run } = scope.rowsOf(select, { ...scope, touched })
  const found = (frame: Frame) => new Set(run(frame).map((row) => row[0] ?? null))
  const outer = [...touched].filter((level) => level < scope.levels.length)
  for (const level of outer) scope.touched.add(level)
  if (outer.length > 0) return found
  let known: { readonly frame: Frame; readonly list: ReadonlySet<SqlValue> } | undefined
  return (frame) => {
    if (known?.frame !== frame) known = { frame, list: found(frame) }
    return known.list
  }
}

function isIn(of: Expr, list: Extract<Expr, { is: 'in' }>['list'], scope: Scope): Test {
  const value = valueIn(of, scope)
  const items = listIn(list, scope)
  return (frame) => {
    const sought = value(frame)
    if (sought === null) return null
    const found = items(frame)
    return found.has(sought) ? true : found.has(null) ? null : false
  }
}
