/** F26: how long a session may say nothing. */
import { expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { silentTooLong } from '../src/payment/silence.ts'
import { eur, events, names, on, paymentIn, session, T0, tariff } from './samples.ts'

const POLL = 300_000
const at = T0 + 3_600_000
/** A poll, the next one and 45 s for the charger are 645 s: 1.97 kWh at 11 kW, 1.19 EUR. */
const silent = (kwh: number, change: Partial<Payment> = {}) => {
  const seen = { kwh, startedAt: new Date(T0).toISOString(), lastUpdated: new Date(at).toISOString() }
  return paymentIn('charging', { maxPowerKw: 11, sessionSeenAt: at, session: session(seen), ...change })
}

test('silent for one poll, and going on until the next one and the stop may pass the hold: too long', () => {
  expect(silentTooLong(silent(80.7), at + POLL)).toBe(true)
  expect(silentTooLong(silent(80.65), at + POLL)).toBe(false)
  expect(silentTooLong(silent(80.7), at + POLL - 1)).toBe(false)
})

test('the longer it is silent, the more it may have cost since', () => {
  expect(silentTooLong(silent(70), at + POLL)).toBe(false)
  // At 11 kW the 12.65 kWh that are left last 69 minutes.
  expect(silentTooLong(silent(70), at + 62 * 60_000)).toBe(false)
  expect(silentTooLong(silent(70), at + 64 * 60_000)).toBe(true)
})

test('time that costs counts from the start of the session', () => {
  const byTime = {
    ...tariff,
    elements: [{ price_components: [{ type: 'TIME' as const, price: 6, vat: 0, step_size: 1 }] }],
  }
  // 6.00 for the hour that has passed, 1.08 until it could be stopped.
  expect(silentTooLong(silent(1, { tariff: byTime, held: eur(707) }), at + POLL)).toBe(true)
  expect(silentTooLong(silent(1, { tariff: byTime, held: eur(708) }), at + POLL)).toBe(false)
})

test('where nothing can be forecast the cost that is told stops it', () => {
  const unknown: readonly Partial<Payment>[] = [
    { maxPowerKw: undefined },
    { sessionSeenAt: undefined },
    { session: undefined },
    { session: session({ kwh: 80.7, startedAt: undefined }) },
    { held: undefined },
    { timeZone: 'Mars/Base' },
    // It costs nothing more, however long it goes on.
    { tariff: { ...tariff, elements: [{ price_components: [{ type: 'FLAT', price: 60, vat: 0, step_size: 1 }] }] } },
  ]
  for (const change of unknown)
    expect(silentTooLong(silent(80.7, change), at + POLL), JSON.stringify(change)).toBe(false)
})

test('it is stopped, and still looked for', () => {
  const after = on('charging', { ...events['session-poll-due'], at: at + POLL }, silent(80.7))
  expect(names(after)).toEqual(['stop-session', 'find-session', 'remind'])
  expect(after.entity).toMatchObject({ state: 'stopping', stop: { by: 'limit', commandId: 'stop-2' } })
  expect(names(on('charging', { ...events['session-poll-due'], at }, silent(80.7)))).toEqual(['find-session', 'remind'])
})
