import { expect, test } from 'vitest'
import { judged } from './broken/harness.ts'

const CASES = (['cpo', 'ptp'] as const).flatMap((target) =>
  (['2.3.0', '2.2.1'] as const).flatMap((version) => [false, true].map((invited) => ({ target, version, invited }))),
)

test.each(CASES)('a correct $target raises nothing in $version, invited: $invited', async (one) => {
  const { report } = await judged(one)
  expect(
    report.rules
      .filter(({ status }) => status !== 'pass' && status !== 'not-applicable')
      .map(({ id, message, actual, cause }) => ({ id, message, actual, cause })),
  ).toEqual([])
})
