import { decide } from '@plugtill/engine/machine'
import { expect, test } from 'vitest'
import { MINUTE, sessionAt, T0 } from '../../test/session-at.ts'
import { CHARGER_SILENT } from './cells.ts'
import { cutsOf } from './cuts.ts'
import { readMeter, startMeter } from './meter.ts'
import {
  CHARGING_EVENTS,
  CHARGING_STATES,
  type ChargingEvent,
  type ChargingSession,
  type ChargingState,
  wireStatus,
} from './session.ts'
import { chargingMachine } from './states.ts'

const advice = {
  id: 'fac-1',
  authorization_reference: '0b0b0b0b-0000-4000-8000-000000000001',
  total_costs: { before_taxes: 8.7, taxes: [{ name: 'VAT', amount: 1.83 }] },
  currency: 'EUR',
  eft_data: ['VISA 1234'],
  capture_status_code: 'SUCCESS' as const,
  last_updated: '2030-01-15T12:00:00Z',
}
const at = T0 + MINUTE
const to = { responseUrl: 'https://ptp.example/answers/2', correlationId: 'c-2' }

/** One ordinary event of each type. */
const EVENTS: { readonly [T in ChargingEvent['type']]: Extract<ChargingEvent, { readonly type: T }> } = {
  'start-commanded': { type: 'start-commanded', at },
  'start-repeated': { type: 'start-repeated', at, ...to },
  'remote-start-answered': { type: 'remote-start-answered', at, outcome: 'accepted' },
  'plug-in-window-passed': { type: 'plug-in-window-passed', at },
  'transaction-started': {
    type: 'transaction-started',
    at,
    transactionId: 9,
    startKey: 'k9',
    meterStartWh: 1000,
    measuredAt: at,
  },
  metered: { type: 'metered', at, measuredAt: at, energyWh: 2000 },
  'parking-changed': { type: 'parking-changed', at, measuredAt: at, parking: true },
  looked: { type: 'looked', at },
  'connector-free': { type: 'connector-free', at },
  'stop-commanded': { type: 'stop-commanded', at, ...to },
  'remote-stop-answered': { type: 'remote-stop-answered', at, outcome: 'accepted', answerTo: to },
  'transaction-stopped': {
    type: 'transaction-stopped',
    at,
    measuredAt: at,
    meterStopWh: 3000,
    reason: 'EVDisconnected',
  },
  'silence-passed': { type: 'silence-passed', at: at + 7 * 60 * MINUTE },
  'session-acknowledged': { type: 'session-acknowledged', at, changedAt: at },
  'cdr-acknowledged': { type: 'cdr-acknowledged', at, url: 'https://ptp.example/cdrs/1' },
  'advice-received': { type: 'advice-received', at, advice },
}

function verdictOf(session: ChargingSession, event: ChargingEvent): string {
  const { verdict, entity, effects } = decide(chargingMachine, session, event)
  if ('ignore' in verdict) return 'ignore'
  if ('refuse' in verdict) return 'refuse'
  return [entity.state, ...effects.map((effect) => effect.do)].join(' ')
}

/** The whole table, written down a second time by hand. */
const MATRIX: { readonly [S in ChargingState]: { readonly [T in ChargingEvent['type']]: string } } = {
  commanded: {
    'start-commanded': 'commanded remote-start',
    'start-repeated': 'commanded',
    'remote-start-answered': 'awaiting-plug send-result file push-session plug-in-window',
    'plug-in-window-passed': 'refuse',
    'transaction-started': 'charging send-result file push-session silence look',
    metered: 'refuse',
    'parking-changed': 'ignore',
    looked: 'ignore',
    'connector-free': 'ignore',
    'stop-commanded': 'failed send-result send-result',
    'remote-stop-answered': 'ignore',
    'transaction-stopped': 'refuse',
    'silence-passed': 'ignore',
    'session-acknowledged': 'ignore',
    'cdr-acknowledged': 'refuse',
    'advice-received': 'commanded',
  },
  'awaiting-plug': {
    'start-commanded': 'ignore',
    'start-repeated': 'awaiting-plug send-result',
    'remote-start-answered': 'ignore',
    'plug-in-window-passed': 'expired file push-session',
    'transaction-started': 'charging file push-session silence look',
    metered: 'refuse',
    'parking-changed': 'ignore',
    looked: 'ignore',
    'connector-free': 'ignore',
    'stop-commanded': 'expired file push-session send-result',
    'remote-stop-answered': 'ignore',
    'transaction-stopped': 'refuse',
    'silence-passed': 'ignore',
    'session-acknowledged': 'awaiting-plug',
    'cdr-acknowledged': 'refuse',
    'advice-received': 'awaiting-plug',
  },
  charging: {
    'start-commanded': 'ignore',
    'start-repeated': 'charging send-result',
    'remote-start-answered': 'ignore',
    'plug-in-window-passed': 'ignore',
    'transaction-started': 'refuse',
    metered: 'charging file push-session',
    'parking-changed': 'charging',
    looked: 'charging look',
    'connector-free': 'charging free-connector',
    'stop-commanded': 'charging remote-stop',
    'remote-stop-answered': 'charging send-result',
    'transaction-stopped': 'finished file push-session send-cdr',
    'silence-passed': 'finished file push-session send-cdr',
    'session-acknowledged': 'charging',
    'cdr-acknowledged': 'refuse',
    'advice-received': 'charging',
  },
  finished: {
    'start-commanded': 'ignore',
    'start-repeated': 'finished send-result',
    'remote-start-answered': 'ignore',
    'plug-in-window-passed': 'ignore',
    'transaction-started': 'refuse',
    metered: 'ignore',
    'parking-changed': 'ignore',
    looked: 'ignore',
    'connector-free': 'ignore',
    'stop-commanded': 'finished send-result',
    'remote-stop-answered': 'finished send-result',
    'transaction-stopped': 'refuse',
    'silence-passed': 'ignore',
    'session-acknowledged': 'finished',
    'cdr-acknowledged': 'finished',
    'advice-received': 'finished',
  },
  closed: {
    'start-commanded': 'ignore',
    'start-repeated': 'closed send-result',
    'remote-start-answered': 'ignore',
    'plug-in-window-passed': 'ignore',
    'transaction-started': 'refuse',
    metered: 'ignore',
    'parking-changed': 'ignore',
    looked: 'ignore',
    'connector-free': 'ignore',
    'stop-commanded': 'closed send-result',
    'remote-stop-answered': 'closed send-result',
    'transaction-stopped': 'refuse',
    'silence-passed': 'ignore',
    'session-acknowledged': 'closed',
    'cdr-acknowledged': 'ignore',
    'advice-received': 'closed',
  },
  failed: {
    'start-commanded': 'ignore',
    'start-repeated': 'failed send-result',
    'remote-start-answered': 'ignore',
    'plug-in-window-passed': 'ignore',
    'transaction-started': 'failed remote-stop',
    metered: 'ignore',
    'parking-changed': 'ignore',
    looked: 'ignore',
    'connector-free': 'ignore',
    'stop-commanded': 'failed send-result',
    'remote-stop-answered': 'ignore',
    'transaction-stopped': 'ignore',
    'silence-passed': 'ignore',
    'session-acknowledged': 'failed',
    'cdr-acknowledged': 'refuse',
    'advice-received': 'failed',
  },
  expired: {
    'start-commanded': 'ignore',
    'start-repeated': 'expired send-result',
    'remote-start-answered': 'ignore',
    'plug-in-window-passed': 'ignore',
    'transaction-started': 'expired remote-stop',
    metered: 'ignore',
    'parking-changed': 'ignore',
    looked: 'ignore',
    'connector-free': 'ignore',
    'stop-commanded': 'expired send-result',
    'remote-stop-answered': 'ignore',
    'transaction-stopped': 'ignore',
    'silence-passed': 'ignore',
    'session-acknowledged': 'expired',
    'cdr-acknowledged': 'refuse',
    'advice-received': 'expired',
  },
}

for (const state of CHARGING_STATES) {
  test.each(CHARGING_EVENTS.map((type) => [type, MATRIX[state][type]]))(`${state}: %s -> %s`, (type, expected) => {
    expect(verdictOf(sessionAt(state), EVENTS[type as ChargingEvent['type']])).toBe(expected)
  })
}

const after = (session: ChargingSession, event: ChargingEvent) => decide(chargingMachine, session, event)

test.each([
  ['accepted', 'ACCEPTED'],
  ['rejected', 'REJECTED'],
  ['timeout', 'TIMEOUT'],
  ['offline', 'EVSE_INOPERATIVE'],
  ['not-supported', 'NOT_SUPPORTED'],
] as const)('the charger says %s, the partner hears %s', (outcome, result) => {
  const { effects } = after(sessionAt('commanded'), { type: 'remote-start-answered', outcome, at })
  expect(effects[0]).toEqual({
    do: 'send-result',
    result,
    to: { responseUrl: 'https://ptp.example/answers/1', correlationId: 'c-1' },
  })
})

test('a charger that refuses the start ends the session before the partner ever saw it', () => {
  const { entity, effects } = after(sessionAt('commanded'), { type: 'remote-start-answered', outcome: 'rejected', at })
  expect(entity.state).toBe('failed')
  expect(wireStatus(entity)).toBeUndefined()
  expect(effects.map((effect) => effect.do)).toEqual(['send-result'])
})

test('a transaction that overtakes the answer to the remote start is the answer, and it is given once', () => {
  const charging = after(sessionAt('commanded'), EVENTS['transaction-started'])
  const late = after(charging.entity, { type: 'remote-start-answered', outcome: 'timeout', at })

  expect(charging.effects[0]).toMatchObject({ do: 'send-result', result: 'ACCEPTED' })
  expect(late.entity.state).toBe('charging')
  expect(late.effects).toEqual([])
})

test('a repeated START_SESSION before the answer moves the result to the new URL', () => {
  const repeated = after(sessionAt('commanded'), EVENTS['start-repeated'])
  const { effects } = after(repeated.entity, EVENTS['remote-start-answered'])
  expect(effects[0]).toEqual({ do: 'send-result', result: 'ACCEPTED', to })
})

test('a repeated StartTransaction is known', () => {
  const { verdict } = after(sessionAt('charging'), { ...EVENTS['transaction-started'], startKey: 'k7' })
  expect(verdict).toHaveProperty('ignore')
})

test('a session announced and not used is INVALID', () => {
  const { entity } = after(sessionAt('awaiting-plug'), EVENTS['plug-in-window-passed'])
  expect(wireStatus(entity)).toBe('INVALID')
})

test('last_updated rises with every change, also when the clock goes back', () => {
  const { entity } = after(sessionAt('charging', { changedAt: T0 + 5000 }), { ...EVENTS.metered, at: T0 })
  expect(entity.changedAt).toBe(T0 + 5001)
})

test('progress is sent at most every update interval', () => {
  const first = after(sessionAt('charging'), {
    type: 'metered',
    at: T0 + 10_000,
    measuredAt: T0 + 10_000,
    energyWh: 1100,
  })
  const second = after(first.entity, { type: 'metered', at: T0 + 30_000, measuredAt: T0 + 30_000, energyWh: 1300 })
  expect(first.effects).toEqual([])
  expect(second.effects.map((effect) => effect.do)).toEqual(['file', 'push-session'])
})

/** 49.00 with tax is 99.99 kWh and the start fee: (0.5 + 0.4 * 100) * 1.21 = 49.01. */
const nearLimit = () =>
  sessionAt('charging', {
    orderedUpdateAt: at,
    meter: readMeter(startMeter(T0, 0), { at, energyWh: 99_900 }, cutsOf(sessionAt('charging').tariff, 'UTC')),
  })

test('a session that reaches what the tariff asks to be held is stopped by us', () => {
  const below = after(nearLimit(), { type: 'metered', at, measuredAt: at, energyWh: 99_950 })
  const over = after(nearLimit(), { type: 'metered', at, measuredAt: at + 1, energyWh: 100_000 })
  expect(below.effects).toEqual([])
  expect(over.effects).toEqual([{ do: 'remote-stop' }])
})

test('our own stop is repeated while the session runs on, and not for ever', () => {
  let session = nearLimit()
  let stops = 0
  for (let minute = 1; minute <= 20; minute++) {
    const when = at + minute * MINUTE
    const { entity, effects } = after(
      { ...session, orderedUpdateAt: when },
      { type: 'metered', at: when, measuredAt: when, energyWh: 100_000 + minute },
    )
    session = entity
    stops += effects.filter((effect) => effect.do === 'remote-stop').length
  }
  expect(stops).toBe(5)
})

test.each([
  ['the car left', 'EVDisconnected', 'ACCEPTED'],
  ['only silence told of the end', CHARGER_SILENT, 'REJECTED'],
])('a stop that the charger refuses after the end (%s, %s) is answered %s', (_, stopReason, result) => {
  const { effects } = after(
    { ...sessionAt('finished'), stopReason },
    { type: 'remote-stop-answered', at, outcome: 'rejected', answerTo: to },
  )
  expect(effects).toEqual([{ do: 'send-result', result, to }])
})

test('a charger that is silent for too long ends the session with its last word', () => {
  const meter = readMeter(startMeter(T0, 1000), { at, energyWh: 2500 }, cutsOf(sessionAt('charging').tariff, 'UTC'))
  const session = sessionAt('charging', { meter, heardAt: at })
  const early = after(session, { type: 'silence-passed', at: at + 60 * MINUTE })
  const late = after(session, { type: 'silence-passed', at: at + 6 * 60 * MINUTE })

  expect(early.effects).toEqual([{ do: 'silence', afterMs: 5 * 60 * MINUTE }])
  expect(late.entity.state).toBe('finished')
  expect(JSON.parse(late.entity.cdr ?? '').total_energy).toBe(1.5)
})

test('a CDR once written stays as it is, whatever the charger says later', () => {
  const { entity: finished } = after(sessionAt('charging'), EVENTS['transaction-stopped'])
  for (const event of Object.values(EVENTS))
    expect(after(finished, { ...event, at: at + MINUTE } as ChargingEvent).entity.cdr).toBe(finished.cdr)
})

test('a session closes when the CDR is acknowledged and the advice is there, in any order', () => {
  const { entity: finished } = after(sessionAt('charging'), EVENTS['transaction-stopped'])
  const adviceFirst = after(after(finished, EVENTS['advice-received']).entity, EVENTS['cdr-acknowledged'])
  const cdrFirst = after(after(finished, EVENTS['cdr-acknowledged']).entity, EVENTS['advice-received'])
  expect(adviceFirst.entity.state).toBe('closed')
  expect(cdrFirst.entity.state).toBe('closed')
})

test('an older advice does not replace a newer one', () => {
  const session = sessionAt('closed', { advice })
  const { verdict } = after(session, {
    ...EVENTS['advice-received'],
    advice: { ...advice, id: 'fac-0', last_updated: '2030-01-15T11:00:00Z' },
  })
  expect(verdict).toHaveProperty('ignore')
})
