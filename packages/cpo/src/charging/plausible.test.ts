import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTE, sessionAt, T0 } from '../../test/session-at.ts'
import { measure, stopReading } from './cells.ts'
import { deliveredWh, startMeter } from './meter.ts'
import type { ChargingSession } from './session.ts'

const terms = { ...sessionAt('charging').terms, maxPowerKw: 22 }
const charging: ChargingSession = {
  ...sessionAt('charging'),
  createdAt: T0,
  heardAt: T0,
  terms,
  meter: startMeter(T0, 10_000),
}

const read = (session: ChargingSession, at: number, energyWh: number): ChargingSession => {
  const verdict = measure(session, { type: 'metered', at, measuredAt: at, energyWh })
  return 'to' in verdict ? { ...session, ...verdict.set } : session
}

test('whatever a meter says, no more is billed than its connector can give in that time, and never less than nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -50_000, max: 500_000 })), {
        maxLength: 20,
      }),
      fc.integer({ min: 0, max: 500_000 }),
      (readings, meterStopWh) => {
        let at = T0
        let session = charging
        for (const [minutes, wh] of readings) {
          at += minutes * MINUTE
          const before = deliveredWh(session.meter!)
          session = read(session, at, wh)
          expect(deliveredWh(session.meter!)).toBeGreaterThanOrEqual(before)
        }
        at += MINUTE
        const stop = { type: 'transaction-stopped', at, measuredAt: at, meterStopWh, reason: 'Local' } as const
        const billed = deliveredWh(stopReading(session, stop))
        expect(billed).toBeGreaterThanOrEqual(0)
        const mostWh = (22_000 * 1.25 * (at - T0)) / (60 * MINUTE) + 1000
        expect(billed).toBeLessThanOrEqual(Math.ceil(mostWh))
      },
    ),
  )
})

test('the clock of a charger that is set in mid-charge makes no jump', () => {
  const behind = { ...charging, meter: startMeter(T0 - 4 * MINUTE, 10_000) }
  const set = read(behind, T0 + 10 * MINUTE, 15_000)
  expect(deliveredWh(set.meter!)).toBe(5000)
})

test('in a sandbox whose chargers run faster than life, so may the meter', () => {
  const fast = { ...charging, terms: { ...terms, chargerSpeed: 60 } }
  expect(deliveredWh(read(charging, T0 + MINUTE, 30_000).meter!)).toBe(0)
  expect(deliveredWh(read(fast, T0 + MINUTE, 30_000).meter!)).toBe(20_000)
})
