import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SqlValue } from '../store.ts'
import type { Edge, Row } from './ordered-rows.ts'
import { rowsIn } from './rows-apart.ts'

const text = fc.constantFrom(null, 'a', 'b', 'ba')
const number = fc.integer({ min: 0, max: 3 })
const parts: readonly fc.Arbitrary<SqlValue>[] = [text, text, number]

/** null before everything, then as the values compare; rows of the same values as they came. */
const before = (a: SqlValue, b: SqlValue) =>
  a === null || b === null ? Number(b === null) - Number(a === null) : a < b ? -1 : Number(a > b)
const compared = (a: readonly SqlValue[], b: readonly SqlValue[], columns: number) =>
  Array.from({ length: columns }, (_, at) => before(a[at] ?? null, b[at] ?? null)).find((one) => one !== 0) ?? 0

const edge: fc.Arbitrary<Edge> = fc
  .integer({ min: 0, max: 3 })
  .chain((length) => fc.tuple(fc.tuple(...parts.slice(0, length)), fc.boolean()))
  .map(([key, behind]) => ({ key: [...key], behind }))

test('rows between two edges come in the order of the columns, whatever texts keep them apart and whichever were taken out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.tuple(...parts), fc.boolean())),
      edge,
      edge,
      fc.nat(5),
      (given, from, to, most) => {
        const rows = rowsIn({ positions: [0, 1, 2], isText: (at) => at < 2, numberAt: 3 })
        const all = given.map(([values, stays], index) => ({ row: [...values, index] as Row, stays }))
        for (const { row } of all) rows.add(row)
        for (const { row, stays } of all) if (!stays) rows.remove(row)
        const isAfter = (row: Row, { key, behind }: Edge) => {
          const side = compared(row, key, key.length)
          return side > 0 || (side === 0 && !behind)
        }
        const expected = all
          .filter(({ row, stays }) => stays && isAfter(row, from) && !isAfter(row, to))
          .map(({ row }) => row)
          .sort((a, b) => compared(a, b, 4))
        const seen: Row[] = []
        rows.visit(from, to, (row) => seen.push(row) <= most)
        expect(seen).toEqual(expected.slice(0, most + 1))
        expect(rows.isEmpty()).toBe(all.every(({ stays }) => !stays))
      },
    ),
  )
})
