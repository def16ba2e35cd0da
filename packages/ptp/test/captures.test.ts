/** What the provider says about captures and voids, and what the CPO and the driver learn of it. */
import { describe, expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { eur, events, names, on, session, T0 } from './samples.ts'

const bill = (due: number) => ({ cdr: { id: 'CDR1', hash: 'h1', due: eur(due) } })
const alarms = (after: ReturnType<typeof on>) =>
  after.effects.flatMap((order) => (order.do === 'alarm' ? [order.code] : []))
const refunds = (after: ReturnType<typeof on>) =>
  (after.entity.refunds ?? []).map(({ id, amount, status, adviceId }) => [id, amount.amountMinor, status, adviceId])
const earlier = [{ id: 'refund-1', amount: eur(50), why: 'asked', status: 'done', adviceId: 'A8' }] as const

describe('a capture', () => {
  test.each<[what: string, change: Partial<Payment>, taken: number, status: string, message: string | undefined]>([
    ['of all that the CDR asks', bill(1200), 1200, 'SUCCESS', undefined],
    ['of less than the CDR asks', bill(1201), 1200, 'PARTIAL_SUCCESS', undefined],
    [
      'by the last Session',
      { cdr: undefined, basis: { by: 'session', due: eur(1200) } },
      1200,
      'SUCCESS',
      'No CDR came',
    ],
    [
      'by the tariff, below the CDR',
      { ...bill(1300), basis: { by: 'tariff', due: eur(1200) } },
      1200,
      'PARTIAL_SUCCESS',
      'could not be confirmed',
    ],
    ['by an operator', { ...bill(1200), basis: { by: 'operator', due: eur(1200) } }, 1200, 'SUCCESS', 'operator'],
  ])('%s is told to the CPO as it is (D-34)', (_what, change, taken, status, message) => {
    const after = on('capturing', { ...events.captured, amount: eur(taken) }, change)
    expect(after.entity).toMatchObject({ state: 'captured', captured: eur(taken), eftData: ['VISA'] })
    expect(after.entity.advice).toMatchObject({ id: 'A2', status, amount: eur(taken), at: T0 })
    expect(after.entity.advice?.message ?? '').toContain(message ?? '')
    expect(after.effects).toEqual([{ do: 'advise', adviceId: 'A2' }])
  })

  test('of more than was ordered: the rest goes back at once, and the CPO hears of what was ordered (F64)', () => {
    const after = on('capturing', { ...events.captured, amount: eur(1500) }, { refunds: earlier })
    expect(after.entity).toMatchObject({
      state: 'captured',
      captured: eur(1500),
      advice: { status: 'SUCCESS', amount: eur(1200) },
    })
    expect(refunds(after)).toEqual([
      ['refund-1', 50, 'done', 'A8'],
      ['extra-A2', 300, 'asked', undefined],
    ])
    expect(after.effects.slice(0, 2)).toEqual([
      { do: 'advise', adviceId: 'A2' },
      { do: 'refund', refundId: 'extra-A2' },
    ])
    expect(alarms(after)).toEqual(['CAPTURED_TWICE'])
    expect(refunds(on('capturing', { ...events.captured, amount: eur(1500) }))).toEqual([
      ['extra-A2', 300, 'asked', undefined],
    ])
  })

  test('that nobody ordered is refused, however it ended', () => {
    const unbilled = { cdr: undefined }
    for (const type of ['captured', 'capture-lost'] as const)
      expect(on('capturing', events[type], unbilled).verdict).toHaveProperty('refuse')
  })

  test.each(['charging', 'awaiting-cdr', 'voiding', 'voided'] as const)(
    '%s: one that is in no book of ours is booked as it is, its bill is looked for and an operator told (F75)',
    (state) => {
      const after = on(state, events['capture-found'], { outcome: 'no-cdr', dispute: { reason: 'because', at: T0 } })
      expect(after.entity).toMatchObject({
        state: 'captured',
        found: true,
        captured: eur(1200),
        held: eur(5000),
        pspReference: 'PSP-1',
        captureBefore: T0 + 86_400_000,
        eftData: ['VISA'],
        reason: expect.stringMatching(/12\.00 EUR/) as unknown,
      })
      expect([after.entity.outcome, after.entity.dispute, after.entity.advice]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
      expect(alarms(after)).toEqual(['CAPTURE_FOUND'])
      expect(after.effects[1]).toEqual({ do: 'pull-cdr' })
    },
  )

  test('that is found where nobody knew of a hold says how much was held at least (F75)', () => {
    expect(on('authorization-unknown', events['capture-found']).entity).toMatchObject({
      held: eur(1200),
      captured: eur(1200),
    })
  })

  test('that is found where it had been ordered is one like any other; what is above the order goes back (F75)', () => {
    const found = on('stuck', { ...events['capture-found'], captured: eur(1200) }, bill(1200))
    expect(found.effects).toEqual([{ do: 'advise', adviceId: 'A9' }])
    expect(found.entity).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS', amount: eur(1200) } })
    expect(found.entity.found).toBeUndefined()
    expect(refunds(on('stuck', events['capture-found'], bill(1000)))).toEqual([['extra-A9', 200, 'asked', undefined]])
  })

  test("what the provider's books show above it is paid back, but not what they show as paid back already (F64, F75)", () => {
    const shown = (captured: number, paidBack: number) =>
      on('captured', { ...events.overcaptured, captured: eur(captured), paidBack: eur(paidBack) }, { refunds: earlier })
    const done = shown(1805, 655)
    expect(done.entity.captured).toEqual(eur(1805))
    expect(refunds(done).slice(1)).toEqual([['found-R9', 605, 'done', undefined]])
    expect(done.effects).toEqual([])
    const both = shown(1905, 655)
    expect(both.entity.captured).toEqual(eur(1905))
    expect(refunds(both)).toEqual([
      ['refund-1', 50, 'done', 'A8'],
      ['found-R9', 605, 'done', undefined],
      ['R9', 100, 'asked', undefined],
    ])
    expect(names(both)).toEqual(['refund', 'alarm'])
    expect(refunds(on('captured', events.overcaptured))).toEqual([['R9', 1200, 'asked', undefined]])
    expect(on('captured', events.overcaptured, { captured: undefined }).verdict).toHaveProperty('refuse')
  })

  test('that two have read from the same record at once is paid back once (F64)', () => {
    const first = on('captured', events.overcaptured)
    const second = on('captured', { ...events.overcaptured, refundId: 'R10' }, first.entity)
    expect(second.verdict).toHaveProperty('ignore')
    const more = on('captured', { ...events.overcaptured, captured: eur(3600), refundId: 'R11' }, first.entity)
    expect(refunds(more).map(([id, amount]) => [id, amount])).toEqual([
      ['R9', 1200],
      ['R11', 1200],
    ])
  })

  test('that was refused or taken back leaves the hold to an operator, and is looked at when it ends (F65, F66, I4)', () => {
    const refused = on('capturing', events['capture-refused'])
    expect(refused.effects).toEqual([
      { do: 'advise', adviceId: 'A2' },
      { do: 'alarm', code: 'CAPTURE_REFUSED', message: 'The provider refused the capture: no' },
      { do: 'remind', of: 'dispute-deadline-passed', at: T0 + 82_800_000 },
      { do: 'remind', of: 'hold-check-due', at: T0 + 86_460_000 },
    ])
    const late = on('capturing', events['capture-refused'], { captureBefore: T0 - 1 })
    expect(late.effects.slice(2)).toMatchObject([{ at: T0 }, { at: T0 + 60_000 }])
    const reversed = on('captured', events['capture-reversed'])
    expect(reversed.entity).toMatchObject({
      state: 'stuck',
      outcome: 'capture-failed',
      advice: { id: 'A3', status: 'FAILED' },
    })
    expect(reversed.entity.captured).toBeUndefined()
    expect(alarms(reversed)).toEqual(['CAPTURE_REVERSED'])
  })

  test('that nobody has decided about gives the hold back, and says what was refused (F65, I7)', () => {
    const refused = { captureRefused: true, reason: 'The bank says no.' } as const
    const after = on('stuck', events['dispute-deadline-passed'], refused)
    expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'capture-failed', captureRefused: undefined })
    expect(after.effects).toEqual([{ do: 'void', why: 'Nobody decided in time. The bank says no.' }])
  })
})

describe('a void', () => {
  test.each<[what: string, change: Partial<Payment>, status: string | undefined]>([
    ['without a bill is told to nobody', {}, undefined],
    ['of a bill of zero is told as SUCCESS', bill(0), 'SUCCESS'],
    [
      'of a bill that was taken back is told as SUCCESS',
      { credit: { id: 'CREDIT1', amount: eur(1200), at: T0 } },
      'SUCCESS',
    ],
    [
      'of a bill whose credit stands beside it is told as SUCCESS',
      { ...bill(1200), credit: { id: 'CREDIT1', amount: eur(1200), at: T0 } },
      'SUCCESS',
    ],
    ['of a bill that was not taken is told as FAILED, with the reason', { ...bill(1200), reason: 'because' }, 'FAILED'],
  ])('%s (D-16)', (_what, change, status) => {
    const after = on('voiding', events.voided, change)
    expect(after.entity.state).toBe('voided')
    expect([after.entity.advice?.status, after.entity.advice?.message]).toEqual([
      status,
      status === 'FAILED' ? 'because' : undefined,
    ])
    expect(names(after)).toEqual(status ? ['advise'] : [])
    expect(on('voiding', { ...events.voided, expired: true }, change).effects.at(-1)).toMatchObject({
      code: 'HOLD_EXPIRED',
    })
  })

  test('of a bill that was told as FAILED before is not told again', () => {
    const told = { ...bill(1200), advice: { id: 'A1', status: 'FAILED', amount: eur(0), at: T0 } } as const
    for (const state of ['voiding', 'void-unknown', 'stuck'] as const)
      expect(names(on(state, events.voided, told)), state).toEqual([])
  })

  test('without answer is asked about ever later, for as long as two hours; then it waits for an operator (F79)', () => {
    const waits: number[] = []
    let voidsLost: number | undefined
    for (let lost = 1; lost <= 20; lost++) {
      const after = on('voiding', events['void-lost'], { voidsLost })
      expect(after.entity.state).toBe('void-unknown')
      waits.push(...after.effects.map((order) => (order.do === 'query-void' ? (order.notBefore - T0) / 1000 : -1)))
      voidsLost = after.entity.voidsLost
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, ...Array.from({ length: 13 }, () => 600)])
    const over = on('voiding', events['void-lost'], { voidsLost })
    expect(over.entity).toMatchObject({
      state: 'stuck',
      outcome: 'void-failed',
      reason: expect.stringMatching(/timeout/) as unknown,
    })
    expect(over.effects).toEqual([
      { do: 'remind', of: 'hold-check-due', at: T0 + 86_460_000 },
      { do: 'remind', of: 'session-poll-due', at: T0 },
    ])
  })

  test('that the provider does not know of is done once more under a new key, and keeps its reason (F75, I4)', () => {
    const again = on('voided', events['hold-found'], { outcome: 'no-cdr', reason: 'because', voidRound: 2 })
    expect(again.entity).toMatchObject({ state: 'voiding', outcome: 'no-cdr', reason: 'because', voidRound: 3 })
    expect(again.effects).toEqual([{ do: 'void', why: 'because' }])
    const bare = on('voided', events['hold-found'])
    expect(bare.entity).toMatchObject({ outcome: 'void-failed', reason: expect.any(String) as unknown, voidRound: 2 })
  })

  test('that was not obeyed: what runs goes on, what is billed is taken, else it is asked for again (D-F05, F79)', () => {
    const stands = (change: Partial<Payment>) => on('void-unknown', events['hold-found'], change)
    const again = stands({ reason: 'because' })
    expect([again.entity.state, again.effects]).toEqual(['voiding', [{ do: 'void', why: 'because' }]])
    expect(stands({}).effects).toEqual([{ do: 'void', why: 'given back' }])
    expect(stands(bill(1200)).entity.state).toBe('voiding')
    const billed = stands({ ...bill(1200), meanwhile: {} })
    expect([billed.effects, billed.entity.meanwhile]).toEqual([[{ do: 'capture', amount: eur(1200) }], undefined])
    const elsewhere = stands({ session: session({ elsewhere: 'other-tariff' }) })
    expect(elsewhere.entity).toMatchObject({ state: 'stopping', outcome: 'other-charger', stop: { by: 'policy' } })
    const gaveUp = { by: 'driver', commandId: 'stop-1', tries: 0 } as const
    expect(names(stands({ session: session(), stop: gaveUp }))).toEqual(['stop-session', 'remind'])
    const ended = session({ status: 'COMPLETED' })
    expect(names(stands({ session: ended, stop: { ...gaveUp, tries: 1 } }))).toEqual(['remind'])
    expect(stands({ session: ended }).entity.state).toBe('awaiting-cdr')
    for (const none of [{ ...ended, kwh: 0 }, session({ status: 'PENDING' }), session({ status: 'INVALID' })]) {
      const given = stands({ session: none })
      expect([given.entity.state, given.entity.outcome, names(given)], none.status).toEqual([
        'voiding',
        undefined,
        ['void'],
      ])
    }
    const runs = stands({ session: session(), outcome: 'start-refused', reason: 'because' })
    expect(runs.entity).toMatchObject({ state: 'charging', polling: true, sessionSeenAt: T0 })
    expect([runs.entity.outcome, runs.entity.reason, names(runs)]).toEqual([undefined, undefined, ['remind']])
    const stop = { by: 'driver', commandId: 'stop-1', tries: 1 } as const
    const stopped = stands({ session: session(), stop, polling: true })
    expect(stopped.entity).toMatchObject({ state: 'stopping', stop: { by: 'driver', commandId: 'stop-2' } })
    expect(names(stopped)).toEqual(['stop-session', 'remind'])
  })
})

describe('an advice that has arrived', () => {
  const advice = (id: string) => ({ id, status: 'SUCCESS', amount: eur(1), at: T0 }) as const
  const earlierAdvices = [advice('A7'), advice('A8')]
  const delivered = (adviceId: string) =>
    on('captured', { ...events['advice-delivered'], adviceId }, { earlierAdvices })
  const marks = ({ entity }: ReturnType<typeof on>) =>
    [...(entity.earlierAdvices ?? []), entity.advice].map((one) => one?.deliveredAt)

  test('is noted, and no other one of the payment (I8)', () => {
    expect(marks(delivered('A1'))).toEqual([undefined, undefined, T0])
    expect(marks(delivered('A7'))).toEqual([T0, undefined, undefined])
    expect(marks(delivered('A8'))).toEqual([undefined, T0, undefined])
  })

  test('and is none of the payment changes nothing', () => {
    expect(delivered('A6').verdict).toHaveProperty('ignore')
    expect(on('captured', { ...events['advice-delivered'], adviceId: 'A6' }).verdict).toHaveProperty('ignore')
  })

  test('stays in the list when a later one takes its place (I8, E-16)', () => {
    const after = on('captured', events['capture-reversed'], { earlierAdvices })
    expect(after.entity.earlierAdvices?.map(({ id }) => id)).toEqual(['A7', 'A8', 'A1'])
  })
})
