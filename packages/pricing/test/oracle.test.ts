import { expect, test } from 'vitest'
import { caseOf } from './generate.ts'
import { differences } from './oracle-total.ts'

test.each([1, 2, 3, 4])('the engine and the oracle agree on 500 tariffs and sessions (block %d)', (block) => {
  const wrong = Array.from({ length: 500 }, (_, index) => caseOf(block * 100_000 + index)).flatMap((one) =>
    differences(one).length === 0 ? [] : [{ one: JSON.stringify(one), says: differences(one) }],
  )
  expect(wrong).toEqual([])
})
