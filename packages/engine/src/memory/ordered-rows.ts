/** Rows in the order of some of their columns: what a database calls an index. */
import type { SqlValue } from '../store.ts'

/** The values of a table's columns, and behind them the number under which the row came in. */
export type Row = SqlValue[]

/** One end of a stretch: before or behind all rows whose first columns equal `key`. */
export interface Edge {
  readonly key: readonly SqlValue[]
  readonly behind: boolean
}

export interface OrderedRows {
  readonly isEmpty: () => boolean
  readonly add: (row: Row) => void
  readonly remove: (row: Row) => void
  /** Calls `visit` for row after row, until it says false. */
  readonly visit: (from: Edge, to: Edge, visit: (row: Row) => boolean) => void
}

/** Long lists come in pieces, so that a new row moves only its neighbours. */
const PIECE = 256

/** Nothing is less than anything; texts by their UTF-16 units, which is the order of the bytes for all but rare signs. */
export function order(a: SqlValue | undefined, b: SqlValue | undefined): number {
  if (a === b) return 0
  if (a === null || a === undefined) return -1
  if (b === null || b === undefined) return 1
  return a < b ? -1 : 1
}

export function orderedRows(positions: readonly number[], numberAt: number): OrderedRows {
  const pieces: Row[][] = [[]]
  const inOrder: Order = { positions, numberAt }

  const placeOf = (sought: Sought): Place => placeIn(pieces, sought, inOrder)
  const edgeOf = ({ key, behind }: Edge) =>
    placeOf({ values: key, places: IN_TURN, count: key.length, number: behind ? BEHIND : BEFORE })
  const soughtIn = (row: Row): Sought => ({
    values: row,
    places: positions,
    count: positions.length,
    number: row[numberAt] as number,
  })

  return {
    isEmpty: () => pieces.length === 1 && pieces[0]?.length === 0,
    add(row) {
      const sought = soughtIn(row)
      const end = pieces.length - 1
      const last = pieces[end]?.at(-1)
      // Most rows come in with a later moment or a higher number than all before.
      const { piece, at } =
        last !== undefined && isLeft(last, sought, inOrder)
          ? { piece: end, at: pieces[end]?.length ?? 0 }
          : placeOf(sought)
      const rows = pieces[piece] ?? []
      if (at === rows.length) rows.push(row)
      else rows.splice(at, 0, row)
      if (rows.length > 2 * PIECE) pieces.splice(piece + 1, 0, rows.splice(PIECE))
    },
    remove(row) {
      let { piece, at } = placeOf(soughtIn(row))
      if (at === pieces[piece]?.length) [piece, at] = [piece + 1, 0]
      const rows = pieces[piece]
      if (rows?.[at] !== row) return
      rows.splice(at, 1)
      if (rows.length === 0 && pieces.length > 1) pieces.splice(piece, 1)
    },
    visit(from, to, visit) {
      const end = edgeOf(to)
      let { piece, at } = edgeOf(from)
      for (; piece <= end.piece; piece++, at = 0) {
        const rows = pieces[piece] ?? []
        const last = piece === end.piece ? end.at : rows.length
        for (; at < last; at++) if (!visit(rows[at] as Row)) return
      }
    },
  }
}

interface Order {
  readonly positions: readonly number[]
  readonly numberAt: number
}

interface Place {
  readonly piece: number
  readonly at: number
}

/** The values that the columns of an order are compared with, and behind them a number: of a row, or of an edge. */
interface Sought {
  readonly values: readonly SqlValue[]
  readonly places: readonly number[]
  /** An edge may name the first columns only. */
  readonly count: number
  readonly number: number
}

/** Where the values of an edge stand. */
const IN_TURN: readonly number[] = Array.from({ length: 16 }, (_, index) => index)
const BEFORE = Number.NEGATIVE_INFINITY
const BEHIND = Number.POSITIVE_INFINITY

/** Where what is sought stands, or would stand. */
function placeIn(pieces: readonly (readonly Row[])[], sought: Sought, inOrder: Order): Place {
  // The last piece that begins left of it, or the first of all.
  let [low, high] = [0, pieces.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const first = pieces[middle]?.[0]
    if (first !== undefined && isLeft(first, sought, inOrder)) low = middle + 1
    else high = middle
  }
  const piece = Math.max(0, low - 1)
  const rows = pieces[piece] ?? []
  ;[low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isLeft(rows[middle] as Row, sought, inOrder)) low = middle + 1
    else high = middle
  }
  return { piece, at: low }
}

/** By the columns of the order, then by the number under which the row came in. */
function isLeft(row: Row, { values, places, count, number }: Sought, { positions, numberAt }: Order): boolean {
  for (let index = 0; index < count; index++) {
    const own = row[positions[index] as number]
    const other = values[places[index] as number]
    if (own === other) continue
    if (own === null || own === undefined) return true
    return other !== null && other !== undefined && own < other
  }
  return (row[numberAt] as number) < number
}

export const keyIn = (row: Row, positions: readonly number[]): SqlValue[] => {
  const key: SqlValue[] = []
  for (let index = 0; index < positions.length; index++) key.push(row[positions[index] as number] ?? null)
  return key
}
