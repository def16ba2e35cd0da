/** Selects as functions. */
import { Fault } from '../fault.ts'
import type { SqlValue } from '../store.ts'
import { accessTo } from './access.ts'
import { testIn, valueIn } from './compile-expr.ts'
import type { Frame, Level, Rows, Scope, Value } from './frame.ts'
import { order, type Row } from './ordered-rows.ts'
import type { Expr, Field, Fields, Select } from './syntax.ts'
import type { Table } from './table.ts'

/** A table, or the rows of a WITH under their name. */
export interface Source {
  readonly table?: Table
  readonly names: readonly string[]
}

export type Sources = (name: string) => Source

interface Walked {
  readonly each: (frame: Frame, visit: (row: Row) => boolean) => void
  readonly ordered: number | undefined
}

export function compileSelect(select: Select, scope: Scope, sources: Sources): Rows {
  const source = select.from && sources(select.from.table)
  const inside =
    select.from && source ? { ...scope, levels: [...scope.levels, levelOf(select.from.alias, source)] } : scope
  const fields = fieldsOf(select.fields, source)
  const names = fields.map(({ name }) => name)
  const walked = walkedBy(select, source, inside)
  if (fields.some(({ expr }) => isAggregate(expr)))
    return {
      names,
      run:
        select.groupBy.length > 0
          ? grouped(select, fields, { walked, scope: inside })
          : whole(fields, { walked, scope: inside }),
    }
  const values = fields.map(({ expr }) => valueIn(expr, inside))
  const sorters = select.orderBy.map(({ expr, down }) => ({ by: sorter(expr, inside, values), down }))
  const [limit, offset] = [select.limit, select.offset].map((expr) => expr && valueIn(expr, scope))
  const ends = endOf(limit, offset)
  const { distinct } = select
  return {
    names,
    run: (frame) => {
      const cutAt = ends(frame)
      const most = sorters.length > 0 ? Number.POSITIVE_INFINITY : cutAt.to
      return cut(rowsOf(frame, { walked, values, sorters, distinct, most }), cutAt)
    },
  }
}

const levelOf = (alias: string, { table, names }: Source): Level => ({
  alias,
  position: (column) => {
    if (table) return table.position(column)
    const at = names.indexOf(column)
    return at < 0 ? undefined : at
  },
})

export function fieldsOf(fields: Fields, source: Source | undefined): readonly Field[] {
  if (fields !== '*') return fields
  return (source?.names ?? []).map((name) => ({ name, expr: { is: 'column', of: undefined, name } }))
}

function walkedBy({ from, where }: Select, source: Source | undefined, scope: Scope): Walked {
  if (source?.table) return accessTo(source.table, where, scope)
  const test = where && testIn(where, scope)
  const level = scope.levels.length - 1
  return {
    ordered: undefined,
    each: (frame, visit) => {
      const rows = from ? (frame.lists.get(from.table) ?? []) : [[]]
      for (const row of rows) {
        if (from) frame.rows[level] = row
        if ((!test || test(frame) === true) && !visit(row)) return
      }
    },
  }
}

/** `ORDER BY 1` is the first field. */
function sorter(expr: Expr, scope: Scope, values: readonly Value[]): Value {
  if (expr.is !== 'value') return valueIn(expr, scope)
  return values[Number(expr.value) - 1] ?? (() => null)
}

interface Wanted {
  readonly walked: Walked
  readonly values: readonly Value[]
  readonly sorters: readonly { readonly by: Value; readonly down: boolean }[]
  readonly distinct: boolean
  readonly most: number
}

function rowsOf(frame: Frame, { walked, values, sorters, distinct, most }: Wanted): readonly Row[] {
  const rows: Row[] = []
  const keys = sorters.length > 0 ? new Map<Row, readonly SqlValue[]>() : undefined
  const seen = distinct ? new Set<string>() : undefined
  if (most > 0)
    walked.each(frame, () => {
      const row: Row = []
      for (let index = 0; index < values.length; index++) row.push(values[index]?.(frame) ?? null)
      if (seen && seen.size === seen.add(JSON.stringify(row)).size) return true
      keys?.set(
        row,
        sorters.map(({ by }) => by(frame)),
      )
      rows.push(row)
      return rows.length < most
    })
  return keys === undefined ? rows : rows.sort((a, b) => orderBy(sorters, keys.get(a) ?? [], keys.get(b) ?? []))
}

function orderBy(sorters: Wanted['sorters'], a: readonly SqlValue[], b: readonly SqlValue[]): number {
  for (const [index, { down }] of sorters.entries()) {
    const found = order(a[index], b[index])
    if (found !== 0) return down ? -found : found
  }
  return 0
}

interface Cut {
  readonly from: number
  readonly to: number
}

const ALL: Cut = { from: 0, to: Number.POSITIVE_INFINITY }

function endOf(limit: Value | undefined, offset: Value | undefined): (frame: Frame) => Cut {
  if (limit === undefined && offset === undefined) return () => ALL
  return (frame) => {
    const from = offset ? Number(offset(frame)) : 0
    return { from, to: limit ? from + Number(limit(frame)) : ALL.to }
  }
}

const cut = (rows: readonly Row[], { from, to }: Cut): readonly Row[] =>
  from === 0 && rows.length <= to ? rows : rows.slice(from, to)

const isAggregate = (expr: Expr) => expr.is === 'count' || expr.is === 'min'

interface Inside {
  readonly walked: Walked
  readonly scope: Scope
}

/** One row over all that is found. */
function whole(fields: readonly Field[], { walked, scope }: Inside): Rows['run'] {
  const level = scope.levels.length - 1
  const aggregates = fields.map(({ expr }) => {
    if (expr.is === 'count') return { count: true, value: () => null, ordered: false }
    if (expr.is !== 'min' || expr.of.is !== 'column') throw new Fault('STORE_SQL', `"${expr.is}" beside an aggregate.`)
    const { name } = expr.of
    return {
      count: false,
      value: valueIn(expr.of, scope),
      ordered: scope.levels[level]?.position(name) === walked.ordered,
    }
  })
  // In order, the first is the least.
  const enough = aggregates.every(({ ordered }) => ordered)
  return (frame) => {
    const row: Row = aggregates.map(({ count }) => (count ? 0 : null))
    walked.each(frame, () => {
      for (const [index, { count, value }] of aggregates.entries()) {
        const [now, next] = [row[index] ?? null, value(frame)]
        if (count) row[index] = Number(now) + 1
        else if (next !== null && (now === null || order(next, now) < 0)) row[index] = next
      }
      return !(enough && row[0] !== null)
    })
    return [row]
  }
}

/** One row per group, the groups in order. */
function grouped({ groupBy }: Select, fields: readonly Field[], { walked, scope }: Inside): Rows['run'] {
  const keys = groupBy.map((expr) => valueIn(expr, scope))
  const values = fields.map(({ expr }) => (expr.is === 'count' ? undefined : valueIn(expr, scope)))
  return (frame) => {
    const groups = new Map<string, { readonly by: readonly SqlValue[]; readonly row: Row }>()
    walked.each(frame, () => {
      const by = keys.map((key) => key(frame))
      const known = groups.get(JSON.stringify(by))
      const row = known?.row ?? values.map((value) => (value ? value(frame) : 0))
      if (!known) groups.set(JSON.stringify(by), { by, row })
      for (const [index, value] of values.entries()) if (!value) row[index] = Number(row[index]) + 1
      return true
    })
    const sorted = [...groups.values()].sort((a, b) =>
      orderBy(
        keys.map((by) => ({ by, down: false })),
        a.by,
        b.by,
      ),
    )
    return sorted.map(({ row }) => row)
  }
}
