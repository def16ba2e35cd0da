import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PaymentRow } from '../../src/payment/rows.ts'
import { paymentMachine } from '../../src/payment/states.ts'
import { explore } from './explore.ts'
import { settings, short } from './settings.ts'
import { pathsOf, told } from './walks.ts'
import type { Setting } from './world.ts'

const named = (name: string) => settings.find((one) => one.name === name)!

test('in whatever order messages, deadlines and answers come: no rule is broken and every way ends (4.2, I1 to I17)', async () => {
  const found = await explore(short)
  expect(found.violations).toEqual([])
  expect(found.complete).toBe(true)
  expect(found.states).toBeGreaterThan(40_000)
})

test('the nearest worlds with faults, crashes and copies break no rule', async () => {
  for (const name of ['faults', 'copies and crashes', 'refusals', 'operators'])
    expect((await explore(named(name), { most: 8_000 })).violations, name).toEqual([])
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
    ['I16', 'faults', wrong({ voiding: { 'void-lost': ignored } }), 'void-lost'],
    ['I4', 'faults', wrong({ capturing: { 'capture-refused': () => ({ to: 'stuck' }) } }), 'capture-refused'],
    [
      'I16',
      'any order',
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
      'any order',
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
      'any order',
      wrong({
        authorizing: { 'authorization-declined': () => ({ to: 'starting', effects: [{ do: 'start-session' }] }) },
      }),
      'authorization-declined',
    ],
    [
      'I17',
      'any order',
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
    const { violations } = await explore({ ...named(setting), machine: machine! }, { most: 60_000, toFirst: true })
    expect(violations.map(({ message }) => message.split(':')[0])).toContain(rule)
    expect(violations[0]?.path.at(-1)).toBe(last)
  })
})

const walks = join(import.meta.dirname, 'walks')

test.each(readdirSync(walks))('the walks of %s come to what is written down', async (file) => {
  const lines = readFileSync(join(walks, file), 'utf8').trimEnd().split('\n')
  expect(await told(named(file.replace('.txt', '').replaceAll('-', ' ')), pathsOf(lines))).toEqual(lines)
})
