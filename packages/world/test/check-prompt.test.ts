import { expect, test } from 'vitest'
import { givenBackAtOnce, takenAtOnce } from '../src/storm/check-prompt.ts'
import { emptyLogbook, type Span } from '../src/storm/log.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** One fair bill that came when the hour was full, and what was asked of the provider how long after. */
function judged(parts: { readonly calls: readonly (readonly [operation: string, after: number])[] } & Spans) {
  const bill = { id: 'C-1', fairness: 'fair', due: 855, body: '', at: HOUR, takenAt: HOUR, last_updated: '' } as const
  const spans = (all: readonly Span[] = []) => all.map(({ from, to }) => ({ from: HOUR + from, to: HOUR + to }))
  const log = { ...emptyLogbook(), downs: spans(parts.downs), outages: spans(parts.outages) }
  const calls = parts.calls.map(([operation, after]) => ({ operation, at: HOUR + after }))
  const captures = [{ cents: 855, at: 3 * HOUR, heldThen: 5000, cdrRef: 'C-1' }]
  return takenAtOnce({ captures }, { calls, log, reference: 'P-1', end: 9 * HOUR, charge: { bills: [bill] } })
}
interface Spans {
  readonly downs?: readonly Span[]
  readonly outages?: readonly Span[]
}

const LATE = ['I7: billed, and not captured for a minute']

test('what one right bill asks is asked of the provider within a minute in which the platform lived (I7)', () => {
  expect(judged({ calls: [['capture', 50 * SECOND]] })).toEqual([])
  expect(judged({ calls: [['capture', 70 * SECOND]] })).toEqual(LATE)
  expect(judged({ calls: [['capture', 3 * MINUTE]], downs: [{ from: 0, to: 150 * SECOND }] })).toEqual([])
})

test('a provider that is away is asked for its record within that minute, also one that went while the platform was down (F74; storm, seed 9707)', () => {
  const down = { downs: [{ from: 0, to: 150 * SECOND }] }
  const asked = { calls: [['query', 160 * SECOND] as const] }
  expect(judged({ ...asked, ...down, outages: [{ from: 155 * SECOND, to: HOUR }] })).toEqual([])
  expect(judged({ calls: [['query', 40 * SECOND]], outages: [{ from: 30 * SECOND, to: HOUR }] })).toEqual([])
  expect(judged({ ...asked, ...down, outages: [{ from: 165 * SECOND, to: HOUR }] })).toEqual(LATE)
  expect(judged({ calls: [['query', 80 * SECOND]], outages: [{ from: 30 * SECOND, to: HOUR }] })).toEqual(LATE)
})

test('a bill that was taken once before, of which the CPO has not heard, may have been asked about already (F59, F74; storm, seed 9825)', () => {
  const away = { outages: [{ from: -20 * MINUTE, to: HOUR }] }
  expect(
    judged({
      calls: [
        ['query', -15 * SECOND],
        ['query', 77 * SECOND],
      ],
      ...away,
    }),
  ).toEqual([])
  expect(
    judged({
      calls: [
        ['query', -2 * MINUTE],
        ['query', 77 * SECOND],
      ],
      ...away,
    }),
  ).toEqual(LATE)
  expect(
    judged({
      calls: [
        ['query', -15 * SECOND],
        ['query', 77 * SECOND],
      ],
    }),
  ).toEqual(LATE)
})

type Owing = NonNullable<Parameters<typeof givenBackAtOnce>[1]['charge']>

/** One bill of this much that came when the hour was full, or a word of then that there will be none; the void came how long after. */
function kept({ due, voidAfter, ...more }: { readonly due?: number; readonly voidAfter: number } & Partial<Owing>) {
  const bill = {
    id: 'C-1',
    fairness: 'fair',
    due: due ?? 0,
    body: '',
    at: HOUR,
    takenAt: HOUR,
    last_updated: '',
  } as const
  const charge: Owing = {
    currency: 'EUR',
    script: { session: 'usual' },
    bills: due === undefined ? [] : [bill],
    ...more,
  }
  const calls = [{ operation: 'void', at: HOUR + voidAfter }]
  const told = { captures: [], releasedAt: HOUR + voidAfter + SECOND }
  return givenBackAtOnce(told, { charge, calls, log: emptyLogbook(), reference: 'P-1', end: 9 * HOUR })
}

const KEPT = ['I6: nothing is owed, and nothing was given back for a minute']

test('a bill of nothing, or of less than can be taken, gives the hold back within a minute (F49, F50)', () => {
  expect(kept({ due: 0, voidAfter: 50 * SECOND })).toEqual([])
  expect(kept({ due: 0, voidAfter: 70 * SECOND })).toEqual(KEPT)
  expect(kept({ due: 49, voidAfter: 70 * SECOND })).toEqual(KEPT)
  expect(kept({ due: 50, voidAfter: 70 * SECOND })).toEqual([])
  // At a price that the driver has not accepted an operator decides first. (F21)
  expect(kept({ due: 49, voidAfter: HOUR, script: { session: 'elsewhere-other-price' } })).toEqual([])
})

test('a session that is INVALID gives the hold back within a minute (C-506)', () => {
  expect(kept({ heardInvalidAt: HOUR, voidAfter: 50 * SECOND })).toEqual([])
  expect(kept({ heardInvalidAt: HOUR, voidAfter: 70 * SECOND })).toEqual(KEPT)
  expect(kept({ voidAfter: HOUR })).toEqual([])
})
