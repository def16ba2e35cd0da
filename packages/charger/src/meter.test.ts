import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cars } from './car.ts'
import { advance, type MeterState, type Outlet, powerAt } from './meter.ts'

const fresh = (soc: number): MeterState => ({ registerWh: 0, soc, chargingMs: 0 })
const warm = (soc: number) => ({ soc, chargingMs: 600_000 })
const hour = 3_600_000
const ac22: Outlet = { kind: 'AC', maxPowerKw: 22 }
const dc150: Outlet = { kind: 'DC', maxPowerKw: 150 }

test('AC power is bounded by the phases and amperes of the car', () => {
  expect(powerAt(ac22, cars.family, warm(50))).toBe(3 * 230 * 16)
  expect(powerAt(ac22, cars['plug-in-hybrid'], warm(50))).toBe(230 * 16)
})

test('a car on one of three phases gets a third of what the outlet has', () => {
  expect(powerAt({ kind: 'AC', maxPowerKw: 11 }, cars.city, warm(50))).toBeCloseTo(11_000 / 3, 6)
})

test('DC power follows the curve of the car, in straight lines between its points', () => {
  const dc400: Outlet = { kind: 'DC', maxPowerKw: 400 }
  expect(powerAt(dc400, cars.touring, warm(4))).toBe(240_000)
  expect(powerAt(dc400, cars.touring, warm(54))).toBe(207_500)
  expect(powerAt(dc400, cars['plug-in-hybrid'], warm(20))).toBe(0)
})

test('AC power is bounded by the outlet', () => {
  expect(powerAt({ kind: 'AC', maxPowerKw: 3.7, phases: 1 }, cars['long-range'], warm(50))).toBe(3_700)
})

test('DC power falls above 80 % and is not zero before the battery is full', () => {
  const at = (soc: number) => powerAt(dc150, cars.family, warm(soc))
  expect(at(80)).toBe(120_000)
  expect(at(90)).toBeLessThan(at(80))
  expect(at(99)).toBeGreaterThan(0)
  expect(at(100)).toBe(0)
})

test('power ramps up after the start', () => {
  expect(powerAt(dc150, cars.family, { soc: 50, chargingMs: 0 })).toBeLessThan(10_000)
})

test('an hour on three phases at 16 A is about 11 kWh', () => {
  const after = advance(fresh(20), hour, { outlet: ac22, car: cars.family, stopAtSoc: 100 })
  expect(after.registerWh).toBeGreaterThan(11_000)
  expect(after.registerWh).toBeLessThanOrEqual(11_040)
})

test('a car takes no more at its target', () => {
  const target = { outlet: dc150, car: cars.family, stopAtSoc: 80 }
  const after = advance(fresh(60), 10 * hour, target)
  expect(after.soc).toBe(80)
  expect(after.registerWh).toBeCloseTo((0.2 * 60_000) / 0.95, 3)
  expect(advance(after, hour, target)).toEqual(after)
})

test('the register never goes back and the battery never overflows', () => {
  const car = fc.constantFrom(...Object.values(cars))
  const outlet = fc.constantFrom<Outlet>(ac22, dc150)
  fc.assert(
    fc.property(
      car,
      outlet,
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.integer({ min: 0, max: 1e9 }),
      (c, o, soc, ms) => {
        const after = advance(fresh(soc), ms, { outlet: o, car: c, stopAtSoc: 100 })
        expect(after.registerWh).toBeGreaterThanOrEqual(0)
        expect(after.soc).toBeLessThanOrEqual(100)
        expect(after.soc).toBeGreaterThanOrEqual(soc)
      },
    ),
    { numRuns: 200 },
  )
})
