/** What a Session says, which of two words counts, and how charging is stopped. */
import { decide } from '@plugtill/engine/machine'
import { describe, expect, test } from 'vitest'
import type { Payment, SessionSeen } from '../src/payment/payment.ts'
import { newest } from '../src/payment/session-seen.ts'
import { paymentMachine } from '../src/payment/states.ts'
import { eur, events, names, on, paymentIn, reported, session, T0 } from './samples.ts'

const stop = { by: 'driver', commandId: 'stop-1', tries: 1, at: T0 } as const
const alarms = (after: ReturnType<typeof on>) => after.effects.filter((order) => order.do === 'alarm')

describe('of two words', () => {
  const later = '2030-01-01T12:20:00.000Z'
  const life = ['RESERVATION', 'PENDING', 'ACTIVE', 'INVALID', 'COMPLETED'] as const

  test.each(life)(
    'of the same second, the one that is further on in the life of a session counts: %s (F27)',
    (status) => {
      for (const before of life) {
        const counts = (kwh: number) => newest(session({ status: before }), session({ status, kwh })) !== undefined
        const further = life.indexOf(status) > life.indexOf(before)
        const same = status === before
        expect([counts(3), counts(4), counts(5)], before).toEqual([further, further, further || same])
      }
    },
  )

  test.each(life.slice(0, -1))('none takes a completed session back: %s', (status) => {
    expect(newest(session({ status: 'COMPLETED' }), session({ status, lastUpdated: later }))).toBeUndefined()
  })

  test('the later one counts, with the highest cost and the start of either (F28)', () => {
    const seen = (change: Partial<SessionSeen>, word: Partial<SessionSeen>) =>
      newest(session(change), session({ lastUpdated: later, ...word }))
    expect(seen({ cost: eur(300) }, { cost: eur(200) })?.cost).toEqual(eur(300))
    expect(seen({ cost: eur(200) }, { cost: eur(300) })?.cost).toEqual(eur(300))
    expect(seen({ cost: eur(200) }, { cost: undefined })?.cost).toEqual(eur(200))
    expect(seen({ cost: undefined }, { cost: eur(300) })?.cost).toEqual(eur(300))
    expect(seen({ cost: undefined }, { cost: undefined })?.cost).toBeUndefined()
    expect(seen({ startedAt: 'a' }, { startedAt: 'b' })?.startedAt).toBe('b')
    expect(seen({ startedAt: 'a' }, {})?.startedAt).toBe('a')
    expect(seen({}, {})).not.toHaveProperty('startedAt')
  })

  test('that say the same nothing new is taken from', () => {
    for (const state of ['charging', 'voiding', 'voided', 'void-unknown'] as const)
      expect(on(state, { ...reported(), session: session() }, { session: session() }).verdict, state).toHaveProperty(
        'ignore',
      )
  })
})

describe('a session', () => {
  test('under the reference of another one is refused while there is a hold (T22)', () => {
    for (const state of ['charging', 'voiding'] as const) {
      for (const status of ['ACTIVE', 'PENDING'] as const) {
        const { verdict, entity } = on(state, reported({ id: 'S2', status }), { session: session() })
        expect(verdict).toMatchObject({ refuse: expect.stringMatching(/S2.*S1/) as unknown })
        expect(entity.session?.id).toBe('S1')
      }
    }
  })

  test('that only waited goes on under another id; one that ended without energy is not it (C-304)', () => {
    for (const [state, status] of [
      ['awaiting-session', 'PENDING'],
      ['awaiting-session', 'RESERVATION'],
      ['charging', 'PENDING'],
    ] as const) {
      const waits = { session: session({ status, kwh: 0 }) }
      const other = (change: Partial<SessionSeen>) => on(state, reported({ id: 'S2', ...change }), waits)
      expect(other({}).entity).toMatchObject({ state: 'charging', session: { id: 'S2' } })
      expect(other({ status: 'COMPLETED' }).entity).toMatchObject({ state: 'awaiting-cdr', session: { id: 'S2' } })
      expect(other({ status: 'COMPLETED', kwh: 0 }).verdict).toHaveProperty('refuse')
    }
  })

  test('that only waits under another id ends the waiting with the last look like the first (D-F07)', () => {
    const waits = { session: session({ status: 'PENDING', kwh: 0 }), plugInWindowPassed: true }
    const word = { ...reported({ id: 'S2', status: 'PENDING', kwh: 0 }), lastLook: true } as const
    const after = on('awaiting-session', word, waits)
    expect(after.entity.state).toBe('voiding')
    expect(after.effects).toContainEqual({ do: 'stop-session', commandId: 'stop-2', sessionId: 'S2' })
  })

  test('that runs while nobody knows of the void is stopped at the limit of the hold, once (I2, F79)', () => {
    const word = (cents: number) => reported({ cost: eur(cents) })
    expect(on('void-unknown', word(4899)).effects).toEqual([])
    const limit = on('void-unknown', word(4900))
    expect(limit.entity).toMatchObject({ state: 'void-unknown', stop: { by: 'limit', tries: 1 } })
    expect(limit.effects).toEqual([{ do: 'stop-session', commandId: 'stop-2', sessionId: 'S1' }])
    expect(on('void-unknown', word(4900), { stop }).effects).toEqual([])
    expect(on('void-unknown', reported({ cost: eur(4900), status: 'COMPLETED' })).effects).toEqual([])
  })

  test('that runs while a person has to find out about the hold is stopped, and again (I5, F79)', () => {
    const first = on('stuck', reported())
    expect(names(first)).toEqual(['stop-session', 'alarm', 'remind'])
    const running = { session: session(), polling: true, stop } as const
    expect(names(on('stuck', { ...events['stop-answered'], outcome: 'refused' }, running))).toEqual(['stop-session'])
    expect(names(on('stuck', { ...events['session-poll-due'], at: T0 + 60_000 }, running))).toContain('stop-session')
    for (const decided of [{ held: undefined }, { cdr: { id: 'CDR1', hash: 'H', due: eur(1200) } }])
      expect(on('stuck', reported(), decided).verdict).toHaveProperty('ignore')
  })

  test('that runs as it was paid for is looked for now and then, and nobody is alarmed', () => {
    const after = on('starting', reported())
    expect(after.effects).toEqual([{ do: 'remind', of: 'session-poll-due', at: T0 + 300_000 }])
    expect(after.entity).toMatchObject({ state: 'charging', polling: true, sessionSeenAt: T0 })
    expect(names(on('charging', reported()))).toEqual([])
  })

  test('at another connector is told once, with both names; what the driver reads of it stays (F21)', () => {
    const same = on('charging', reported({ elsewhere: 'same-tariff' }))
    expect(same.entity.state).toBe('charging')
    expect(alarms(same)).toMatchObject([
      { code: 'SESSION_ELSEWHERE', message: expect.stringMatching(/S1.*E1\/1/) as unknown },
    ])
    const known = { session: session({ elsewhere: 'same-tariff' }) }
    expect(alarms(on('charging', reported({ elsewhere: 'same-tariff' }), known))).toEqual([])
    const other = on('charging', reported({ elsewhere: 'other-tariff' }))
    expect(other.entity).toMatchObject({ state: 'stopping', outcome: 'other-charger', stop: { by: 'policy' } })
    expect(names(other)).toEqual(['alarm', 'stop-session'])
    const later = { elsewhere: 'other-tariff', lastUpdated: '2030-01-01T12:30:00.000Z' } as const
    const words = { outcome: 'other-charger', reason: 'because' } as const
    const told = { ...words, session: session({ elsewhere: 'other-tariff' }) }
    expect(on('stopping', reported(later), told).entity).toMatchObject(words)
    expect(on('stopping', reported({ ...later, status: 'COMPLETED' }), told).entity).toMatchObject(words)
    const cleared = on('charging', reported(), { outcome: 'start-refused', reason: 'because' }).entity
    expect([cleared.outcome, cleared.reason]).toEqual([undefined, undefined])
  })

  test('that has ended is waited for its CDR, and the day begins in which the money is decided (F57)', () => {
    const after = on('charging', reported({ status: 'COMPLETED' }))
    expect(after.entity).toMatchObject({ state: 'awaiting-cdr', releaseBy: T0 + 86_400_000 })
    expect(after.effects).toEqual([{ do: 'remind', of: 'cdr-deadline-passed', at: T0 + 900_000 }])
    const again = on('awaiting-cdr', reported({ status: 'COMPLETED', kwh: 5 }))
    expect([again.entity.session?.kwh, again.effects]).toEqual([5, []])
  })

  test.each<[status: SessionSeen['status'], kwh: number, state: string]>([
    ['ACTIVE', 0, 'charging'],
    ['COMPLETED', 4, 'awaiting-cdr'],
    ['COMPLETED', 0, 'voiding'],
    ['INVALID', 4, 'voiding'],
    ['PENDING', 4, 'voiding'],
    ['RESERVATION', 0, 'voiding'],
  ])('%s with %d kWh while its void is under way: %s (D-F05)', (status, kwh, state) => {
    const after = on('voiding', reported({ status, kwh }))
    expect(after.entity.state).toBe(state)
    expect(names(after).includes('stop-session')).toBe(status === 'PENDING')
    expect(
      on('voiding', reported({ status, kwh }), { cdr: { id: 'C', hash: 'h', due: eur(0) } }).verdict,
    ).toHaveProperty('ignore')
  })
})

describe('a stop', () => {
  test('needs a Session, and its answer an order (F30)', () => {
    expect(on('charging', events['stop-requested'], { session: undefined }).verdict).toHaveProperty('refuse')
    for (const outcome of ['refused', 'unanswered'] as const)
      expect(on('stopping', { ...events['stop-answered'], outcome }, { stop: undefined }).verdict).toHaveProperty(
        'refuse',
      )
    expect(on('stopping', events['stop-answered'], { session: undefined }).verdict).toHaveProperty('refuse')
  })

  test('of a session the CPO does not know: it is looked for, and so is its bill (F32)', () => {
    const after = on('stopping', { ...events['stop-answered'], outcome: 'unknown-session' })
    expect(after.effects).toEqual([{ do: 'find-session', last: false }, { do: 'pull-cdr' }])
    expect(on('stopping', { ...events['stop-answered'], outcome: 'accepted' }).verdict).toHaveProperty('ignore')
  })

  test('that was refused is ordered again half a minute later, by whom it was, five times in all (F31)', () => {
    const again = on('stopping', events['stop-answered'], { stop: { ...stop, tries: 4 } })
    expect(again.entity.stop).toEqual({ by: 'driver', commandId: 'stop-2', tries: 5, at: T0 + 30_000 })
    expect(again.effects).toEqual([
      { do: 'stop-session', commandId: 'stop-2', sessionId: 'S1', notBefore: T0 + 30_000 },
    ])
    expect(on('stopping', events['stop-answered'], { stop: { ...stop, tries: 5 } }).verdict).toHaveProperty('refuse')
  })

  test('whose last order nobody has heard is ordered again with the next look, and so on until somebody hears it (F29)', () => {
    const unheard = { ...events['stop-answered'], outcome: 'unanswered' } as const
    const used = on('stopping', unheard, { stop: { ...stop, tries: 5 } })
    expect([used.entity.stop?.tries, used.effects]).toEqual([4, []])
    const look = decide(paymentMachine, used.entity, events['session-poll-due'])
    expect([look.entity.stop?.tries, names(look)]).toEqual([5, ['find-session', 'remind', 'stop-session']])
    expect(on('stopping', unheard, { stop: { ...stop, tries: 4 } }).entity.stop?.tries).toBe(5)
    expect(on('stopping', { ...unheard, outcome: 'refused' }, { stop: { ...stop, tries: 5 } }).verdict).toHaveProperty(
      'refuse',
    )
  })

  test('is refused five times before no more is ordered: what nobody heard before is no order that was disobeyed (F29, F31)', () => {
    const answered = (payment: Payment, ...outcomes: ('accepted' | 'refused' | 'unanswered' | 'unknown-session')[]) =>
      outcomes.reduce(
        (now, outcome) => decide(paymentMachine, now, { ...events['stop-answered'], outcome }).entity,
        payment,
      )
    const away = answered(paymentIn('stopping'), 'unanswered', 'unanswered', 'unanswered', 'unanswered', 'unanswered')
    expect(away.stop).toMatchObject({ tries: 4, unheard: 4 })
    const looked = decide(paymentMachine, away, events['session-poll-due']).entity
    expect(looked.stop).toMatchObject({ tries: 5, unheard: 4 })
    const back = answered(looked, 'refused')
    expect(back.stop).toEqual({ by: 'driver', commandId: 'stop-2', tries: 2, at: T0 + 30_000 })
    const last = answered(back, 'refused', 'refused', 'refused')
    expect(last.stop?.tries).toBe(5)
    expect(decide(paymentMachine, last, events['stop-answered']).verdict).toHaveProperty('refuse')
    for (const outcome of ['accepted', 'unknown-session'] as const)
      expect(answered(looked, outcome).stop).toEqual({ ...looked.stop, unheard: undefined, tries: 1 })
    const asked = decide(paymentMachine, looked, { ...events['stop-requested'], by: 'operator' }).entity
    expect(answered(asked, 'refused').stop).toMatchObject({ by: 'operator', tries: 2 })
    const unpaid = on(
      'voided',
      { ...reported(), at: T0 + 60_000 },
      { session: session(), stop: { ...stop, tries: 3, unheard: 2 } },
    )
    expect(answered(unpaid.entity, 'refused').stop).toMatchObject({ by: 'policy', tries: 3 })
    // The answer of the last one comes twice: one order at least was heard.
    expect(answered(away, 'refused').stop?.tries).toBe(2)
  })

  test('whose orders are used up is ordered once more each time the driver asks (F30, F31)', () => {
    const asked = { ...events['stop-requested'], stopCommandId: 'stop-9', at: T0 + 60_000 }
    const once = on('stopping', asked, { stop: { ...stop, by: 'limit', tries: 5 } })
    expect(once.effects).toEqual([{ do: 'stop-session', commandId: 'stop-9', sessionId: 'S1' }])
    expect(once.entity.stop).toEqual({ by: 'driver', commandId: 'stop-9', tries: 5, at: T0 + 60_000 })
    expect(on('stopping', asked, { stop: { ...stop, tries: 4 } }).verdict).toHaveProperty('ignore')
    expect(on('stopping', asked, { session: undefined }).verdict).toHaveProperty('ignore')
    expect(on('stopping', asked, { stop: undefined }).verdict).toHaveProperty('ignore')
  })

  test('goes out again with every look, which goes on after the last one (F31)', () => {
    const look = on('stopping', events['session-poll-due'], { stop })
    expect(look.entity).toMatchObject({ state: 'stopping', stop: { tries: 2, by: 'driver' } })
    expect(names(look)).toEqual(['find-session', 'remind', 'stop-session'])
  })

  const unpaid = (change: Partial<Payment> = {}) => ({ session: session(), polling: true, stop, ...change })

  test('of an unpaid session is ordered with its first word, and alarms once (F20)', () => {
    const first = on('voided', reported({ status: 'PENDING' }))
    expect(first.entity).toMatchObject({ polling: true, stop: { by: 'policy', commandId: 'stop-2', tries: 1, at: T0 } })
    expect(first.effects).toMatchObject([
      { do: 'stop-session', commandId: 'stop-2', sessionId: 'S1' },
      { do: 'alarm', code: 'SESSION_UNPAID' },
      { do: 'remind', of: 'session-poll-due', at: T0 + 300_000 },
    ])
    const next = on('voided', { ...reported(), at: T0 + 30_000 }, unpaid())
    expect([names(next), next.entity.stop?.tries]).toEqual([['stop-session'], 2])
    expect(names(on('voided', { ...reported(), at: T0 + 29_999 }, unpaid()))).toEqual([])
    const untimed = { by: 'driver', commandId: 'stop-1', tries: 1 } as const
    expect(names(on('voided', reported(), unpaid({ stop: untimed })))).toEqual(['stop-session'])
    expect(
      on('voided', { ...reported(), at: T0 + 30_000 }, unpaid({ stop: { ...stop, tries: 5 } })).verdict,
    ).toHaveProperty('refuse')
    for (const status of ['COMPLETED', 'INVALID', 'RESERVATION'] as const)
      expect(names(on('voided', reported({ status }))), status).toEqual([])
  })

  test('of an unpaid session that says nothing is ordered with a look, but not twice in half a minute (I5, F31)', () => {
    const poll = (after: number, change: Partial<Payment> = {}) =>
      names(on('voided', { ...events['session-poll-due'], at: T0 + after }, unpaid(change)))
    expect(poll(29_999)).toEqual(['find-session', 'remind'])
    expect(poll(30_000)).toEqual(['find-session', 'remind', 'stop-session'])
    const untimed = { by: 'driver', commandId: 'stop-1', tries: 1 } as const
    expect(poll(0, { stop: untimed })).toEqual(['find-session', 'remind', 'stop-session'])
    expect(poll(0, { stop: undefined })).toEqual(['find-session', 'remind', 'stop-session'])
  })

  test('of an unpaid session is not ordered for ever, and is again when nobody has heard the last one (F20, F31)', () => {
    const polled = { ...events['session-poll-due'], at: T0 + 300_000 }
    const used = on('voided', polled, unpaid({ stop: { ...stop, tries: 5 } }))
    expect(used.entity).toMatchObject({ polling: undefined, stop: { tries: 5 } })
    expect(used.effects).toMatchObject([{ do: 'alarm', code: 'SESSION_NOT_STOPPED' }])
    const unheard = { ...events['stop-answered'], outcome: 'unanswered', at: T0 + 310_000 } as const
    const known = decide(paymentMachine, used.entity, unheard)
    expect(known.entity).toMatchObject({ polling: true, stop: { tries: 4 } })
    expect(known.effects).toEqual([{ do: 'remind', of: 'session-poll-due', at: T0 + 610_000 }])
    const looked = decide(paymentMachine, known.entity, { ...polled, at: T0 + 610_000 })
    expect(names(looked)).toEqual(['find-session', 'remind', 'stop-session'])
    // Where the looks go on, there is no second chain of them.
    expect(on('voided', unheard, unpaid({ stop: { ...stop, tries: 5 } })).effects).toEqual([])
  })

  test('nothing is looked for once it has ended: the chain of looks ends, and is noted', () => {
    const ended = session({ status: 'COMPLETED' })
    expect(on('voided', events['session-poll-due'], { session: ended, polling: true }).entity.polling).toBeUndefined()
    expect(on('voided', events['session-poll-due'], { session: ended }).verdict).toHaveProperty('ignore')
  })

  test('goes out where the void wins while it runs, and not where it has ended (I5)', () => {
    for (const state of ['charging', 'stopping', 'void-unknown', 'stuck', 'awaiting-cdr'] as const) {
      const runs = on(state, events.voided, { session: session(), polling: undefined })
      expect(runs.entity, state).toMatchObject({
        state: 'voided',
        polling: true,
        stop: { by: 'policy', commandId: 'A2' },
      })
      expect(names(runs), state).toEqual(['stop-session', 'remind'])
      const ended = on(state, events.voided, { session: session({ status: 'COMPLETED' }) })
      expect([ended.entity.state, names(ended)], state).toEqual(['voided', []])
    }
  })
})
