import { expect, test } from 'vitest'
import { fewSizes } from './few-sizes.ts'

test('lists of up to 500 values come in six lengths, none longer than four times what was given, and hold the same values', () => {
  const given = Array.from({ length: 500 }, (_, index) => `id-${index}`)
  const lists = given.map((_, index) => fewSizes(given.slice(0, index + 1)))
  expect([...new Set(lists.map(({ length }) => length))]).toEqual([1, 4, 16, 64, 250, 500])
  expect(lists.every((list, index) => list.length <= 4 * (index + 1))).toBe(true)
  expect(lists.map((list) => new Set(list).size)).toEqual(given.map((_, index) => index + 1))
  expect(fewSizes([])).toEqual([])
})
