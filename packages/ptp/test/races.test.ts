import { decide } from '@plugtill/engine/machine'
import { describe, expect, test } from 'vitest'
import { byReference, evseKey, type PaymentDesk, paymentKeys } from '../src/payment/desk.ts'
import { paymentMachine } from '../src/payment/states.ts'
import { eur, events, names, on, paymentIn, reported, session, T0 } from './samples.ts'

const HOUR = 3_600_000

describe('the hold does not live for ever', () => {
  const check = events['hold-check-due']

  test('an approved hold is looked at 12 h before its end, a short one at half of its life (F36)', () => {
    const day = on('authorizing', { ...events.authorized, captureBefore: T0 + 48 * HOUR })
    expect(day.effects).toContainEqual({ do: 'remind', of: 'hold-check-due', at: T0 + 36 * HOUR })
    const short = on('authorizing', { ...events.authorized, at: T0, captureBefore: T0 + 2 * HOUR })
    expect(short.effects).toContainEqual({ do: 'remind', of: 'hold-check-due', at: T0 + HOUR })
  })

  test('near its end charging is stopped and a lost CDR looked for; then it is given back (F57, F58)', () => {
    const first = on('charging', check)
    expect(first.entity.state).toBe('stopping')
    expect(first.effects).toEqual([
      { do: 'stop-session', commandId: 'stop-2', sessionId: 'S1' },
      { do: 'remind', of: 'session-poll-due', at: T0 + 12 * HOUR + 30_000 },
      { do: 'pull-cdr' },
      { do: 'remind', of: 'hold-check-due', at: T0 + 18 * HOUR },
    ])
    const second = decide(paymentMachine, first.entity, check)
    expect(second.entity).toMatchObject({ state: 'voiding', outcome: 'no-cdr' })
    expect(names(second)).toEqual(['void', 'stop-session', 'remind'])
  })

  test('a raise that gave the hold a longer life puts the look at it off; when it is due nothing does (F36)', () => {
    const longer = { captureBefore: T0 + 168 * HOUR }
    const early = on('charging', check, longer)
    expect(early.entity.state).toBe('charging')
    expect(early.effects).toEqual([{ do: 'remind', of: 'hold-check-due', at: T0 + 156 * HOUR }])
    expect(on('charging', { ...check, at: T0 + 156 * HOUR }, longer).entity.state).toBe('stopping')
  })

  test('where nothing runs any more only the lost CDR is looked for', () => {
    expect(names(on('awaiting-cdr', check))).toEqual(['pull-cdr', 'remind'])
    expect(names(on('awaiting-cdr', check, { holdEnding: true }))).toEqual(['void'])
  })

  test('a hold that nobody decided about is looked at from its end on, each hour for two days; then an operator asks (I4)', () => {
    const end = T0 + 24 * HOUR
    expect(on('stuck', { ...check, at: end - 1 }).verdict).toHaveProperty('ignore')
    expect(on('stuck', { ...check, at: end }).effects).toEqual([{ do: 'query-void', notBefore: end }])
    const last = { ...events['hold-found'], at: end + 48 * HOUR }
    expect(on('stuck', last).effects).toEqual([{ do: 'remind', of: 'hold-check-due', at: end + 49 * HOUR }])
    expect(on('stuck', { ...last, at: last.at + 1 }).verdict).toHaveProperty('refuse')
  })

  test.each(['voiding', 'void-unknown'] as const)(
    '%s: a check that was due meanwhile is made up for at once when the hold is kept (F36, F79)',
    (state) => {
      const runs = state === 'void-unknown' ? { session: session() } : {}
      const missed = on(state, check, runs).entity
      expect(missed).toMatchObject({ state, holdCheckMissed: true })
      const kept = state === 'voiding' ? reported({}) : events['hold-found']
      const again = { do: 'remind', of: 'hold-check-due', at: kept.at }
      const after = decide(paymentMachine, missed, kept)
      expect(after.entity).toMatchObject({ state: 'charging', holdCheckMissed: undefined })
      expect(after.effects).toContainEqual(again)
      expect(on(state, kept, runs).effects).not.toContainEqual(again)
    },
  )

  test.each(['voiding', 'void-unknown'] as const)(
    '%s: a check that was missed stays noted as long as the hold is being given back (F79)',
    (state) => {
      const missed = { holdCheckMissed: true } as const
      const notKept = state === 'voiding' ? reported({ status: 'PENDING', kwh: 0 }) : events['hold-found']
      const after = on(state, notKept, { ...missed, session: undefined })
      expect(after.entity).toMatchObject({ state: 'voiding', holdCheckMissed: true })
      expect(names(after)).toEqual(state === 'voiding' ? ['stop-session', 'remind'] : ['void'])
      expect(on('voiding', reported(), { ...missed, cdr: { id: 'C', hash: 'h', due: eur(0) } }).verdict).toEqual({
        ignore: 'the CDR has decided',
      })
    },
  )

  test.each(['capturing', 'captured', 'voided', 'stuck'] as const)('%s: nothing is left to check', (state) => {
    expect(on(state, check).verdict).toHaveProperty('ignore')
  })

  test('"no record" may be too early: a hold that appears after the decline is found and given back (F03)', () => {
    const silent = { ...events['authorization-declined'], outcome: 'psp-unavailable' } as const
    const declined = on('authorization-unknown', silent)
    expect(declined.effects).toEqual([{ do: 'remind', of: 'hold-check-due', at: T0 + 600_000 }])
    const looked = decide(paymentMachine, declined.entity, check)
    expect(names(looked)).toEqual(['query-authorization'])
    const found = decide(paymentMachine, looked.entity, events.authorized)
    expect(found.entity.state).toBe('voiding')
  })

  test('a CPO cannot keep a hold with the timeout it names (I6)', () => {
    const after = on('starting', { ...events['start-answered'], timeoutMs: 2_147_483_647_000 })
    expect(after.effects).toEqual([{ do: 'remind', of: 'start-deadline-passed', at: T0 + 630_000 }])
    const negative = on('starting', { ...events['start-answered'], timeoutMs: -90_000 })
    expect(negative.effects).toEqual([{ do: 'remind', of: 'start-deadline-passed', at: T0 + 30_000 }])
  })

  test('an approval that comes long after the tap starts nothing: nobody waits any more (F12)', () => {
    const after = on('authorizing', { ...events.authorized, at: T0 + 60_001 })
    expect(after.entity.state).toBe('voiding')
    expect(names(after)).toEqual(['void'])
  })
})

describe('void against session and CDR', () => {
  test('a CDR that comes while the void is under way takes the hold back, like its Session would (I12)', () => {
    expect(on('voiding', events['cdr-received']).effects).toEqual([{ do: 'capture', amount: eur(1200) }])
  })

  test('a session the CPO had declared invalid is not billed while its hold is released (C-506)', () => {
    const after = on('voiding', events['cdr-received'], { session: session({ status: 'INVALID' }) })
    expect(after.entity).toMatchObject({ state: 'voiding', advice: { status: 'FAILED' } })
  })

  test('the void had won before the capture began: voided, and the CPO is told that nothing was captured (F56)', () => {
    const after = on('capturing', events.voided)
    expect(after.entity).toMatchObject({ state: 'voided', advice: { status: 'FAILED', amount: eur(0) } })
    expect(names(after)).toEqual(['advise'])
  })

  test('a void that failed leaves the hold: a CDR that comes then is captured; a second one is not', () => {
    const stuck = on('stuck', events['cdr-received'])
    expect(stuck.effects).toEqual([{ do: 'capture', amount: eur(1200) }])
    expect(names(on('stuck', events['cdr-received'], { cdr: { id: 'C', hash: 'h', due: eur(1) } }))).toEqual(['alarm'])
  })

  test('a payment that gave its EVSE up never takes it back: another driver may stand there (F22)', () => {
    const key = evseKey({ peerId: 'peer-1', evseUid: 'E1' })
    const refused = on('starting', { ...events['start-result'], accepted: false, result: 'FAILED' })
    expect(paymentKeys(paymentIn('starting'))).toContain(key)
    const runsAfterAll = decide(paymentMachine, refused.entity, reported({}))
    expect(runsAfterAll.entity.state).toBe('charging')
    expect(paymentKeys(runsAfterAll.entity)).not.toContain(key)
    // Its own name beside: whoever comes next finds the EVSE occupied.
    expect(paymentKeys(runsAfterAll.entity)).toContain(`again/evse/peer-1/e1/${runsAfterAll.entity.id}`)
    expect(paymentKeys(refused.entity).join()).not.toContain('again/evse')
  })
})

describe('what a Session says', () => {
  test('two words of the same second: the one that is further on counts (F27)', () => {
    const pending = session({ status: 'PENDING', kwh: 0, cost: undefined })
    const active = { ...events['session-reported'], session: session({ kwh: 0 }) }
    expect(on('awaiting-session', active, { session: pending }).entity.state).toBe('charging')
    const completed = { ...events['session-reported'], session: session({ status: 'COMPLETED' }) }
    expect(on('charging', completed).entity.state).toBe('awaiting-cdr')
    expect(on('charging', { ...active, session: pending }).verdict).toHaveProperty('ignore')
    expect(on('charging', { ...events['session-reported'], session: session() }).verdict).toHaveProperty('ignore')
  })

  test('its id is the same in other letters (A: CiString)', () => {
    expect(on('charging', reported({ id: 's1' })).entity.state).toBe('charging')
  })

  test('another session of a voided payment is as unpaid as the first one: it is stopped (F20)', () => {
    const over = session({ status: 'COMPLETED', kwh: 0 })
    const after = on('voided', reported({ id: 'S2' }), { session: over })
    expect(after.effects[0]).toEqual({ do: 'stop-session', commandId: 'stop-2', sessionId: 'S2' })
  })

  test.each(['voiding', 'voided'] as const)('%s: an unheard stop of an unpaid session is repeated (I5)', (state) => {
    const stop = { by: 'policy', commandId: 'stop-1', tries: 1 } as const
    const running = session({ status: 'PENDING', kwh: 0 })
    const again = on(state, { ...events['stop-answered'], outcome: 'unanswered' }, { session: running, stop })
    expect(again.effects).toEqual([
      { do: 'stop-session', commandId: 'stop-2', sessionId: 'S1', notBefore: T0 + 30_000 },
    ])
    const ended = session({ status: 'COMPLETED' })
    expect(on(state, events['stop-answered'], { session: ended, stop }).verdict).toHaveProperty('ignore')
  })

  test('many words of an unpaid session in a moment are one order to stop it (F31)', () => {
    const first = on('voided', reported({}))
    const next = { ...reported({ lastUpdated: '2030-01-01T12:21:00.000Z' }), at: T0 + 29_999 }
    expect(names(decide(paymentMachine, first.entity, next))).toEqual([])
    expect(names(decide(paymentMachine, first.entity, { ...next, at: T0 + 30_000 }))).toEqual([
      'stop-session',
      'remind',
    ])
  })

  test('a session that only waits and is never called off is told to stop once its hold is back, five times, then no more is asked (I5, I16)', () => {
    const waits = session({ status: 'PENDING', kwh: 0 })
    let after = on('voided', events['session-poll-due'], { session: waits, stop: undefined, polling: true })
    expect(names(after)).toEqual(['stop-session', 'remind', 'find-session'])
    for (let tries = 2; tries <= 5; tries++) {
      after = decide(paymentMachine, after.entity, { ...events['session-poll-due'], at: T0 + tries * 300_000 })
      expect([names(after), after.entity.stop?.tries]).toEqual([['find-session', 'remind', 'stop-session'], tries])
    }
    const over = decide(paymentMachine, after.entity, { ...events['session-poll-due'], at: T0 + HOUR })
    expect([names(over), over.entity.polling]).toEqual([[], undefined])
  })

  test('a session that obeys no stop has a word for the operator (F31)', () => {
    const stop = { by: 'driver', commandId: 'stop-1', tries: 5 } as const
    const after = on('stopping', events['session-poll-due'], { stop })
    expect(after.entity.reason).toMatch(/does not stop/)
    expect(names(after)).toEqual(['find-session', 'remind', 'pull-cdr', 'alarm'])
    expect(after.effects.at(-1)).toMatchObject({ code: 'SESSION_NOT_STOPPED' })
    const next = on('stopping', events['session-poll-due'], { stop, reason: after.entity.reason })
    expect(names(next)).toEqual(['find-session', 'remind', 'pull-cdr'])
  })
})

test('a word that waited for us while we were away is not the last look: the car may have come since (F26, F27, I10)', () => {
  const waits = reported({ status: 'PENDING', kwh: 0, lastUpdated: '2030-01-01T12:19:00.000Z' })
  const passed = on('awaiting-session', events['plug-in-window-passed'], { session: undefined })
  const first = decide(paymentMachine, passed.entity, waits)
  const again = decide(paymentMachine, first.entity, waits)
  expect([first, again].map(({ entity }) => entity.state)).toEqual(['awaiting-session', 'awaiting-session'])
  expect(decide(paymentMachine, again.entity, reported({})).entity.state).toBe('charging')
  expect(decide(paymentMachine, again.entity, { ...waits, lastLook: true }).entity.state).toBe('voiding')
})

test('what a partner calls a reference never resolves to another name of a payment (T22)', async () => {
  const payment = paymentIn('charging')
  const find = async (name: string) => ([payment.id, ...paymentKeys(payment)].includes(name) ? payment : undefined)
  const desk = { find } as PaymentDesk
  expect(await byReference(desk, payment.id.toUpperCase())).toBe(payment)
  for (const key of paymentKeys(payment)) expect(await byReference(desk, key), key).toBeUndefined()
})
