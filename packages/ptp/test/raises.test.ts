/** A small hold that grows with the session. (F33, F34) */
import { expect, test } from 'vitest'
import { heldAtMost } from '../src/payment/cells-raise.ts'
import type { Payment, Raise } from '../src/payment/payment.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { eur, events, names, on, paymentIn, reported, session, T0 } from './samples.ts'

const terms = { ...usualTerms, raise: { stepMinor: 1000, maxMinor: 5000, times: 3 } }
const small = { held: eur(1000), terms }
const raised = (n: number, to: number, status: Raise['status']): Raise => ({ n, to: eur(to), status })
/** A session that has come to this cost, under a small hold unless said otherwise. */
const at = (cost: number, change: Partial<Payment> = {}, seen: object = {}) =>
  on('charging', reported({ cost: eur(cost), ...seen }), { ...small, ...change })
const asked = (after: ReturnType<typeof on>) =>
  after.effects.flatMap((order) => (order.do === 'raise-hold' ? [[order.n, order.to.amountMinor]] : []))

test.each([
  ['half a step is left: one step more', 500, {}, [1, 2000]],
  ['more than it holds is charged already: one step above that', 1500, {}, [1, 2500]],
  ['never more than the most', 1500, { held: eur(4200), raise: raised(2, 4200, 'granted') }, undefined],
  ['the last step is as large as what is left to the most', 3900, { held: eur(4200) }, [1, 5000]],
  ['the next one after one that was granted', 1700, { held: eur(2000), raise: raised(1, 2000, 'granted') }, [2, 3000]],
])('a larger hold is asked for when %s', (_when, cost, change, wanted) => {
  expect(asked(at(cost, change))).toEqual(wanted ? [wanted] : [])
})

test('nothing is asked for while more than half a step is left, unless the forecast says that it will not last', () => {
  expect(asked(at(499))).toEqual([])
  const forecast = at(100, {}, { nearHold: true })
  expect(asked(forecast)).toEqual([[1, 2000]])
  expect(forecast.entity).toMatchObject({ state: 'charging', raise: raised(1, 2000, 'asked') })
})

test.each([
  ['one is under way', { raise: raised(1, 2000, 'asked') }],
  ['the answer to one is not known', { raise: raised(1, 2000, 'unknown') }],
  ['one was refused', { raise: raised(1, 2000, 'refused') }],
  ['all times are used up', { raise: raised(3, 1000, 'granted') }],
  ['the most is held', { held: eur(5000) }],
  ['the contract knows none', { terms: usualTerms }],
])('no larger hold is asked for where %s', (_where, change) => {
  expect(asked(at(4700, change, { nearHold: true }))).toEqual([])
})

test('the third of three times is still asked for', () => {
  expect(asked(at(1700, { held: eur(2000), raise: raised(2, 2000, 'granted') }))).toEqual([[3, 3000]])
})

test('a session whose cost nobody knows has no larger hold asked for, and goes on', () => {
  const after = on('charging', reported({ cost: undefined }), { ...small, session: session({ cost: undefined }) })
  expect([after.entity.state, names(after)]).toEqual(['charging', []])
})

test('a driver who has given up needs no larger hold: what runs after all is stopped', () => {
  const gaveUp = { by: 'driver', commandId: 'stop-1', tries: 0 } as const
  const after = on('awaiting-session', reported({ cost: eur(700) }), {
    ...small,
    stop: gaveUp,
    plugInWindowPassed: true,
  })
  expect(after.entity.state).toBe('stopping')
  expect(asked(after)).toEqual([])
})

test.each([
  [undefined, 'stopping'],
  ['asked', 'charging'],
  ['unknown', 'charging'],
  ['granted', 'stopping'],
  ['refused', 'stopping'],
] as const)('a forecast stops charging, but not while a larger hold may be on its way: %s', (status, state) => {
  const raise = status && raised(1, 9000, status)
  expect(on('charging', reported({ cost: eur(4000), nearHold: true }), { raise }).entity.state).toBe(state)
  // The cost itself waits for no answer. (I2)
  expect(on('charging', reported({ cost: eur(4900) }), { raise }).entity.state).toBe('stopping')
})

test('a larger hold is the new limit, lives as long as the provider says, and the old forecast counts no more', () => {
  const captureBefore = T0 + 9 * 86_400_000
  const open = { ...small, raise: raised(1, 2000, 'asked'), session: session({ nearHold: true }) }
  const after = on('charging', { ...events['hold-raised'], held: eur(2000), captureBefore }, open)
  expect(after.entity).toMatchObject({ held: eur(2000), captureBefore, raise: raised(1, 2000, 'granted') })
  expect(after.entity.session?.nearHold).toBeUndefined()
  expect(names(after)).toEqual([])
})

test('a larger hold that is too small again has the next one asked for at once, while charging goes on', () => {
  const open = { ...small, raise: raised(1, 2000, 'asked'), session: session({ cost: eur(1800) }) }
  const event = { ...events['hold-raised'], held: eur(2000) }
  const after = on('charging', event, open)
  expect(asked(after)).toEqual([[2, 3000]])
  expect(after.entity).toMatchObject({ held: eur(2000), raise: raised(2, 3000, 'asked') })
  for (const state of ['stopping', 'awaiting-cdr', 'capturing'] as const)
    expect(asked(on(state, event, { ...open, stop: undefined })), state).toEqual([])
})

test.each([
  ['as much as was held', eur(1000)],
  ['less than was held', eur(900)],
])('an answer that says %s raises nothing', (_what, held) => {
  const { entity, verdict } = on('charging', { ...events['hold-raised'], held }, small)
  expect(verdict).toHaveProperty('ignore')
  expect(entity.held).toEqual(eur(1000))
})

test.each(['hold-raised', 'raise-refused', 'raise-lost'] as const)(
  '%s: the answer to an older raise changes nothing, nor one to a raise that nobody asked for',
  (type) => {
    const newer = on('charging', events[type], { ...small, raise: raised(2, 7000, 'asked') })
    expect(newer.verdict).toHaveProperty('ignore')
    if (type !== 'hold-raised') expect(on('charging', events[type], small).verdict).toHaveProperty('ignore')
  },
)

test.each([
  ['raise-refused', { nearHold: true as const }, 'stopping', ['stop-session', 'remind']],
  ['raise-refused', {}, 'charging', []],
  ['raise-lost', { nearHold: true as const }, 'charging', ['query-raise']],
  ['raise-lost', { cost: eur(990) }, 'stopping', ['query-raise', 'stop-session', 'remind']],
] as const)('%s: the old hold is the limit (%j -> %s)', (type, seen, state, orders) => {
  const after = on('charging', events[type], { ...small, raise: raised(1, 2000, 'asked'), session: session(seen) })
  expect([after.entity.state, names(after)]).toEqual([state, orders])
  expect(after.entity.raise?.status).toBe(type === 'raise-lost' ? 'unknown' : 'refused')
  if (state === 'stopping') expect(after.entity.stop).toMatchObject({ by: 'limit', tries: 1, commandId: 'stop-2' })
})

test('the record of a lost raise is read as long as its answer can matter, and charging is stopped once', () => {
  const open = { raise: raised(1, 2000, 'asked'), held: eur(1000), session: session({ cost: eur(990) }) }
  const orders = (state: Payment['state']) => {
    const after = on(state, events['raise-lost'], open)
    expect([after.entity.state, after.entity.raise?.status], state).toEqual([state, 'unknown'])
    return after.effects
  }
  const query = { do: 'query-raise', n: 1, to: eur(2000) }
  for (const state of ['stopping', 'awaiting-cdr'] as const) expect(orders(state), state).toEqual([query])
  for (const state of ['capturing', 'voiding', 'void-unknown', 'stuck'] as const) expect(orders(state)).toEqual([])
})

test.each([
  [undefined, 1000],
  ['asked', 2000],
  ['unknown', 2000],
  ['granted', 1000],
  ['refused', 1000],
] as const)('what may be held at most counts a larger hold that may have been granted: %s', (status, most) => {
  const raise = status && raised(1, 2000, status)
  expect(heldAtMost(paymentIn('charging', { held: eur(1000), raise }))).toEqual(eur(most))
})
