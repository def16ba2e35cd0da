/** What a Session says, and which of two words counts. */
import { describe, expect, test } from 'vitest'
import type { SessionSeen } from '../src/payment/payment.ts'
import { newest } from '../src/payment/session-seen.ts'
import { eur, events, names, on, reported, session, T0 } from './samples.ts'

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

  test('that it costs no more than the hold was said with a cost: it counts where that cost does (F28, E-25)', () => {
    const withinHold = (before: number, cost: number, said?: true) =>
      newest(
        session({ cost: eur(before), withinHold: true }),
        session({ lastUpdated: later, cost: eur(cost), ...(said && { withinHold: said }) }),
      )?.withinHold
    expect([withinHold(4900, 4950, true), withinHold(4900, 4900, true)]).toEqual([true, true])
    expect([withinHold(4950, 4900, true), withinHold(4900, 4950)]).toEqual([undefined, undefined])
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

  test('that ended without energy under another id, and is all that the last look finds, ends the waiting (C-304, I6)', () => {
    const waits = { session: session({ status: 'PENDING', kwh: 0 }), plugInWindowPassed: true }
    const ended = { ...reported({ id: 'S2', status: 'COMPLETED', kwh: 0 }), lastLook: true } as const
    const after = on('awaiting-session', ended, waits)
    expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'not-plugged-in', session: { id: 'S1' } })
    expect(after.effects).toContainEqual({ do: 'stop-session', commandId: 'stop-2', sessionId: 'S1' })
    expect(on('awaiting-session', { ...ended, lastLook: undefined }, waits).verdict).toHaveProperty('refuse')
  })

  test('that only waits under another id ends the waiting with the last look like the first (D-F07)', () => {
    const waits = { session: session({ status: 'PENDING', kwh: 0 }), plugInWindowPassed: true }
    const word = { ...reported({ id: 'S2', status: 'PENDING', kwh: 0 }), lastLook: true } as const
    const after = on('awaiting-session', word, waits)
    expect(after.entity.state).toBe('voiding')
    expect(after.effects).toContainEqual({ do: 'stop-session', commandId: 'stop-2', sessionId: 'S2' })
  })

  test('that runs while nobody knows of the void is stopped at the limit of the hold, until it obeys (I2, F29, F31, F79)', () => {
    const word = (cents: number) => reported({ cost: eur(cents) })
    expect(on('void-unknown', word(4899)).effects).toEqual([])
    const limit = on('void-unknown', word(4900))
    expect(limit.entity).toMatchObject({ state: 'void-unknown', stop: { by: 'limit', tries: 1 } })
    expect(limit.effects).toEqual([
      { do: 'stop-session', commandId: 'stop-2', sessionId: 'S1' },
      { do: 'remind', of: 'session-poll-due', at: T0 + 30_000 },
    ])
    const told = { session: session(), stop: { ...stop, at: T0 }, polling: true } as const
    expect(on('void-unknown', word(4900), told).effects).toEqual([])
    for (const goesOn of [word(4900), events['session-poll-due']])
      expect(names(on('void-unknown', { ...goesOn, at: T0 + 30_000 }, told)), goesOn.type).toContain('stop-session')
    const unheard = { ...events['stop-answered'], outcome: 'unanswered' } as const
    expect(names(on('void-unknown', unheard, told))).toEqual(['stop-session'])
    expect(names(on('void-unknown', events['session-poll-due'], { session: session() }))).not.toContain('stop-session')
    expect(on('void-unknown', reported({ cost: eur(4900), status: 'COMPLETED' })).effects).toEqual([])
  })

  test('that runs while a person has to find out about the hold is stopped, and again (I5, F79)', () => {
    const first = on('stuck', reported())
    expect(names(first)).toEqual(['stop-session', 'remind', 'alarm'])
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
    expect(names(other)).toEqual(['alarm', 'stop-session', 'remind'])
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

  test('that runs, or has run, after its start was said to have failed has its day from its own end on (F19, F57)', () => {
    const failed = { releaseBy: T0 - 20 * 3_600_000 }
    const runs = on('voiding', reported({ status: 'ACTIVE' }), failed).entity
    expect(runs.releaseBy).toBeUndefined()
    for (const before of [runs, { ...failed, state: 'voiding' as const }])
      expect(on(before.state, reported({ status: 'COMPLETED', kwh: 6 }), failed).entity.releaseBy).toBe(T0 + 86_400_000)
  })
})
