/** F26: how long a session may say nothing. */
import { expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { sessionSeen } from '../src/payment/session-seen.ts'
import { silence } from '../src/payment/silence.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { eur, events, names, on, paymentIn, reported, session, T0, tariff } from './samples.ts'
import { sessionAt } from './scripted-cpo.ts'

const [SECOND, POLL] = [1000, 300_000]
const at = T0 + 3_600_000
/** A hold of 50.00 is 82.64 kWh. The charger gets 45 s to obey. */
const silent = (kwh: number, change: Partial<Payment> = {}) => {
  const seen = { kwh, startedAt: new Date(T0).toISOString(), lastUpdated: new Date(at).toISOString() }
  return paymentIn('charging', { maxPowerKw: 150, sessionSeenAt: at, session: session(seen), ...change })
}
/** Seconds after the last word: from when on it is too long, and the looks before. */
function ends(payment: Payment): { readonly looks: readonly number[]; readonly tooLong: number } {
  const looks: number[] = []
  for (let now = at; looks.length < 100; now = silence(payment, now).next) {
    if (silence(payment, now).tooLong) return { looks, tooLong: (now - at) / SECOND }
    looks.push((now - at) / SECOND)
  }
  throw new Error('for ever')
}

test('what is silent is looked at once more, and stopped before full power can pass the hold (I2)', () => {
  // 5.64 kWh are left: 135 s.
  expect(ends(silent(77))).toEqual({ looks: [0, 60], tooLong: 90 })
  // 1300 s, with the usual looks before.
  expect(ends(silent(28.5))).toEqual({ looks: [0, 300, 600, 900, 1200, 1230], tooLong: 1254 })
  expect(silence(silent(77), at + 59 * SECOND)).toMatchObject({ tooLong: false, near: false })
  for (const after of [60, 89])
    expect(silence(silent(77), at + after * SECOND)).toMatchObject({ tooLong: false, near: true })
})

test('the more slowly it can charge, the longer it may be silent, and the more of the hold it gets', () => {
  expect(ends(silent(82.4, { maxPowerKw: 11 })).tooLong).toBe(36)
  expect(ends(silent(82, { maxPowerKw: 11 })).tooLong).toBe(167)
  expect(ends(silent(70, { maxPowerKw: 11 })).tooLong).toBeGreaterThan(68 * 60)
})

test('for as long as the forecast of its word reaches nothing is stopped', () => {
  expect(ends(silent(80.7)).tooLong).toBe(30)
  expect(ends(silent(82.6)).tooLong).toBe(30)
})

test('what the CPO tells above the price of the tariff comes off the hold (F26, F28)', () => {
  const told = silent(40)
  // 25.80 are left by our own figure, 1.50 by that of the CPO; at 150 kW they last 1023 s and 59 s.
  expect(ends(told).tooLong).toBe(978)
  expect(ends({ ...told, session: { ...told.session!, cost: eur(4850) } }).tooLong).toBe(30)
  expect(ends({ ...told, session: { ...told.session!, cost: eur(4000) } }).tooLong).toBe(351)
  // Neither nothing nor another currency is a figure above.
  for (const cost of [undefined, { amountMinor: 4850, currency: 'SEK' }])
    expect(ends({ ...told, session: { ...told.session!, cost } }).tooLong).toBe(978)
})

/** Dearer after 29 minutes: from half an hour before the last word on. */
const [cheap, dear] = [0.2, 0.8].map((price) => [{ type: 'ENERGY' as const, price, step_size: 1 }])
const rising = {
  ...tariff,
  tax_included: 'YES' as const,
  elements: [{ price_components: cheap!, restrictions: { max_duration: 29 * 60 } }, { price_components: dear! }],
}
const half = (minute: number, volume: number) => ({
  start_date_time: new Date(T0 + minute * 60_000).toISOString(),
  dimensions: [{ type: 'ENERGY' as const, volume }],
})

test('what has come at another price counts as such, by words as by periods, below a min_price too (F26, G-22)', () => {
  const of = { maxPowerKw: 150, tariff: { ...rising, min_price: { before_taxes: 30, after_taxes: 30 } } }
  // 25 kWh for 5.00 and 43.75 kWh for 35.00; 10.00 last for 300 s. At the first price all would be 13.75.
  const first = paymentIn('charging', { ...of, session: undefined })
  const begun = { ...first, session: sessionSeen(first, sessionAt(30, { kwh: 25 })) }
  const byWords = sessionSeen(begun, sessionAt(60, { kwh: 68.75 }))
  const charging_periods = [half(1, 25), half(30, 43.75)]
  const byPeriods = sessionSeen(first, sessionAt(60, { kwh: 68.75, charging_periods }))
  for (const seen of [byWords, byPeriods]) {
    expect(seen.cost).toEqual(eur(4000))
    expect(ends({ ...first, sessionSeenAt: at, session: seen }).tooLong).toBe(255)
  }
})

test('a max_price within the hold is no reason to stop, whatever the periods before have cost (E-25)', () => {
  const of = { maxPowerKw: 150, tariff: { ...rising, max_price: { before_taxes: 45, after_taxes: 45 } } }
  const first = paymentIn('charging', { ...of, session: undefined })
  const charging_periods = [half(1, 25), half(30, 43.75)]
  const seen = sessionSeen(first, sessionAt(60, { kwh: 68.75, charging_periods }))
  expect(silence({ ...first, sessionSeenAt: at, session: seen }, at + 10 * POLL)).toMatchObject({ tooLong: false })
})

test('time that costs counts from the start of the session', () => {
  const byTime = [{ price_components: [{ type: 'TIME' as const, price: 6, vat: 0, step_size: 1 }] }]
  // 6.00 for the hour that has passed; 1.00 lasts for 600 s.
  expect(ends(silent(1, { tariff: { ...tariff, elements: byTime }, held: eur(700) })).tooLong).toBe(556)
})

test('where nothing can be forecast the cost that is told stops it, and the looks are as usual', () => {
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
    expect(silence(silent(80.7, change), at + POLL), JSON.stringify(change)).toEqual({
      tooLong: false,
      near: false,
      next: at + 2 * POLL,
    })
})

const poll = (after: number) => ({ ...events['session-poll-due'], at: at + after * SECOND })

test('it is stopped, and still looked for', () => {
  const after = on('charging', poll(90), silent(77))
  expect(names(after)).toEqual(['stop-session', 'remind', 'find-session'])
  expect(after.entity).toMatchObject({ state: 'stopping', stop: { by: 'limit', commandId: 'stop-2' } })
  expect(names(on('charging', poll(60), silent(77)))).toEqual(['find-session', 'remind'])
  // A look that is sooner than usual is the only one that is ordered.
  const [fast, slow] = [on('charging', poll(0), silent(77)), on('charging', poll(0), silent(5))]
  expect([fast.entity.pollAt, fast.effects.at(-1)]).toMatchObject([at + 60 * SECOND, { at: at + 60 * SECOND }])
  expect([slow.entity.pollAt, slow.effects.at(-1)]).toMatchObject([undefined, { at: at + POLL }])
})

test('a hold that grows with the session is raised at the last look, and not stopped before it has an answer (F33)', () => {
  const terms = { ...usualTerms, raise: { stepMinor: 1500, maxMinor: 10_000, times: 3 } }
  const after = on('charging', poll(60), silent(70, { maxPowerKw: 350, terms }))
  expect(names(after)).toEqual(['find-session', 'remind', 'raise-hold'])
  expect(after.entity).toMatchObject({ state: 'charging', raise: { n: 1, status: 'asked' } })
})

test('a word of a fast session orders the next look sooner than usual; the usual one is none any more', () => {
  const word = (kwh: number, change: Partial<Payment> = {}) => {
    const seen = { kwh, cost: eur(100), startedAt: new Date(T0).toISOString() }
    return on('charging', { ...reported(seen), at }, { maxPowerKw: 150, ...change })
  }
  const sooner = word(77)
  expect(sooner.effects).toEqual([{ do: 'remind', of: 'session-poll-due', at: at + 60 * SECOND }])
  expect(sooner.entity.pollAt).toBe(at + 60 * SECOND)
  expect(names(word(77, { pollAt: at + 50 * SECOND }))).toEqual([])
  expect(names(word(5))).toEqual([])
  const stale = on('charging', poll(59), sooner.entity)
  expect(stale.verdict).toHaveProperty('ignore')
  const looked = on('charging', poll(60), { ...sooner.entity, sessionSeenAt: at + 59 * SECOND, session: session() })
  expect(names(looked)).toEqual(['find-session', 'remind'])
  expect(looked.entity.pollAt).toBe(at + 60 * SECOND + POLL)
})
