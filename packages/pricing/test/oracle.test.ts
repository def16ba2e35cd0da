import { expect, test } from 'vitest'
import { decimal } from '../src/decimal.ts'
import type { Period } from '../src/price.ts'
import { price } from '../src/price.ts'
import { caseOf } from './generate.ts'
import { differences } from './oracle-total.ts'

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  'the engine and the oracle agree on 200 tariffs and sessions (block %d)',
  (block) => {
    const wrong = Array.from({ length: 50 }, (_, index) => caseOf(block * 10_000 + index)).flatMap((one) =>
      differences(one).length === 0 ? [] : [{ one: JSON.stringify(one), says: differences(one) }],
    )
    expect(wrong).toEqual([])
  },
)

test('whole units in plain numbers and in BigInt give the same breakdown', () => {
  const exact = (value: Period['timeH']) => (value === undefined ? undefined : decimal(value))
  for (let seed = 0; seed < 100; seed++) {
    const { tariffs, session } = caseOf(seed)
    // Fractions are not counted in millionths but in their common denominator.
    const periods = session.periods.map((period) => ({
      ...period,
      energyKwh: exact(period.energyKwh),
      timeH: exact(period.timeH),
      parkingTimeH: exact(period.parkingTimeH),
      reservationTimeH: exact(period.reservationTimeH),
    }))
    expect(price(tariffs, { ...session, periods })).toEqual(price(tariffs, session))
  }
})
