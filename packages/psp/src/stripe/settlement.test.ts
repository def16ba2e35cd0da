import { expect, test } from 'vitest'
import type { Desk } from './desk.ts'
import { REFERENCE } from './payment.ts'
import { settlementOf } from './settlement.ts'

/** A charge of one cent in each of so many seconds. */
const chargeAt = (created: number) => ({
  amount: 1,
  fee: 0,
  currency: 'eur',
  created,
  source: { object: 'charge', metadata: { [REFERENCE]: `p${created}` }, payment_intent: `pi_${created}` },
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
