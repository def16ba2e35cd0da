/** Which receipts a card finds at a terminal: those of the last day, however busy the terminal and however late the capture. */
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { receiptsOfCard } from '../src/link/receipts-of-card.ts'
import type { Payment } from '../src/payment/payment.ts'
import { charged, failingCaptures } from './rig.ts'
import { T0 } from './samples.ts'
import { cdrFor, HOUR, MINUTE } from './scripted-cpo.ts'
import { shelf } from './shelf.ts'

const mine = { fingerprint: 'mine', brand: 'Visa', masked: '**** 1001' }
const found = async (payments: Parameters<typeof receiptsOfCard>[0], card: Payment['card'], now: number) => {
  const all = await receiptsOfCard(payments, { terminalId: 'T-1', card, cardAt: async () => card, now })
  return all.map(({ id }) => id)
}

test('a capture that came after a refused one has its receipt for a day, not only for what is left of the day before', async () => {
  const bank = failingCaptures(new PspError('refused', 'not today'))
  const one = await charged({ psp: bank.psp })
  await one.bill(cdrFor(10))
  await one.pass(20 * HOUR)
  bank.works = true
  await one.decide('retry')
  await one.pass(MINUTE)
  const { id, card } = await one.payment()
  const at = one.clock.now()
  expect(await found(one.payments, card, at + 23 * HOUR)).toEqual([id])
  expect(await found(one.payments, card, at + 25 * HOUR)).toEqual([])
  await one.close()
})

test('of 500 taps of others since then none hides a receipt; one whose card shows other digits is found among the newest', async () => {
  const { tap, start, payments, close } = await shelf()
  await start('mine', { card: mine })
  for (let n = 0; n < 499; n++)
    await tap(`o-${n}`, { createdAt: T0 + 1 + n, card: { ...mine, fingerprint: 'x', masked: '**** 7777' } })
  await start('phone', { card: { ...mine, masked: '**** 2002' }, createdAt: T0 + 600 })
  expect(await found(payments, mine, T0 + 2 * HOUR)).toEqual(['phone', 'mine'])
  await close()
})

test('a card that was read only by the authorization is found by its digits as well', async () => {
  const { tap, payments, close } = await shelf()
  await tap('a-late-read', { card: { fingerprint: '', brand: 'Card', masked: '****' } })
  await payments.apply('a-late-read', {
    ...{
      type: 'authorized',
      held: { amountMinor: 5000, currency: 'EUR' },
      pspReference: 'p',
      captureBefore: T0 + HOUR,
    },
    ...{ eftData: [], card: mine, at: T0 + 1 },
  } as const)
  for (let n = 0; n < 500; n++)
    await tap(`o-${n}`, { createdAt: T0 + 1 + n, card: { ...mine, fingerprint: 'x', masked: '**** 7777' } })
  expect(await found(payments, mine, T0 + HOUR)).toEqual(['a-late-read'])
  await close()
})
