/** Money that goes back after it was taken, and what an operator may decide. */
import { decide } from '@plugtill/engine/machine'
import { describe, expect, test } from 'vitest'
import type { Decision } from '../src/payment/events.ts'
import type { Payment, Refunded } from '../src/payment/payment.ts'
import { paymentMachine } from '../src/payment/states.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { eur, events, names, on, session, T0 } from './samples.ts'

const credit = { id: 'CREDIT1', amount: eur(1200), at: T0 }
const refund = (id: string, minor: number, change: Partial<Refunded> = {}): Refunded => ({
  id,
  amount: eur(minor),
  why: 'asked',
  creditId: null,
  status: 'asked',
  adviceId: `advice of ${id}`,
  askedAt: T0 - 5,
  ...change,
})

describe('a credit CDR', () => {
  const received = events['credit-received']

  test('of the bill of this payment is waited with for a corrected one, then paid back (F51)', () => {
    const after = on('captured', received)
    expect(after.entity.credit).toEqual(credit)
    expect(after.effects).toEqual([{ do: 'remind', of: 'credit-due', at: T0 + 900_000 }])
    const due = on('captured', events['credit-due'], { credit })
    const back = { why: 'CREDIT1', creditId: 'CREDIT1', adviceId: 'A3', askedAt: T0 + 900_000 }
    expect(due.entity.refunds).toEqual([refund('refund-1', 1200, back)])
    expect(due.effects).toEqual([{ do: 'refund', refundId: 'refund-1' }])
  })

  test('waits for an operator where the contract says so (D-F17)', () => {
    const after = on('captured', received, { terms: { ...usualTerms, refunds: 'operator' } })
    expect(after.effects).toMatchObject([{ do: 'alarm', code: 'CDR_CREDIT' }])
    expect(after.entity.credit).toEqual(credit)
  })

  test('of another bill, or a second one of the same, is refused', () => {
    expect(on('captured', { ...received, of: 'CDR9' }).verdict).toHaveProperty('refuse')
    expect(on('captured', received, { credit }).verdict).toHaveProperty('refuse')
    const dispute = { reason: 'because', at: T0 }
    const cdr = { id: 'CDR1', hash: 'h1', due: eur(1200) }
    expect(on('stuck', { ...received, of: 'CDR9' }, { cdr, dispute }).verdict).toHaveProperty('refuse')
    expect(on('stuck', received, { cdr, dispute }).entity.state).toBe('awaiting-cdr')
    expect(on('stuck', received, { dispute }).verdict).toHaveProperty('refuse')
  })

  test('is due when the capture is, not before', () => {
    const later = on('capturing', events['credit-due'], { credit })
    expect(later.effects).toEqual([{ do: 'remind', of: 'credit-due', at: T0 + 1_800_000 }])
  })

  test('is paid back once, and never more than is left of the capture (I3)', () => {
    const due = (refunds: readonly Refunded[]) => on('captured', events['credit-due'], { credit, refunds })
    for (const status of ['asked', 'done', 'refused'] as const) {
      expect(due([refund('refund-1', 1200, { creditId: 'CREDIT1', status })]).verdict).toHaveProperty('ignore')
      // An older program knew it by its reason. (F77)
      const { creditId: _unknown, ...older } = refund('refund-1', 1200, { why: 'CREDIT1', status })
      expect(due([older]).verdict).toHaveProperty('ignore')
    }
    const rest = due([refund('refund-1', 200)]).entity.refunds ?? []
    expect(rest.map(({ id, amount }) => [id, amount.amountMinor])).toEqual([
      ['refund-1', 200],
      ['refund-2', 1000],
    ])
    expect(due([refund('refund-1', 1200)]).verdict).toHaveProperty('ignore')
    expect(on('captured', events['credit-due']).verdict).toHaveProperty('ignore')
  })

  test('is not due by the reminder of an earlier one, which another bill has ended (F51)', () => {
    const later = { credit: { ...credit, at: credit.at + 1 } }
    expect(on('captured', events['credit-due'], later).verdict).toHaveProperty('ignore')
    expect(on('stuck', events['credit-due'], { ...later, captureRefused: true }).verdict).toHaveProperty('ignore')
  })

  test('a part that an operator pays back meanwhile leaves the rest to its day (F51)', () => {
    const asks = (amountMinor: number) => ({
      ...events['operator-decided'],
      decision: 'refund' as const,
      amount: eur(amountMinor),
    })
    const part = on('captured', asks(100), { credit }).entity
    expect(part.refunds?.map(({ why }) => why)).toEqual(['asked for'])
    const rest = on('captured', events['credit-due'], part).entity
    expect(rest.refunds?.map(({ amount, why }) => [amount.amountMinor, why])).toEqual([
      [100, 'asked for'],
      [1100, 'CREDIT1'],
    ])
    const whole = on('captured', asks(1200), { credit }).entity
    expect(whole.refunds).toMatchObject([{ why: 'asked for', creditId: 'CREDIT1' }])
  })

  test('that nobody could be reminded of while the capture was not known has its day when it is (F51, F62)', () => {
    const wait = { do: 'remind', of: 'credit-due', at: T0 + 900_000 }
    const waits = { credit, cdr: { id: 'CDR1', hash: 'h', due: eur(1200) } }
    expect(on('stuck', events.captured, waits).effects).toContainEqual(wait)
    const byOperator = { credit, terms: { ...usualTerms, refunds: 'operator' } } as const
    expect(names(on('capturing', events.captured, byOperator))).toEqual(['advise'])
  })

  test('of a bill whose capture was refused gives the hold back, and nothing else does (F52, F65)', () => {
    const refused = { credit, captureRefused: true, releaseBy: T0 + 5, held: eur(5000) } as const
    const after = on('stuck', events['credit-due'], refused)
    expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'no-energy', releaseBy: T0 + 5 })
    expect(after.entity).toMatchObject({
      reason: 'The operator took its bill back (CREDIT1).',
      captureRefused: undefined,
    })
    expect(names(after)).toEqual(['void'])
    const first = on('stuck', events['credit-due'], { ...refused, releaseBy: undefined })
    expect(first.entity.releaseBy).toBe(T0 + 900_000 + 86_400_000)
    for (const lacks of [{ credit: undefined }, { captureRefused: undefined }])
      expect(on('stuck', events['credit-due'], { ...refused, ...lacks }).verdict).toHaveProperty('ignore')
  })
})

describe('a refund', () => {
  const two = [refund('refund-1', 100), refund('refund-2', 50)]

  test.each<[what: string, change: Partial<Payment>, status: string]>([
    ['leaves less than the bill asks', {}, 'PARTIAL_SUCCESS'],
    ['follows a credit', { credit }, 'SUCCESS'],
    ['leaves just what a corrected bill asks', { cdr: { id: 'CDR2', hash: 'h', due: eur(1050) } }, 'SUCCESS'],
    ['is of a capture without a bill', { cdr: undefined }, 'SUCCESS'],
  ])(
    'that is done and %s is told to the CPO with an advice of its own, dated when it was asked for (I8)',
    (_what, change, status) => {
      const after = on('captured', events.refunded, { refunds: two, ...change })
      expect(after.entity.refunds?.map((one) => one.status)).toEqual(['done', 'asked'])
      expect(after.entity.advice).toMatchObject({ id: 'advice of refund-1', status, amount: eur(1050), at: T0 - 5 })
      expect(after.entity.advice?.message).toMatch(/1\.00 EUR.*asked/)
      expect(after.entity.earlierAdvices).toHaveLength(1)
      expect(after.effects).toEqual([{ do: 'advise', adviceId: 'advice of refund-1' }])
    },
  )

  test('an older program did not write down when it was asked for: then it is dated when it is done (F77)', () => {
    const after = on('captured', events.refunded, {
      refunds: [refund('refund-1', 100, { askedAt: undefined as never })],
    })
    expect(after.entity.advice?.at).toBe(T0)
  })

  test('of what the provider took by itself is no matter of the CPO (F64)', () => {
    const after = on('captured', events.refunded, {
      refunds: [refund('refund-1', 100, { adviceId: undefined as never })],
    })
    expect([after.entity.refunds?.[0]?.status, after.effects]).toEqual(['done', []])
  })

  test('that is refused counts as paid again, and an operator is told (I3)', () => {
    const after = on('captured', events['refund-refused'], { refunds: two })
    expect(after.entity.refunds).toMatchObject([{ status: 'refused', reason: 'no' }, { status: 'asked' }])
    expect(after.entity.reason).toMatch(/refused: no/)
    expect(after.effects).toMatchObject([{ do: 'alarm', code: 'REFUND_REFUSED' }])
  })

  test('that is refused after it was counted in what the CPO was told is told anew, and only then (I8, I9)', () => {
    const done = on('captured', events.refunded, { refunds: two })
    expect(done.entity.advice?.amount).toEqual(eur(1050))
    const after = decide(paymentMachine, done.entity, { ...events['refund-refused'], refundId: 'refund-2' })
    expect(after.entity.advice).toMatchObject({
      id: 'advice of refund-2',
      status: 'PARTIAL_SUCCESS',
      amount: eur(1100),
    })
    expect(names(after)).toEqual(['advise', 'alarm'])
  })

  test('that was done and comes back is told anew; one that the CPO was not told of is not (D-F17)', () => {
    const back = { ...events['refund-refused'], adviceId: 'A9' }
    const done = refund('refund-1', 200, { status: 'done' })
    const after = on('captured', back, { refunds: [done] })
    expect(after.entity.refunds).toMatchObject([{ status: 'refused' }])
    expect(after.entity.advice).toMatchObject({ id: 'A9', status: 'SUCCESS', amount: eur(1200) })
    expect(names(after)).toEqual(['advise', 'alarm'])
    const { adviceId: _none, ...untold } = done
    expect(names(on('captured', back, { refunds: [untold] }))).toEqual(['alarm'])
    expect(on('captured', back, { refunds: [refund('refund-1', 200)] }).verdict).toHaveProperty('ignore')
  })

  test.each(['refunded', 'refund-refused'] as const)(
    '%s: only the first answer counts, and only one that was asked for',
    (type) => {
      for (const status of ['done', 'refused'] as const)
        expect(on('captured', events[type], { refunds: [refund('refund-1', 100, { status })] }).verdict).toHaveProperty(
          'ignore',
        )
      expect(on('captured', events[type], { refunds: [refund('refund-9', 100)] }).verdict).toHaveProperty('ignore')
      expect(on('captured', events[type]).verdict).toHaveProperty('ignore')
    },
  )
})

describe('an operator', () => {
  const decides = (state: Payment['state'], decision: Decision, change: Partial<Payment> = {}, more: object = {}) =>
    on(state, { ...events['operator-decided'], decision, ...more }, change)
  const bill = { cdr: { id: 'CDR1', hash: 'h1', due: eur(1200) } }

  test('can have a void that failed tried again, under a new key and within the day (F79)', () => {
    for (const decision of ['retry', 'void'] as const) {
      const failed = { outcome: 'void-failed', reason: 'because', voidRound: 2, voidsLost: 7 } as const
      const after = decides('stuck', decision, failed)
      expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'void-failed', reason: 'because', voidRound: 3 })
      expect([after.entity.voidsLost, after.entity.releaseBy]).toEqual([undefined, T0 + 86_400_000])
      const first = decides('stuck', decision, { outcome: 'void-failed' })
      expect(first.entity).toMatchObject({ voidRound: 2, reason: expect.any(String) as unknown })
    }
  })

  test('gives a hold back with a reason; why it had come to that stays', () => {
    const after = decides('stuck', 'void', { ...bill, outcome: 'no-cdr' })
    expect(after.entity).toMatchObject({
      state: 'voiding',
      outcome: 'no-cdr',
      reason: expect.stringMatching(/asked for/) as unknown,
    })
    expect(after.entity.voidRound).toBeUndefined()
    expect(decides('stuck', 'void').entity.outcome).toBe('capture-failed')
  })

  test('has a refused capture tried again under a new key, after the record was read, three times in all (F65, I1)', () => {
    const again = decides('stuck', 'retry', bill)
    expect(again.entity).toMatchObject({ state: 'capture-unknown', captureRound: 2 })
    expect(again.effects).toEqual([{ do: 'query-capture', amount: eur(1200) }])
    expect(decides('stuck', 'retry', { ...bill, captureRound: 2 }).entity.captureRound).toBe(3)
    expect(decides('stuck', 'retry', { ...bill, captureRound: 3 }).verdict).toHaveProperty('refuse')
    // By another amount, or after another doubt, it is a second capture all the same.
    const priced = { captureOrderedAt: T0, session: session({ verified: eur(900) }) }
    const other = decides('stuck', 'capture-session', { ...bill, ...priced, captureRound: 2 })
    expect(other.entity).toMatchObject({
      state: 'capture-unknown',
      captureRound: 3,
      basis: { by: 'operator', due: eur(900) },
    })
    expect(other.effects).toEqual([{ do: 'query-capture', amount: eur(900) }])
    const dispute = { reason: 'because', at: T0 }
    expect(names(decides('stuck', 'accept-cdr', { ...bill, ...priced, dispute }))).toEqual(['query-capture'])
    expect(decides('stuck', 'capture-session', { ...bill, ...priced, captureRound: 3 }).verdict).toHaveProperty(
      'refuse',
    )
  })

  test('accepts a doubted CDR as it stands, whatever had been decided before it', () => {
    const dispute = { reason: 'because', at: T0 }
    const after = decides('stuck', 'accept-cdr', { ...bill, dispute, basis: { by: 'operator', due: eur(9) } })
    expect(after.effects).toEqual([{ do: 'capture', amount: eur(1200) }])
    expect([after.entity.basis, after.entity.dispute]).toEqual([undefined, undefined])
  })

  test.each<[Decision, what: string, Partial<Payment>]>([
    ['retry', 'a doubted CDR', { ...bill, dispute: { reason: 'because', at: T0 } }],
    ['retry', 'nothing that is due', {}],
    ['void', 'no hold that is known', { held: undefined }],
    ['capture-session', 'no session', bill],
    ['capture-session', 'no session that could be priced', { session: session() }],
    ['capture-session', 'a session that came to nothing', { session: session({ verified: eur(0) }) }],
    ['capture-session', 'no hold', { held: undefined, session: session({ verified: eur(900) }) }],
    ['accept-cdr', 'no doubt', bill],
    [
      'accept-cdr',
      'a CDR in another currency',
      { cdr: { id: 'C', hash: 'h', due: { amountMinor: 1, currency: 'HUF' } }, dispute: { reason: 'because', at: T0 } },
    ],
    ['refund', 'nothing captured', bill],
  ])('%s cannot be decided with %s', (decision, _what, change) => {
    const { verdict, entity } = decides('stuck', decision, change)
    expect(verdict).toHaveProperty('refuse')
    expect(entity.state).toBe('stuck')
  })

  test('asks the provider first where nobody knows whether there is a hold', () => {
    const after = decides('stuck', 'retry', { held: undefined })
    expect([after.entity.state, names(after)]).toEqual(['authorization-unknown', ['query-authorization']])
  })

  test('decides nothing but a refund of what was captured, of a part or of all that is left (I3)', () => {
    for (const decision of ['retry', 'void', 'capture-session', 'accept-cdr'] as const)
      expect(decides('captured', decision).verdict, decision).toHaveProperty('refuse')
    const refunds = [refund('refund-1', 200, { status: 'done' })]
    const pays = (amount?: Payment['asked'], change: Partial<Payment> = { refunds }) =>
      decides('captured', 'refund', change, { amount })
    for (const amount of [eur(0), eur(-1), eur(1001), { amountMinor: 1, currency: 'HUF' }])
      expect(pays(amount).verdict, JSON.stringify(amount)).toHaveProperty('refuse')
    expect(pays(eur(1)).entity.refunds?.at(-1)).toMatchObject({
      id: 'refund-2',
      amount: eur(1),
      why: 'asked for',
      adviceId: 'A4',
    })
    expect(pays(eur(1000)).entity.refunds?.at(-1)).toMatchObject({ amount: eur(1000), status: 'asked', askedAt: T0 })
    expect(pays().entity.refunds?.at(-1)?.amount).toEqual(eur(1000))
    expect(pays(undefined, { refunds: [refund('refund-1', 1200)] }).verdict).toHaveProperty('refuse')
    // Then a corrected CDR does not pay the same credit back once more. (F51)
    expect(pays(undefined, { credit }).entity.refunds?.[0]?.creditId).toBe('CREDIT1')
  })
})
