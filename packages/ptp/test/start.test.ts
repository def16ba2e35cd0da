/** From the approved hold to a car on the cable: what each word about the start means. */
import { describe, expect, test } from 'vitest'
import type { paymentMachine } from '../src/payment/states.ts'
import { eur, events, names, on, paymentIn, reported, session, T0 } from './samples.ts'

describe('an approval', () => {
  const { authorized } = events

  test('brings what is held, for how long, and the card where only the provider has seen it', () => {
    const card = { fingerprint: 'f9', brand: 'Maestro', masked: '**** 9' }
    const { entity } = on('authorizing', { ...authorized, card })
    expect(entity).toMatchObject({ state: 'starting', card, pspReference: 'psp-1', eftData: ['VISA **** 1001'] })
    expect(on('authorizing', authorized).entity.card).toEqual(paymentIn('authorizing').card)
  })

  test.each([
    ['another currency', { amountMinor: 5000, currency: 'HUF' }],
    ['less than a session needs', eur(499)],
  ])('of %s is given back (F05)', (_what, held) => {
    const after = on('authorizing', { ...authorized, held })
    expect(after.entity).toMatchObject({ state: 'voiding', outcome: 'hold-too-small', held })
    expect(names(after)).toEqual(['void'])
  })

  test('of just what a session needs, or just a minute after the tap, starts (F05, F12)', () => {
    expect(on('authorizing', { ...authorized, held: eur(500) }).entity.state).toBe('starting')
    expect(on('authorizing', { ...authorized, at: T0 + 60_000 }).entity.state).toBe('starting')
    expect(on('authorizing', { ...authorized, at: T0 + 60_001 }).entity.outcome).toBe('psp-unavailable')
  })
})

describe('the order to start', () => {
  const answered = events['start-answered']
  const result = events['start-result']

  test('that is refused gives the hold back, and the driver reads what the CPO says (F15)', () => {
    const refused = on('starting', { ...answered, accepted: false, message: 'Closed for works.' })
    expect(refused.entity).toMatchObject({ state: 'voiding', outcome: 'start-refused', reason: 'Closed for works.' })
    expect(on('starting', { ...answered, accepted: false }).entity.reason).toMatch(/refused/)
  })

  test.each([
    ['EVSE_OCCUPIED', 'charger-occupied'],
    ['EVSE_INOPERATIVE', 'charger-broken'],
    ['TIMEOUT', 'start-timeout'],
    ['FAILED', 'start-refused'],
    ['NOT_SUPPORTED', 'start-refused'],
  ])('whose result is %s ends with "%s" (F23)', (said, outcome) => {
    const failed = { ...result, accepted: false, result: said }
    expect(on('starting', failed).entity).toMatchObject({ state: 'voiding', outcome })
    expect(on('starting', failed).entity.reason).toContain(said)
    expect(on('awaiting-session', { ...failed, message: 'Cable broken.' }).entity.reason).toBe('Cable broken.')
    expect(on('awaiting-session', result).verdict).toHaveProperty('ignore')
  })

  test('that was obeyed has the plug-in window begin, and the CPO asked now and then', () => {
    const after = on('starting', result)
    expect(after.effects).toEqual([
      { do: 'remind', of: 'plug-in-window-passed', at: T0 + 300_000 },
      { do: 'remind', of: 'session-poll-due', at: T0 + 300_000 },
    ])
    expect(after.entity).toMatchObject({ state: 'awaiting-session', polling: true })
  })

  test('that got no readable answer leaves the Session half a minute before the usual grace (D-F03)', () => {
    const after = on('starting', events['start-unanswered'])
    expect(after.effects).toEqual([
      { do: 'find-session', last: false },
      { do: 'remind', of: 'session-poll-due', at: T0 + 300_000 },
      { do: 'remind', of: 'start-deadline-passed', at: T0 + 60_000 },
    ])
    const looked = on('start-unknown', events['start-deadline-passed'])
    expect(looked.effects).toEqual([{ do: 'find-session', last: true }])
    expect(on('start-unknown', events['session-not-found']).entity.outcome).toBe('start-timeout')
  })

  test.each(['PENDING', 'RESERVATION'] as const)(
    'is answered by a Session that is %s: the car is waited for',
    (status) => {
      for (const state of ['starting', 'start-unknown'] as const) {
        const after = on(state, reported({ status, kwh: 0 }))
        expect(after.entity).toMatchObject({ state: 'awaiting-session', session: { status } })
      }
      const last = { ...reported({ status, kwh: 0 }), lastLook: true as const }
      const window = on('awaiting-session', last, { plugInWindowPassed: true })
      expect(window.entity).toMatchObject({ state: 'voiding', outcome: 'not-plugged-in' })
      // A word that was sent may have waited for us: the one that the car has come may follow. (F26)
      const sent = on('awaiting-session', reported({ status, kwh: 0 }), { plugInWindowPassed: true })
      expect(sent.entity.state).toBe('awaiting-session')
      expect(on('awaiting-session', last).entity.state).toBe('awaiting-session')
      expect(
        on('awaiting-session', { ...last, session: session({ status }) }, { session: session({ status }) }).verdict,
      ).toHaveProperty('ignore')
    },
  )

  test('of a driver who has given up ends with that word; of one who never came with another', () => {
    const stop = { by: 'driver', commandId: 'stop-1', tries: 0 } as const
    const over = (change: object) =>
      on('awaiting-session', events['session-not-found'], { plugInWindowPassed: true, ...change })
    expect(over({ stop }).entity.reason).toMatch(/terminal/)
    expect(over({}).entity.reason).toMatch(/No car/)
    expect(over({}).effects).toEqual([{ do: 'void', why: 'No car was plugged in.' }])
    const invalid = session({ status: 'INVALID', kwh: 0 })
    expect(names(over({ session: invalid }))).toEqual(['void'])
  })
})

test('what cannot have been in a state is refused in words, never by a hole in the table', () => {
  const cannot: readonly (readonly [keyof typeof paymentMachine.states, readonly (keyof typeof events)[]])[] = [
    [
      'authorizing',
      [
        'session-reported',
        'cdr-received',
        'start-answered',
        'start-result',
        'captured',
        'capture-found',
        'voided',
        'hold-raised',
        'refunded',
        'credit-received',
      ],
    ],
    [
      'starting',
      [
        'captured',
        'capture-refused',
        'capture-lost',
        'void-lost',
        'hold-found',
        'void-given-up',
        'raise-lost',
        'refund-refused',
      ],
    ],
    ['captured', ['capture-refused', 'voided']],
    ['voided', ['captured', 'refunded']],
  ]
  for (const [state, types] of cannot)
    for (const type of types)
      expect(on(state, events[type]).verdict, `${state} ${type}`).toEqual({
        refuse: expect.stringMatching(/^(?!.*this version)/) as unknown,
      })
})
