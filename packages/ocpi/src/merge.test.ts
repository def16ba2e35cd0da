import fc from 'fast-check'
import { expect, test } from 'vitest'
import { merge, SESSION_MERGE, TERMINAL_MERGE } from './merge.ts'

test('given fields replace, others stay, unknown ones too', () => {
  const any = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }))
  fc.assert(
    fc.property(any, any, (current, change) => {
      const before = structuredClone(current)
      const after = merge(current, change)

      for (const [name, value] of Object.entries(current)) {
        const given = Object.hasOwn(change, name) ? change[name] : undefined
        expect(after[name]).toEqual(given ?? value)
      }
      for (const [name, value] of Object.entries(change)) if (value !== null) expect(after[name]).toEqual(value)
      expect(current).toEqual(before)
    }),
  )
})

test('nested objects and lists are replaced as a whole', () => {
  const current = { coordinates: { latitude: '1', longitude: '2' }, tariff_ids: ['a', 'b'] }
  expect(merge(current, { coordinates: { latitude: '3' }, tariff_ids: ['c'] })).toEqual({
    coordinates: { latitude: '3' },
    tariff_ids: ['c'],
  })
})

test('charging periods of a session are appended, an empty list changes nothing', () => {
  const session = { id: 's', charging_periods: [1] as const }
  expect(merge(session, { charging_periods: [2, 3] }, SESSION_MERGE)).toEqual({ id: 's', charging_periods: [1, 2, 3] })
  expect(merge(session, { charging_periods: [] }, SESSION_MERGE)).toEqual(session)
  expect(merge({ id: 's' }, { charging_periods: [2] }, SESSION_MERGE)).toEqual({ id: 's', charging_periods: [2] })
})

test('null takes nothing away, but empties the assignments of a terminal', () => {
  const terminal = { reference: 'r', location_ids: ['l'] }
  expect(merge(terminal, { reference: null, location_ids: null })).toEqual(terminal)
  expect(merge(terminal, { location_ids: null }, TERMINAL_MERGE)).toEqual({ reference: 'r', location_ids: [] })
})

test('a field called __proto__ stays a field', () => {
  const after = merge({ id: 'x' }, JSON.parse('{"__proto__":{"polluted":true}}'))
  expect(Object.keys(after)).toEqual(['id', '__proto__'])
  expect(Object.getPrototypeOf(after)).toBe(Object.prototype)
})
