import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forecastHolds } from '../test/forecast-case.ts'

test.each([1, 2, 3, 4])(
  'a session stopped at the forecast moment never costs more than the hold, whatever the power does (part %d)',
  () => {
    const tally = { now: 0, by: 0, 'not-needed': 0 }
    fc.assert(
      forecastHolds((stop) => tally[stop]++),
      { numRuns: 100 },
    )
    // Without real stops the rule would be proved by nothing.
    expect(tally.by).toBeGreaterThan(20)
  },
)
