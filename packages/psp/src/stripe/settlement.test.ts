import { expect, test } from 'vitest'
import type { Desk } from './desk.ts'
import { REFERENCE } from './payment.ts'
import { settlementOf } from './settlement.ts'

/** A charge of one cent in each of so many seconds. */
const chargeAt = (created: number) => ({
  ...{ type: 'charge', amount: 1, fee: 0, currency: 'eur', created },
  source: {
    ...{ object: 'charge', amount_captured: 1, currency: 'eur' },
    ...{ metadata: { [REFERENCE]: `p${created}` }, payment_intent: `pi_${created}` },
  },
})

/** The balance has been changed into EUR. */
const inSek = (type: string, created: number, source: object) => ({
  ...{ type, amount: type === 'refund' ? -9_00 : 9_00, fee: 25, currency: 'eur', created },
  source: { currency: 'sek', metadata: { [REFERENCE]: 'p1' }, payment_intent: 'pi_1', ...source },
})

const linesOf = (transactions: readonly object[]) => {
  const list = () => ({ autoPagingToArray: async () => transactions })
  const desk = { repeat: (call: (stripe: object) => unknown) => call({ balanceTransactions: { list } }) }
  return settlementOf(desk as unknown as Desk, { since: 0, until: 10_000 })
}

test('what was taken and given back is told in the currency of the charge, not in that of the balance', async () => {
  const lines = await linesOf([
    inSek('charge', 1, { object: 'charge', amount: 500_00, amount_captured: 100_00 }),
    inSek('refund', 2, { object: 'refund', amount: 50_00, status: 'succeeded' }),
  ])
  expect(lines.map(({ kind, amount, fee }) => [kind, amount, fee])).toEqual([
    ['capture', { amountMinor: 100_00, currency: 'SEK' }, { amountMinor: 25, currency: 'EUR' }],
    ['refund', { amountMinor: 50_00, currency: 'SEK' }, { amountMinor: 25, currency: 'EUR' }],
  ])
})

test('a refund that failed gave nothing back, and what is neither taken nor given back is no line', async () => {
  const failed = { object: 'refund', amount: 50_00, status: 'failed' }
  const lines = await linesOf([
    inSek('refund', 1, failed),
    inSek('refund_failure', 2, failed),
    inSek('refund_failure', 3, { ...failed, status: 'pending' }),
    inSek('adjustment', 4, { object: 'charge', amount: 100_00, amount_captured: 100_00 }),
  ])
  expect(lines).toEqual([])
})

test('a period with more lines than one report holds is read in halves, and nothing is left out or doubled', async () => {
  const asked: [number, number][] = []
  const list = ({ created: { gte, lt } }: { readonly created: { readonly gte: number; readonly lt: number } }) => ({
    autoPagingToArray: async ({ limit }: { readonly limit: number }) => {
      asked.push([gte, lt])
      return Array.from({ length: lt - gte }, (_, index) => chargeAt(gte + index)).slice(0, limit)
    },
  })
  const desk = {
    repeat: (call: (stripe: object) => unknown) => call({ balanceTransactions: { list } }),
  } as unknown as Desk
  const lines = await settlementOf(desk, { since: 0, until: 40_000 }, 11)
  expect(lines.map(({ reference }) => reference)).toEqual(Array.from({ length: 40 }, (_, at) => `p${at}`))
  expect(asked.slice(0, 4)).toEqual([
    [0, 40],
    [0, 20],
    [0, 10],
    [10, 20],
  ])
})
