/**
 * Rows by the texts that an index begins with, each text with rows of its own in the order of the other columns: most
 * walks are about one kind, one lane or one entity, and come to its few rows at once.
 */
import type { SqlValue } from '../store.ts'
import { type Edge, type OrderedRows, order, orderedRows, type Row } from './ordered-rows.ts'

export interface Columns {
  readonly positions: readonly number[]
  readonly isText: (position: number) => boolean
  /** Where the number of a row stands. */
  readonly numberAt: number
}

/** The last column of an index is walked in stretches and stays in order, whatever its type. */
export function rowsIn({ positions, isText, numberAt }: Columns): OrderedRows {
  const [first, ...others] = positions
  if (first === undefined || others.length === 0 || !isText(first)) return orderedRows(positions, numberAt)
  return rowsApart(first, () => rowsIn({ positions: others, isText, numberAt }))
}

function rowsApart(first: number, more: () => OrderedRows): OrderedRows {
  const parts = new Map<SqlValue, OrderedRows>()

  /** Several texts: the parts between the edges, in their order. */
  function visitMany(from: Edge, to: Edge, visit: (row: Row) => boolean): void {
    let on = true
    const asked = (row: Row) => {
      on = visit(row)
      return on
    }
    // Of a thousand texts two lie between the edges: only those are sorted.
    const between: SqlValue[] = []
    for (const text of parts.keys()) if (sideOf(text, from) >= 0 && sideOf(text, to) <= 0) between.push(text)
    for (const text of between.sort(order)) {
      if (!on) return
      const [first, last] = [sideOf(text, from) === 0 ? inside(from) : START, sideOf(text, to) === 0 ? inside(to) : END]
      parts.get(text)?.visit(first, last, asked)
    }
  }
  return {
    isEmpty: () => parts.size === 0,
    add(row) {
      const text = row[first] ?? null
      const known = parts.get(text)
      if (known) return known.add(row)
      const part = more()
      parts.set(text, part)
      part.add(row)
    },
    remove(row) {
      const text = row[first] ?? null
      const part = parts.get(text)
      part?.remove(row)
      if (part?.isEmpty()) parts.delete(text)
    },
    visit(from, to, visit) {
      if (from.key.length > 0 && to.key.length > 0 && from.key[0] === to.key[0])
        parts.get(from.key[0] ?? null)?.visit(inside(from), inside(to), visit)
      else visitMany(from, to, visit)
    },
  }
}

const START: Edge = { key: [], behind: false }
const END: Edge = { key: [], behind: true }

/** The same edge among the rows of its first text. */
const inside = ({ key, behind }: Edge): Edge => ({ key: key.slice(1), behind })

/** On which side of the edge a text's rows lie; 0: the edge runs among them, or has no text and leaves all on the inner side. */
const sideOf = (text: SqlValue, { key }: Edge): number => (key.length === 0 ? 0 : order(text, key[0]))
