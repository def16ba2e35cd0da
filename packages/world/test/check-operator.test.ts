import { expect, test } from 'vitest'
import { acceptedCents } from '../src/storm/check.ts'
import { capturedByOperator, fitsRefunds } from '../src/storm/check-operator.ts'
import { type Decision, emptyLogbook } from '../src/storm/log.ts'
import type { NoCdr } from '../src/storm/reassign.ts'

const MINUTE = 60_000
const charge = { wh: 10_000, script: { spot: 0 }, raise: 0, saidWh: 0, endedAt: 10 * MINUTE }
const due = acceptedCents(charge, 0)

/** Captured at that minute, without a bill, by a payment whose contract says so of a bill that never comes. */
function judged(cardKind: string, noCdr: NoCdr, minute: number, { cents = due, change = {} } = {}) {
  const log = { ...emptyLogbook(), noCdr: new Map([['R', noCdr]]) }
  const capture = { cents, at: minute * MINUTE, heldThen: 5000, cdrRef: 'S1' }
  return capturedByOperator(
    { captures: [capture] },
    { reference: 'R', log, cardKind, charge: { ...charge, ...change } },
    undefined,
  )
}

test('a capture by the contract comes hours after the session, or at the end of a hold that lives for minutes only (F36, F57; storm, seed 1)', () => {
  expect(judged('approved', 'session-cost', 11)).toBeUndefined()
  expect(judged('approved', 'session-cost', 300)).toEqual([])
  expect(judged('hold-expires', 'session-cost', 11)).toEqual([])
  expect(judged('hold-expires', 'unsure', 11)).toEqual([])
  expect(judged('hold-expires', 'void', 11)).toBeUndefined()
  expect(judged('hold-expires', 'session-cost', 11, { cents: due + 1 })).toHaveLength(1)
})

test('a capture by the session is of what that has said until then, also where a bill of nothing follows (F49; storm, seed 1)', () => {
  const said = (saidWh: number) => judged('hold-expires', 'session-cost', 11, { change: { wh: 0, saidWh } })
  expect(said(10_000)).toEqual([])
  expect(said(9000)).toHaveLength(1)
})

test('a part paid back before a corrected bill is part of what that gives back; one after it is not (F51; storm, seed 2)', () => {
  const refund = (minute: number, amount?: number): Decision => ({
    decision: 'refund',
    amount,
    at: minute * MINUTE,
    outcome: 'done',
  })
  const fits = (net: number, ...decisions: readonly Decision[]) => {
    const log = { ...emptyLogbook(), decisions: new Map([['R', decisions]]) }
    const corrected = { taken: 378, at: 20 * MINUTE }
    return fitsRefunds({ net }, { reference: 'R', log }, { without: [189], corrected })
  }
  expect([fits(189), fits(182)]).toEqual([true, false])
  expect([fits(189, refund(10, 7)), fits(190, refund(10, 7))]).toEqual([true, false])
  expect([fits(182, refund(10, 7), refund(30, 7)), fits(189, refund(10, 7), refund(30, 7))]).toEqual([true, false])
  expect([fits(178, refund(10, 200)), fits(189, refund(10, 200))]).toEqual([true, false])
  expect([fits(0, refund(10)), fits(1, refund(10))]).toEqual([true, false])
})
