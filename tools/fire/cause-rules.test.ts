import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { type Changed, tampered } from './sample-books.ts'

const HOUR_MS = 3_600_000

const started = (reference: string, change: object) => (b: Changed) => {
  b.cpo = { ...b.cpo, starts: b.cpo.starts.map((one) => (one.reference === reference ? { ...one, ...change } : one)) }
}

test.each<[what: string, findings: readonly string[], change: (books: Changed) => void]>([
  [
    'the CPO knows of no charge, though it has sent a bill',
    ['I10 p-1: 61 captured for nothing'],
    (b) => {
      b.cpo = { ...b.cpo, charges: b.cpo.charges.filter(({ reference }) => reference !== 'P-1') }
    },
  ],
  [
    'the charger never came to charge',
    ['I10 p-1: 61 captured for nothing'],
    (b) => {
      b.cpo = { ...b.cpo, charges: b.cpo.charges.map((one) => ({ ...one, charged: false })) }
    },
  ],
  [
    'the start was accepted only later',
    ['I5 p-1: captured before START_SESSION was accepted'],
    started('P-1', { acceptedAt: 901 }),
  ],
  [
    'the start was refused',
    ['I5 p-1: captured, but START_SESSION was never accepted'],
    started('P-1', { acceptedAt: undefined, refusedAt: 250 }),
  ],
])('a capture has a charge, and a start that was accepted before: %s (I5, I10)', (_, findings, change) => {
  expect(audit(tampered(change))).toEqual(findings)
})

/** The provider did this so much later. */
const late = (operation: string, ms: number) => (b: Changed) => {
  b.provider = b.provider.map((one) => (one.operation === operation ? { ...one, at: one.at + ms } : one))
}

const both =
  (...changes: readonly ((b: Changed) => void)[]) =>
  (b: Changed) => {
    for (const change of changes) change(b)
  }

const away =
  (...times: Changed['away']) =>
  (b: Changed) => {
    b.away = times
  }

const VOIDS = 'I6 p-2: void 3600 s after its cause was known'
const nobodyCame = (b: Changed) => {
  b.cpo = { ...b.cpo, charges: b.cpo.charges.filter(({ reference }) => reference !== 'P-2') }
}

test.each<[what: string, findings: readonly string[], change: (books: Changed) => void]>([
  ['the bill was there', ['I7 p-1: capture 3600 s after its cause was known'], late('capture', HOUR_MS)],
  ['the charge had ended with nothing', [VOIDS], late('void', HOUR_MS)],
  [
    'the start was refused',
    [VOIDS],
    both(nobodyCame, started('P-2', { acceptedAt: undefined, refusedAt: 450 }), late('void', HOUR_MS)),
  ],
  [
    'nothing was ever started',
    [VOIDS],
    both(
      (b) => {
        b.cpo = { ...b.cpo, starts: b.cpo.starts.filter(({ reference }) => reference !== 'P-2') }
      },
      nobodyCame,
      late('void', HOUR_MS),
    ),
  ],
  [
    'the server was away for less than the delay',
    ['I7 p-1: capture 3600 s after its cause was known'],
    both(late('capture', HOUR_MS + 1_000), away({ from: 0, to: 860 }, { from: 2_000, to: 3_000 })),
  ],
])('what comes more than an hour after its cause was known is found: %s (I6, I7)', (_, findings, change) => {
  expect(audit(tampered(change))).toEqual(findings)
})

test('an hour is not late, nor is the time in which server or database were away (I6, I7)', () => {
  expect(audit(tampered(late('capture', HOUR_MS - 50)))).toEqual([])
  expect(audit(tampered(late('void', HOUR_MS - 100)))).toEqual([])
  const sleeping = both(late('capture', 2 * HOUR_MS - 50), away({ from: 2_000, to: 2_000 + HOUR_MS }))
  expect(audit(tampered(sleeping))).toEqual([])
})
