import { isDeepStrictEqual } from 'node:util'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOf } from '../src/content-hash.ts'
import { checkCdr } from '../src/payment/cdr-check.ts'
import type { Payment, SessionSeen } from '../src/payment/payment.ts'
import { eur, paymentIn, session, T0 } from './samples.ts'
import { cdrFor, HOUR } from './scripted-cpo.ts'

const now = T0 + 2 * HOUR
const ended = session({ status: 'COMPLETED', kwh: 10 })
const payment = paymentIn('awaiting-cdr', { session: ended, maxPowerKw: 11 })
const honest = cdrFor(10)
const asking = (minor: number) => ({ ...honest, total_cost: { before_taxes: minor / 100, taxes: [] } })

test('a CDR that agrees with the accepted tariff agrees, whatever tariff it carries itself (F38)', () => {
  expect(checkCdr(payment, honest, now)).toEqual({ verdict: 'agrees', expected: eur(605) })
  const dear = {
    ...payment.tariff,
    elements: [{ price_components: [{ type: 'ENERGY' as const, price: 9, vat: 21, step_size: 1 }] }],
  }
  expect(checkCdr(payment, { ...honest, tariffs: [dear] }, now).verdict).toBe('agrees')
})

test('every claim above the tolerance is found, none below it is doubted (T24, G-23)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500_000 }), (minor) => {
      const { verdict, expected } = checkCdr(payment, asking(minor), now)
      // 6.05 and 0.01 + 0.5 % of it: 4.025 cents.
      expect(verdict).toBe(minor > 609 ? 'over' : minor < 601 ? 'under' : 'agrees')
      expect(expected).toEqual(eur(605))
    }),
    { numRuns: 10_000 },
  )
})

test('inflated energy, within what the connector can give, is found by the Session that ended with less (T24)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1025, max: 1090 }), (hundredths) => {
      const check = checkCdr(payment, cdrFor(hundredths / 100), now)
      expect(check.verdict).toBe('over')
    }),
  )
})

test('more energy than the connector gives in that time, and more time than we know of, cannot be', () => {
  const unseen = paymentIn('charging', { maxPowerKw: 11 })
  // 11 kW and a quarter for an hour, and a minute at 11 kW: a grid that is stronger than the plate is no claim. (0052)
  expect(checkCdr(unseen, cdrFor(13.9), now)).toMatchObject({ verdict: 'agrees' })
  expect(checkCdr(unseen, cdrFor(14), now)).toMatchObject({
    verdict: 'over',
    reason: expect.stringMatching(/14 kWh/) as unknown,
  })
  const long = { ...honest, start_date_time: '2030-01-01T05:00:00Z', total_time: 8 }
  expect(checkCdr(unseen, long, now)).toMatchObject({
    verdict: 'over',
    reason: expect.stringMatching(/minutes/) as unknown,
  })
})

test('at another connector of the same tariff its own power is no measure: an honest bill of a stronger one is none to doubt (F21)', () => {
  const strong = {
    connector_standard: 'IEC_62196_T2_COMBO',
    connector_format: 'CABLE',
    connector_power_type: 'DC',
  } as const
  const bill = { ...cdrFor(60), cdr_location: { ...honest.cdr_location, ...strong, connector_id: '2' } }
  const ran = (elsewhere?: 'same-tariff') =>
    checkCdr(
      { ...payment, session: session({ status: 'COMPLETED', kwh: 60, ...(elsewhere && { elsewhere }) }) },
      bill,
      now,
    )
  expect(ran('same-tariff')).toMatchObject({ verdict: 'agrees', expected: eur(3630) })
  // What only the bill says about its connector proves nothing.
  expect(ran().verdict).toBe('over')
})

test('a CDR may last five minutes longer than the card is known: clocks differ (I17)', () => {
  const lasting = (start_date_time: string) =>
    checkCdr(paymentIn('charging', { maxPowerKw: 11 }), { ...honest, start_date_time, total_time: 1 }, now)
  const end = '2030-01-01T13:01:00Z'
  expect(honest.end_date_time).toBe('2030-01-01T13:01:00.000Z')
  const start = (ms: number) => new Date(Date.parse(end) - ms).toISOString()
  expect(lasting(start(125 * 60_000)).verdict).toBe('agrees')
  expect(lasting(start(125 * 60_000 + 1000))).toMatchObject({
    verdict: 'over',
    expected: eur(605),
    reason: expect.stringMatching(/125 minutes.*120 minutes/) as unknown,
  })
})

test('two honest meters differ by a hundredth and a tenth of a kWh, not by more', () => {
  const check = (kwh: number, of: Partial<Payment> = {}) => checkCdr({ ...payment, ...of }, cdrFor(kwh), now).verdict
  expect([check(10.15), check(10.2), check(10.21)]).toEqual(['agrees', 'agrees', 'over'])
  // Only a Session that has ended has said how much it was.
  expect(check(10.21, { session: session({ status: 'ACTIVE', kwh: 10 }) })).toBe('agrees')
  expect(check(10.21, { session: undefined })).toBe('agrees')
})

describe('a CDR that tells less itself than it is priced by is doubted (F55, T24)', () => {
  const [period] = honest.charging_periods
  const periodOf = (kwh: number, hours: number) => ({
    ...period!,
    dimensions: [
      { type: 'ENERGY' as const, volume: kwh },
      { type: 'TIME' as const, volume: hours },
    ],
  })

  test.each([
    [20, 'over'],
    [10.02, 'over'],
    [10.01, 'agrees'],
  ])('its periods hold %d kWh, its total_energy is 10: %s', (kwh, verdict) => {
    const total_cost = { before_taxes: kwh / 2, taxes: [{ name: 'VAT', percentage: 21, amount: (kwh / 2) * 0.21 }] }
    const strong = { ...payment, maxPowerKw: 50 }
    const check = checkCdr(strong, { ...honest, total_cost, charging_periods: [periodOf(kwh, 1)] }, now)
    expect(check.verdict).toBe(verdict)
    if (verdict === 'over') expect(check).toHaveProperty('reason', expect.stringContaining(`${kwh} kWh`) as unknown)
  })

  test('periods in Wh are read as what they mean, and are no more than the total', () => {
    const wh = { ...honest, charging_periods: [periodOf(10_000, 1)] }
    expect(checkCdr(payment, wh, now)).toEqual({ verdict: 'agrees', expected: eur(605) })
  })

  test.each([
    [5, 'over'],
    [1.01, 'over'],
    [1, 'agrees'],
  ])('a period of one hour tells %d hours: %s', (hours, verdict) => {
    const byTime = {
      ...payment.tariff,
      elements: [{ price_components: [{ type: 'TIME' as const, price: 3, vat: 21, step_size: 1 }] }],
    }
    const net = hours * 3
    const total_cost = { before_taxes: net, taxes: [{ name: 'VAT', percentage: 21, amount: net * 0.21 }] }
    const cdr = { ...honest, total_cost, charging_periods: [periodOf(10, hours)] }
    expect(checkCdr({ ...payment, tariff: byTime }, cdr, now).verdict).toBe(verdict)
  })
})

test('a payment that does not know the power of its connector is measured by the kind of the connector', () => {
  const unseen = paymentIn('charging')
  expect(checkCdr(unseen, honest, now).verdict).toBe('agrees')
  expect(checkCdr(unseen, cdrFor(500), now)).toMatchObject({ verdict: 'over' })
})

test('a CDR at which the check itself fails is not confirmed either, and says where', () => {
  expect(checkCdr(payment, { ...honest, charging_periods: null as never }, now)).toMatchObject({
    verdict: 'unverified',
    reason: expect.stringMatching(/CDR1.*tariff AC.*null/) as unknown,
  })
})

test('a CDR that cannot be priced is not confirmed, and says why', () => {
  const lost = paymentIn('charging', { timeZone: 'Mars/Base' })
  expect(checkCdr(lost, honest, now)).toMatchObject({
    verdict: 'unverified',
    reason: expect.stringMatching(/cannot be checked.*Mars\/Base/) as unknown,
  })
})

describe('a CDR that ended more than a day before the card was tapped is that of another session (T24)', () => {
  const iso = (at: number) => new Date(at).toISOString()
  const before = (ms: number, change: Partial<CdrReceived> = {}) => ({
    ...honest,
    start_date_time: iso(T0 - ms - HOUR),
    end_date_time: iso(T0 - ms),
    charging_periods: honest.charging_periods.map((one) => ({ ...one, start_date_time: iso(T0 - ms - HOUR) })),
    ...change,
  })
  const DAY = 24 * HOUR
  const check = (cdr: CdrReceived, seen?: Partial<SessionSeen>) =>
    checkCdr({ ...payment, session: seen && session({ status: 'COMPLETED', kwh: 10, ...seen }) }, cdr, now)

  test('clocks and time zones differ by less', () => {
    expect(check(before(DAY)).verdict).toBe('agrees')
    expect(check(before(DAY + 1))).toEqual({
      verdict: 'unverified',
      reason: expect.stringMatching(/CDR1.*2029-12-31T11:59:59\.999Z, 1 days before/) as unknown,
    })
  })

  test('unless it names our reference and is what its Session told', () => {
    const there = { endedAt: iso(T0 - 3 * DAY) }
    const old = before(3 * DAY)
    expect(check(old, there).verdict).toBe('agrees')
    expect(check(old, { lastUpdated: iso(T0 - 3 * DAY) }).verdict).toBe('agrees')
    for (const other of [{ endedAt: iso(T0) }, { ...there, kwh: 5 }, { ...there, id: 'S2' }])
      expect(check(old, other).verdict).toBe('unverified')
    for (const change of [
      { authorization_reference: null },
      { authorization_reference: 'other' },
      { session_id: null },
    ])
      expect(check(before(3 * DAY, change), there).verdict).toBe('unverified')
  })
})

test('another currency is a matter of its own', () => {
  expect(checkCdr(payment, { ...honest, currency: 'HUF' }, now)).toEqual({ verdict: 'agrees' })
})

test('the hash of a CDR does not depend on the order of its fields, and on nothing else than its content', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, part]) => [name, shuffled(part)]),
    )
  }
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (one, other) => {
      expect(hashOf(shuffled(one))).toBe(hashOf(one))
      const same = isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)))
      expect(hashOf(one) === hashOf(other)).toBe(same)
    }),
  )
  expect(hashOf({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe(hashOf({ b: [1, { c: 'x', d: null }] }))
})
