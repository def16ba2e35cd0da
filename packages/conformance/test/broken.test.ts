import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../src/catalogue-files.ts'
import { AREAS } from './broken/all.ts'
import { leaderOf, SPEC } from './broken/harness.ts'

const all = Object.values(AREAS).flat()

test('faults have names of their own and expect requirements of their platform', () => {
  const asked = new Map(loadCatalogue(SPEC).requirements.map((one) => [one.id, one.against]))
  expect(
    all.filter(({ id, target }) => all.filter((one) => one.id === id && one.target === target).length > 1),
  ).toEqual([])
  expect(all.filter(({ rule, target }) => asked.get(rule)?.includes(target) !== true).map(({ id }) => id)).toEqual([])
})

describe.each(Object.entries(AREAS))('of %s', (_area, defects) => {
  test.each(defects)('$target: $id is found, and named first is $rule', async (defect) => {
    expect(await leaderOf(defect)).toBe(defect.ledBy ?? defect.rule)
  })
})
