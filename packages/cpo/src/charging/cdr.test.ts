import { expect, test } from 'vitest'
import { MINUTE, sessionAt, T0 } from '../../test/session-at.ts'
import { cdrOf, writeCdr } from './cdr.ts'
import { cutsOf } from './cuts.ts'
import { type Meter, markMeter, readMeter, startMeter } from './meter.ts'
import type { ChargingSession } from './session.ts'

const cuts = cutsOf(sessionAt('charging').tariff, 'Europe/Amsterdam')
const ended = (meter: Meter, more: Partial<ChargingSession> = {}) =>
  sessionAt('charging', { meter, endedAt: meter.at, changedAt: meter.at + 1000, ...more })
const charged = (wh: number, minutes: number) =>
  readMeter(startMeter(T0, 5000), { at: T0 + minutes * MINUTE, energyWh: 5000 + wh }, cuts)

test('20.5 kWh at 0.40 and a start fee of 0.50, plus 21 % tax', () => {
  const cdr = cdrOf(ended(charged(20_500, 60)))

  expect(cdr.total_energy).toBe(20.5)
  expect(cdr.total_time).toBe(1)
  expect(cdr.total_cost.before_taxes).toBe(8.7)
  expect(cdr.total_cost.taxes?.map(({ percentage, amount }) => [percentage, amount])).toEqual([[21, 1.827]])
  expect(cdr.total_energy_cost?.before_taxes).toBe(8.2)
  expect(cdr.total_fixed_cost?.before_taxes).toBe(0.5)
  expect(cdr.charging_periods).toEqual([
    {
      start_date_time: '2030-01-15T10:00:00.000Z',
      dimensions: [
        { type: 'ENERGY', volume: 20.5 },
        { type: 'TIME', volume: 1 },
      ],
      tariff_id: 'AC-ADHOC',
    },
  ])
})

test('time after charging is a period of its own and is billed by the hour', () => {
  const parked = readMeter(
    markMeter(charged(10_000, 30), { at: T0 + 30 * MINUTE, parking: true }),
    { at: T0 + 75 * MINUTE, energyWh: 15_000 },
    cuts,
  )

  const cdr = cdrOf(ended(parked))

  expect(cdr.total_time).toBe(1.25)
  expect(cdr.total_parking_time).toBe(0.75)
  expect(cdr.total_parking_cost?.before_taxes).toBe(1.5)
  expect(cdr.total_cost.before_taxes).toBe(6)
  expect(cdr.charging_periods.map((period) => period.dimensions.map(({ type, volume }) => [type, volume]))).toEqual([
    [
      ['ENERGY', 10],
      ['TIME', 0.5],
    ],
    [
      ['ENERGY', 0],
      ['PARKING_TIME', 0.75],
    ],
  ])
})

test('the CDR names session, reference, token, place and invoice as they stood at the start', () => {
  const cdr = cdrOf(ended(charged(1000, 10)))

  expect(cdr).toMatchObject({
    country_code: 'NL',
    party_id: 'PLG',
    id: '0c0c0c0c-0000-4000-8000-000000000001',
    session_id: '0a0a0a0a-0000-4000-8000-000000000001',
    authorization_reference: '0b0b0b0b-0000-4000-8000-000000000001',
    invoice_reference_id: '0b0b0b0b-0000-4000-8000-000000000001',
    auth_method: 'COMMAND',
    cdr_token: { country_code: 'NL', party_id: 'PTP', uid: 'CARD0001', type: 'AD_HOC_USER', contract_id: 'CARD0001' },
    cdr_location: { id: 'LOC-CITY', evse_uid: 'NLPLGE101', evse_id: 'NL*PLG*E101', connector_id: '1' },
    start_date_time: '2030-01-15T10:00:00.000Z',
    end_date_time: '2030-01-15T10:10:00.000Z',
    currency: 'EUR',
  })
})

test('when the partner makes the invoice the CDR names none', () => {
  const { terms } = sessionAt('charging')
  expect(cdrOf(ended(charged(1000, 10), { terms: { ...terms, invoiceBy: 'PTP' } }))).not.toHaveProperty(
    'invoice_reference_id',
  )
})

test('a session without energy ends with a CDR over 0.00, start fee or not', () => {
  const cdr = cdrOf(ended(startMeter(T0, 5000)))

  expect(cdr.total_cost).toEqual({ before_taxes: 0, taxes: [] })
  expect(cdr.total_energy).toBe(0)
  expect(cdr.charging_periods).toHaveLength(1)
  expect(cdr.remark).toBe('No energy was delivered: nothing is due.')
})

test('the same session always writes the same text', () => {
  const session = ended(charged(7777, 33))
  expect(writeCdr(session)).toBe(writeCdr(structuredClone(session)))
})
