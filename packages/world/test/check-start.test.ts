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
  const at = (calls: readonly ReturnType<typeof voidAt>[]) => knownUnpaidAt(released, { charge, calls, lost: [] })
  expect(at([voidAt(10, false)])).toBeUndefined()
  expect(at([voidAt(10, false), voidAt(11, true)])).toBe(13 * MINUTE)
  expect(at([voidAt(10, false), voidAt(20, true)])).toBe(20 * MINUTE)
})

test('what was answered in a time that a restored database has lost is not known (F75; storm, seed 9706)', () => {
  const calls = [voidAt(10, false), voidAt(11, true)]
  const lost = [{ from: 10.5 * MINUTE, to: 15 * MINUTE }]
  expect(knownUnpaidAt(released, { charge, calls, lost })).toBeUndefined()
  expect(knownUnpaidAt(released, { charge, calls: [...calls, voidAt(30, true)], lost })).toBe(30 * MINUTE)
})

test('a question from before the hold was given back has told that it stands, also where its answer came in that very moment (F79; storm, seed 9811)', () => {
  const before = { operation: 'query', at: 10 * MINUTE - 200, answeredAt: 10 * MINUTE }
  const after = { operation: 'query', at: 20 * MINUTE, answeredAt: 20 * MINUTE + 200 }
  const at = (...calls: (typeof before)[]) => knownUnpaidAt(released, { charge, calls, lost: [] })
  expect(at(before)).toBeUndefined()
  expect(at(before, after)).toBe(20 * MINUTE + 200)
})
