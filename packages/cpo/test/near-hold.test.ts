import { expect, test } from 'vitest'
import { mayPassHold } from '../src/charging/cost.ts'
import { cutsOf } from '../src/charging/cuts.ts'
import { readMeter, startMeter } from '../src/charging/meter.ts'
import { MINUTE, sessionAt, T0 } from './session-at.ts'

const { tariff, timeZone } = sessionAt('charging')
const cuts = cutsOf(tariff, timeZone)
/** 0.605 EUR as start fee and 0.484 per kWh: 102 kWh cost 49.97. */
const after = (kwh: number, terms: object) => {
  const meter = readMeter(startMeter(T0, 0), { at: T0 + 300 * MINUTE, energyWh: kwh * 1000 }, cuts)
  const session = sessionAt('charging')
  return mayPassHold({ ...session, meter, terms: { ...session.terms, ...terms } })
}

test('the station is stopped when its connector can pass the hold before the next reading (E-25)', () => {
  // 45 seconds at 150 kW bring 1.875 kWh, 0.91 EUR.
  expect(after(99.8, { holdMinor: 5000, maxPowerKw: 150 })).toBe(false)
  expect(after(100.3, { holdMinor: 5000, maxPowerKw: 150 })).toBe(true)
  expect(after(100.3, { holdMinor: 5000, maxPowerKw: 22 })).toBe(false)
})

test('without a hold or the power of the connector nothing is forecast', () => {
  expect(after(200, {})).toBe(false)
  expect(after(200, { holdMinor: 5000 })).toBe(false)
})
