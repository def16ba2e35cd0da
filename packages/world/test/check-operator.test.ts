import { expect, test } from 'vitest'
import { acceptedCents } from '../src/storm/check.ts'
import { capturedByContract, capturedByOperator, fitsRefunds } from '../src/storm/check-operator.ts'
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

test('a decision that nobody was answered may have come to nothing: then the contract decides; one that was taken counts (storm, seed 9931)', () => {
  const captured = (cents: number, outcome: Decision['outcome']) => {
    const accepts: Decision = { decision: 'accept-cdr', amount: undefined, at: MINUTE, outcome }
    const log = { ...emptyLogbook(), noCdr: new Map([['R', 'session-cost' as const]]) }
    log.decisions.set('R', [accepts])
    const bill = { id: 'C1', fairness: 'over', due: due + 100, body: '', at: 0, last_updated: '' } as const
    const capture = { cents, at: 300 * MINUTE, heldThen: 5000, cdrRef: 'C1' }
    return capturedByOperator({ captures: [capture] }, { reference: 'R', log, cardKind: 'approved', charge }, bill)
  }
  expect([captured(due + 100, 'done'), captured(due + 100, 'unknown'), captured(due, 'unknown')]).toEqual([[], [], []])
  expect(captured(due, 'done')).toHaveLength(1)
  expect(captured(due + 50, 'unknown')).toHaveLength(1)
})

test('a session without a bill is captured where the contract says so, unless the hold was gone before it was heard of (F20, F57; storm, seed 9932)', () => {
  const script = { spot: 0, start: 'usual', session: 'usual', driver: 'usual', bill: 'never' } as const
  const log = { ...emptyLogbook(), noCdr: new Map([['R', 'session-cost' as const]]) }
  const told = (releasedAt: number) => ({ captures: [], approved: 1, reversed: false, releasedAt })
  const unbilled = { wh: 10_000, currency: 'EUR', heardActiveAt: 9 * MINUTE, script } as const
  const wrongs = (minute: number) =>
    capturedByContract(told(minute * MINUTE), { reference: 'R', log, charge: unbilled }).length
  expect([wrongs(2), wrongs(600)]).toEqual([0, 1])
})
