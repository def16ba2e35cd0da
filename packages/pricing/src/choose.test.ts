import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { tariffFor } from './choose.ts'

const at = Date.parse('2026-03-02T12:00:00Z')
const named = (id: string, more: Partial<Tariff> = {}) => tariffOf([perKwh(0.5)], { id, ...more })
const chosen = (choice: ReturnType<typeof tariffFor>) => ('tariff' in choice ? choice.tariff.id : choice.none)

test('AD_HOC_PAYMENT comes before a tariff without a type (E-23)', () => {
  const tariffs = [named('any'), named('card', { type: 'AD_HOC_PAYMENT' }), named('reg', { type: 'REGULAR' })]
  expect(tariffFor(['any', 'card', 'reg'], tariffs, at)).toEqual({ tariff: tariffs[1] })
  expect(chosen(tariffFor(['any', 'reg'], tariffs, at))).toBe('any')
})

test('REGULAR only when that is allowed (E-23)', () => {
  const tariffs = [named('reg', { type: 'REGULAR' }), named('green', { type: 'PROFILE_GREEN' })]
  expect(chosen(tariffFor(['reg', 'green'], tariffs, at))).toContain(
    'No tariff is meant for card payment: reg (REGULAR)',
  )
  expect(tariffFor(['reg', 'green'], tariffs, at, { allowRegular: true })).toEqual({ tariff: tariffs[0] })
})

test('only tariffs in force count: from the start, until just before the end', () => {
  const now = new Date(at).toISOString()
  const tariffs = [
    named('ended', { type: 'AD_HOC_PAYMENT', end_date_time: now }),
    named('begins', { start_date_time: now }),
  ]
  expect(chosen(tariffFor(['ended', 'begins'], tariffs, at))).toBe('begins')
  expect(chosen(tariffFor(['ended'], tariffs, at))).toContain('in force')
})

test('of several the one that started last, and the operator is told', () => {
  const tariffs = [
    named('old', { start_date_time: '2025-01-01T00:00:00Z' }),
    named('new', { start_date_time: '2026-01-01T00:00:00Z' }),
    named('always'),
  ]
  expect(tariffFor(['old', 'new', 'always'], tariffs, at)).toMatchObject({
    tariff: { id: 'new' },
    finding: expect.stringContaining('old, new, always'),
  })
})

test('a moment that is none is refused by its field', () => {
  for (const name of ['start_date_time', 'end_date_time'])
    expect(() => tariffFor(['a'], [named('a', { [name]: 'soon' })], at)).toThrow(
      expect.objectContaining({ path: name }),
    )
})

test('ids are compared without case; unknown ones are named', () => {
  expect(chosen(tariffFor(['CARD'], [named('card')], at))).toBe('card')
  expect(tariffFor(['x', 'y'], [named('card')], at)).toEqual({
    none: 'None of the tariffs x, y is known.',
    missing: ['x', 'y'],
  })
  const none = { none: 'The connector names no tariff.', missing: [] }
  for (const ids of [[], null, undefined]) expect(tariffFor(ids, [named('card')], at)).toEqual(none)
  const later = [named('other'), named('card', { start_date_time: '2027-01-01T00:00:00Z' })]
  expect(tariffFor(['Card', 'x'], later, at)).toEqual({
    none: 'No tariff is in force now: card (no type).',
    missing: ['x'],
  })
})
