/** Sessions in every state, for the tests. */

import { writeCdr } from '../src/charging/cdr.ts'
import { startMeter } from '../src/charging/meter.ts'
import type { ChargingSession, ChargingState } from '../src/charging/session.ts'

export const T0 = Date.parse('2030-01-15T10:00:00Z')
export const MINUTE = 60_000

export const acTariff: ChargingSession['tariff'] = {
  country_code: 'NL',
  party_id: 'PLG',
  id: 'AC-ADHOC',
  currency: 'EUR',
  type: 'AD_HOC_PAYMENT',
  tax_included: 'NO',
  preauthorize_amount: 50,
  elements: [
    {
      price_components: [
        { type: 'ENERGY', price: 0.4, vat: 21, step_size: 1 },
        { type: 'FLAT', price: 0.5, vat: 21, step_size: 1 },
        { type: 'PARKING_TIME', price: 2, vat: 21, step_size: 60 },
      ],
    },
  ],
  last_updated: '2030-01-01T00:00:00.000Z',
}

const beginning: ChargingSession = {
  id: '0a0a0a0a-0000-4000-8000-000000000001',
  state: 'commanded',
  peerId: 'peer-1',
  owner: 'de-pay',
  countryCode: 'NL',
  partyId: 'PLG',
  reference: '0b0b0b0b-0000-4000-8000-000000000001',
  fingerprint: '[]',
  responseUrl: 'https://ptp.example/answers/1',
  correlationId: 'c-1',
  idTag: '0A0A0A0A000040008000',
  token: { country_code: 'NL', party_id: 'PTP', uid: 'CARD0001', type: 'AD_HOC_USER', contract_id: 'CARD0001' },
  place: { locationId: 'LOC-CITY', evseUid: 'NLPLGE101', connectorId: '1', chargerId: 'PLG-AC-1', chargerConnector: 1 },
  cdrLocation: {
    id: 'LOC-CITY',
    name: 'City Garage',
    address: 'Stationsplein 1',
    city: 'Utrecht',
    postal_code: '3511ED',
    country: 'NLD',
    coordinates: { latitude: '52.089440', longitude: '5.110060' },
    evse_uid: 'NLPLGE101',
    evse_id: 'NL*PLG*E101',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  timeZone: 'Europe/Amsterdam',
  tariff: acTariff,
  terms: {
    plugInWindowMs: 300_000,
    silenceMs: 6 * 3_600_000,
    updateEveryMs: 30_000,
    stopAtMinor: 4900,
    minimumWh: 1,
    invoiceBy: 'CPO',
  },
  createdAt: T0,
  cdrId: '0c0c0c0c-0000-4000-8000-000000000001',
  announced: false,
  changedAt: T0,
  resultSent: false,
  limitStops: 0,
}

const told = { resultSent: true, announced: true }
const running = {
  ...told,
  transactionId: 7,
  startKey: 'k7',
  meter: startMeter(T0, 1000),
  heardAt: T0,
  orderedUpdateAt: T0,
}
const ended = { ...running, endedAt: T0, stopReason: 'EVDisconnected' }

export function sessionAt(state: ChargingState, more: Partial<ChargingSession> = {}): ChargingSession {
  const fields: { readonly [S in ChargingState]: Partial<ChargingSession> } = {
    commanded: {},
    'awaiting-plug': told,
    charging: running,
    finished: ended,
    closed: { ...ended, cdrUrl: 'https://ptp.example/cdrs/1' },
    failed: { resultSent: true, endedAt: T0 },
    expired: { ...told, endedAt: T0 },
  }
  const session = { ...beginning, ...fields[state], state, ...more }
  return state === 'finished' || state === 'closed' ? { ...session, cdr: writeCdr(session), ...more } : session
}
