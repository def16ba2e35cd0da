/** What the driver paid, what the CPO was told and what the bill asks are compared to the cent and the word. (I8, I9, I10, F80) */
import { expect, test } from 'vitest'
import type { Payment, PaymentState } from '../src/payment/payment.ts'
import { type Books, differencesIn } from '../src/reconcile/compare.ts'
import { issuedFor } from '../src/reconcile/receipt-check.ts'
import { advice, bill, cdr, payment, price, told } from './billed.ts'
import { ids, paid, run } from './reconciled.ts'
import { charged } from './rig.ts'
import { eur, T0 } from './samples.ts'
import { cdrFor, HOUR, MINUTE, REFERENCE } from './scripted-cpo.ts'

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' })
const finds = (change: Partial<Books>, now = T0 + 48 * HOUR): readonly string[] => {
  const books: Books = { payment: payment(), cdr, advice, takesAdvice: true, unread: true, ...change }
  const receipt = issuedFor(books.payment, books.cdr)
  return differencesIn({ ...books, ...(receipt && { receipt }) }, now).map(({ id }) => id)
}

test('no driver pays more than a CDR that stands asks, whoever has decided; nor less than was decided (I10)', () => {
  const decided = (minor: number, cdrDue = 1200) =>
    finds({
      payment: payment({
        basis: { by: 'operator', due: eur(minor) },
        captured: eur(minor),
        cdr: { ...bill, due: eur(cdrDue) },
        advice: { ...told, status: minor < cdrDue ? 'PARTIAL_SUCCESS' : 'SUCCESS' },
      }),
      takesAdvice: false,
    })
  expect(decided(1500)).toContain('CAPTURE_DIFFERS')
  expect([decided(1200), decided(800)]).toEqual([[], []])
})

test.each<[what: string, change: Partial<Payment>, wrong: boolean]>([
  [
    'less at once, after an attempt that failed',
    { captured: eur(200), earlierAdvices: [{ ...told, status: 'FAILED' }] },
    true,
  ],
  ['less by a first bill', { captured: eur(200), earlierAdvices: [told] }, false],
  ['twice what is too much given back', { captured: eur(2400), refunds: [back('CDR1'), back('CDR1')] }, true],
  ['too much given back once', { captured: eur(2400), refunds: [back('CDR1')] }, false],
  [
    'the rest given back by an operator as well',
    { captured: eur(2400), refunds: [back('CDR1'), back('sorry')] },
    false,
  ],
  [
    'the rest given back by an operator who gave the CDR as reason',
    {
      captured: eur(1200),
      refunds: [back('CDR1')],
      decided: [{ id: 'd', decision: 'refund', reason: 'CDR1' }],
    },
    false,
  ],
])('of a bill of 12.00, %s: %j', (_what, change, wrong) => {
  expect(finds({ payment: payment(change) }).includes('CAPTURE_DIFFERS')).toBe(wrong)
})

function back(why: string) {
  return { id: why, amount: eur(1200), why, creditId: null, status: 'done', adviceId: 'A1' } as const
}

test('the word of an advice is what was taken of the bill: all, a part, nothing (I8)', () => {
  const word = (status: 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED', change: Partial<Payment>, state?: PaymentState) => {
    const made = payment({ ...change, advice: { ...told, status } }, state)
    return finds({ payment: made, takesAdvice: false }).includes('ADVICE_DIFFERS')
  }
  const part = { held: eur(200), captured: eur(200) }
  expect([word('SUCCESS', {}), word('PARTIAL_SUCCESS', {}), word('FAILED', {})]).toEqual([false, true, true])
  expect([word('SUCCESS', part), word('PARTIAL_SUCCESS', part), word('FAILED', part)]).toEqual([true, false, true])
  const none = { captured: undefined }
  expect([word('SUCCESS', none, 'voided'), word('FAILED', none, 'voided')]).toEqual([true, false])
  // A bill of nothing is confirmed; one that was taken back asks nothing any more.
  expect(word('SUCCESS', { ...none, cdr: { ...bill, due: eur(0) } }, 'voided')).toBe(false)
  expect(word('SUCCESS', { ...none, credit: { id: 'C', amount: eur(1200), at: T0 } }, 'voided')).toBe(false)
})

test('an advice has the taxes of the CDR and names its payment; one of before the CDR knows no taxes (I9, E-14)', () => {
  const untaxed = { ...advice, total_costs: { before_taxes: 12, taxes: [] } }
  expect(finds({ advice: untaxed })).toEqual(['ADVICE_DIFFERS'])
  expect(finds({ advice: { ...advice, total_costs: price(11, 1) } })).toEqual(['ADVICE_DIFFERS'])
  expect(finds({ advice: { ...advice, total_costs: price(10.01, 1.99) } })).toEqual([])
  const before = payment({ basis: { by: 'session', due: eur(1200) } })
  expect(finds({ payment: before, advice: untaxed })).toEqual([])
  expect(finds({ advice: { ...advice, authorization_reference: 'x' } })).toEqual(['ADVICE_DIFFERS'])
})

test('an advice that never went out is found as long as none after it did; so is a bill that nobody answered (I8, F56)', () => {
  const { deliveredAt: _, ...waiting } = told
  const made = (earlierAt: number | undefined, at: number | undefined) => {
    const earlier = { ...waiting, ...(earlierAt !== undefined && { deliveredAt: earlierAt }) }
    const last = { ...waiting, at: T0 + 47 * HOUR, ...(at !== undefined && { deliveredAt: at }) }
    return finds({ payment: payment({ earlierAdvices: [earlier], advice: last }) })
  }
  expect([made(undefined, undefined), made(undefined, T0), made(T0, undefined)]).toEqual([
    ['ADVICE_UNDELIVERED'],
    [],
    [],
  ])
  const lone = (change: Partial<Payment>) =>
    finds({ payment: payment({ captured: undefined, advice: undefined, ...change }, 'voided') })
  expect([lone({}), lone({ cdr: { ...bill, due: eur(0) } })].map((found) => found.includes('ADVICE_LACKS'))).toEqual([
    true,
    false,
  ])
})

test('a bill in another currency is a finding of the capture; the receipt has none of its figures (I2)', () => {
  const [other, foreign] = [
    { ...cdr, currency: 'USD' },
    { ...bill, due: usd(1200) },
  ]
  const found = payment({ cdr: foreign, found: true, captured: eur(605) })
  expect(finds({ payment: found, cdr: other, cdrUntouched: true, takesAdvice: false })).toEqual(['CAPTURE_DIFFERS'])
  expect(issuedFor(found, other)).toMatchObject({ lines: [{ text: 'session', amountMinor: 605 }], taxes: [] })
  const basis = { by: 'operator', due: eur(605) } as const
  const decided = payment({ cdr: foreign, captured: eur(605), basis })
  expect(finds({ payment: decided, cdr: other, cdrUntouched: true, takesAdvice: false })).toEqual([])
})

test('what was taken by hand at the provider for a bill in another currency does not end the run (F80)', async () => {
  const one = await charged()
  await one.bill(cdrFor(10, { currency: 'USD' }))
  const { pspReference } = await one.payment()
  await one.psp.capture({ key: 'by-hand', pspReference: pspReference!, amount: eur(605), cdrRef: 'by-hand' })
  await one.pass(15 * MINUTE)
  await one.sweep.once()
  expect(await ids(one)).toContain('CAPTURE_DIFFERS')
  await one.close()
})

test('one payment that cannot be compared hides no other; one CDR that bills two is found (I11, F80)', async () => {
  const one = await paid()
  const other = '00000000-0000-4000-8000-000000000000'
  const found = async (change: Partial<Payment>) => {
    const list: typeof one.payments.list = async (filter) =>
      (await one.payments.list(filter)).flatMap((some) => [{ ...some, id: other, ...change }, some])
    const { findings } = await run(one, { payments: { ...one.payments, list } })
    return findings.map(({ id, reference, message }) => [id, reference, message])
  }
  expect(await found({ captured: usd(605), cdr: undefined })).toContainEqual([
    'NOT_COMPARED',
    other,
    'The books of this payment cannot be compared: cannot compare USD with EUR.',
  ])
  expect(await found({})).toContainEqual([
    'CDR_DIFFERS',
    REFERENCE,
    expect.stringMatching(`CDR CDR1 is the bill of payment ${other}`),
  ])
  await one.close()
})

test('a bill whose CDR names another payment of the CPO is found; a name that nobody has says nothing (T22)', async () => {
  const one = await paid()
  const other = '00000000-0000-4000-8000-000000000000'
  const documents: Pick<typeof one.documents, 'many'> = {
    many: async (kind, keys) =>
      new Map(
        [...(await one.documents.many(kind, keys))].map(([key, doc]) => [
          key,
          kind === 'cdrs' ? { ...doc, body: doc.body.replace(REFERENCE, other) } : doc,
        ]),
      ),
  }
  const find: typeof one.payments.find = async (name) =>
    name === other ? { ...(await one.payment()), id: other } : one.payments.find(name)
  expect(await ids(one, { documents, payments: { ...one.payments, find } })).toEqual(['CDR_DIFFERS'])
  expect(await ids(one, { documents })).toEqual([])
  await one.close()
})
