import { expect, test } from 'vitest'
import { judged } from './broken/harness.ts'
import { variation } from './variations.ts'

/** A few of the many that `tools/judge-variations.ts` tries. */
const SEEDS = Array.from({ length: 24 }, (_, index) => index + 1)

test.each(SEEDS)('legal variation %i raises nothing', async (seed) => {
  const { drawn, ...varied } = variation(seed)
  const { report } = await judged(varied)
  const raised = report.rules.filter(({ status }) => status === 'fail' || status === 'warn')
  expect({ drawn, raised: raised.map(({ id, message, actual }) => `${id}: ${message} ${actual}`) }).toEqual({
    drawn,
    raised: [],
  })
})
