import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asRead, readOnce, writeOnce } from '../src/read-once.ts'

const given = fc.anything({
  maxDepth: 4,
  values: [fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.date()],
})
const record = fc.dictionary(fc.string(), given)
const roundTrip = (value: object): unknown => JSON.parse(JSON.stringify(value))

test('what is written is known as it would be read: without what JSON does not say, in the same order', () => {
  fc.assert(
    fc.property(record, (value) => {
      const read = roundTrip(value)
      const written = writeOnce(value)
      expect(written.value).toStrictEqual(read)
      expect(written.text).toBe(JSON.stringify(read))
      expect(readOnce(written.text)).toBe(written.value)
    }),
    { numRuns: 2_000 },
  )
})

test('what a change leaves alone is shared with what was read before', () => {
  fc.assert(
    fc.property(fc.jsonValue(), record, (kept, set) => {
      const before = readOnce<Record<string, unknown>>(JSON.stringify({ kept }))
      const after = writeOnce<Record<string, unknown>>({ ...before, set, gone: undefined }, before)
      expect(after.value['kept']).toBe(before['kept'])
      expect(after.value).toStrictEqual(roundTrip(after.value))
    }),
  )
})

test.each([
  ['a name that an object has from its class', JSON.parse('{"__proto__":{"a":1},"b":[null]}') as object],
  ['a place of a list that was never filled', { list: Object.assign([1], { 2: 3 }) }],
  ['a number below zero by nothing', { at: -0, list: [-0] }],
  ['a number that JSON has not', { at: Number.NaN, list: [Number.POSITIVE_INFINITY] }],
  ['an object of a class', { map: new Map([['a', 1]]), at: new Date(0) }],
])('%s is read as JSON reads it', (_what, value) => {
  expect(asRead(value)).toStrictEqual(roundTrip(value))
})
