/** What may be taken, and when charging must stop. */
import { expect, test } from 'vitest'
import {
  boundsOf,
  captureAmount,
  costAtLimit,
  netOf,
  refundedOf,
  rest,
  smaller,
  stopMargin,
  withRecorded,
} from '../src/payment/amounts.ts'
import type { Payment, Refunded } from '../src/payment/payment.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { eur, paymentIn } from './samples.ts'

const huf = { amountMinor: 1, currency: 'HUF' }

test('amounts of two currencies are never compared', () => {
  expect(() => smaller(eur(1), huf)).toThrow(/EUR.*HUF/)
  expect(() => rest(eur(1), huf)).toThrow(/EUR.*HUF/)
})

test('what is captured is the smaller of bill and hold, and nothing without both in one currency (I2, D-33)', () => {
  const taken = (held: typeof huf | undefined, due: typeof huf) =>
    captureAmount(paymentIn('awaiting-cdr', { held, cdr: { id: 'C', hash: 'h', due } }))
  expect([taken(eur(5000), eur(1200)), taken(eur(5000), eur(6200))]).toEqual([eur(1200), eur(5000)])
  expect([taken(eur(5000), huf), taken(undefined, eur(1200))]).toEqual([undefined, undefined])
  expect(captureAmount(paymentIn('awaiting-cdr'))).toBeUndefined()
})

test.each([
  [400, 10],
  [500, 10],
  [501, 11],
  [5000, 100],
  [5001, 101],
])('of a hold of %d charging stops %d before its end: 2 %%, at least 10 (E-25)', (held, margin) => {
  expect(stopMargin(eur(held))).toBe(margin)
})

test('a cost in another currency than the hold, or that nobody knows, is at no limit', () => {
  const payment = paymentIn('charging', { held: eur(5000) })
  expect(costAtLimit(payment, { cost: eur(4900) })).toBe(true)
  expect(costAtLimit(payment, { cost: eur(4899) })).toBe(false)
  expect(costAtLimit(payment, { cost: { amountMinor: 9900, currency: 'HUF' } })).toBe(false)
  expect(costAtLimit(payment, {})).toBe(false)
  expect(costAtLimit(paymentIn('declined'), { cost: eur(4900) })).toBe(false)
})

test('a forecast needs a hold and a power; at another connector the power that flows there counts, up to the strongest (F21)', () => {
  const of = (change: Partial<Payment>, powerKw?: number) => {
    const pace = powerKw === undefined ? {} : { pace: { powerKw, costPerHourMinor: 0 } }
    return boundsOf(paymentIn('charging', { maxPowerKw: 22, ...change }), { elsewhere: 'same-tariff', ...pace })
  }
  expect([of({ held: undefined }), of({ maxPowerKw: undefined }), of({ maxPowerKw: undefined }, 50)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(of({})).toEqual({ held: eur(5000), maxPowerKw: 22 })
  // Whole kilowatts, never too few.
  expect([11, 43.2, 5000].map((powerKw) => of({}, powerKw)?.maxPowerKw)).toEqual([22, 44, 400])
  expect(boundsOf(paymentIn('charging', { maxPowerKw: 22 }), { pace: { powerKw: 50, costPerHourMinor: 0 } })).toEqual({
    held: eur(5000),
    maxPowerKw: 22,
  })
})

test('what is paid back counts from the moment it is asked for, and not when it is refused (I3)', () => {
  const refund = (status: Refunded['status'], minor: number): Refunded => ({
    id: status,
    amount: eur(minor),
    why: 'w',
    status,
  })
  const refunds = [refund('asked', 100), refund('done', 20), refund('refused', 3)]
  expect(refundedOf(paymentIn('captured', { refunds }))).toEqual(eur(120))
  expect(netOf(paymentIn('captured', { refunds }))).toEqual(eur(1080))
  expect(netOf(paymentIn('voided'))).toEqual(eur(0))
})

test('a larger hold in the provider’s record counts; a smaller one, or one in another currency, changes nothing (F75)', () => {
  const payment = paymentIn('capturing', { held: eur(5000) })
  const held = (recorded: typeof huf | undefined) => withRecorded(payment, recorded).held
  expect(held(eur(6000))).toEqual(eur(6000))
  expect([held(eur(1200)), held({ amountMinor: 9000, currency: 'HUF' }), held(undefined)]).toEqual([
    eur(5000),
    eur(5000),
    eur(5000),
  ])
})

test('where no contract says otherwise, the documented defaults count', () => {
  expect(usualTerms).toEqual({
    overHold: 'partial',
    noCdr: 'void',
    cdrCheck: 'quarantine',
    refunds: 'automatic',
    cdrChaseForMs: 72_000_000,
    decideWithinMs: 72_000_000,
    cdrAlarmsMs: [7_200_000, 43_200_000],
    minCaptureMinor: 1,
  })
})
