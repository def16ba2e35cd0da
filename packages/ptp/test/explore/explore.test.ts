import { describe, expect, test } from 'vitest'
import { sessionReported } from '../../src/payment/cells-session.ts'
import type { PaymentRow } from '../../src/payment/rows.ts'
import { paymentMachine } from '../../src/payment/states.ts'
import { explore } from './explore.ts'
import { settings, short } from './settings.ts'
import type { Setting } from './world.ts'

const named = (name: string) => settings.find((one) => one.name === name)!

test('whatever the CPO and the driver do, and whenever: no rule is broken and every way ends (4.2, I1 to I17)', async () => {
  const found = await explore(short)
  expect(found.violations).toEqual([])
  expect(found.complete).toBe(true)
  expect(found.states).toBeGreaterThan(10_000)
})

test('the nearest worlds with faults, crashes and copies break no rule', async () => {
  for (const name of ['any order', 'faults', 'copies and crashes', 'operators'])
    expect((await explore(named(name), { most: 5_000 })).violations, name).toEqual([])
})

describe('a mistake in the table is found, with the shortest way to it', () => {
  const wrong = (
    states: Partial<Record<keyof typeof paymentMachine.states, Partial<PaymentRow>>>,
  ): Setting['machine'] => {
    const rows = Object.entries(paymentMachine.states).map(([state, row]) => [
      state,
      { ...row, ...states[state as keyof typeof states] },
    ])
    return { ...paymentMachine, states: Object.fromEntries(rows) as typeof paymentMachine.states }
  }
  const ignored = () => ({ ignore: 'a mistake' })

  test.each<[rule: string, setting: string, machine: Setting['machine'], last: string]>([
    ['I16', 'faults', wrong({ voiding: { 'void-lost': ignored } }), 'hold-check-due'],
    [
      'I10',
      'any order',
      wrong({
        'awaiting-session': {
          'session-reported': (payment, event) => sessionReported(payment, { ...event, lastLook: true }),
        },
      }),
      'session PENDING 0 kWh',
    ],
    ['I4', 'in turn', wrong({ authorizing: { authorized: () => ({ to: 'stuck' }) } }), 'authorized'],
    [
      'I16',
      'in turn',
      wrong({ charging: { 'session-poll-due': ignored, 'hold-check-due': ignored } }),
      'hold-check-due',
    ],
    [
      'I1',
      'faults',
      wrong({
        capturing: {
          'capture-lost': () => ({
            to: 'capturing',
            set: { captureRound: 2 },
            effects: [{ do: 'capture', amount: { amountMinor: 1200, currency: 'EUR' } }],
          }),
        },
      }),
      'capture',
    ],
    [
      'I2',
      'in turn',
      wrong({
        'awaiting-cdr': {
          'cdr-received': () => ({
            to: 'capturing',
            effects: [{ do: 'capture', amount: { amountMinor: 6000, currency: 'EUR' } }],
          }),
        },
      }),
      'cdr',
    ],
    [
      'I5',
      'in turn',
      wrong({
        authorizing: { 'authorization-declined': () => ({ to: 'starting', effects: [{ do: 'start-session' }] }) },
      }),
      'authorization-declined',
    ],
    [
      'I11',
      'two bills',
      wrong({ captured: { 'cdr-received': () => ({ to: 'captured', effects: [{ do: 'refund', refundId: 'r' }] }) } }),
      'cdr',
    ],
    ['I10', 'credits', wrong({ captured: { 'credit-received': ignored } }), 'credit'],
    [
      'I7',
      'in turn',
      wrong({
        'awaiting-cdr': {
          'cdr-deadline-passed': (payment, { at }) => ({
            to: payment.state,
            effects: [{ do: 'remind', of: 'cdr-deadline-passed', at: at + 30 * 3_600_000 }],
          }),
        },
      }),
      'cdr-deadline-passed',
    ],
    [
      'I6',
      'in turn',
      wrong({
        'awaiting-session': {
          'plug-in-window-passed': () => ({
            to: 'capturing',
            set: { cdr: { id: 'X', hash: 'x', due: { amountMinor: 500, currency: 'EUR' } } },
            effects: [{ do: 'capture', amount: { amountMinor: 500, currency: 'EUR' } }],
          }),
        },
      }),
      'capture',
    ],
    [
      'I5',
      'in turn',
      wrong({ voiding: { voided: () => ({ to: 'awaiting-session', set: { leftEvse: undefined } }) } }),
      'voided',
    ],
    [
      'I17',
      'in turn',
      wrong({
        starting: {
          'session-reported': (_payment, { session }) => ({
            to: session.lastUpdated < '2030-06' ? 'charging' : 'stopping',
            set: { session },
          }),
        },
      }),
      'session PENDING 0 kWh',
    ],
  ])('%s', async (rule, setting, machine, last) => {
    const from = named(setting)
    const left = { ...from.left, faults: Math.min(1, from.left.faults) }
    const { violations } = await explore({ ...from, left, machine: machine! }, { most: 60_000, toFirst: true })
    expect(violations.map(({ message }) => message.split(':')[0])).toContain(rule)
    expect(violations[0]?.path.at(-1)).toBe(last)
  })
})
