/** What waits too long is told, however much waits beside it. (I7) */
import type { Journal } from '@plugtill/engine/journal'
import { expect, test } from 'vitest'
import { type LateParts, sayWhatIsLate } from '../src/late.ts'
import type { PaymentDesk } from '../src/payment/desk.ts'
import { paymentIn, T0 } from './samples.ts'

const HOUR = 3_600_000

test('the oldest of many undecided holds is told like any other when half of its day is over', async () => {
  const young = Array.from({ length: 12_000 }, (_, n) =>
    paymentIn('awaiting-cdr', { id: `P${n}`, releaseBy: T0 + 24 * HOUR }),
  )
  const all = [...young, paymentIn('stuck', { id: 'OLDEST', releaseBy: T0 + 12 * HOUR })]
  const list: PaymentDesk['list'] = async ({ limit = 1, before }) => {
    const first = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1
    return all.slice(first, first + limit)
  }
  const told: string[] = []
  const write: Journal['write'] = async (reference, _kind, body) =>
    void told.push(`${reference} ${String((body as { readonly code?: string }).code)}`)
  await sayWhatIsLate({
    ...{ payments: { list }, journal: { write }, clock: { now: () => T0 }, intervalMs: HOUR },
    engine: { effects: async () => [] },
  } as unknown as LateParts)
  expect(told).toEqual(['OLDEST HOLD_OVERDUE'])
})
