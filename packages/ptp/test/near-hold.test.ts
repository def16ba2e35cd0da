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

test('only a session that runs is stopped', () => {
  expect(stops(session(80.9, { status: 'COMPLETED' }))[0]).toBe(false)
})
