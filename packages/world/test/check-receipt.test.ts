import type { LedgerEntry } from '@plugtill/psp/simulated/ledger'
import { expect, test } from 'vitest'
import { rightReceipt } from '../src/storm/check-shown.ts'

const entry = (
  operation: LedgerEntry['operation'],
  status: LedgerEntry['status'],
  amountMinor: number,
  key = `${operation}-key`,
): LedgerEntry => ({
  seq: 0,
  at: 0,
  reference: 'P-1',
  pspReference: 'SIM-1',
  operation,
  status,
  amount: { amountMinor, currency: 'EUR' },
  key,
  request: '{}',
  answer: '{}',
})

const held = entry('authorize', 'approved', 5000)
const taken = entry('capture', 'done', 1141)
/** What the provider does by itself comes under no key of ours. */
const takenTwice = entry('capture', 'done', 1141, '')
const paidBack = entry('refund', 'done', 570)

test('a receipt says what stayed, and before the books are compared nothing of what the provider took twice (F64, F72; storm, seed 9807)', () => {
  expect(rightReceipt([held, taken], 1141)).toEqual([])
  expect(rightReceipt([held, taken, paidBack], 571)).toEqual([])
  expect(rightReceipt([held, taken, takenTwice], 1141)).toEqual([])
  expect(rightReceipt([held, taken, takenTwice, paidBack], 571)).toEqual([])
  expect(rightReceipt([held, taken, takenTwice, paidBack], 1712)).toEqual([])
})

test('a receipt before the capture, or of a sum that nobody took, is wrong (F72, I9)', () => {
  expect(rightReceipt([held], 0)).toEqual([])
  expect(rightReceipt([held], 1141)).toEqual(['I9: a receipt of 1141, 0 stayed'])
  expect(rightReceipt([held, taken, takenTwice, paidBack], 570)).toEqual(['I9: a receipt of 570, 1712 stayed'])
})
