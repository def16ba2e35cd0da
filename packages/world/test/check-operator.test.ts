import { expect, test } from 'vitest'
import { acceptedCents } from '../src/storm/check.ts'
import { capturedByOperator } from '../src/storm/check-operator.ts'
import { emptyLogbook } from '../src/storm/log.ts'
import type { NoCdr } from '../src/storm/reassign.ts'

const MINUTE = 60_000
const charge = { wh: 10_000, script: { spot: 0 }, raise: 0, endedAt: 10 * MINUTE }
const due = acceptedCents(charge, 0)

/** Captured at that minute, without a bill, by a payment whose contract says so of a bill that never comes. */
function judged(cardKind: string, noCdr: NoCdr, minute: number, cents = due) {
  const log = { ...emptyLogbook(), noCdr: new Map([['R', noCdr]]) }
  const capture = { cents, at: minute * MINUTE, heldThen: 5000, cdrRef: 'S1' }
  return capturedByOperator({ captures: [capture] }, { reference: 'R', log, cardKind, charge }, undefined)
}

test('a capture by the contract comes hours after the session, or at the end of a hold that lives for minutes only (F36, F57; storm, seed 1)', () => {
  expect(judged('approved', 'session-cost', 11)).toBeUndefined()
  expect(judged('approved', 'session-cost', 300)).toEqual([])
  expect(judged('hold-expires', 'session-cost', 11)).toEqual([])
  expect(judged('hold-expires', 'unsure', 11)).toEqual([])
  expect(judged('hold-expires', 'void', 11)).toBeUndefined()
  expect(judged('hold-expires', 'session-cost', 11, due + 1)).toHaveLength(1)
})
