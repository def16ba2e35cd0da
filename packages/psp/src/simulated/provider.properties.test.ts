import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Money } from '../psp.ts'
import { simulatedCards } from './cards.ts'
import { openLedger } from './ledger.ts'
import { createSimulatedPsp } from './provider.ts'

const eur = (amountMinor: number): Money => ({ amountMinor, currency: 'EUR' })
// One card makes the provider capture two times: then it is the provider who breaks the rule.
const cardNames = simulatedCards.filter((card) => card.behaviour.capture !== 'twice').map((card) => card.name)

const step = fc.record({
  what: fc.constantFrom('authorize', 'increment', 'reduce', 'capture', 'void', 'refund', 'wait'),
  payment: fc.integer({ min: 0, max: 2 }),
  key: fc.integer({ min: 0, max: 3 }),
  amount: fc.integer({ min: 1, max: 100 }),
  card: fc.constantFrom(...cardNames),
})

test('whatever is asked in whatever order: captured ≤ held, refunded ≤ captured, one capture, and never both captured and voided', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let now = 0
      const ledger = openLedger()
      const parts = { clock: { now: () => now, after: () => () => {} }, ledger, random: () => 0 }
      const psp = createSimulatedPsp(parts)
      for (const { what, payment, key: number, amount, card } of steps) {
        const reference = `p${payment}`
        const pspReference = (await psp.query({ reference }))?.pspReference ?? 'none'
        const ask = { key: `${reference}-${what}-${number}`, pspReference, amount: eur(amount), newTotal: eur(amount) }
        const run = {
          authorize: () => psp.authorize({ ...ask, reference, terminalId: 't', card }),
          increment: () => psp.increment(ask),
          reduce: () => psp.reduce(ask),
          capture: () => psp.capture({ ...ask, cdrRef: 'cdr' }),
          void: () => psp.void({ ...ask, reason: 'test' }),
          refund: () => psp.refund({ ...ask, creditRef: 'credit' }),
          wait: async () => {
            now += amount * 3_600_000
          },
        }
        await run[what]().catch(() => undefined)
      }
      const payments = await psp.list({ since: 0 })
      for (const one of payments) {
        expect(one.captured.amountMinor).toBeLessThanOrEqual(one.authorized.amountMinor)
        expect(one.refunded.amountMinor).toBeLessThanOrEqual(one.captured.amountMinor)
        expect(one.captureCount).toBe(one.state === 'captured' ? 1 : 0)
        const done = ledger
          .entries()
          .filter((entry) => entry.pspReference === one.pspReference && entry.status === 'done')
        const ended = new Set(
          done.map((entry) => entry.operation).filter((name) => name === 'capture' || name === 'void'),
        )
        expect(ended.size).toBeLessThanOrEqual(1)
      }
      // What is known after a restart is what was known before.
      expect(await createSimulatedPsp(parts).list({ since: 0 })).toEqual(payments)
    }),
    { numRuns: 60 },
  )
})
