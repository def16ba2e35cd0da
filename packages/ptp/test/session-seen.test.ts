/** What the payment takes from a Session of the CPO: whose it is, and what it costs so far. */
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { expect, test } from 'vitest'
import type { Payment, SessionSeen } from '../src/payment/payment.ts'
import { belongsTo, sessionSeen } from '../src/payment/session-seen.ts'
import { eur, paymentIn, session, tariff } from './samples.ts'
import { REFERENCE, sessionAt } from './scripted-cpo.ts'

const payment = paymentIn('charging', { held: eur(5000), maxPowerKw: 11, session: undefined })
/** An hour and 10 kWh, which cost 6.05 EUR under the tariff. */
const seen = (change: Partial<Session> = {}, of: Partial<Payment> = {}) =>
  sessionSeen({ ...payment, ...of }, sessionAt(61, { kwh: 10, ...change }))
const asks = (minor: number) => ({ before_taxes: minor / 100, taxes: [] })

test.each<[words: string, total_cost: Session['total_cost'], cost: number, verified: number]>([
  ['more', asks(700), 700, 605],
  ['less', asks(500), 605, 500],
  ['the same', asks(605), 605, 605],
  ['nothing', undefined, 605, 605],
  ['what is no number', asks(Number.POSITIVE_INFINITY), 605, 605],
])(
  'where the CPO says %s, the higher figure is the cost and the lower one may be taken without a CDR (F26, F57)',
  (_words, total_cost, cost, verified) => {
    expect(seen({ total_cost })).toMatchObject({ cost: eur(cost), verified: eur(verified) })
  },
)

test('a figure in another currency than the hold is no figure', () => {
  const foreign = seen({ total_cost: asks(70_000), currency: 'HUF' })
  expect([foreign.cost, foreign.verified]).toEqual([eur(605), eur(605)])
})

test('a Session that we cannot price costs what the CPO says, and nothing of it may be taken without a CDR', () => {
  const lost = { timeZone: 'Mars/Base' }
  expect(seen({ total_cost: asks(700) }, lost)).toMatchObject({ cost: eur(700) })
  expect(seen({ total_cost: asks(700) }, lost)).not.toHaveProperty('verified')
  expect(seen({}, lost)).not.toHaveProperty('cost')
})

test('before the car draws, and when the CPO takes it back, a Session costs nothing by the tariff, whatever starting costs', () => {
  const flat = {
    ...tariff,
    elements: [{ price_components: [{ type: 'FLAT' as const, price: 1, vat: 21, step_size: 1 }] }],
  }
  expect(seen({ status: 'ACTIVE' }, { tariff: flat }).cost).toEqual(eur(121))
  for (const status of ['PENDING', 'INVALID'] as const)
    expect(seen({ status }, { tariff: flat }), status).not.toHaveProperty('cost')
})

test('it has started when it no longer waits, and has ended when the CPO says when', () => {
  const [start_date_time, end_date_time] = ['2030-01-01T12:01:00Z', '2030-01-01T13:01:00Z']
  expect(seen({ start_date_time, status: 'PENDING' })).not.toHaveProperty('startedAt')
  expect(seen({ start_date_time }).startedAt).toBe(start_date_time)
  expect(seen({ end_date_time: null as never })).not.toHaveProperty('endedAt')
  expect(seen({ end_date_time, status: 'COMPLETED' }).endedAt).toBe(end_date_time)
})

test('the time of a word has one spelling, so that words can be compared', () => {
  expect(seen({ last_updated: '2030-01-01T13:01:00Z' }).lastUpdated).toBe('2030-01-01T13:01:00.000Z')
})

test('between two words of one running session there is a pace; it is never below zero', () => {
  const before = { session: session({ kwh: 4, cost: eur(242), lastUpdated: '2030-01-01T12:31:00.000Z' }) }
  expect(seen({}, before).pace).toEqual({ powerKw: 12, costPerHourMinor: 726 })
  expect(seen({ kwh: 1 }, before).pace).toEqual({ powerKw: 0, costPerHourMinor: 0 })
  expect(seen({}, { ...before, timeZone: 'Mars/Base' }).pace).toEqual({ powerKw: 12, costPerHourMinor: 0 })
  expect(seen({}, { session: { ...before.session, cost: undefined } }).pace?.costPerHourMinor).toBe(0)
  expect(seen({ id: 'S2' }, before)).not.toHaveProperty('pace')
  expect(seen({ status: 'COMPLETED' }, before)).not.toHaveProperty('pace')
})

test('a word that tells no later time keeps the pace there was, or has none', () => {
  const pace = { powerKw: 7, costPerHourMinor: 400 }
  for (const lastUpdated of ['2030-01-01T13:01:00.000Z', '2030-01-01T13:02:00.000Z']) {
    expect(seen({}, { session: session({ lastUpdated, pace }) }).pace).toEqual(pace)
    expect(seen({}, { session: session({ lastUpdated }) })).not.toHaveProperty('pace')
  }
})

test('a Session is ours by any name by which one that is sent is matched: reference, one-time token or id (F14, D-F12)', () => {
  const said = (change: object) => ({ ...sessionAt(1), ...change })
  const stranger = { ...sessionAt(1).cdr_token, uid: 'NOBODY' }
  const first = payment
  const known = { ...payment, session: session({ id: 'S1' }) }
  expect(belongsTo(first, said({ authorization_reference: REFERENCE.toUpperCase(), cdr_token: stranger }))).toBe(true)
  // A reference of the CPO's own hides nothing: the token is one payment's alone.
  expect(belongsTo(first, said({ authorization_reference: 'CPO-4711' }))).toBe(true)
  expect(belongsTo(known, said({ authorization_reference: 'CPO-4711', cdr_token: stranger }))).toBe(true)
  const unnamed = { authorization_reference: undefined }
  expect(belongsTo(known, said({ ...unnamed, id: 's1', cdr_token: stranger }))).toBe(true)
  expect(belongsTo(known, said({ ...unnamed, id: 'S2' }))).toBe(true)
  expect(belongsTo(known, said({ ...unnamed, id: 'S2', cdr_token: stranger }))).toBe(false)
  expect(belongsTo(first, said(unnamed))).toBe(true)
  expect(belongsTo(first, said({ ...unnamed, cdr_token: stranger }))).toBe(false)
})

const energy = (price: number) => [{ type: 'ENERGY' as const, price, step_size: 1 }]
/** Begun at 13:01 local time, dearer from 13:10 on. */
const rising = {
  ...tariff,
  tax_included: 'YES' as const,
  elements: [
    { price_components: energy(0.2), restrictions: { start_time: '06:00', end_time: '13:10' } },
    { price_components: energy(0.8) },
  ],
}
const word = (minute: number, kwh: number, { before, ...more }: Partial<Session> & { before?: SessionSeen } = {}) =>
  sessionSeen(
    { ...payment, tariff: rising, held: eur(4000), maxPowerKw: 75, ...(before && { session: before }) },
    sessionAt(minute, { kwh, ...more }),
  )

test('without periods and cost of the CPO a price that has risen counts for the ceiling, never without a CDR (F26, F57)', () => {
  expect(word(61, 75)).toMatchObject({ cost: eur(6000), verified: eur(1500), nearHold: true })
  const early = word(10, 11.25, { before: word(5, 5) })
  expect(early).toMatchObject({ cost: eur(225) })
  expect(early).not.toHaveProperty('cuts')
  const late = word(30, 36.25, { before: early })
  expect(late).toMatchObject({ cost: eur(2225), verified: eur(725), cuts: [{ fromKwh: 11.25 }] })
  expect(word(50, 61.25, { before: late })).toMatchObject({ cost: eur(4225), nearHold: true })
  // More of it in the same second came then.
  expect(word(10, 36.25, { before: early }).cost).toEqual(eur(2225))
})

test('what came since a word is priced from that word on: the price may have been higher meanwhile (F26)', () => {
  const [first, ...rest] = rising.elements
  const peak = { ...rest[0]!, restrictions: { start_time: '13:10', end_time: '13:40' } }
  const of = { ...payment, tariff: { ...rising, elements: [first!, peak, { price_components: energy(0.2) }] } }
  const words = [
    [5, 5],
    [20, 5],
    [50, 15],
  ] as const
  const last = words.reduce<SessionSeen | undefined>(
    (session, [minute, kwh]) => sessionSeen({ ...of, ...(session && { session }) }, sessionAt(minute, { kwh })),
    undefined,
  )
  expect(last?.cost).toEqual(eur(900))
})

test('a price that has risen costs nothing before the car draws, when the CPO takes it back, and for another session', () => {
  for (const status of ['PENDING', 'INVALID'] as const) {
    const seen = word(61, 75, { status })
    expect(seen, status).not.toHaveProperty('cost')
    expect(seen, status).not.toHaveProperty('cuts')
  }
  const before = word(30, 36.25, { before: word(10, 11.25) })
  expect(word(31, 1, { before, id: 'S2', start_date_time: '2030-01-01T12:30:00Z' })).not.toHaveProperty('cuts')
})

test('a word that cannot be priced is still a word: what was known of the prices stays known', () => {
  const before = word(30, 36.25, { before: word(10, 11.25) })
  const lost = sessionSeen({ ...payment, session: before, timeZone: 'Mars/Base' }, sessionAt(31, { kwh: 40 }))
  expect(lost).toMatchObject({ kwh: 40, cuts: before.cuts })
  expect(lost).not.toHaveProperty('cost')
})
