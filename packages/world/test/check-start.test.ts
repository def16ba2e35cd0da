import { expect, test } from 'vitest'
import { knownUnpaidAt } from '../src/storm/check-start.ts'

const MINUTE = 60_000
/** A hold that the provider has given back, and energy that flows since three minutes later. */
const released = { releasedAt: 10 * MINUTE, expired: false }
const charge = { unpaidKnownAt: 13 * MINUTE }
const voidAt = (minute: number, answered: boolean) => ({
  operation: 'void',
  at: minute * MINUTE,
  ...(answered && { answeredAt: minute * MINUTE }),
})

test('that energy flows without a hold is known once the provider has said that it gave it back (F79)', () => {
  const at = (calls: readonly ReturnType<typeof voidAt>[]) =>
    knownUnpaidAt(released, { charge, calls, lost: [], log: { downs: [] } })
  expect(at([voidAt(10, false)])).toBeUndefined()
  expect(at([voidAt(10, false), voidAt(11, true)])).toBe(13 * MINUTE)
  expect(at([voidAt(10, false), voidAt(20, true)])).toBe(20 * MINUTE)
})

test('what was answered in a time that a restored database has lost is not known (F75; storm, seed 9706)', () => {
  const calls = [voidAt(10, false), voidAt(11, true)]
  const lost = [{ from: 10.5 * MINUTE, to: 15 * MINUTE }]
  expect(knownUnpaidAt(released, { charge, calls, lost, log: { downs: [] } })).toBeUndefined()
  expect(knownUnpaidAt(released, { charge, calls: [...calls, voidAt(30, true)], lost, log: { downs: [] } })).toBe(
    30 * MINUTE,
  )
})

test('what a process took along when it died is not known: an answer it had no time to keep (F79; storm, seed 5, world 500024)', () => {
  const at = (diedAfterMs: number) => {
    const from = 11 * MINUTE + diedAfterMs
    return knownUnpaidAt(released, {
      charge,
      calls: [voidAt(11, true)],
      lost: [],
      log: { downs: [{ from, to: from }] },
    })
  }
  expect([at(-1), at(0), at(700), at(2_000)]).toEqual([13 * MINUTE, undefined, undefined, 13 * MINUTE])
})

test('a question from before the hold was given back has told that it stands, also where its answer came in that very moment (F79; storm, seed 9811)', () => {
  const before = { operation: 'query', at: 10 * MINUTE - 200, answeredAt: 10 * MINUTE }
  const after = { operation: 'query', at: 20 * MINUTE, answeredAt: 20 * MINUTE + 200 }
  const at = (...calls: (typeof before)[]) => knownUnpaidAt(released, { charge, calls, lost: [], log: { downs: [] } })
  expect(at(before)).toBeUndefined()
  expect(at(before, after)).toBe(20 * MINUTE + 200)
})
