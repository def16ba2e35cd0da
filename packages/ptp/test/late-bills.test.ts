/** A CDR that comes late: after a capture, while one is under way, or while nobody knows whether the void was obeyed. */
import { describe, expect, test } from 'vitest'
import type { CdrCheck, Refunded } from '../src/payment/payment.ts'
import { eur, events, names, on, T0 } from './samples.ts'

const cdr = (due: number, currency = 'EUR') => ({ id: 'CDR2', hash: 'h2', due: { amountMinor: due, currency } })
const bill = (due: number, more: object = {}) => ({ ...events['cdr-received'], cdr: cdr(due), ...more })

describe('a CDR after the capture', () => {
  const none = { cdr: undefined, basis: { by: 'session', due: eur(1200) } } as const
  const credited = { credit: { id: 'CREDIT1', amount: eur(1200), at: T0 } }

  test.each<[what: string, check: CdrCheck | undefined, due: number, back: number]>([
    ['asks less than was taken', undefined, 900, 300],
    ['asks as much, and the tariff gives less', { verdict: 'over', reason: 'because', expected: eur(900) }, 1200, 300],
    ['asks less than the tariff gives', { verdict: 'under', reason: 'because', expected: eur(1000) }, 900, 300],
    ['agrees, whatever the tariff gives', { verdict: 'agrees', expected: eur(1100) }, 1200, 0],
    ['asks as much, and nothing says what the tariff gives', { verdict: 'over', reason: 'because' }, 1200, 0],
  ])('that %s: what was taken above it is paid back (I10)', (_what, check, due, back) => {
    const after = on('captured', bill(due, { check }), none)
    expect(names(after)).toEqual(back > 0 ? ['refund'] : [])
    expect((after.entity.refunds ?? []).map(({ amount, why, status }) => [amount.amountMinor, why, status])).toEqual(
      back > 0 ? [[back, 'CDR2', 'asked']] : [],
    )
    expect(after.entity.cdr?.id).toBe('CDR2')
  })

  test('decides what is due in place of the session, as far as the tariff confirms it (I10)', () => {
    expect(on('captured', bill(900), none).entity.basis).toBeUndefined()
    const check = { verdict: 'over', reason: 'because', expected: eur(700) } as const
    expect(on('captured', bill(900, { check }), none).entity.basis).toEqual({ by: 'tariff', due: eur(700) })
  })

  test('below zero without being a credit is refused, also while the capture is under way', () => {
    expect(on('captured', bill(-500), none).verdict).toHaveProperty('refuse')
    expect(on('capturing', bill(-500), none).verdict).toHaveProperty('refuse')
  })

  test('of nothing is a bill like any other: what was taken without one goes back (I10, D-F16)', () => {
    const after = on('captured', bill(0), none)
    expect(after.entity.refunds).toMatchObject([{ amount: eur(1200), why: 'CDR2', status: 'asked' }])
    expect(on('capturing', bill(0), none).entity.replacement).toEqual({ cdr: cdr(0) })
  })

  test('that asks more than was taken is told as partial; one that says what was told is told nothing again', () => {
    expect(on('captured', bill(1201), none).entity.advice).toMatchObject({
      status: 'PARTIAL_SUCCESS',
      amount: eur(1200),
    })
    const again = on('captured', bill(1200), none)
    expect([again.entity.state, again.entity.cdr?.id, names(again)]).toEqual(['captured', 'CDR2', []])
  })

  test('of a capture that nobody here knew of is the first that is told (F75)', () => {
    const after = on('captured', bill(1200), { ...none, basis: undefined, advice: undefined, found: true })
    expect(after.effects).toEqual([{ do: 'advise', adviceId: 'A2' }])
    expect(after.entity.advice).toMatchObject({ status: 'SUCCESS', amount: eur(1200) })
  })

  test('in another currency than the capture moves nothing', () => {
    expect(on('captured', bill(0, { cdr: cdr(1200, 'HUF') }), none).verdict).toHaveProperty('refuse')
  })

  test('that replaces one that was taken back is told anew, also when it asks the same (F51)', () => {
    const after = on('captured', bill(1200), credited)
    expect(after.entity).toMatchObject({ cdr: { id: 'CDR2' }, advice: { id: 'A2', status: 'SUCCESS' } })
    expect(after.entity.credit).toBeUndefined()
  })

  test('replaces nothing once the credit has been paid back; another refund does not count as that (F51)', () => {
    const after = (why: string, status: Refunded['status']) =>
      on('captured', bill(1100), {
        ...credited,
        refunds: [{ id: 'refund-1', amount: eur(100), why, status, adviceId: 'A8' }],
      })
    for (const status of ['asked', 'done'] as const)
      expect(after('CREDIT1', status).verdict, status).toHaveProperty('refuse')
    expect(after('asked', 'done').entity.cdr?.id).toBe('CDR2')
    // What the provider refused is still with us: the corrected bill says how much of it goes back.
    const refused = after('CREDIT1', 'refused').entity
    expect(refused.cdr?.id).toBe('CDR2')
    expect(refused.refunds?.at(-1)).toMatchObject({ amount: eur(100), why: 'CDR2' })
  })

  test('comes while the capture of what it replaces is under way: the first one waits, and another behind it (F46, F51)', () => {
    const check = { verdict: 'agrees' } as const
    const waits = on('capturing', bill(900, { check }), credited)
    expect(waits.entity.replacement).toEqual({ cdr: cdr(900), check })
    const third = on('capturing', bill(800), { ...credited, replacement: { cdr: cdr(900) } })
    expect(third.entity).toMatchObject({ replacement: { cdr: cdr(900) }, furtherBills: [{ cdr: cdr(800) }] })
    expect(third.effects).toMatchObject([{ do: 'alarm', code: 'CDR_SECOND' }])
    const taken = on('captured', events['credit-due'], { ...credited, replacement: { cdr: cdr(900) } })
    expect(names(taken)).toEqual(['refund'])
    expect(taken.entity).toMatchObject({ cdr: cdr(900) })
    expect([taken.entity.replacement, taken.entity.credit]).toEqual([undefined, undefined])
  })

  test.each(['capturing', 'capture-unknown'] as const)(
    'comes first of all while what the session cost is %s: it waits, and has its turn as soon as that is done (F39)',
    (state) => {
      const waits = on(state, bill(900), none)
      expect(waits.entity).toMatchObject({ state, replacement: { cdr: cdr(900) } })
      const remind = { do: 'remind', of: 'credit-due', at: T0 }
      expect(on(state, events.captured, waits.entity).effects).toContainEqual(remind)
      expect(on(state, events['capture-refused'], waits.entity).effects).toContainEqual(remind)
    },
  )

  test('is billed in place of a bill whose capture was refused, after a look at the record (F51, F65)', () => {
    const refused = { ...credited, captureRefused: true, captureOrderedAt: T0, replacement: { cdr: cdr(900) } } as const
    const after = on('stuck', events['credit-due'], { ...refused, cdr: cdr(1200) })
    expect(after.entity).toMatchObject({ state: 'capture-unknown', cdr: cdr(900), captureRound: 2 })
    expect(after.effects).toEqual([{ do: 'query-capture', amount: eur(900) }])
    expect([after.entity.replacement, after.entity.credit]).toEqual([undefined, undefined])
    const unknown = on('stuck', events['credit-due'], { ...refused, captureRefused: undefined })
    expect(unknown.verdict).toHaveProperty('ignore')
  })
})

describe('while nobody knows whether the void was obeyed (F79)', () => {
  test('a CDR waits with what there is against it; one that was taken back before it came is only noted', () => {
    const check = { verdict: 'over', reason: 'because' } as const
    expect(on('void-unknown', bill(900, { check })).entity).toMatchObject({ cdr: cdr(900), meanwhile: { check } })
    const credit = { id: 'CREDIT1', amount: eur(900) }
    const taken = on('void-unknown', bill(900, { credit })).entity
    expect([taken.cdr, taken.credit]).toEqual([undefined, { ...credit, at: T0 }])
  })

  test('only the credit of the bill that waits takes it back', () => {
    const waiting = { cdr: { ...cdr(900), id: 'CDR1' }, meanwhile: {} }
    const taken = on('void-unknown', events['credit-received'], waiting).entity
    expect([taken.cdr, taken.meanwhile, taken.credit?.at]).toEqual([undefined, undefined, T0])
    for (const other of [{ cdr: cdr(900), meanwhile: {} }, { meanwhile: {} }, {}])
      expect(on('void-unknown', events['credit-received'], other).verdict).toHaveProperty('ignore')
  })
})
