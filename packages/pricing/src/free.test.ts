import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { isFree } from './free.ts'

const nothing = { type: 'FLAT', price: 0, step_size: 0 } as const
const free = (more: Partial<Tariff> = {}) => tariffOf([nothing], more)

test('free is one element without restrictions whose only component is a FLAT of 0 (C-206)', () => {
  expect(isFree(free())).toBe(true)
  expect(isFree(free({ elements: [{ price_components: [nothing], restrictions: {} }] }))).toBe(true)
  const unsaid = { start_time: null, day_of_week: [] } as const
  expect(isFree(free({ elements: [{ price_components: [nothing], restrictions: unsaid as never }] }))).toBe(true)
  expect(isFree(free({ min_price: { before_taxes: 0, after_taxes: 0 } }))).toBe(true)
})

test.each<[why: string, more: Partial<Tariff>]>([
  ['another element', { elements: [{ price_components: [nothing] }, { price_components: [perKwh(1)] }] }],
  ['another component', { elements: [{ price_components: [nothing, perKwh(1)] }] }],
  ['a price', { elements: [{ price_components: [{ ...nothing, price: 0.01 }] }] }],
  ['energy for nothing only', { elements: [{ price_components: [perKwh(0)] }] }],
  ['no component', { elements: [{ price_components: [] }] }],
  ['no element', { elements: [] }],
  ['a time of day', { elements: [{ price_components: [nothing], restrictions: { start_time: '08:00' } }] }],
  ['a day', { elements: [{ price_components: [nothing], restrictions: { day_of_week: ['SUNDAY'] } }] }],
  ['a power of 0', { elements: [{ price_components: [nothing], restrictions: { max_power: 0 } }] }],
  ['a least price before taxes', { min_price: { before_taxes: 1 } }],
  ['a least price after taxes', { min_price: { before_taxes: 0, after_taxes: 1 } }],
])('%s is not free', (_why, more) => {
  expect(isFree(free(more))).toBe(false)
})
