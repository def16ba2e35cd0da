/** From the CDR, or what stands in for it, to an amount. */
import { describe, expect, test } from 'vitest'
import type { CdrCheck, Payment } from '../src/payment/payment.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { eur, events, names, on, session, T0 } from './samples.ts'

const HOUR = 3_600_000
const cdr = (due: number, currency = 'EUR') => ({ id: 'CDR2', hash: 'h2', due: { amountMinor: due, currency } })
const bill = (due: number, more: object = {}) => ({ ...events['cdr-received'], cdr: cdr(due), ...more })
const terms = (change: Partial<typeof usualTerms>) => ({ terms: { ...usualTerms, ...change } })

describe('a CDR', () => {
  test('before a hold was approved, or below zero without being a credit, is refused', () => {
    const bare = { held: undefined, captureBefore: undefined }
    expect(on('stuck', bill(1200), bare).verdict).toHaveProperty('refuse')
    expect(on('charging', bill(-1)).verdict).toHaveProperty('refuse')
  })

  test.each<[CdrCheck['verdict'], flag: string, state: string, orders: readonly string[]]>([
    ['agrees', 'quarantine', 'capturing', ['capture']],
    ['under', 'quarantine', 'capturing', ['capture', 'CDR_UNDER']],
    ['over', 'quarantine', 'stuck', ['CDR_DISPUTED', 'remind']],
    ['unverified', 'quarantine', 'stuck', ['CDR_DISPUTED', 'remind']],
    ['under', 'flag', 'capturing', ['capture', 'CDR_UNDER']],
    ['over', 'flag', 'capturing', ['capture', 'CDR_DISPUTED']],
    ['unverified', 'flag', 'capturing', ['capture', 'CDR_DISPUTED']],
  ])('that our check finds "%s", under a contract that says %s: %s (F55)', (verdict, flag, state, orders) => {
    const check = { verdict, reason: 'because' }
    const after = on('awaiting-cdr', bill(1200, { check }), terms({ cdrCheck: flag as 'flag' }))
    expect(after.entity.state).toBe(state)
    expect(after.effects.map((order) => (order.do === 'alarm' ? order.code : order.do))).toEqual(orders)
    // One of zero takes nothing, so there is nothing to doubt. (D-F16)
    expect(names(on('awaiting-cdr', bill(0, { check })))).toEqual(['void'])
  })

  test.each([
    ['20 hours', 48, 20],
    ['no longer than 6 hours before the hold ends', 24, 18],
    ['not into the past', 3, 0],
  ])('that is doubted is decided by somebody within %s (F57)', (_while, holdHours, hours) => {
    const check = { verdict: 'over', reason: 'because', expected: eur(700) } as const
    const after = on('awaiting-cdr', bill(1200, { check }), { captureBefore: T0 + holdHours * HOUR })
    expect(after.effects.at(-1)).toEqual({ do: 'remind', of: 'dispute-deadline-passed', at: T0 + hours * HOUR })
    expect(after.entity).toMatchObject({
      outcome: 'capture-failed',
      dispute: { reason: 'because', expected: eur(700), at: T0 },
      releaseBy: T0 + 24 * HOUR,
    })
    const foreign = on('awaiting-cdr', bill(0, { cdr: cdr(1, 'HUF') }), { captureBefore: T0 + holdHours * HOUR })
    expect(foreign.effects.at(-1)).toEqual(after.effects.at(-1))
  })

  test('decides the amount, whatever had decided it before (I10)', () => {
    const basis = { by: 'session', due: eur(605) } as const
    const check = { verdict: 'over', reason: 'because' } as const
    for (const event of [bill(484), bill(484, { check }), bill(0, { cdr: cdr(484, 'HUF') })])
      expect(on('stuck', event, { basis }).entity.basis).toBeUndefined()
  })

  test('after three refused captures is refused, and asks nobody for anything (F65)', () => {
    const check = { verdict: 'under', reason: 'because' } as const
    const { verdict, effects } = on('stuck', bill(484, { check }), { captureOrderedAt: T0, captureRound: 3 })
    expect(verdict).toEqual({ refuse: expect.stringMatching(/3 times/) as unknown })
    expect(effects).toEqual([])
  })

  test('that a provider never captures so little of is given back, and so is one of zero (F50, D-F16)', () => {
    const after = (due: number) => on('awaiting-cdr', bill(due), terms({ minCaptureMinor: 50 })).entity
    expect(after(49)).toMatchObject({
      state: 'voiding',
      outcome: 'no-energy',
      reason: expect.stringMatching(/50/) as unknown,
    })
    expect(after(50).state).toBe('capturing')
    expect(on('awaiting-cdr', bill(0), terms({ minCaptureMinor: 0 })).entity.reason).toBe('Nothing to pay.')
    expect(on('awaiting-cdr', bill(49), terms({ minCaptureMinor: 50 })).entity.releaseBy).toBe(T0 + 24 * HOUR)
  })

  test.each([
    ['a contract that does not ask for the rest', 'partial', true, 6200, ['capture']],
    ['a provider that cannot raise', 'raise', false, 6200, ['capture']],
    ['both, and a bill of just the hold', 'raise', true, 5000, ['capture']],
    ['both, and a bill above the hold', 'raise', true, 5001, ['raise-hold', 'capture']],
  ] as const)('%s: the rest above the hold is asked for or not (F48)', (_what, overHold, canRaise, due, orders) => {
    const raise = { n: 2, to: eur(5000), status: 'granted' } as const
    const after = on('awaiting-cdr', bill(due), { ...terms({ overHold, canRaise }), raise })
    expect(names(after)).toEqual(orders)
    if (orders.length === 2) expect(after.entity.raise).toEqual({ n: 3, to: eur(5001), status: 'asked' })
  })

  test.each([
    [5600, 5600],
    [6200, 6000],
  ])('of %d has a hold asked for of %d, never more than the driver has accepted (F48)', (due, to) => {
    const accepted = (mostHeldMinor: number) => terms({ overHold: 'raise', canRaise: true, mostHeldMinor })
    const after = on('awaiting-cdr', bill(due), accepted(6000))
    expect(after.effects).toEqual([
      { do: 'raise-hold', n: 1, to: eur(to) },
      { do: 'capture', amount: eur(5000) },
    ])
    expect(names(on('awaiting-cdr', bill(due), accepted(5000)))).toEqual(['capture'])
  })
})

describe('without a CDR that counts', () => {
  const takes = terms({ noCdr: 'session-cost' })
  const dispute = { reason: 'because', at: T0 }
  const verified = (minor: number, currency = 'EUR') => ({
    session: session({ status: 'COMPLETED', verified: { amountMinor: minor, currency } }),
  })

  test.each<[what: string, change: Partial<Payment>, taken: number | undefined, by?: string]>([
    ['the last Session could be priced', verified(900), 900, 'session'],
    ['nothing could be priced', {}, undefined],
    ['the Session came to nothing', verified(0), undefined],
    ['it was priced in another currency', verified(900, 'HUF'), undefined],
    ['the contract gives back', { ...verified(900), ...terms({ noCdr: 'void' }) }, undefined],
    [
      'the tariff gives less than the Session',
      { ...verified(900), cdr: cdr(1200), dispute: { ...dispute, expected: eur(700) } },
      700,
      'tariff',
    ],
    [
      'the Session is below what the tariff gives',
      { ...verified(600), cdr: cdr(1200), dispute: { ...dispute, expected: eur(700) } },
      600,
      'tariff',
    ],
    [
      'the CDR itself asks less',
      { ...verified(900), cdr: cdr(500), dispute: { ...dispute, expected: eur(700) } },
      500,
      'tariff',
    ],
    ['the CDR is in another currency', { ...verified(900), cdr: cdr(500, 'HUF') }, 900, 'tariff'],
    ['only the CDR says an amount', { cdr: cdr(500) }, undefined],
    ['more is proven than is held', verified(6000), 5000, 'session'],
  ])(
    '%s: what is least and proven is taken, if the contract says so, else the hold is given back (F57)',
    (_what, change, taken, by) => {
      const after = on('stuck', events['dispute-deadline-passed'], { ...takes, dispute, ...change })
      if (taken === undefined) {
        expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'no-cdr' })
        expect(names(after)).toEqual(['void'])
        return
      }
      expect(after.effects).toEqual([{ do: 'capture', amount: eur(taken) }])
      expect(after.entity).toMatchObject({ state: 'capturing', basis: { by } })
      expect(after.entity.dispute).toBeUndefined()
    },
  )

  test('a dispute that somebody has decided has no deadline', () => {
    expect(on('stuck', events['dispute-deadline-passed']).verdict).toHaveProperty('ignore')
  })
})

describe('the wait for a CDR', () => {
  const due = events['cdr-deadline-passed']
  const ended = (change: object) => ({ session: session({ status: 'COMPLETED', ...change }) })

  test.each([
    ['no energy and no cost', { kwh: 0, cost: eur(0) }, 'voiding'],
    ['no energy and a cost nobody told', { kwh: 0, cost: undefined }, 'voiding'],
    ['no energy and a fee', { kwh: 0, cost: eur(150) }, 'awaiting-cdr'],
    ['energy for nothing', { kwh: 4, cost: eur(0) }, 'awaiting-cdr'],
  ])('a session with %s: %j -> %s (D-F08)', (_what, change, state) => {
    expect(on('awaiting-cdr', due, ended(change)).entity.state).toBe(state)
  })

  test('a payment whose session nobody has told of is waited for like any other', () => {
    expect(names(on('awaiting-cdr', due, { session: undefined }))).toEqual(['pull-cdr', 'remind'])
  })

  test('driver and operator read of it from the fourth look on', () => {
    const chased = (cdrChases: number) => on('awaiting-cdr', due, { cdrChases }).entity
    expect(chased(2)).toMatchObject({ cdrChases: 3 })
    expect(chased(2)).not.toHaveProperty('outcome')
    expect(chased(3)).toMatchObject({ cdrChases: 4, outcome: 'no-cdr', reason: expect.stringMatching(/S1/) as unknown })
  })

  test('has its alarms by the time that has passed, also where the platform was away for most of it (F39)', () => {
    const late = on('awaiting-cdr', { ...due, at: T0 + 13 * HOUR }, { cdrChases: 2, releaseBy: T0 + 24 * HOUR })
    expect(late.entity.cdrChases).toBe(52)
    expect(late.effects[0]).toEqual({ do: 'pull-cdr', overdue: true })
    const next = on('awaiting-cdr', { ...due, at: T0 + 13.25 * HOUR }, { ...late.entity })
    expect(next.effects[0]).toEqual({ do: 'pull-cdr' })
    // A look that is not due yet does not count.
    const between = on('awaiting-cdr', { ...due, at: T0 + 13.25 * HOUR - 1 }, { releaseBy: T0 + 24 * HOUR })
    expect(between.entity.cdrChases).toBe(52)
  })

  test('ends with the time of the contract, whenever the looks came (F57)', () => {
    const after = (ms: number) =>
      on('awaiting-cdr', { ...due, at: T0 + 20 * HOUR + ms }, { cdrChases: 9, releaseBy: T0 + 24 * HOUR }).entity.state
    expect([after(0), after(1)]).toEqual(['awaiting-cdr', 'voiding'])
  })

  test('a bill that was taken back is waited for as long as any other, then the hold is given back (F52)', () => {
    const credit = { id: 'CREDIT1', amount: eur(1200), at: T0 }
    expect(on('awaiting-cdr', { ...due, at: T0 + 899_999 }, { credit }).verdict).toHaveProperty('ignore')
    const over = on('awaiting-cdr', { ...due, at: T0 + 900_000 }, { credit })
    expect(over.entity).toMatchObject({ state: 'voiding', outcome: 'no-energy' })
  })
})
