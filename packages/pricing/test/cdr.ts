import type { Cdr, ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import { perKwh, tariffOf } from './tariffs.ts'

/** Energy, time and parking, at two rates. */
export const tariff = tariffOf([
  perKwh(0.5, { vat: 20 }),
  { type: 'TIME', price: 3, vat: 20, step_size: 60 },
  { type: 'PARKING_TIME', price: 6, vat: 10, step_size: 1 },
])

export const period = (at: string, volumes: Readonly<Record<string, number>>): ChargingPeriod => ({
  start_date_time: `2026-03-02T${at}:00Z`,
  dimensions: Object.entries(volumes).map(([type, volume]) => ({ type: type as 'ENERGY', volume })),
})

export const gross = (net: number, tax: number) => ({ before_taxes: net, taxes: [{ name: 'VAT', amount: tax }] })

/** 20 kWh and one hour, then half an hour connected: 10.00 + 3.00 + 3.00 net, 15.60 + 3.30 gross. */
export const right: Cdr = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'c1',
  start_date_time: '2026-03-02T09:00:00Z',
  end_date_time: '2026-03-02T10:30:00Z',
  cdr_token: { country_code: 'NL', party_id: 'ABC', uid: 'u', type: 'AD_HOC_USER', contract_id: 'c' },
  auth_method: 'COMMAND',
  cdr_location: {
    id: 'l',
    address: 'a',
    city: 'c',
    country: 'NLD',
    coordinates: { latitude: '52.089440', longitude: '5.110060' },
    evse_uid: 'e',
    evse_id: 'NL*ABC*E1',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  currency: 'EUR',
  tariffs: [tariff],
  charging_periods: [period('09:00', { ENERGY: 20, TIME: 1 }), period('10:00', { PARKING_TIME: 0.5 })],
  total_cost: gross(16, 2.9),
  total_energy: 20,
  total_energy_cost: gross(10, 2),
  total_time: 1.5,
  total_time_cost: gross(3, 0.6),
  total_parking_time: 0.5,
  total_parking_cost: gross(3, 0.3),
  last_updated: '2026-03-02T10:31:00Z',
}
