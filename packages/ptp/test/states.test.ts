import { decide } from '@plugtill/engine/machine'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { netOf } from '../src/payment/amounts.ts'
import type { PaymentEvent } from '../src/payment/events.ts'
import { FINAL_STATES, type PaymentState } from '../src/payment/payment.ts'
import { paymentMachine } from '../src/payment/states.ts'
import { eur, events, names, on, paymentIn, session, T0 } from './samples.ts'

const states = Object.keys(paymentMachine.states) as PaymentState[]
const types = Object.keys(events) as PaymentEvent['type'][]

describe('every state x event pair', () => {
  test.each(states)('%s answers every event with a verdict and reaches only known states', (state) => {
    for (const type of types) {
      const { entity, verdict } = on(state, events[type])
      expect(states, `${state} + ${type}`).toContain(entity.state)
      const words = 'ignore' in verdict ? verdict.ignore : 'refuse' in verdict ? verdict.refuse : verdict.to
      expect(words, `${state} + ${type}`).toMatch(/^(?!.*this version)./)
    }
  })

  test.each(FINAL_STATES)('%s is final: no event takes money again', (state) => {
    for (const type of types) {
      // A hold that could not be voided, and a first CDR: see "the CDR".
      if (state === 'stuck' && type === 'cdr-received') continue
      const orders = names(on(state, events[type]))
      expect(
        orders.filter((order) => order === 'capture' || order === 'authorize'),
        type,
      ).toEqual([])
    }
  })
})

describe('the start', () => {
  test('START_SESSION is ordered only by an approved hold (I5)', () => {
    for (const state of states)
      for (const type of types) {
        if (names(on(state, events[type])).includes('start-session'))
          expect([state, type]).toEqual([expect.stringMatching(/^authoriz/), 'authorized'])
      }
  })

  test('a declined card ends without any message to the CPO (D-F01)', () => {
    const after = on('authorizing', events['authorization-declined'])
    expect(after.entity.state).toBe('declined')
    expect(after.effects).toEqual([])
    // Its receipt is found by the card, which only the provider has told.
    const card = { fingerprint: 'f9', brand: 'Visa', masked: '**** 9009' }
    expect(on('authorizing', { ...events['authorization-declined'], card }).entity.card).toEqual(card)
  })

  test('an approval below the useful minimum is given back (F05)', () => {
    const after = on('authorizing', { ...events.authorized, held: eur(499) })
    expect(after.entity.state).toBe('voiding')
    expect(names(after)).toEqual(['void'])
  })

  test('an approval that comes when the driver has left is voided; within 15 s it still starts (F03)', () => {
    const at = paymentIn('authorizing').createdAt
    expect(on('authorization-unknown', { ...events.authorized, at: at + 15_001 }).entity.state).toBe('voiding')
    expect(on('authorization-unknown', { ...events.authorized, at: at + 15_000 }).entity.state).toBe('starting')
  })

  test('an unanswered START_SESSION is never sent again: a Session is looked for (D-F03, F13)', () => {
    const after = on('starting', events['start-unanswered'])
    expect(after.entity.state).toBe('start-unknown')
    expect(names(after)).toEqual(['find-session', 'remind', 'remind'])
  })

  test('a result that overtakes its response is taken as it is, in either order (F17)', () => {
    const result = on('starting', events['start-result'])
    const then = decide(paymentMachine, result.entity, events['start-answered'])
    expect(then.entity.state).toBe('awaiting-session')
    expect(then.effects).toEqual([])
  })

  test('a Session is proof whatever the command messages said (F18, F19)', () => {
    expect(on('starting', events['session-reported']).entity.state).toBe('charging')
    expect(on('start-unknown', events['session-reported']).entity.state).toBe('charging')
    const failed = { ...events['start-result'], accepted: false, result: 'FAILED' }
    expect(on('charging', failed).entity.state).toBe('charging')
  })

  test('no car within the window: the hold is given back after one more look (D-F07)', () => {
    const looked = on('awaiting-session', events['plug-in-window-passed'])
    expect(names(looked)).toEqual(['find-session'])
    const after = decide(paymentMachine, looked.entity, events['session-not-found'])
    expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'not-plugged-in' })
  })

  test('a session that still only waits at the last look is stopped, so that it cannot start unpaid (I5)', () => {
    const waits = session({ status: 'PENDING', kwh: 0 })
    const looked = on('awaiting-session', events['plug-in-window-passed'], { session: waits })
    expect(names(looked)).toEqual(['find-session'])
    const found = { ...events['session-reported'], session: waits, lastLook: true as const }
    for (const answer of [events['session-not-found'], found]) {
      const after = decide(paymentMachine, looked.entity, answer)
      expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'not-plugged-in' })
      expect(names(after)).toEqual(['void', 'stop-session', 'remind'])
    }
  })

  test('what we know may be old: a session that runs at the last look is paid for (F39)', () => {
    const waits = session({ status: 'PENDING', kwh: 0 })
    const looked = on('awaiting-session', events['plug-in-window-passed'], { session: waits })
    const after = decide(paymentMachine, looked.entity, events['session-reported'])
    expect(after.entity.state).toBe('charging')
  })

  test('a driver who gives up is asked about at the CPO: what runs is stopped and paid, else the hold is given back', () => {
    const gaveUp = on('awaiting-session', events['stop-requested'])
    expect(names(gaveUp)).toEqual(['find-session'])
    const runs = decide(paymentMachine, gaveUp.entity, events['session-reported'])
    expect(runs.entity).toMatchObject({ state: 'stopping', stop: { by: 'driver', tries: 1 } })
    expect(names(runs)).toContain('stop-session')
    const nobody = decide(paymentMachine, gaveUp.entity, events['session-not-found'])
    expect(nobody.entity).toMatchObject({ state: 'voiding', reason: expect.stringMatching(/terminal/) as unknown })
  })
})

describe('the hold', () => {
  test('charging stops when the cost comes within 2 % of the hold (D-30b, E-25)', () => {
    const near = {
      ...events['session-reported'],
      session: session({ cost: eur(4900), lastUpdated: '2030-01-01T12:20:00.000Z' }),
    }
    const after = on('charging', near)
    expect(after.entity).toMatchObject({ state: 'stopping', stop: { by: 'limit' } })
    expect(names(after)).toContain('stop-session')
    const below = { ...near, session: { ...near.session, cost: eur(4899) } }
    expect(on('charging', below).entity.state).toBe('charging')
  })

  test('an older update changes nothing, and the highest cost stays (F27, F28)', () => {
    const older = {
      ...events['session-reported'],
      session: session({ cost: eur(1), lastUpdated: '2030-01-01T12:00:00.000Z' }),
    }
    expect(on('charging', older).verdict).toHaveProperty('ignore')
    const lower = {
      ...events['session-reported'],
      session: session({ cost: eur(100), lastUpdated: '2030-01-01T12:20:00.000Z' }),
    }
    expect(on('charging', lower).entity.session?.cost).toEqual(eur(242))
  })

  test('a session that really runs while the void is under way takes the hold back (D-F05)', () => {
    const after = on('voiding', events['session-reported'])
    expect(after.entity.state).toBe('charging')
  })

  test('a session after the void is stopped at once, and looked at until it has ended (F20)', () => {
    const after = on('voided', events['session-reported'])
    expect(after.entity.state).toBe('voided')
    expect(names(after)).toEqual(['stop-session', 'remind', 'alarm'])
  })

  test('an unpaid session whose stop was accepted and not obeyed is stopped again at every look, five times in all (I5)', () => {
    let payment = on('voided', events['session-reported']).entity
    for (let tries = 2; tries <= 5; tries++) {
      const after = decide(paymentMachine, payment, { ...events['session-poll-due'], at: T0 + tries * 300_000 })
      expect(names(after)).toEqual(['find-session', 'remind', 'stop-session'])
      payment = after.entity
    }
    const sixth = { ...events['session-poll-due'], at: T0 + 6 * 300_000 }
    const last = decide(paymentMachine, payment, sixth)
    expect([last.entity.polling, names(last)]).toEqual([undefined, ['alarm']])
    const ended = { ...payment, session: session({ status: 'COMPLETED' }) }
    expect(decide(paymentMachine, ended, sixth).entity.polling).toBeUndefined()
  })

  test('a hold that is about to run out is not taken back by a session: it is stopped, and the hold given back (I4)', () => {
    const ending = { holdEnding: true, outcome: 'no-cdr' } as const
    const meanwhile = on('voiding', events['session-reported'], ending)
    expect(meanwhile.entity.state).toBe('voiding')
    expect(names(meanwhile)).toContain('stop-session')
    expect(on('void-unknown', events['hold-found'], { ...ending, session: session() }).entity.state).toBe('voiding')
  })

  test('a hold that ran out before a CDR took it is told to the operator, not only to the CPO (I4)', () => {
    for (const state of ['capturing', 'void-unknown', 'stuck'] as const) {
      const after = on(state, { ...events.voided, expired: true }, { cdr: { id: 'C', hash: 'h', due: eur(1200) } })
      expect(names(after), state).toEqual(['advise', 'alarm'])
      expect(after.entity, state).toMatchObject({ state: 'voided', expired: true, advice: { status: 'FAILED' } })
    }
  })

  test('a void that wins against the session stops it: nothing flows without a hold (I5)', () => {
    const after = on('charging', events.voided)
    expect(after.entity.state).toBe('voided')
    expect(names(after)).toEqual(['stop-session', 'remind', 'alarm'])
    expect(after.effects.at(-1)).toMatchObject({ code: 'SESSION_UNPAID' })
    const ranOut = on('charging', { ...events.voided, expired: true })
    expect([names(ranOut), ranOut.entity.expired]).toEqual([['alarm', 'stop-session', 'remind', 'alarm'], true])
  })
})

describe('the CDR', () => {
  test('a CDR below the hold captures what it asks', () => {
    expect(on('awaiting-cdr', events['cdr-received']).effects).toEqual([{ do: 'capture', amount: eur(1200) }])
  })

  test('a CDR above the hold captures the hold, never more, and advises PARTIAL_SUCCESS (D-F10)', () => {
    const above = { ...events['cdr-received'], cdr: { id: 'C', hash: 'h', due: eur(6200) } }
    const after = on('awaiting-cdr', above)
    expect(after.effects).toEqual([{ do: 'capture', amount: eur(5000) }])
    const done = decide(paymentMachine, after.entity, { ...events.captured, amount: eur(5000) })
    expect(done.entity.advice).toMatchObject({ status: 'PARTIAL_SUCCESS', amount: eur(5000) })
  })

  test('a CDR of zero voids the hold and advises SUCCESS with 0 (D-F16)', () => {
    const zero = { ...events['cdr-received'], cdr: { id: 'C', hash: 'h', due: eur(0) } }
    const after = on('awaiting-cdr', zero)
    expect(names(after)).toEqual(['void'])
    const done = decide(paymentMachine, after.entity, events.voided)
    expect(done.entity).toMatchObject({ state: 'voided', advice: { status: 'SUCCESS', amount: eur(0) } })
  })

  test('a CDR may come before COMPLETED, and before any Session (F43)', () => {
    expect(on('charging', events['cdr-received']).entity.state).toBe('capturing')
    expect(on('starting', events['cdr-received']).entity.state).toBe('capturing')
  })

  test('another currency is never captured automatically: an operator looks, the CPO is told FAILED (D-F14)', () => {
    const foreign = {
      ...events['cdr-received'],
      cdr: { id: 'C', hash: 'h', due: { amountMinor: 1200, currency: 'HUF' } },
    }
    const after = on('awaiting-cdr', foreign)
    expect(after.entity).toMatchObject({ state: 'stuck', advice: { status: 'FAILED' } })
    expect(names(after)).toEqual(['advise', 'alarm', 'remind'])
  })

  test('a second CDR moves no money (F46)', () => {
    for (const state of ['capturing', 'captured'] as const) {
      const second = on(state, events['cdr-received'])
      expect(second.effects).toMatchObject([{ do: 'alarm', code: 'CDR_SECOND' }])
      expect(second.entity).toMatchObject({ state, cdr: { id: 'CDR1' }, replacement: { cdr: { id: 'CDR2' } } })
      expect(on(state, events['cdr-received'], second.entity).entity).toMatchObject({ cdr: { id: 'CDR1' } })
    }
  })

  test('a CDR after the void is answered with FAILED 0: nothing can be captured (F56)', () => {
    const after = on('voided', events['cdr-received'])
    expect(after.entity).toMatchObject({ state: 'voided', advice: { status: 'FAILED', amount: eur(0) } })
  })

  test('a CDR that never comes is pulled for 20 h, then the hold is given back (D-F11, F57)', () => {
    let payment = paymentIn('awaiting-cdr')
    for (let chase = 1; chase <= 80; chase++) {
      const after = decide(paymentMachine, payment, events['cdr-deadline-passed'])
      expect(names(after)).toEqual(['pull-cdr', 'remind'])
      payment = after.entity
      if (chase === 4) expect(payment).toMatchObject({ state: 'awaiting-cdr', outcome: 'no-cdr' })
    }
    const after = decide(paymentMachine, payment, events['cdr-deadline-passed'])
    expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'no-cdr' })
    expect(names(after)).toEqual(['void'])
  })
})

test('whatever comes in whatever order: captured <= held, one capture, never both captured and voided (I1, I2, I12)', () => {
  const anyEvent = fc
    .constantFrom(...types)
    .chain((type) =>
      type === 'cdr-received'
        ? fc
            .integer({ min: 0, max: 9000 })
            .map((due): PaymentEvent => ({ ...events[type], cdr: { id: `C${due}`, hash: 'h', due: eur(due) } }))
        : fc.constant<PaymentEvent>(events[type]),
    )
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (sequence) => {
      let payment = paymentIn('authorizing')
      let captures = 0
      for (const event of [events.tapped, events.authorized, ...sequence]) {
        // The provider answers only what was ordered: a capture answer needs an order, and takes what was ordered.
        if (event.type === 'captured' && payment.state !== 'capturing' && payment.state !== 'capture-unknown') continue
        if (event.type === 'voided' && payment.state !== 'voiding') continue
        const due = payment.cdr?.due.amountMinor ?? 0
        const amount = eur(Math.min(due, payment.held?.amountMinor ?? 0))
        const after = decide(paymentMachine, payment, event.type === 'captured' ? { ...event, amount } : event)
        for (const order of after.effects)
          if (order.do === 'capture')
            expect(order.amount.amountMinor).toBeLessThanOrEqual(after.entity.held!.amountMinor)
        if (event.type === 'captured' && after.entity.state === 'captured') captures++
        payment = after.entity
      }
      expect(captures).toBeLessThanOrEqual(1)
      // What the provider took twice by itself goes back: what the driver pays in the end counts.
      if (payment.captured) expect(netOf(payment).amountMinor).toBeLessThanOrEqual(payment.held!.amountMinor)
      expect(netOf(payment).amountMinor).toBeGreaterThanOrEqual(0)
      if (payment.state === 'voided') expect(payment.captured).toBeUndefined()
    }),
    { numRuns: 2000 },
  )
})
