import { wallClock } from '@plugtill/engine/clock'
import type { EffectRecord } from '@plugtill/engine/effects'
import { expect, test } from 'vitest'
import { createChanges } from './changes.ts'
import type { Payment } from './payment/payment.ts'
import { followTimeline, type TimelineParts } from './timeline.ts'

const captured = { id: 'ref-1', state: 'captured' } as Payment

/** A payment at its end, of which nothing more will be told. */
function quiet(pending: () => readonly Pick<EffectRecord, 'name'>[]): TimelineParts {
  return {
    clock: wallClock,
    changes: createChanges(),
    engine: { pending: async () => pending() },
    payments: { find: async () => captured, history: async () => [] },
    journal: { of: async () => [{ seq: 1, at: 0, reference: 'ref-1', kind: 'note', body: { message: 'done' } }] },
  } as unknown as TimelineParts
}

async function followed(parts: TimelineParts): Promise<number> {
  let entries = 0
  for await (const _ of followTimeline(parts, 'ref-1')) entries++
  return entries
}

test('following a payment that is over ends without waiting for another change', async () => {
  expect(await followed(quiet(() => []))).toBe(1)
})

test('deadlines that no longer matter are nothing to wait for', async () => {
  expect(await followed(quiet(() => [{ name: 'remind' }]))).toBe(1)
})

test('the end is noticed when the last effect closes without a word', async () => {
  let looks = 0
  expect(await followed(quiet(() => (++looks < 2 ? [{ name: 'advise' }] : [])))).toBe(1)
})
