/** Of each word that can come: where it changes nothing, and where it could not have come at all. */
import { describe, expect, test } from 'vitest'
import type { PaymentEvent } from '../src/payment/events.ts'
import type { PaymentState } from '../src/payment/payment.ts'
import { eur, events, names, on, paymentIn, session, T0 } from './samples.ts'

const NO_HOLD = ['authorizing', 'authorization-unknown', 'declined'] as const
const STARTING = ['starting', 'start-unknown', 'awaiting-session'] as const
const RUNNING = ['charging', 'stopping', 'awaiting-cdr'] as const
const TAKING = ['capturing', 'capture-unknown'] as const
const GIVING_BACK = ['voiding', 'void-unknown'] as const
const BEFORE_SESSION = [...NO_HOLD, ...STARTING] as const
const AFTER_START = [...RUNNING, ...TAKING, 'captured', ...GIVING_BACK, 'voided', 'stuck'] as const
const ALL: readonly PaymentState[] = [...BEFORE_SESSION, ...AFTER_START]

type Said = readonly [word: PaymentEvent['type'], states: readonly PaymentState[]]
const without = (all: readonly PaymentState[], ...these: readonly PaymentState[]) =>
  all.filter((one) => !these.includes(one))

/** Not one of these is an operator's business: partners and providers repeat themselves and overtake each other. */
const HARMLESS: readonly Said[] = [
  ['tapped', without(ALL, 'authorizing')],
  ['authorized', [...STARTING, ...AFTER_START]],
  ['authorization-declined', ['declined', ...STARTING, ...AFTER_START]],
  ['authorization-lost', ['declined', ...STARTING, ...AFTER_START]],
  ['start-answered', ['awaiting-session', ...AFTER_START]],
  ['start-unanswered', ['start-unknown', 'awaiting-session', ...AFTER_START]],
  ['start-result', ['awaiting-session', ...AFTER_START]],
  ['start-deadline-passed', without(ALL, 'starting', 'start-unknown')],
  ['plug-in-window-passed', without(ALL, 'awaiting-session')],
  ['session-reported', ['awaiting-cdr', ...TAKING, 'captured']],
  ['session-not-found', without(ALL, 'starting', 'start-unknown')],
  ['session-poll-due', [...NO_HOLD, 'voided', 'stuck']],
  ['hold-check-due', ['authorizing', 'authorization-unknown', ...TAKING, 'captured', 'voided', 'stuck']],
  ['stop-requested', without(ALL, 'awaiting-session', 'charging')],
  ['stop-answered', without(ALL, 'stopping')],
  ['cdr-deadline-passed', without(ALL, 'awaiting-cdr')],
  ['captured', ['captured']],
  ['capture-refused', ['stuck']],
  ['capture-lost', ['captured', 'stuck']],
  ['capture-found', ['captured']],
  ['credit-received', [...GIVING_BACK, 'voided']],
  ['credit-due', without(ALL, ...TAKING)],
  ['refunded', ['captured']],
  ['refund-refused', ['captured']],
  ['dispute-deadline-passed', ALL],
  ['hold-raised', ['captured', 'voided']],
  ['raise-refused', AFTER_START],
  ['raise-lost', AFTER_START],
  ['void-lost', [...TAKING, 'captured', 'void-unknown', 'voided', 'stuck']],
  ['hold-found', [...RUNNING, ...TAKING, 'captured', 'voiding']],
  ['voided', ['voided']],
  ['void-given-up', [...RUNNING, ...TAKING, 'captured', 'voided', 'stuck']],
  ['advice-delivered', without(ALL, 'captured')],
]

/** Each of these means that books are wrong somewhere: it moves nothing, and somebody has to see it. */
const IMPOSSIBLE: readonly Said[] = [
  ['start-answered', NO_HOLD],
  ['start-unanswered', NO_HOLD],
  ['start-result', NO_HOLD],
  ['session-reported', NO_HOLD],
  ['cdr-received', NO_HOLD],
  ['captured', [...BEFORE_SESSION, ...RUNNING, ...GIVING_BACK, 'voided', 'stuck']],
  ['capture-refused', without(ALL, ...TAKING, 'stuck')],
  ['capture-lost', without(ALL, ...TAKING, 'captured', 'stuck')],
  ['capture-found', ['authorizing', ...STARTING]],
  ['capture-reversed', without(ALL, 'captured')],
  ['overcaptured', without(ALL, 'captured')],
  ['credit-received', [...BEFORE_SESSION, ...RUNNING, 'stuck']],
  ['refunded', without(ALL, 'captured')],
  ['refund-found', without(ALL, 'captured')],
  ['refund-refused', without(ALL, 'captured')],
  ['hold-raised', BEFORE_SESSION],
  ['raise-refused', BEFORE_SESSION],
  ['raise-lost', BEFORE_SESSION],
  ['void-lost', BEFORE_SESSION],
  ['hold-found', BEFORE_SESSION],
  ['voided', [...NO_HOLD, 'captured']],
  ['void-given-up', BEFORE_SESSION],
]

const statesThat = (does: 'ignore' | 'refuse', word: PaymentEvent['type']) =>
  ALL.filter((state) => does in on(state, events[word]).verdict)
const inOrder = (states: readonly PaymentState[]) => ALL.filter((state) => states.includes(state))

describe('a word that is known or comes too late', () => {
  test.each(HARMLESS)('%s changes nothing and alarms nobody in exactly these states (I12)', (word, states) => {
    expect(statesThat('ignore', word)).toEqual(inOrder(states))
  })
})

describe('a word that cannot be true', () => {
  test.each(IMPOSSIBLE)('%s moves no money and is shown in exactly these states', (word, states) => {
    expect(statesThat('refuse', word)).toEqual(inOrder(states))
  })

  test('nothing that can come is left out of these tables, but for what an operator decides', () => {
    const told = [...HARMLESS, ...IMPOSSIBLE].map(([word]) => word)
    expect(Object.keys(events).filter((word) => !told.includes(word as PaymentEvent['type']))).toEqual([
      'operator-decided',
    ])
  })
})

test('an operator who decides about a payment that goes on by itself is told where it stands', () => {
  for (const state of without(ALL, 'captured', 'stuck'))
    expect(on(state, events['operator-decided']).verdict).toEqual({
      refuse: `The payment is ${state}: it goes on by itself, and an operator decides only when it is stuck or captured.`,
    })
})

describe('while nobody knows whether the hold was given back (F79)', () => {
  test('a void that is given up leaves the payment to an operator; what runs is looked at, and the end of the hold', () => {
    for (const state of ['voiding', 'void-unknown'] as const) {
      const after = on(state, events['void-given-up'])
      expect(after.entity, state).toMatchObject({ state: 'stuck', outcome: 'void-failed' })
      expect(after.effects, state).toEqual([
        { do: 'remind', of: 'hold-check-due', at: T0 + 86_460_000 },
        { do: 'remind', of: 'session-poll-due', at: T0 },
      ])
    }
  })

  test('the session is looked for all the same, and silence stops nothing: it is being given back already', () => {
    const silent = {
      session: session({ startedAt: '2030-01-01T12:00:00.000Z', cost: eur(4000) }),
      sessionSeenAt: T0,
      maxPowerKw: 350,
    }
    const poll = { ...events['session-poll-due'], at: T0 + 3_600_000 }
    expect(on('charging', poll, silent).entity.state).toBe('stopping')
    for (const state of ['voiding', 'void-unknown'] as const) {
      const after = on(state, poll, silent)
      expect([after.entity.state, ...names(after)], state).toEqual([state, 'find-session', 'remind'])
    }
  })

  test('an advice that was on its way is marked as delivered, so that it is not sent for ever (I8)', () => {
    const advice = { id: 'A1', status: 'FAILED', amount: eur(0), at: T0 } as const
    for (const state of ['capturing', 'voiding', 'void-unknown', 'voided', 'stuck'] as const)
      expect(on(state, events['advice-delivered'], { advice }).entity, state).toMatchObject({
        state,
        advice: { id: 'A1', deliveredAt: T0 },
      })
  })
})

describe('before a Session is seen', () => {
  test('the CPO is asked again at every poll', () => {
    for (const state of STARTING)
      expect(names(on(state, events['session-poll-due'])), state).toEqual(['find-session', 'remind'])
  })

  test('a hold that is near its end is noted and the bill is looked for (F36)', () => {
    for (const state of STARTING) {
      const after = on(state, events['hold-check-due'])
      expect(after.entity, state).toMatchObject({ state, holdEnding: true })
      expect(names(after), state).toEqual(['pull-cdr', 'remind'])
    }
  })
})

describe('a capture in the provider’s books', () => {
  test('is the answer that was lost, where one was ordered: it is told to the CPO like any other (F62)', () => {
    for (const state of TAKING) {
      const after = on(state, events['capture-found'])
      expect(after.entity, state).toMatchObject({ state: 'captured', captured: eur(1200), advice: { id: 'A9' } })
      expect(names(after), state).toEqual(['advise'])
    }
  })

  test('that nobody here ordered is kept and shown, also where the card counts as declined (F75)', () => {
    const after = on('declined', events['capture-found'])
    expect(after.entity).toMatchObject({ state: 'captured', captured: eur(1200), found: true })
    expect(names(after)).toEqual(['alarm', 'pull-cdr'])
  })

  test('that is confirmed when an operator already looks ends the payment, and the CPO hears of it (F62)', () => {
    const { cdr } = paymentIn('capturing')
    const after = on('stuck', events.captured, { cdr: cdr! })
    expect(after.entity).toMatchObject({ state: 'captured', captured: eur(1200), advice: { status: 'SUCCESS' } })
    expect(names(after)).toEqual(['advise'])
  })
})
