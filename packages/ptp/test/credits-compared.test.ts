/** Bills that their CPO has taken back, and money that went back, in the comparison of all books. */
import { type Psp, PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import type { Advice, Payment, Refunded } from '../src/payment/payment.ts'
import { type Books, differencesIn } from '../src/reconcile/compare.ts'
import { DAY, ids, paid, run } from './reconciled.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE } from './scripted-cpo.ts'

test('of a bill that was taken back nothing may remain, once the wait for a corrected one is over (I9, F51)', () => {
  const credit = { id: 'C', amount: eur(1200), at: T0 }
  const back = (minor: number, status: Refunded['status'] = 'done'): Refunded => ({
    ...{ id: 'b', amount: eur(minor), why: 'C', adviceId: 'A9' },
    status,
  })
  const over = T0 + 15 * MINUTE + HOUR
  const differs = (change: Partial<Payment>, now = over + 1) =>
    differencesIn({ payment: paymentIn('captured', { credit, ...change }), takesAdvice: false }, now).filter(
      ({ id }) => id === 'CAPTURE_DIFFERS',
    )
  const found = (change: Partial<Payment>, now?: number) =>
    differs(change, now).map(({ ours, theirs }) => [ours?.amountMinor, theirs?.amountMinor])
  expect([found({}, over), found({})]).toEqual([[], [[1200, 0]]])
  expect(differs({})[0]?.message).toMatch(/taken back by C,/)
  // Also where our books lack the advice.
  expect(found({ advice: undefined })).toEqual([[1200, 0]])
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

test('a payout is dated by the capture: neither a later refund nor an attempt that failed moves it out of the report (F80)', async () => {
  const settled = (from: number, to: number) => ({
    ...{ taken: eur(0), refunded: eur(0), coversRefund: () => false },
    covers: (at: number) => at >= from && at < to,
  })
  const record = {
    state: 'captured',
    held: eur(0),
    captured: eur(1200),
    refunded: eur(0),
    captureCount: 1,
  } as Books['record']
  const found = (told: readonly (readonly [Advice['status'], number])[], report: Books['settled']) => {
    const advices = told.map(([status, at]): Advice => ({ id: `A${at}`, status, amount: eur(1200), at }))
    const own = { advice: advices.at(-1), earlierAdvices: advices.slice(0, -1), captureOrderedAt: 9 }
    const books = { payment: paymentIn('captured', own), record: record!, settled: report!, takesAdvice: false }
    return differencesIn(books, T0).filter(({ id }) => id === 'SETTLEMENT_DIFFERS').length
  }
  expect(
    found(
      [
        ['SUCCESS', 1],
        ['PARTIAL_SUCCESS', 5],
      ],
      settled(0, 5),
    ),
  ).toBe(1)
  expect(
    found(
      [
        ['SUCCESS', 1],
        ['FAILED', 2],
        ['SUCCESS', 3],
        ['SUCCESS', 5],
      ],
      settled(3, 5),
    ),
  ).toBe(1)
  expect(
    found(
      [
        ['FAILED', 2],
        ['SUCCESS', 5],
      ],
      settled(0, 5),
    ),
  ).toBe(0)
  expect([found([], settled(9, 10)), found([['FAILED', 2]], settled(9, 10)), found([], settled(0, 9))]).toEqual([
    1, 1, 0,
  ])
})

test('a payout without the capture is found in the month after it, although a part was refunded meanwhile (F80)', async () => {
  const one = await paid()
  await one.pass(10 * DAY)
  await one.decide('refund', 100)
  await one.pass(20 * DAY)
  const settlement: Psp['settlement'] = async (period) =>
    (await one.psp.settlement(period)).filter(({ kind }) => kind !== 'capture')
  expect(await ids(one, { psp: { ...one.psp, settlement } })).toEqual(['SETTLEMENT_DIFFERS'])
  await one.close()
})

test('an advice that was not taken for a day is found as long as no later one was taken: then it is past (I8)', () => {
  const told = (id: string, at: number, deliveredAt?: number): Advice => ({
    ...{ id, status: 'SUCCESS', amount: eur(1200), at },
    ...(deliveredAt !== undefined && { deliveredAt }),
  })
  const found = (advice: Advice, now: number) => {
    const payment = paymentIn('captured', { earlierAdvices: [told('A1', T0)], advice })
    const sent = { authorization_reference: payment.id } as never
    const differences = differencesIn({ payment, advice: sent, takesAdvice: true }, now)
    return differences.filter(({ id }) => id === 'ADVICE_UNDELIVERED').map(({ message }) => /A\d/.exec(message)?.[0])
  }
  expect(found(told('A2', T0 + DAY), T0 + DAY)).toEqual([])
  expect(found(told('A2', T0 + DAY), T0 + DAY + 1)).toEqual(['A1'])
  expect(found(told('A2', T0 + DAY, T0 + DAY), T0 + 9 * DAY)).toEqual([])
})
