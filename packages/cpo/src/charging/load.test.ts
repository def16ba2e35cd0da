import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { auditCdr } from '@plugtill/pricing/audit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acTariff, MINUTE, sessionAt, T0 } from '../../test/session-at.ts'
import { cdrOf } from './cdr.ts'
import { cutsFor, cutsOf } from './cuts.ts'
import { type Meter, markMeter, readMeter, startMeter } from './meter.ts'

type Restrictions = NonNullable<Tariff['elements'][number]['restrictions']>
/** 0.60 a kWh where the restrictions hold, else 0.30. */
const dearWhere = (restrictions: Restrictions): Tariff => ({
  ...acTariff,
  elements: [
    { price_components: [{ type: 'ENERGY', price: 0.6, vat: 0, step_size: 1 }], restrictions },
    { price_components: [{ type: 'ENERGY', price: 0.3, vat: 0, step_size: 1 }] },
  ],
})

const zone = 'Europe/Amsterdam'
const sessionOf = (tariff: Tariff, meter: Meter) =>
  sessionAt('charging', { tariff, meter, endedAt: meter.at, changedAt: meter.at })

/** Readings every ten minutes: energy in Wh of the interval, and what the station told at its end. */
function billed(tariff: Tariff, readings: readonly { wh: number; powerW?: number; currentA?: number }[], begin = T0) {
  const cuts = cutsFor(sessionAt('charging', { tariff }))
  let meter = startMeter(begin, 0)
  for (const { wh, ...load } of readings)
    meter = readMeter(meter, { at: meter.at + 10 * MINUTE, energyWh: meter.energyWh + wh, ...load }, cuts)
  return auditedCdr(tariff, meter)
}

function auditedCdr(tariff: Tariff, meter: Meter) {
  const cdr = cdrOf(sessionOf(tariff, meter))
  const audit = auditCdr(cdr, { timeZone: zone })
  expect(audit.findings.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(audit.ok).toBe(true)
  return cdr
}

const periodsOf = (cdr: ReturnType<typeof cdrOf>) =>
  cdr.charging_periods.map(({ dimensions }) => Object.fromEntries(dimensions.map(({ type, volume }) => [type, volume])))

describe('a price that depends on', () => {
  test('power: each side of the limit is a period of its own, with its lowest and highest power', () => {
    const cdr = billed(dearWhere({ min_power: 7 }), [
      { wh: 1000, powerW: 6000 },
      { wh: 1100, powerW: 6999 },
      { wh: 1200, powerW: 7000 },
      { wh: 1500, powerW: 9000 },
      { wh: 500, powerW: 3000 },
    ])
    expect(periodsOf(cdr).map(({ TIME: _, ...rest }) => rest)).toEqual([
      { ENERGY: 2.1, MIN_POWER: 6, MAX_POWER: 6.999 },
      { ENERGY: 2.7, MIN_POWER: 7, MAX_POWER: 9 },
      { ENERGY: 0.5, MIN_POWER: 3, MAX_POWER: 3 },
    ])
    expect(cdr.total_cost.before_taxes).toBe(2.4)
  })

  test('current: the same, summed over the phases', () => {
    const cdr = billed(dearWhere({ min_current: 20, max_current: 40 }), [
      { wh: 700, currentA: 19.9 },
      { wh: 1000, currentA: 20 },
      { wh: 1400, currentA: 39.9 },
      { wh: 1600, currentA: 40 },
    ])
    expect(periodsOf(cdr).map(({ TIME: _, ...rest }) => rest)).toEqual([
      { ENERGY: 0.7, MIN_CURRENT: 19.9, MAX_CURRENT: 19.9 },
      { ENERGY: 2.4, MIN_CURRENT: 20, MAX_CURRENT: 39.9 },
      { ENERGY: 1.6, MIN_CURRENT: 40, MAX_CURRENT: 40 },
    ])
    expect(cdr.total_cost.before_taxes).toBe(2.13)
  })

  test('power or current which the station does not tell: by its register, at 230 V a phase', () => {
    // 1,840 Wh in ten minutes are 11,040 W, 48 A.
    expect(periodsOf(billed(dearWhere({ min_power: 11 }), [{ wh: 1840 }]))).toMatchObject([{ MAX_POWER: 11.04 }])
    expect(periodsOf(billed(dearWhere({ min_current: 48 }), [{ wh: 1840 }]))).toMatchObject([{ MIN_CURRENT: 48 }])
  })

  test('the current of a direct current connector that tells none: nothing is claimed, the price without limits holds', () => {
    const tariff = dearWhere({ min_current: 48 })
    const { cdrLocation } = sessionAt('charging')
    const session = sessionAt('charging', { tariff, cdrLocation: { ...cdrLocation, connector_power_type: 'DC' } })
    const meter = readMeter(startMeter(T0, 0), { at: T0 + 10 * MINUTE, energyWh: 10_000 }, cutsFor(session))
    const cdr = cdrOf({ ...session, meter, endedAt: meter.at })
    expect(cdr.charging_periods[0]?.dimensions.map(({ type }) => type)).toEqual(['ENERGY', 'TIME'])
    expect(cdr.total_cost.before_taxes).toBe(3)
  })

  test('power, of a car that stands there from in between two readings on: what it took before, then nothing', () => {
    const tariff = dearWhere({ min_power: 7 })
    const cuts = cutsFor(sessionAt('charging', { tariff }))
    let meter = readMeter(startMeter(T0, 0), { at: T0 + 10 * MINUTE, energyWh: 1500, powerW: 9000 }, cuts)
    meter = markMeter(meter, { at: T0 + 16 * MINUTE, parking: true })
    meter = readMeter(meter, { at: T0 + 20 * MINUTE, energyWh: 2300, powerW: 0 }, cuts)
    const cdr = auditedCdr(tariff, meter)
    expect(periodsOf(cdr).map(({ ENERGY, MIN_POWER, MAX_POWER }) => [ENERGY, MIN_POWER, MAX_POWER])).toEqual([
      [2.3, 8, 9],
      [0, 0, 0],
    ])
    expect(cdr.total_cost.before_taxes).toBe(1.38)
  })

  test.each<[string, Restrictions, number[], number]>([
    ['energy', { min_kwh: 1, max_kwh: 2.5 }, [1000, 1500, 500], 1.35],
    ['duration', { min_duration: 900, max_duration: 1500 }, [1000, 2000, 500], 1.425],
    // From T0, Tuesday 15 January 11:00 in Amsterdam.
    ['the time of day', { start_time: '11:15', end_time: '11:25' }, [1000, 1000, 1000], 1.2],
    ['the day of the week', { day_of_week: ['TUESDAY'] }, [1000, 1000], 1.2],
    ['another day of the week', { day_of_week: ['MONDAY', 'WEDNESDAY'] }, [1000, 1000], 0.6],
    ['a date', { start_date: '2030-01-16' }, [1000, 1000], 0.6],
  ])('%s is cut exactly where the tariff says', (_, restrictions, wh, net) => {
    const cdr = billed(
      dearWhere(restrictions),
      wh.map((each) => ({ wh: each })),
    )
    expect(cdr.total_cost.before_taxes).toBe(net)
  })
})

test('a new day begins at midnight of the place', () => {
  const begin = Date.parse('2030-01-15T22:50:00Z')
  const cdr = billed(dearWhere({ day_of_week: ['WEDNESDAY'] }), [{ wh: 1000 }, { wh: 1000 }], begin)
  expect(cdr.charging_periods.map(({ start_date_time }) => start_date_time)).toEqual([
    '2030-01-15T22:50:00.000Z',
    '2030-01-15T23:00:00.000Z',
  ])
  expect(cdr.total_cost.before_taxes).toBe(0.9)
})

test('an edge in the hour that summer time leaves out is one from the hour after it on', () => {
  const begin = Date.parse('2030-03-31T00:50:00Z')
  const cdr = billed(dearWhere({ start_time: '02:30', end_time: '06:00' }), [{ wh: 1000 }, { wh: 1000 }], begin)
  expect(cdr.charging_periods.map(({ start_date_time }) => start_date_time)).toEqual([
    '2030-03-31T00:50:00.000Z',
    '2030-03-31T01:00:00.000Z',
  ])
  expect(cdr.total_cost.before_taxes).toBe(0.9)
})

test('whatever a tariff asks and a station tells, the CDR is what an audit makes of it', () => {
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
  const restrictions = fc.record({
    min_power: some(fc.integer({ min: 1, max: 20 })),
    max_power: some(fc.integer({ min: 1, max: 22 })),
    min_current: some(fc.integer({ min: 1, max: 90 })),
    max_current: some(fc.integer({ min: 1, max: 96 })),
    min_kwh: some(fc.integer({ min: 0, max: 9 })),
    max_kwh: some(fc.integer({ min: 1, max: 9 })),
    min_duration: some(fc.integer({ min: 0, max: 7200 })),
    max_duration: some(fc.integer({ min: 60, max: 7200 })),
    start_time: some(fc.constantFrom('10:30', '11:07', '12:00')),
    end_time: some(fc.constantFrom('11:20', '12:10', '00:00')),
  })
  const reading = fc.record({
    minutes: fc.integer({ min: 1, max: 30 }),
    share: fc.integer({ min: 0, max: 100 }),
    powerW: some(fc.integer({ min: 0, max: 22_000 })),
    currentA: some(fc.integer({ min: 0, max: 96 })),
    parks: fc.constantFrom(undefined, undefined, true, false),
  })
  const clean = <T extends object>(value: T) =>
    Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never
  fc.assert(
    fc.property(
      fc.array(restrictions, { minLength: 1, maxLength: 3 }),
      fc.array(reading, { minLength: 1, maxLength: 8 }),
      (asked, told) => {
        const elements = asked.map((each, index) => ({
          price_components: (['ENERGY', 'TIME', 'PARKING_TIME'] as const).map((type) => ({
            ...{ type, price: index + 1, vat: 21, step_size: 1 },
          })),
          restrictions: clean(each) as Restrictions,
        }))
        const tariff: Tariff = { ...acTariff, elements: [...elements, ...acTariff.elements] }
        const cuts = cutsFor(sessionAt('charging', { tariff }))
        let meter = startMeter(T0, 0)
        for (const { minutes, share, powerW, currentA, parks } of told) {
          if (parks !== undefined) meter = markMeter(meter, { at: meter.at + (minutes * MINUTE) / 2, parking: parks })
          const wh = Math.floor((22_000 / 60) * minutes * 0.4 * (share / 100))
          const load = clean({ powerW, currentA }) as object
          meter = readMeter(meter, { at: meter.at + minutes * MINUTE, energyWh: meter.energyWh + wh, ...load }, cuts)
        }
        const session = sessionOf(tariff, meter)
        const audit = auditCdr(cdrOf(session), { timeZone: zone })
        if (meter.energyWh > 0) expect(audit.ok, JSON.stringify([audit.findings, cdrOf(session)])).toBe(true)
        const limits = cutsOf(tariff, zone)
        for (const { minPowerW = 0, maxPowerW = 0, minCurrentA = 0, maxCurrentA = 0 } of meter.stretches) {
          for (const limit of limits.powerW) expect(minPowerW < limit).toBe(maxPowerW < limit)
          for (const limit of limits.currentA) expect(minCurrentA < limit).toBe(maxCurrentA < limit)
        }
      },
    ),
    { numRuns: 150 },
  )
})
