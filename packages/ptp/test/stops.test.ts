/** How charging is stopped: the order, what is answered to it, and the looks that give it again. */
import { decide } from '@plugtill/engine/machine'
import { describe, expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { paymentMachine } from '../src/payment/states.ts'
import { events, names, on, paymentIn, reported, session, T0 } from './samples.ts'

const stop = { by: 'driver', commandId: 'stop-1', tries: 1, at: T0 } as const
/** The usual look after that order. */
const nextLook = { ...events['session-poll-due'], at: T0 + 300_000 }

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
    // Where the looks go on, there is no second chain of them.
    expect([used.entity.stop, used.effects]).toEqual([{ ...stop, tries: 5, unheard: 1 }, []])
    const look = decide(paymentMachine, used.entity, nextLook)
    expect([look.entity.stop?.tries, names(look)]).toEqual([6, ['find-session', 'remind', 'stop-session']])
    expect(decide(paymentMachine, look.entity, unheard).entity.stop).toMatchObject({ tries: 6, unheard: 2 })
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
    expect(away.stop).toMatchObject({ tries: 5, unheard: 5 })
    const looked = decide(paymentMachine, away, { ...nextLook, at: T0 + 330_000 }).entity
    expect(looked.stop).toMatchObject({ tries: 6, unheard: 5 })
    const back = answered(looked, 'refused')
    expect(back.stop).toEqual({ by: 'driver', commandId: 'stop-2', tries: 7, unheard: 5, at: T0 + 30_000 })
    const last = answered(back, 'refused', 'refused', 'refused')
    expect(last.stop?.tries).toBe(10)
    expect(decide(paymentMachine, last, events['stop-answered']).verdict).toHaveProperty('refuse')
    for (const outcome of ['accepted', 'unknown-session'] as const)
      expect(answered(looked, outcome).stop).toEqual(looked.stop)
    // An unpaid session has the same limit. (F20)
    const unpaid = (unheardOrders: number) => ({
      session: session(),
      stop: { ...stop, tries: 7, unheard: unheardOrders },
    })
    const told = { ...reported(), at: T0 + 60_000 }
    expect(on('voided', told, unpaid(3)).entity.stop).toMatchObject({ by: 'policy', tries: 8, unheard: 3 })
    expect(on('voided', told, unpaid(2)).verdict).toHaveProperty('refuse')
  })

  test('whose orders are used up is ordered once more each time the driver asks (F30, F31)', () => {
    const asked = { ...events['stop-requested'], stopCommandId: 'stop-9', at: T0 + 60_000 }
    const once = on('stopping', asked, { stop: { ...stop, by: 'limit', tries: 5 } })
    expect(once.effects).toEqual([{ do: 'stop-session', commandId: 'stop-9', sessionId: 'S1' }])
    expect(once.entity.stop).toEqual({ by: 'driver', commandId: 'stop-9', tries: 5, at: T0 + 60_000 })
    // Nobody hears it: the next look gives it again.
    const unheard = decide(paymentMachine, once.entity, { ...events['stop-answered'], outcome: 'unanswered' }).entity
    expect(names(decide(paymentMachine, unheard, { ...nextLook, at: T0 + 360_000 }))).toContain('stop-session')
    expect(on('stopping', asked, { stop: { ...stop, tries: 4 } }).verdict).toHaveProperty('ignore')
    expect(on('stopping', asked, { session: undefined }).verdict).toHaveProperty('ignore')
    expect(on('stopping', asked, { stop: undefined }).verdict).toHaveProperty('ignore')
  })

  test('goes out again with every usual look, which goes on after the last one (F31)', () => {
    const look = on('stopping', nextLook, { stop })
    expect(look.entity).toMatchObject({ state: 'stopping', stop: { tries: 2, by: 'driver' } })
    expect(names(look)).toEqual(['find-session', 'remind', 'stop-session'])
  })

  test('is followed by a look half a minute later, which only looks: a CPO may need longer to say that it has ended (F31)', () => {
    const ordered = on('charging', events['stop-requested'])
    const soon = T0 + 30_000
    expect(ordered.entity).toMatchObject({ polling: true, pollAt: soon, stop: { by: 'driver', tries: 1, at: T0 } })
    expect(ordered.effects.at(-1)).toEqual({ do: 'remind', of: 'session-poll-due', at: soon })
    const looked = decide(paymentMachine, ordered.entity, { ...nextLook, at: soon })
    expect(looked.effects).toEqual([
      { do: 'find-session', last: false },
      { do: 'remind', of: 'session-poll-due', at: T0 + 300_000 },
    ])
  })

  test('that was accepted is ordered again by each word half a minute later that it goes on, five times in all; then an operator is told (F31)', () => {
    let after = on('charging', events['stop-requested'])
    const word = (seconds: number) => {
      const lastUpdated = new Date(T0 + 3_600_000 + seconds * 1000).toISOString()
      after = decide(paymentMachine, after.entity, { ...reported({ lastUpdated }), at: T0 + seconds * 1000 })
      return [after.entity.stop?.tries, names(after)]
    }
    expect(word(29)).toEqual([1, []])
    for (const tries of [2, 3, 4, 5]) expect(word((tries - 1) * 30)).toEqual([tries, ['stop-session', 'remind']])
    expect(word(150)).toEqual([5, []])
    const told = decide(paymentMachine, after.entity, { ...nextLook, at: T0 + 150_000 })
    expect(told.effects.at(-1)).toMatchObject({ code: 'SESSION_NOT_STOPPED' })
  })

  const unpaid = (change: Partial<Payment> = {}) => ({ session: session(), polling: true, stop, ...change })

  test('of an unpaid session is ordered with its first word, and alarms once (F20)', () => {
    const first = on('voided', reported({ status: 'PENDING' }))
    expect(first.entity).toMatchObject({ polling: true, stop: { by: 'policy', commandId: 'stop-2', tries: 1, at: T0 } })
    expect(first.effects).toMatchObject([
      { do: 'stop-session', commandId: 'stop-2', sessionId: 'S1' },
      { do: 'remind', of: 'session-poll-due', at: T0 + 30_000 },
      { do: 'alarm', code: 'SESSION_UNPAID' },
    ])
    const next = decide(paymentMachine, first.entity, { ...reported(), at: T0 + 30_000 })
    expect([names(next), next.entity.stop?.tries]).toEqual([['stop-session', 'remind'], 2])
    // A stop of before, by the driver for example, has alarmed nobody.
    const before = on('voided', { ...reported(), at: T0 + 30_000 }, unpaid())
    expect([names(before), before.entity.stop?.tries]).toEqual([['stop-session', 'remind', 'alarm'], 2])
    expect(names(on('voided', { ...reported(), at: T0 + 29_999 }, unpaid()))).toEqual([])
    const untimed = { by: 'policy', commandId: 'stop-1', tries: 1 } as const
    expect(names(on('voided', reported(), unpaid({ stop: untimed })))).toEqual(['stop-session', 'remind'])
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
    expect(poll(0, { stop: undefined })).toEqual(['stop-session', 'remind', 'find-session'])
  })

  test('of an unpaid session is not ordered for ever, and is again when nobody has heard the last one (F20, F31)', () => {
    const polled = { ...events['session-poll-due'], at: T0 + 300_000 }
    const used = on('voided', polled, unpaid({ stop: { ...stop, tries: 5 } }))
    expect(used.entity).toMatchObject({ polling: undefined, stop: { tries: 5 } })
    expect(used.effects).toMatchObject([{ do: 'alarm', code: 'SESSION_NOT_STOPPED' }])
    const unheard = { ...events['stop-answered'], outcome: 'unanswered', at: T0 + 310_000 } as const
    const known = decide(paymentMachine, used.entity, unheard)
    expect(known.entity).toMatchObject({ polling: true, stop: { tries: 5, unheard: 1 } })
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
    for (const state of ['starting', 'charging', 'stopping', 'void-unknown', 'stuck', 'awaiting-cdr'] as const) {
      const runs = on(state, events.voided, { session: session(), polling: undefined })
      expect(runs.entity, state).toMatchObject({
        state: 'voided',
        polling: true,
        stop: { by: 'policy', commandId: 'A2' },
      })
      expect(names(runs), state).toEqual(['stop-session', 'remind', 'alarm'])
      const ended = on(state, events.voided, { session: session({ status: 'COMPLETED' }) })
      expect([ended.entity.state, names(ended)], state).toEqual(['voided', []])
    }
  })
})
