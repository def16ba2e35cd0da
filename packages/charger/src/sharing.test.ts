import fc from 'fast-check'
import { expect, test } from 'vitest'
import { share } from './sharing.ts'

test('what one does not need goes to the others', () => {
  expect(share(22_000, [3_000, 20_000, 20_000])).toEqual([3_000, 9_500, 9_500])
})

test('what nobody needs stays on offer in equal parts', () => {
  expect(share(30_000, [0, 10_000])).toEqual([10_000, 20_000])
})

test('nobody draws more than there is, and nobody goes short while another has more than it wants', () => {
  const wishes = fc.array(fc.integer({ min: 0, max: 350_000 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500_000 }), wishes, (total, wanted) => {
      const given = share(total, wanted)
      const drawn = given.map((watts, index) => Math.min(watts, wanted[index] ?? 0))
      expect(drawn.reduce((sum, watts) => sum + watts, 0)).toBeLessThanOrEqual(total + 1e-6)
      const shortest = Math.min(...given.filter((watts, index) => watts < (wanted[index] ?? 0) - 1e-6))
      expect(Math.max(...drawn)).toBeLessThanOrEqual(Math.max(shortest, 0) + 1e-6 || Number.POSITIVE_INFINITY)
    }),
  )
})
