/** Bills that are not what they should be: asked too much, taken back, never sent; and what an operator decides. */
import { AdminRefused } from '@plugtill/world/call-admin'
import { describe, expect, test } from 'vitest'
import { chargeWith, cost, creditOf, operations } from './charge-with.ts'
import { databases, tell } from './rig.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Shorter than a contract and a scheme would say, so that no story waits days of world time on a real database. */
const DECIDE_WITHIN = { decideWithinMs: 2 * HOUR }
const HOLDS_END = { holdWindowMs: 13 * HOUR }

interface Whole {
  readonly state: string
  readonly captured: { amount_minor: number } | null
  readonly refunded: { amount_minor: number } | null
  readonly dispute: { reason: string; expected: { amount_minor: number } | null } | null
  readonly captured_by: string | null
  readonly timeline: readonly { readonly kind: string; readonly [field: string]: unknown }[]
}

describe.each(databases)('on $name', (database) => {
  test('a CDR that asks more than the accepted tariff gives is captured by nobody until an operator has decided', async () => {
    const story = await tell(database)
    const { reference, sent } = await chargeWith(story, (cdr) => ({ ...cdr, total_cost: cost(30, 6.3) }))
    const { before_taxes, taxes } = sent.total_cost
    const honest = Math.round((before_taxes + taxes[0]!.amount) * 100)
    const doubted = await story.ptpAdmin.get<Whole>(`/payments/${reference}`)
    expect(doubted).toMatchObject({ state: 'stuck', dispute: { expected: { amount_minor: honest } } })
    expect(doubted.dispute!.reason).toMatch(/36\.30 EUR/)
    expect(await operations(story, reference)).toEqual(['authorize 5000'])
    expect(story.sent('POST', '/financial-advice-confirmations')).toEqual([])

    const decided = await story.ptpAdmin.post<Whole>(`/payments/${reference}/resolve`, {
      decision: 'capture-session',
      reason: 'the meter says so',
      by: 'anna',
    })
    expect(['capturing', 'captured']).toContain(decided.state)
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({
      state: 'captured',
      captured: { amount_minor: honest },
      advice: { status: 'PARTIAL_SUCCESS' },
    })
    const audit = await story.ptpAdmin.get<readonly object[]>('/audit')
    expect(audit[0]).toMatchObject({
      audit: 'payments.resolve',
      decision: 'capture-session',
      by: 'anna',
      reason: 'the meter says so',
      reference,
    })
    expect((await story.payment(reference)).timeline).toContainEqual(
      expect.objectContaining({ audit: 'payments.resolve' }),
    )
    await story.close()
  })

  test('nobody decides: at the deadline the hold is given back', async () => {
    const given = await tell(database, { ptp: DECIDE_WITHIN })
    const first = await chargeWith(given, (cdr) => ({ ...cdr, total_cost: cost(30, 6.3) }))
    await given.pass(HOUR)
    expect(await operations(given, first.reference)).toEqual(['authorize 5000'])
    await given.pass(2 * HOUR)
    expect(await operations(given, first.reference)).toEqual(['authorize 5000', 'void 5000'])
    expect((await given.payment(first.reference)).advice?.status).toBe('FAILED')
    await given.close()
  })

  test('nobody decides, and the contract says so: at the deadline what the tariff gives is taken', async () => {
    const taken = await tell(database, { ptp: { ...DECIDE_WITHIN, noCdr: 'session-cost' } })
    const second = await chargeWith(taken, (cdr) => ({ ...cdr, total_cost: cost(30, 6.3) }))
    await taken.pass(3 * HOUR)
    const payment = await taken.ptpAdmin.get<Whole>(`/payments/${second.reference}`)
    expect(payment).toMatchObject({ state: 'captured', captured_by: 'tariff' })
    expect(payment.captured!.amount_minor).toBeLessThan(3630)
    await taken.close()
  })

  test('a credit CDR after the capture: the money goes back once, and the CPO gets a second advice with 0', async () => {
    const story = await tell(database)
    const { reference, sent, post } = await chargeWith(story, (cdr) => cdr)
    const { captured } = await story.ends(reference)
    expect((await post(creditOf(sent))).body.status_code).toBe(1000)
    expect((await post(creditOf(sent))).body.status_code).toBe(1000)
    await story.pass(20 * MINUTE)
    const amount = captured!.amount_minor
    expect(await operations(story, reference)).toEqual(['authorize 5000', `capture ${amount}`, `refund ${amount}`])
    const payment = await story.ptpAdmin.get<Whole>(`/payments/${reference}`)
    expect(payment).toMatchObject({ state: 'captured', refunded: { amount_minor: amount } })
    const advices = story.sent('POST', '/financial-advice-confirmations')
    expect(
      advices.map(({ capture_status_code, total_costs }) => [
        capture_status_code,
        (total_costs as { before_taxes: number }).before_taxes,
      ]),
    ).toEqual([
      ['SUCCESS', Math.round(sent.total_cost.before_taxes * 100) / 100],
      ['SUCCESS', 0],
    ])
    await story.close()
  })

  test('a credit CDR of another amount, or of a credit, moves no money', async () => {
    const story = await tell(database)
    const { reference, sent, post } = await chargeWith(story, (cdr) => cdr)
    await story.ends(reference)
    const credit = creditOf(sent)
    await post({ ...credit, total_cost: cost(-1, -0.21) })
    await post({ ...creditOf({ ...credit, id: 'CREDIT-2' }), credit_reference_id: credit.id })
    await story.pass(HOUR)
    expect((await operations(story, reference)).filter((line) => line.startsWith('refund'))).toEqual([])
    const faults = await story.ptpAdmin.get<readonly { readonly code: string }[]>('/faults')
    expect(faults.map(({ code }) => code)).toContain('BAD_CREDIT')
    await story.close()
  })

  test('an operator resolves a payment that is stuck: a refused void tried again, a reason always asked for, nonsense refused', async () => {
    const story = await tell(database, { misbehave: HOLDS_END })
    const { reference } = await story.tap({ card: 'void-fails' })
    story.stations.get('PLG-AC-1')!.behave({ remoteStart: 'reject' })
    await story.reaches(reference, 'stuck')
    const resolve = (decision: string) =>
      story.ptpAdmin.post<Whole>(`/payments/${reference}/resolve`, { decision, reason: 'the driver called' })
    await expect(resolve('refund')).rejects.toBeInstanceOf(AdminRefused)
    await expect(resolve('accept-cdr')).rejects.toThrow(/no doubted CDR/)
    await resolve('retry')
    await story.pass(MINUTE)
    expect((await story.payment(reference)).state).toBe('stuck')
    expect((await operations(story, reference)).filter((line) => line.startsWith('void'))).toHaveLength(2)
    // In the end the provider itself lets go, and that is seen.
    await story.pass(14 * HOUR)
    expect((await story.payment(reference)).state).toBe('voided')
    const codes = (await story.payment(reference)).timeline.map(({ code }) => code)
    expect(codes).toContain('HOLD_EXPIRED')
    expect(codes).toContain('HOLD_OVERDUE')
    await story.close()
  })

  test('a captured payment is paid back in parts, never more than was taken', async () => {
    const story = await tell(database)
    const { reference } = await chargeWith(story, (cdr) => cdr)
    const amount = (await story.ends(reference)).captured!.amount_minor
    const refund = (amount_minor: number) =>
      story.ptpAdmin.post<Whole>(`/payments/${reference}/resolve`, {
        decision: 'refund',
        reason: 'goodwill',
        amount_minor,
      })
    await refund(50)
    await story.pass(MINUTE)
    await expect(refund(amount)).rejects.toThrow(/cannot be paid back/)
    await refund(amount - 50)
    await story.pass(MINUTE)
    expect((await operations(story, reference)).filter((line) => line.startsWith('refund'))).toEqual([
      'refund 50',
      `refund ${amount - 50}`,
    ])
    await story.close()
  })
})
