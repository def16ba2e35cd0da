import { describe, expect, test } from 'vitest'
import { leaderOf } from './broken/harness.ts'
import { PTP_AREAS } from './broken/ptp.ts'

describe.each(Object.entries(PTP_AREAS))('of the %s', (_area, defects) => {
  test.each(defects)('$id is found, and named first is $rule', async (defect) => {
    expect(await leaderOf(defect)).toBe(defect.rule)
  })
})
