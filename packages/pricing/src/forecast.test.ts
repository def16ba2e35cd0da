import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, tariffOf } from '../test/tariffs.ts'
import { forecast, soFarOf, stopDue } from './forecast.ts'
import type { PricedSession } from './price.ts'

const soFar = ({ start: from, end, timeZone, periods }: PricedSession) => ({ start: from, at: end, timeZone, periods })
const after = (at: number) => (at - (start + hour)) / 1000
const energyOnly = tariffOf([perKwh(0.5, { vat: 20 })])

test('a tariff per kWh: the hold buys so much energy, and full power brings it so soon', () => {
  // 10 kWh are 6.00; 30.00 are 50 kWh: 40 more, at 20 kW two hours. A Wh or two are kept back.
  const said = forecast(energyOnly, soFar(charging(10)), { holdMinor: 30_00, maxPowerKw: 20 })
  expect(said).toMatchObject({
    costMinor: 600,
    perHourMinor: { charging: 12_00, parking: 0 },
    stop: 'by',
    safeKwh: 50.007,
  })
  expect(after(said.stopAt)).toBe(7201)
  expect(said.worstMinor).toBe(30_00)
})

test('with half the power of the connector at most the moment is twice as far', () => {
  const said = forecast(energyOnly, soFar(charging(10)), { holdMinor: 30_00, maxPowerKw: 10 })
  expect(after(said.stopAt)).toBe(14_402)
})

test('time until the charger obeys and idle time after it come off (E-25)', () => {
  const tariff = tariffOf([perKwh(0.6), { type: 'PARKING_TIME', price: 6, step_size: 1 }], { tax_included: 'YES' })
  const of = (more: object) =>
    after(forecast(tariff, soFar(charging(10)), { holdMinor: 30_00, maxPowerKw: 20, ...more }).stopAt)
  expect(of({}) - of({ reactionMs: 60_000 })).toBe(60)
  // Half an hour of idle time costs 3.00: as much as a quarter of an hour of charging at full power.
  expect(of({}) - of({ idleMs: 1_800_000 })).toBe(900)
})

test('a step is not begun that the hold does not cover (G-12)', () => {
  const tariff = tariffOf([{ type: 'TIME', price: 6, step_size: 1800 }], { tax_included: 'N/A' })
  const said = forecast(tariff, soFar(charging(1)), { holdMinor: 10_00, maxPowerKw: 11 })
  // 9.00 buy 90 minutes, the next step would end at 12.00; a second is kept back.
  expect([after(said.stopAt), said.worstMinor]).toEqual([1799, 9_00])
})

test('fees that may still fall due count, also when they depend on the power (G-06)', () => {
  const tariff = tariffOf([], {
    tax_included: 'N/A',
    elements: [
      { price_components: [{ type: 'FLAT', price: 5, step_size: 1 }], restrictions: { min_power: 50 } },
      { price_components: [perKwh(1)] },
    ],
  })
  const of = (maxPowerKw: number) => forecast(tariff, soFar(charging(1)), { holdMinor: 8_00, maxPowerKw })
  expect(of(40).safeKwh).toBe(8.003)
  expect(of(60).safeKwh).toBe(3.003)
})

test('a price that rises at a certain time is not paid before it', () => {
  const tariff = tariffOf([], {
    tax_included: 'N/A',
    elements: [
      { price_components: [perKwh(0.3)], restrictions: { end_time: '12:00' } },
      { price_components: [perKwh(3)] },
    ],
  })
  // 11:30 in Amsterdam: until 12:00 10 kWh at 0.30, then 3.00 per kWh.
  const said = forecast(tariff, soFar(charging(0)), { holdMinor: 4_00, maxPowerKw: 20 })
  expect(after(said.stopAt)).toBeGreaterThan(1800)
  expect(after(said.stopAt)).toBeLessThan(1860)
})

test('a period keeps the clock of its start for all the energy it will hold (G-22)', () => {
  const tariff = tariffOf([], {
    tax_included: 'N/A',
    elements: [
      { price_components: [perKwh(0)], restrictions: { max_kwh: 5.5 } },
      { price_components: [perKwh(1)], restrictions: { max_duration: 1200 } },
      { price_components: [perKwh(0)] },
    ],
  })
  // Five minutes have passed. 5.5 kWh take 15 minutes more, but a period that begins now is priced as at its start.
  const begun = { start, at: start + 301_000, timeZone: 'UTC', periods: [{ start, energyKwh: 0, timeH: 0.0836 }] }
  const said = forecast(tariff, begun, { holdMinor: 1_00, maxPowerKw: 22 })
  expect([said.stop, (said.stopAt - begun.at) / 1000]).toEqual(['by', 1063])
})

test('a highest price within the hold makes a stop needless; a least price above it makes any start too dear (G-18)', () => {
  const capped = tariffOf([perKwh(1)], { max_price: { before_taxes: 20, after_taxes: 24 } })
  expect(forecast(capped, soFar(charging(5)), { holdMinor: 24_00, maxPowerKw: 150 }).stop).toBe('not-needed')
  expect(forecast(capped, soFar(charging(5)), { holdMinor: 23_99, maxPowerKw: 150 }).stop).toBe('by')
  const least = tariffOf([perKwh(1)], { min_price: { before_taxes: 20, after_taxes: 24 } })
  expect(forecast(least, soFar(charging(5)), { holdMinor: 23_99, maxPowerKw: 150 }).stop).toBe('now')
})

test('the order to stop is due when going on for a while longer may cost more than the hold', () => {
  const at = soFar(charging(49))
  // 29.40 so far; at 20 kW three minutes bring one kWh, and 50 kWh cost 30.00.
  expect(stopDue(energyOnly, at, { holdMinor: 30_00, maxPowerKw: 20, withinMs: 170_000 })).toBe(false)
  expect(stopDue(energyOnly, at, { holdMinor: 30_00, maxPowerKw: 20, withinMs: 190_000 })).toBe(true)
})

test('below a least price above the hold a stop saves nothing and is not due', () => {
  const least = tariffOf([perKwh(1)], { min_price: { before_taxes: 20 } })
  expect(stopDue(least, soFar(charging(5)), { holdMinor: 15_00, maxPowerKw: 11, withinMs: 60_000 })).toBe(false)
  expect(stopDue(least, soFar(charging(19.99)), { holdMinor: 15_00, maxPowerKw: 11, withinMs: 60_000 })).toBe(true)
})

test('when time alone may cost too much no amount of energy is safe', () => {
  const tariff = tariffOf([perKwh(1), { type: 'PARKING_TIME', price: 10, step_size: 1 }])
  expect(forecast(tariff, soFar(charging(5)), { holdMinor: 50_00, maxPowerKw: 11 }).safeKwh).toBeUndefined()
})

const session = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 's',
  start_date_time: '2026-03-02T09:30:00Z',
  kwh: 10,
  cdr_token: { country_code: 'NL', party_id: 'ABC', uid: 'u', type: 'AD_HOC_USER' as const, contract_id: 'c' },
  auth_method: 'COMMAND' as const,
  location_id: 'l',
  evse_uid: 'e',
  connector_id: '1',
  currency: 'EUR',
  status: 'ACTIVE' as const,
  last_updated: '2026-03-02T10:30:00Z',
}

test('a Session without periods is forecast from its kWh, its time at the dearest', () => {
  const said = forecast(energyOnly, soFarOf(session, 'Europe/Amsterdam'), { holdMinor: 30_00, maxPowerKw: 20 })
  expect([said.costMinor, after(said.stopAt), said.safeKwh]).toEqual([6_00, 7201, 50.007])
  const parking = tariffOf([perKwh(0.6), { type: 'PARKING_TIME', price: 6, step_size: 1 }], { tax_included: 'YES' })
  const dear = forecast(parking, soFarOf(session, 'Europe/Amsterdam'), { holdMinor: 11_99, maxPowerKw: 20 })
  expect(dear).toMatchObject({ costMinor: 6_00, stop: 'now' })
})

test('kWh that no period holds yet count at the dearest price they may have', () => {
  const charging_periods = [
    { start_date_time: session.start_date_time, dimensions: [{ type: 'ENERGY' as const, volume: 4 }] },
  ]
  const said = forecast(energyOnly, soFarOf({ ...session, charging_periods }, 'UTC'), {
    holdMinor: 30_00,
    maxPowerKw: 20,
  })
  expect([said.costMinor, said.safeKwh]).toEqual([6_00, 50.007])
})

test.each([
  ['holdMinor', { holdMinor: Number.NaN, maxPowerKw: 1 }],
  ['maxPowerKw', { holdMinor: 1, maxPowerKw: -1 }],
  ['reactionMs', { holdMinor: 1, maxPowerKw: 1, reactionMs: Number.POSITIVE_INFINITY }],
])('%s that is no number is refused', (path, options) => {
  expect(() => forecast(energyOnly, soFar(charging(1)), options)).toThrow(expect.objectContaining({ path }))
})

test.each([
  ['start_date_time', () => soFarOf({ ...session, start_date_time: 'soon' }, 'UTC')],
  ['last_updated', () => soFarOf({ ...session, last_updated: '' }, 'UTC')],
  [
    'energyKwh',
    () => forecast(energyOnly, { ...soFar(charging(1)), energyKwh: Number.NaN }, { holdMinor: 1, maxPowerKw: 1 }),
  ],
  [
    'periods[0].timeH',
    () =>
      forecast(energyOnly, soFar(charging(0, { periods: [{ start, timeH: Number.NaN }] })), {
        holdMinor: 1,
        maxPowerKw: 1,
      }),
  ],
])('a session whose %s cannot be read is refused by that name', (path, run) => {
  expect(run).toThrow(expect.objectContaining({ path }))
})

test('a Session is known until its update, or until its last period began', () => {
  const charging_periods = ['2026-03-02T09:30:00Z', '2026-03-02T09:31:00Z', '2026-03-02T10:45:00Z'].map(
    (start_date_time) => ({
      ...{ start_date_time, dimensions: [] },
    }),
  )
  const iso = (more: object) => new Date(soFarOf({ ...session, ...more }, 'UTC').at).toISOString().slice(11, 16)
  expect(iso({})).toBe('10:30')
  expect(iso({ charging_periods })).toBe('10:45')
  expect(iso({ charging_periods, last_updated: '2026-03-02T11:00:00Z' })).toBe('11:00')
  expect(iso({ last_updated: '2026-03-02T09:00:00Z' })).toBe('09:30')
})
