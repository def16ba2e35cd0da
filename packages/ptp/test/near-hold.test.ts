import type { Session } from '@plugtill/ocpi/modules/sessions'
import { expect, test } from 'vitest'
import { limitReached } from '../src/payment/amounts.ts'
import { sessionSeen } from '../src/payment/session-seen.ts'
import { eur, paymentIn } from './samples.ts'

/** 0.605 EUR per kWh; at 150 kW 45 seconds bring 1.875 kWh, which cost 1.13 EUR. */
const payment = paymentIn('charging', { held: eur(5000), maxPowerKw: 150 })

const session = (kwh: number, more: Partial<Session> = {}): Session => ({
  country_code: 'NL',
  party_id: 'CPO',
  id: 'S1',
  start_date_time: '2030-01-01T12:00:00.000Z',
  kwh,
  cdr_token: { country_code: 'NL', party_id: 'PTP', uid: 'u', type: 'AD_HOC_USER', contract_id: 'u' },
  auth_method: 'COMMAND',
  location_id: 'L1',
  evse_uid: 'E1',
  connector_id: '1',
  currency: 'EUR',
  status: 'ACTIVE',
  last_updated: '2030-01-01T13:00:00.000Z',
  ...more,
})

const stops = (of: Session, change = {}) => {
  const seen = sessionSeen({ ...payment, ...change }, of)
  return [seen.nearHold ?? false, limitReached({ ...payment, ...change }, seen)]
}

test('charging stops when the connector can pass the hold before the next word, although the cost is below the margin', () => {
  // 80.6 kWh cost 48.76, 2 % below the hold are 49.00.
  expect(stops(session(80.6))).toEqual([false, false])
  expect(stops(session(80.9))).toEqual([true, true])
})

test('a slow connector may come nearer, a payment without the power of its connector stops by its cost', () => {
  expect(stops(session(80.9), { maxPowerKw: 11 })).toEqual([false, false])
  expect(stops(session(80.9), { maxPowerKw: undefined })).toEqual([false, false])
  expect(stops(session(81.0), { maxPowerKw: undefined })).toEqual([false, true])
})

test('what the CPO says above our own figure comes off the hold', () => {
  const total_cost = { before_taxes: 40, taxes: [{ name: 'VAT', amount: 8.4 }] }
  expect(stops(session(76, { total_cost }))).toEqual([false, false])
  expect(stops(session(79, { total_cost: { before_taxes: 40.4, taxes: [{ name: 'VAT', amount: 8.5 }] } }))).toEqual([
    true,
    true,
  ])
})

test('time counts as the periods say; without periods all of it was charging', () => {
  const byTime = {
    ...payment.tariff,
    elements: [{ price_components: [{ type: 'TIME' as const, price: 6, vat: 0, step_size: 1 }] }],
  }
  const near = (held: number, more: Partial<Session> = {}) =>
    sessionSeen({ ...payment, tariff: byTime, held: eur(held) }, session(1, more)).nearHold ?? false
  // An hour is 6.00, 45 seconds are 0.08.
  expect([near(608), near(607)]).toEqual([false, true])
  const half = (start_date_time: string, type: 'TIME' | 'PARKING_TIME') => ({
    start_date_time,
    dimensions: [{ type, volume: 0.5 }],
  })
  const charging_periods = [half('2030-01-01T12:00:00Z', 'PARKING_TIME'), half('2030-01-01T12:30:00Z', 'TIME')]
  expect([near(308, { charging_periods }), near(307, { charging_periods })]).toEqual([false, true])
})

test('what costs nothing more, however long it goes on, and what cannot be forecast, is stopped by its cost alone', () => {
  const flat = {
    ...payment.tariff,
    elements: [{ price_components: [{ type: 'FLAT' as const, price: 60, vat: 0, step_size: 1 }] }],
  }
  expect(stops(session(1), { tariff: flat })).toEqual([false, true])
  expect(stops(session(80.9), { timeZone: 'Mars/Base' })).toEqual([false, false])
})

test('only a session that runs is stopped', () => {
  expect(stops(session(80.9, { status: 'COMPLETED' }))[0]).toBe(false)
})

test('a fee, a min_price or a max_price as high as the hold is no reason to stop: what does not rise needs no margin (F26, E-25)', () => {
  const fee = [{ price_components: [{ type: 'FLAT' as const, price: 50, vat: 0, step_size: 1 }] }]
  const withFee = { tariff: { ...payment.tariff, elements: fee } }
  expect(stops(session(0), withFee)).toEqual([false, false])
  const [least, most] = [
    { min_price: { before_taxes: 50, after_taxes: 50 } },
    { max_price: { before_taxes: 41.32, after_taxes: 50 } },
  ]
  const bounded = (limit: object) => ({ tariff: { ...payment.tariff, ...limit } })
  expect(stops(session(0), bounded(least))).toEqual([false, false])
  expect(stops(session(80.6), bounded(least))).toEqual([false, false])
  expect(stops(session(80.9), bounded(least))).toEqual([true, true])
  for (const kwh of [80.9, 82.5, 200]) expect(stops(session(kwh), bounded(most)), String(kwh)).toEqual([false, false])
  // The CPO asks more than its tariff: then nothing is sure.
  const total_cost = { before_taxes: 41, taxes: [{ name: 'VAT', amount: 8.5 }] }
  expect(stops(session(70, { total_cost }), bounded(most))[1]).toBe(true)
  // A part of the hold is less than the fee from the first word on.
  expect(stops(session(0), { ...withFee, held: eur(4999) })).toEqual([false, true])
})

test('at another connector the power that has flowed there counts, where it is more than that of the one paid for (F21)', () => {
  const before = { session: { ...sessionSeen(payment, session(70)), kwh: 70, lastUpdated: '2030-01-01T12:56:00.000Z' } }
  const of = { ...payment, ...before, maxPowerKw: 22 }
  // 10.9 kWh in four minutes.
  expect(sessionSeen(of, session(80.9)).nearHold).toBeUndefined()
  expect(sessionSeen(of, session(80.9), 'same-tariff').nearHold).toBe(true)
  const inOneSecond = { ...of, session: { ...before.session, lastUpdated: '2030-01-01T12:59:59.000Z' } }
  expect(sessionSeen(inOneSecond, session(74), 'same-tariff').nearHold).toBeUndefined()
})
