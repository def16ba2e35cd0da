import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acTariff, MINUTE, T0 } from '../../test/session-at.ts'
import { cutsOf } from './cuts.ts'
import { deliveredWh, markMeter, readMeter, startMeter } from './meter.ts'

const cuts = cutsOf(acTariff, 'Europe/Amsterdam')

test('readings of one price are one stretch', () => {
  let meter = startMeter(T0, 1000)
  meter = readMeter(meter, { at: T0 + MINUTE, energyWh: 1300 }, cuts)
  meter = readMeter(meter, { at: T0 + 2 * MINUTE, energyWh: 1700 }, cuts)

  expect(meter.stretches).toEqual([{ start: T0, end: T0 + 2 * MINUTE, energyWh: 700, parking: false }])
})

test('a pause the car makes is parking time; the energy of the interval belongs to the time before it', () => {
  let meter = startMeter(T0, 0)
  meter = markMeter(meter, { at: T0 + 6 * MINUTE, parking: true })
  meter = readMeter(meter, { at: T0 + 10 * MINUTE, energyWh: 2200 }, cuts)
  meter = readMeter(meter, { at: T0 + 20 * MINUTE, energyWh: 2200 }, cuts)

  expect(meter.stretches).toEqual([
    { start: T0, end: T0 + 6 * MINUTE, energyWh: 2200, parking: false },
    { start: T0 + 6 * MINUTE, end: T0 + 20 * MINUTE, energyWh: 0, parking: true },
  ])
})

test('a new stretch begins where a restriction of the tariff names a local time', () => {
  const night = { elements: [{ price_components: [], restrictions: { start_time: '23:00', end_time: '06:00' } }] }
  const at = Date.parse('2030-01-15T21:30:00Z')

  const meter = readMeter(
    startMeter(at, 0),
    { at: at + 60 * MINUTE, energyWh: 11_000 },
    cutsOf(night as never, 'Europe/Amsterdam'),
  )

  expect(meter.stretches).toEqual([
    { start: at, end: at + 30 * MINUTE, energyWh: 5500, parking: false },
    { start: at + 30 * MINUTE, end: at + 60 * MINUTE, energyWh: 5500, parking: false },
  ])
})

test('a new stretch begins at an energy and at a duration the tariff names', () => {
  const steps = { elements: [{ price_components: [], restrictions: { min_kwh: 2, max_duration: 1800 } }] }

  const meter = readMeter(startMeter(T0, 0), { at: T0 + 60 * MINUTE, energyWh: 10_000 }, cutsOf(steps as never, 'UTC'))

  expect(meter.stretches.map(({ start, energyWh }) => [(start - T0) / MINUTE, energyWh])).toEqual([
    [0, 2000],
    [12, 3000],
    [30, 5000],
  ])
})

test('a cut that falls on a reading still begins a new stretch', () => {
  const steps = cutsOf({ elements: [{ price_components: [], restrictions: { min_kwh: 2 } }] } as never, 'UTC')
  let meter = readMeter(startMeter(T0, 0), { at: T0 + MINUTE, energyWh: 2000 }, steps)
  meter = readMeter(meter, { at: T0 + 2 * MINUTE, energyWh: 3000 }, steps)

  expect(meter.stretches.map(({ energyWh }) => energyWh)).toEqual([2000, 1000])
})

test('a register that goes back and a reading out of order add nothing', () => {
  let meter = readMeter(startMeter(T0, 0), { at: T0 + MINUTE, energyWh: 500 }, cuts)
  meter = readMeter(meter, { at: T0, energyWh: 900 }, cuts)
  meter = readMeter(meter, { at: T0 + 2 * MINUTE, energyWh: 400 }, cuts)

  expect(deliveredWh(meter)).toBe(500)
})

test('whatever is read, the stretches follow each other and hold exactly the energy delivered', () => {
  const reading = fc.record({ minutes: fc.nat(90), wh: fc.nat(5000), parking: fc.boolean(), powerW: fc.nat(22_000) })
  const tariff = {
    elements: [
      {
        price_components: [],
        restrictions: { min_kwh: 1.5, max_kwh: 7, start_time: '11:15', max_duration: 2700, min_power: 5 },
      },
    ],
  }
  const many = cutsOf(tariff as never, 'Europe/Amsterdam')

  fc.assert(
    fc.property(fc.array(reading, { maxLength: 20 }), (readings) => {
      let meter = startMeter(T0, 100)
      for (const { minutes, wh, parking, powerW } of readings) {
        meter = markMeter(meter, { at: meter.at + (minutes * MINUTE) / 2, parking })
        meter = readMeter(meter, { at: meter.at + minutes * MINUTE, energyWh: meter.energyWh + wh, powerW }, many)
      }
      expect(meter.stretches.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(deliveredWh(meter))
      for (const [index, stretch] of meter.stretches.entries()) {
        expect(stretch.energyWh).toBeGreaterThanOrEqual(0)
        expect(stretch.start).toBe(meter.stretches[index - 1]?.end ?? T0)
      }
    }),
    { numRuns: 200 },
  )
})
