/** A bill that came early: what runs on after its end is paid by nobody. (I5, F20, F43) */
import { decide } from '@plugtill/engine/machine'
import { describe, expect, test } from 'vitest'
import type { Payment, PaymentState } from '../src/payment/payment.ts'
import { paymentMachine } from '../src/payment/states.ts'
import { charged, type Rig, rig } from './rig.ts'
import { eur, events, names, on, paymentIn, reported, session, T0 } from './samples.ts'
import { cdrFor, creditFor, MINUTE, sessionAt } from './scripted-cpo.ts'

const BILLED: readonly PaymentState[] = ['capturing', 'capture-unknown', 'captured', 'stuck']
const cdr = { id: 'CDR1', hash: 'h1', due: eur(1200), endedAt: '2030-01-01T12:10:00Z' }
const runs: Partial<Payment> = { cdr, session: session(), polling: true }
const word = (lastUpdated: string, change = {}) => reported({ lastUpdated, ...change })

describe.each(BILLED)('%s', (state) => {
  test('a session that tells of a time after its bill is unpaid: an alarm, and it is stopped until it obeys', () => {
    const first = on(state, word('2030-01-01T12:11:00.001Z'), runs)
    expect(first.entity).toMatchObject({ state, stop: { by: 'policy', tries: 1 } })
    expect(names(first)).toEqual(['stop-session', 'remind', 'alarm'])
    expect(first.effects.at(-1)).toMatchObject({ code: 'SESSION_UNPAID' })
    const refused = decide(paymentMachine, first.entity, events['stop-answered'])
    expect(names(refused)).toEqual(['stop-session'])
    const polled = decide(paymentMachine, first.entity, { ...events['session-poll-due'], at: T0 + 30_000 })
    expect(names(polled)).toEqual(['find-session', 'remind', 'stop-session'])
    const next = decide(paymentMachine, first.entity, { ...word('2030-01-01T12:12:00.000Z'), at: T0 + 30_000 })
    expect(names(next)).toEqual(['stop-session', 'remind'])
  })

  test('what is of before its end, or has ended, only comes late', () => {
    for (const late of [
      word('2030-01-01T12:11:00.000Z'),
      word('2030-01-01T12:20:00.000Z', { status: 'COMPLETED' }),
      word('2030-01-01T12:20:00.000Z', { status: 'PENDING' }),
    ])
      expect(on(state, late, runs).verdict).toEqual({ ignore: 'too late to matter' })
    const untold = { ...runs, cdr: { ...cdr, endedAt: undefined } }
    expect(on(state, word('2030-01-01T12:20:00.000Z'), untold).verdict).toHaveProperty('ignore')
  })
})

test('a session that is not known to have ended is looked at once after its bill, and never again', () => {
  for (const state of BILLED) {
    const look = on(state, events['session-poll-due'], runs)
    expect([names(look), look.entity.polling], state).toEqual([['find-session'], undefined])
    expect(decide(paymentMachine, look.entity, events['session-poll-due']).verdict, state).toHaveProperty('ignore')
    expect(names(on(state, events['session-poll-due'])), state).toEqual([])
    if (state !== 'stuck') expect(on(state, events['stop-answered'], runs).verdict, state).toHaveProperty('ignore')
  }
})

test('whose bill was taken back goes on with its hold: it is looked at, and its limit holds (F52)', () => {
  const goesOn = { ...paymentIn('awaiting-cdr'), session: session(), polling: true }
  expect(names(on('awaiting-cdr', events['session-poll-due'], goesOn))).toEqual(['find-session', 'remind'])
  expect(names(on('awaiting-cdr', reported({ cost: eur(4950) }), goesOn))).toEqual(['stop-session', 'remind'])
})

const stops = (one: Rig) => one.cpo.calls.filter((call) => call === 'stop').length

test.each([
  ['captured', 'captured', cdrFor(1)],
  ['in another currency', 'stuck', cdrFor(1, { currency: 'SEK' })],
])(
  'a car that charges on after a bill that is %s is stopped, told by the next word or found by the look',
  async (_bill, state, early) => {
    const { start_date_time } = early
    const charging_periods = [{ start_date_time, dimensions: [{ type: 'ENERGY' as const, volume: 1 }] }]
    const bill = { ...early, end_date_time: new Date(T0 + 21 * MINUTE).toISOString(), charging_periods }
    for (const pushes of [true, false]) {
      const one = await rig()
      await one.tap()
      await one.result('ACCEPTED')
      await one.push(sessionAt(20, { kwh: 1 }))
      await one.pass(21 * MINUTE)
      await one.bill(bill)
      expect([(await one.payment()).state, stops(one)]).toEqual([state, 0])
      const goesOn = sessionAt(25, { kwh: 2 })
      if (pushes) await one.push(goesOn)
      one.cpo.sessions = [goesOn]
      await one.pass(6 * MINUTE)
      expect(stops(one)).toBeGreaterThan(0)
      expect(await one.codes()).toContain('SESSION_UNPAID')
      expect((await one.payment()).state).toBe(state)
      await one.close()
    }
  },
)

test('a bill that is taken back after it was captured, and the words of a session that ended before, stop nothing', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  await one.push(sessionAt(30))
  await one.bill(creditFor(cdrFor(10)))
  await one.pass(30 * MINUTE)
  expect(stops(one)).toBe(0)
  await one.close()
})
