/** Money that went back in a time that our books have lost, or in the provider's own console. (F75, I3, I9) */
import { decide } from '@plugtill/engine/machine'
import { expect, test } from 'vitest'
import { pspKey } from '../src/effects/psp-key.ts'
import { paymentMachine } from '../src/payment/states.ts'
import { differenceOf } from '../src/sweep-difference.ts'
import { charged, type Rig } from './rig.ts'
import { eur, events, on } from './samples.ts'
import { cdrFor, HOUR, MINUTE, REFERENCE } from './scripted-cpo.ts'

/** Asked for by the key of the platform itself, in a life that it does not remember. */
async function lost(one: Rig, n: number, minor: number) {
  const key = pspKey('secret', REFERENCE, ['refund', n])
  const { pspReference = '' } = await one.payment()
  await one.psp.refund({ key, pspReference, amount: eur(minor), creditRef: 'forgotten' })
}

const billed = async () => {
  const one = await charged({})
  await one.bill(cdrFor(10))
  await one.pass(HOUR)
  return one
}

const refunds = async (one: Rig) =>
  ((await one.payment()).refunds ?? []).map(({ amount, status }) => [amount.amountMinor, status])

test('a refund that our books have lost is booked, and shown and told to the CPO once (F75, I9)', async () => {
  const one = await billed()
  await lost(one, 1, 605)
  await one.sweep.once()
  await one.pass(MINUTE)
  expect(await refunds(one)).toEqual([[605, 'done']])
  expect(await one.payment()).toMatchObject({ advice: { status: 'PARTIAL_SUCCESS', amount: eur(0) } })
  expect((await one.payment()).advice).toHaveProperty('deliveredAt')
  expect(await one.codes()).toEqual(['PSP_DIFFERS'])
  await one.pass(HOUR)
  await one.sweep.once()
  expect(await refunds(one)).toEqual([[605, 'done']])
  expect((await one.payment()).earlierAdvices).toHaveLength(1)
  await one.close()
})

test('what is paid back after lost refunds is not taken for one of those, whose keys would be the same (F75, I3)', async () => {
  const one = await billed()
  await lost(one, 1, 100)
  await lost(one, 2, 50)
  await one.sweep.once()
  await one.decide('refund', 50)
  await one.pass(MINUTE)
  expect(await refunds(one)).toEqual([
    [150, 'done'],
    [50, 'done'],
  ])
  expect(await one.psp.query({ reference: REFERENCE })).toMatchObject({ refunded: eur(200) })
  await one.close()
})

test('a refund that is lost after one that was found is not paid again: the record is read first (F75, I3)', async () => {
  const one = await billed()
  await lost(one, 1, 100)
  await one.sweep.once()
  await lost(one, 2, 50)
  await one.decide('refund', 50)
  await one.pass(MINUTE)
  expect(await one.psp.query({ reference: REFERENCE })).toMatchObject({ refunded: eur(150) })
  expect((await one.payment()).advice?.amount).toEqual(eur(455))
  await one.close()
})

test('two who have read the same record at once book it once; what is on its way is not missing', () => {
  const first = on('captured', events['refund-found'])
  expect(first.entity.advice).toMatchObject({ id: 'A9', status: 'PARTIAL_SUCCESS', amount: eur(1000) })
  expect(first.effects).toEqual([{ do: 'advise', adviceId: 'A9' }])
  const again = decide(paymentMachine, first.entity, { ...events['refund-found'], adviceId: 'A10' })
  expect(again.verdict).toHaveProperty('ignore')
  const asked = [{ id: 'refund-1', amount: eur(200), why: 'asked', status: 'asked', adviceId: 'A8' }] as const
  expect(on('captured', events['refund-found'], { refunds: asked }).verdict).toHaveProperty('ignore')
})

test('a record in another currency, or without a refund, says nothing of one', async () => {
  const one = await billed()
  const payment = await one.payment()
  const record = await one.psp.query({ reference: REFERENCE })
  if (!record) throw new Error('The provider has no record.')
  const parts = { clock: one.clock, ids: () => 'A9' }
  const says = (change: Partial<typeof record>) => differenceOf(payment, { ...record, ...change }, parts)?.event.type
  expect(says({})).toBeUndefined()
  expect(says({ refunded: { amountMinor: 5, currency: 'SEK' } })).toBeUndefined()
  expect(says({ refunded: eur(5) })).toBe('refund-found')
  await one.close()
})
