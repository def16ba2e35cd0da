/** One payment in all books: what makes them differ, by the values alone. The runs over real books: reconcile.test.ts. */
import { describe, expect, test } from 'vitest'
import type { Payment, PaymentState, Refunded } from '../src/payment/payment.ts'
import { type Books, differencesIn, refundsDiffer } from '../src/reconcile/compare.ts'
import { issuedFor } from '../src/reconcile/receipt-check.ts'
import { createTotals } from '../src/reconcile/totals.ts'
import { advice, bill, cdr, partly, payment, price, told } from './billed.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { HOUR, REFERENCE } from './scripted-cpo.ts'

const record = (change: object = {}) =>
  ({
    state: 'captured',
    held: eur(0),
    captured: eur(1200),
    refunded: eur(0),
    captureCount: 1,
    ...change,
  }) as Books['record']
const books: Books = { payment: payment(), cdr, advice, record: record()!, takesAdvice: true }
/** With the receipt that is shown for them, unless another one is said. */
const shown = (some: Books): Books => {
  const receipt = 'receipt' in some ? some.receipt : issuedFor(some.payment, some.cdr)
  const { receipt: _, ...rest } = some
  return { ...rest, ...(receipt && { receipt }) }
}
const all = (change: Partial<Books>, now = T0) => differencesIn(shown({ ...books, ...change }), now)
const finds = (change: Partial<Books>, now = T0) => all(change, now).map(({ id }) => id)

const extra = (minor: number, status: Refunded['status'] = 'done'): Refunded => ({
  id: 'x',
  amount: eur(minor),
  why: 'twice',
  status,
})
const back = (minor: number, status: Refunded['status'] = 'done'): Refunded => ({
  ...extra(minor, status),
  id: 'b',
  adviceId: 'A9',
})
const paid = (minor: number) => ({
  advice: { ...advice, total_costs: price((minor - Math.round(minor / 6)) / 100, Math.round(minor / 6) / 100) },
})

test('books that say the same, and those of a payment whose money is on its way back, have no difference', () => {
  expect(finds({})).toEqual([])
  expect(finds({ payment: payment({ refunds: [back(100, 'asked')] }) })).toEqual([])
  expect(
    finds({
      payment: payment({ refunds: [back(100, 'done')], advice: partly }),
      advice: { ...paid(1100).advice, capture_status_code: 'PARTIAL_SUCCESS' },
      record: record({ refunded: eur(100) })!,
    }),
  ).toEqual([])
  expect(finds({ payment: payment({ refunds: [back(100, 'refused')] }) })).toEqual([])
})

describe('the bill', () => {
  test.each([
    ['cannot be read', { ...cdr, total_cost: { before_taxes: Number.NaN, taxes: [] } as never }, /cannot be read/],
    ['asks another total', { ...cdr, total_cost: price(10, 2.01) }, /another total/],
    ['asks in another currency', { ...cdr, currency: 'USD' }, /another total/],
    ['says something else', { ...cdr, total_energy: 21 }, /other content/],
  ])('that %s than when it was billed is found', (_what, other, words) => {
    const [finding] = all({ cdr: other })
    expect(finding).toMatchObject({
      id: 'CDR_DIFFERS',
      ours: eur(1200),
      message: expect.stringMatching(words) as unknown,
    })
  })

  test('whose text nobody has touched is not looked at field by field, only at its total', () => {
    const other = { ...cdr, total_energy: 21 }
    expect(finds({ cdr: other, cdrUntouched: true })).toEqual([])
    expect(finds({ cdr: { ...cdr, total_cost: price(10, 2.01) }, cdrUntouched: true })).toContain('CDR_DIFFERS')
  })
})

test.each<[what: string, change: Partial<Payment>, wrong: boolean]>([
  ['less than bill and hold allow', { captured: eur(1000) }, true],
  ['less, after an advice that was replaced', { captured: eur(1000), earlierAdvices: [told] }, false],
  ['less, after a list of replaced advices that is empty', { captured: eur(1000), earlierAdvices: [] }, true],
  ['more, of which what was too much has gone back', { captured: eur(1500), refunds: [extra(300)] }, false],
  ['more, and giving it back was refused', { captured: eur(1500), refunds: [extra(300, 'refused')] }, true],
  ['less than is left when what was too much has gone back', { captured: eur(1300), refunds: [extra(300)] }, true],
  [
    'what a corrected bill leaves',
    { captured: eur(1200), cdr: { ...bill, due: eur(1100) }, refunds: [back(100)] },
    false,
  ],
  [
    'what a corrected bill leaves, and too much besides',
    { captured: eur(1500), cdr: { ...bill, due: eur(1100) }, refunds: [extra(300), back(100)] },
    false,
  ],
  ['more than a corrected bill leaves', { captured: eur(1300), refunds: [back(50)] }, true],
  [
    'of a bill that is taken back, before it is paid back',
    { captured: eur(1000), credit: { id: 'C', amount: eur(1200), at: T0 } },
    false,
  ],
  ['without a hold', { held: undefined }, true],
  ['less, and a refund of the rest was refused', { captured: eur(1100), refunds: [back(100, 'refused')] }, true],
])('captured is %s: %j', (_what, change, wrong) => {
  expect(finds({ payment: payment(change) }).includes('CAPTURE_DIFFERS')).toBe(wrong)
})

describe('the advice', () => {
  test('is missed an hour after it was to be written; a CPO that takes none misses none', () => {
    const never = { advice: undefined as never }
    expect(finds(never, T0 + HOUR - 1)).toEqual([])
    expect(finds(never, T0 + HOUR)).toEqual(['ADVICE_LACKS'])
    expect(finds({ ...never, takesAdvice: false }, T0 + HOUR)).toEqual([])
    expect(finds({ payment: payment({ advice: undefined }), takesAdvice: false })).toEqual(['ADVICE_LACKS'])
  })

  test.each([
    ['another amount', { total_costs: price(10, 2.01) }, eur(1201)],
    ['another currency', { currency: 'USD' }, { amountMinor: 1200, currency: 'USD' }],
    ['another status', { capture_status_code: 'FAILED' as const }, eur(1200)],
    ['nothing that can be read', { total_costs: { before_taxes: Number.NaN, taxes: [] } as never }, undefined],
  ])('that tells %s is found', (_what, other, theirs) => {
    const [finding] = all({ advice: { ...advice, ...other } })
    expect([finding?.id, finding?.ours, finding?.theirs]).toEqual(['ADVICE_DIFFERS', eur(1200), theirs])
  })

  test('that was not taken for more than a day is found', () => {
    const { deliveredAt: _, ...waiting } = told
    expect(finds({ payment: payment({ advice: waiting }) }, T0 + 24 * HOUR)).toEqual([])
    expect(finds({ payment: payment({ advice: waiting }) }, T0 + 24 * HOUR + 1)).toEqual(['ADVICE_UNDELIVERED'])
    expect(finds({}, T0 + 240 * HOUR)).toEqual([])
  })
})

test('a receipt that cannot be added up, or adds up to something else, is found by each of its sums', () => {
  const broken = { before_taxes: null, taxes: [] } as never
  expect(finds({ cdr: { ...cdr, total_energy_cost: broken }, cdrUntouched: true })).toEqual(['RECEIPT_DIFFERS'])
  const unreadable = all({ cdr: { ...cdr, total_cost: broken } }).filter(({ id }) => id === 'RECEIPT_DIFFERS')
  expect(unreadable.map(({ theirs }) => theirs)).toEqual([undefined])
  const totals = createTotals()
  totals.add(shown({ ...books, cdr: { ...cdr, total_energy_cost: broken } }))
  expect(totals.sums()).toMatchObject([{ paid: 1200, receipts: 0 }])
  // A bill that nobody kept: the lines are what was billed, and not what was taken.
  const lost = all({ payment: payment({ cdr: undefined }), cdr: undefined as never })
  expect(lost.filter(({ id }) => id === 'RECEIPT_DIFFERS').map(({ ours, theirs }) => [ours, theirs])).toEqual([
    [eur(1200), eur(0)],
  ])
})

test('a receipt is compared where something was captured only', () => {
  const failed = { ...told, status: 'FAILED', amount: eur(0) } as const
  const voided = payment({ advice: failed, captured: undefined }, 'voided')
  const none = { ...paid(0).advice, capture_status_code: 'FAILED' } as const
  expect(finds({ payment: voided, advice: none, record: record({ captured: eur(0) })! })).toEqual([])
})

describe('the provider', () => {
  test('that does not know a capture is found, by the name it gave it, else by ours', () => {
    const { record: _, ...rest } = books
    const message = (change: Partial<Payment>) =>
      differencesIn(shown({ ...rest, payment: payment(change) }), T0)[0]?.message
    expect(message({})).toMatch(/does not know psp-1/)
    expect(message({ pspReference: undefined })).toContain(`does not know ${REFERENCE}`)
    expect(differencesIn({ ...rest, payment: paymentIn('voided') }, T0)).toEqual([])
  })

  test('that took or paid back something else is found; nothing is the same in every currency', () => {
    expect(finds({ record: record({ captured: eur(1199) })! })).toEqual(['PROVIDER_CAPTURED'])
    expect(finds({ record: record({ captured: { amountMinor: 1200, currency: 'USD' } })! })).toEqual([
      'PROVIDER_CAPTURED',
    ])
    expect(finds({ record: record({ refunded: eur(1) })! })).toEqual(['PROVIDER_REFUNDED'])
    expect(finds({ record: record({ refunded: { amountMinor: 0, currency: 'USD' } })! })).toEqual([])
  })

  test('that still holds something is found where nothing should be held any more', () => {
    const holds = record({ held: eur(100) })!
    expect(all({ record: holds })).toMatchObject([
      { id: 'PROVIDER_HOLDS', theirs: eur(100), message: expect.stringMatching(/captured here/) as unknown },
    ])
    const stuck = paymentIn('stuck')
    expect(finds({ payment: stuck, record: record({ held: eur(5000), captured: eur(0) })! })).toEqual([])
  })

  test('that pays out something else is found, as soon as its report covers the capture', () => {
    const settled = (taken: number, from = T0) =>
      ({
        taken: eur(taken),
        refunded: eur(0),
        covers: (at: number) => at >= from,
        coversRefund: () => true,
      }) as const
    expect(finds({ settled: settled(1100) })).toEqual(['SETTLEMENT_DIFFERS'])
    expect([finds({ settled: settled(1200) }), finds({ settled: settled(1100, T0 + 1) })]).toEqual([[], []])
    const untold = { advice: undefined, captureOrderedAt: T0 + 5 }
    expect(finds({ payment: payment(untold), settled: settled(1100, T0 + 5) })).toContain('SETTLEMENT_DIFFERS')
    expect(finds({ payment: payment({ ...untold, advice: told }), settled: settled(1100, T0 + 5) })).toEqual([])
    expect(finds({ payment: payment({ advice: undefined }), settled: settled(1100, 0) })).toEqual(['ADVICE_LACKS'])
  })
})

test('the totals are those of all payments, by currency', () => {
  const totals = createTotals()
  totals.add(
    shown({
      ...books,
      payment: payment({ held: eur(1000), captured: eur(1000) }),
      ...paid(1000),
      record: record({ captured: eur(1000) })!,
    }),
  )
  totals.add(
    shown({
      ...books,
      payment: payment({ refunds: [back(200)] }),
      ...paid(1000),
      record: record({ refunded: eur(200) })!,
    }),
  )
  totals.add(
    shown({
      ...books,
      payment: paymentIn('voided', { advice: told }),
      cdr: undefined as never,
      record: record({ captured: eur(0) })!,
      advice: { ...advice, total_costs: { before_taxes: Number.NaN, taxes: [] } as never },
    }),
  )
  totals.fees([eur(7), { amountMinor: 3, currency: 'CHF' }, eur(4)])
  const none = {
    payments: 0,
    due: 0,
    uncovered: 0,
    captured: 0,
    refunded: 0,
    paid: 0,
    advised: 0,
    receipts: 0,
    provider: 0,
    fees: 0,
  }
  expect(totals.sums()).toEqual([
    { ...none, currency: 'CHF', fees: 3 },
    {
      currency: 'EUR',
      payments: 3,
      due: 2400,
      uncovered: 400,
      captured: 2200,
      refunded: 200,
      paid: 2000,
      advised: 2000,
      receipts: 2000,
      provider: 2000,
      fees: 11,
    },
  ])
  const found = createTotals()
  found.add(shown({ ...books, payment: payment({ cdr: undefined, found: true }), cdr: undefined as never }))
  expect(found.sums()).toMatchObject([{ due: 1200, uncovered: 0, receipts: 1200 }])
})

test('of a payment from before the period only what went back is compared, once it has ended and nothing is on its way', () => {
  const report = { taken: eur(0), refunded: eur(0), covers: () => true, coversRefund: () => true }
  const asked = { ...back(200), askedAt: T0 }
  const sums = (refunds: readonly Refunded[], state?: PaymentState) => ({
    payment: payment({ refunds, captured: eur(1200) }, state),
    record: record(),
    settled: report,
  })
  const differs = (some: Parameters<typeof refundsDiffer>[0]) => refundsDiffer(some).map(({ id }) => id)
  const lacking = sums([asked])
  expect(differs(lacking)).toEqual(['PROVIDER_REFUNDED', 'SETTLEMENT_REFUNDS'])
  expect(differs({ ...lacking, settled: undefined })).toEqual(['PROVIDER_REFUNDED'])
  // A provider that does not show its record any more still has to have paid.
  expect(differs({ ...lacking, record: undefined })).toEqual(['SETTLEMENT_REFUNDS'])
  const quiet = [sums([asked, extra(5, 'asked')]), sums([asked], 'capturing')]
  expect(quiet.flatMap(differs)).toEqual([])
  // Since when it is on its way nobody knows: the report need not have it.
  expect(differs({ ...sums([back(200)]), record: undefined })).toEqual([])
})
