/** Bills that their CPO has taken back, in the comparison of all books. */
import { type Psp, PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import type { Payment, Refunded } from '../src/payment/payment.ts'
import { differencesIn } from '../src/reconcile/compare.ts'
import { ids, paid, run } from './reconciled.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE } from './scripted-cpo.ts'

test('of a bill that was taken back nothing may remain, once the wait for a corrected one is over (I9, F51)', () => {
  const credit = { id: 'C', amount: eur(1200), at: T0 }
  const back = (minor: number, status: Refunded['status'] = 'done'): Refunded => ({
    ...{ id: 'b', amount: eur(minor), why: 'C', adviceId: 'A9' },
    status,
  })
  const over = T0 + 15 * MINUTE + HOUR
  const found = (change: Partial<Payment>, now = over + 1) =>
    differencesIn({ payment: paymentIn('captured', { credit, ...change }), takesAdvice: false }, now)
      .filter(({ id }) => id === 'CAPTURE_DIFFERS')
      .map(({ ours, theirs }) => [ours?.amountMinor, theirs?.amountMinor])
  expect([found({}, over), found({})]).toEqual([[], [[1200, 0]]])
  // A refund that was refused has paid nothing back; a part that an operator gave back is a part.
  expect(found({ refunds: [back(1200, 'refused')] })).toEqual([[1200, 0]])
  expect(found({ refunds: [back(100)] })).toEqual([[1100, 0]])
  expect(found({ refunds: [back(1200)] })).toEqual([])
  expect(found({ refunds: [back(100), { ...back(1100, 'asked'), id: 'c' }] })).toEqual([])
  // What was captured later is waited for from then on.
  expect(found({ advice: { id: 'A2', status: 'SUCCESS', amount: eur(1200), at: T0 + HOUR } })).toEqual([])
})

test('a bill that was taken back and not paid back is found, whether nobody decided or the provider refused (I9, F51)', async () => {
  const refused: (psp: Psp) => Psp = (psp) => ({
    ...psp,
    refund: () => Promise.reject(new PspError('refused', 'no')),
  })
  for (const parts of [{ terms: { refunds: 'operator' } }, { psp: refused }] as const) {
    const one = await paid(parts)
    await one.bill(creditFor(cdrFor(10)))
    await one.pass(MINUTE)
    expect(await ids(one)).toEqual([])
    await one.pass(2 * HOUR)
    const { findings } = await run(one)
    expect(findings).toMatchObject([{ id: 'CAPTURE_DIFFERS', ours: eur(605), theirs: eur(0) }])
    await one.close()
  }
})
