import { expect, test } from 'vitest'
import { partsOf, sharedUpTo } from './stretches.ts'

test('a share of a duration is a whole millisecond, half up, and all of it at the end', () => {
  expect([sharedUpTo(1, 1, 0, 2), sharedUpTo(1, 1, 0, 3), sharedUpTo(5, 2, 0, 3)]).toEqual([1, 0, 3])
  expect([sharedUpTo(10, 7, 2, 12), sharedUpTo(10, 2, 2, 12), sharedUpTo(7, 12, 2, 12)]).toEqual([5, 0, 7])
})

test('it is exact where a product of milliseconds is beyond the safe integers: most of a year', () => {
  expect(sharedUpTo(31_535_999_144, 292_654_081, 0, 31_536_000_000)).toBe(292_654_073)
})

test('a period has a part from its start, and from each switch strictly within it, once (G-07, G-08)', () => {
  const noon = Date.parse('2026-03-02T12:00:00Z')
  const hour = 3_600_000
  const parts = (minutes: readonly number[], durations: readonly number[], origin = noon) =>
    partsOf({ minutes, durations }, 'UTC', { start: noon, end: noon + hour, origin }).map((at) => at - noon)
  expect(parts([], [])).toEqual([0])
  expect(parts([750, 720, 780], [])).toEqual([0, hour / 2])
  expect(parts([], [0, 600_000, hour])).toEqual([0, 600_000])
  expect(parts([750], [hour / 2, 600_000])).toEqual([0, 600_000, hour / 2])
  expect(parts([], [hour, 2 * hour, 3 * hour], noon - hour - 1)).toEqual([0, hour - 1])
})
