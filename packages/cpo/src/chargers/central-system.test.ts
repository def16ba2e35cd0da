import { type VirtualClock, virtualClock } from '@plugtill/engine/virtual-clock'
import { expect, test } from 'vitest'
import { type CentralSystemParts, createCentralSystem } from './central-system.ts'
import type { ChargerEvent, TransactionId } from './events.ts'
import { evseStatusOf } from './evse-status.ts'
import { type Answer, type ChargerLink, ChargerLinkError, type Payload } from './link.ts'

const noon = Date.parse('2026-03-01T12:00:00Z')

/** A charger's connection played by hand. */
function handLink(id: string, reply: (action: string, payload: Payload) => Promise<Payload>) {
  const answers = new Map<string, Answer>()
  const closers: (() => void)[] = []
  const link: ChargerLink = {
    id,
    call: (action, payload) => reply(action, payload),
    handle: (action, answer) => void answers.set(action, answer),
    close: async () => {
      for (const closer of closers.splice(0)) closer()
    },
    onClose: (listener) => void closers.push(listener),
  }
  return { link, say: async (action: string, payload: Payload) => answers.get(action)?.(payload) }
}

function system(options: Partial<CentralSystemParts> & { readonly clock?: VirtualClock } = {}) {
  const clock = options.clock ?? virtualClock(noon)
  const events: ChargerEvent[] = []
  let transactions = 100
  const central = createCentralSystem({
    onEvent: async (event) => {
      events.push(event)
      return undefined
    },
    known: (id) => id === 'CP1',
    nextTransactionId: () => {
      transactions += 1
      return transactions
    },
    ...options,
    clock,
  })
  return { clock, events, central }
}

const accepts = async (): Promise<Payload> => ({ status: 'Accepted' })
const start = { connectorId: 1, idTag: 'AD0C0001', meterStart: 1_000, timestamp: '2026-03-01T12:00:05Z' }

test('a boot is accepted with time and interval, and told', async () => {
  const { central, events } = system()
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  expect(await say('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })).toEqual({
    status: 'Accepted',
    currentTime: '2026-03-01T12:00:00.000Z',
    interval: 300,
  })
  expect(events.map(({ type }) => type)).toEqual(['connected', 'booted'])
})

test('an unknown charger is Rejected at boot, refused otherwise, and makes no events', async () => {
  const { central, events } = system()
  const { link, say } = handLink('CP9', accepts)
  central.accept(link)
  expect(await say('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })).toMatchObject({
    status: 'Rejected',
  })
  await expect(say('StartTransaction', start)).rejects.toMatchObject({ kind: 'refused', code: 'SecurityError' })
  expect(events).toEqual([])
})

test('a boot that could not be kept is Pending', async () => {
  const { central } = system({ onEvent: () => Promise.reject(new Error('store is down')) })
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  const answer = await say('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
  expect(answer).toMatchObject({ status: 'Pending', interval: 30 })
})

test('StartTransaction is answered only after the event was kept', async () => {
  const kept: (() => void)[] = []
  const { central } = system({ onEvent: () => new Promise((done) => kept.push(() => done(undefined))) })
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  let answered = false
  const saying = say('StartTransaction', start).then((answer) => {
    answered = true
    return answer
  })
  await new Promise(setImmediate)
  kept.shift()?.()
  await new Promise(setImmediate)
  expect(answered).toBe(false)
  kept.shift()?.()
  expect(await saying).toEqual({ transactionId: 101, idTagInfo: { status: 'Accepted' } })
})

test('a repeated StartTransaction carries the same key, and the consumer decides the id', async () => {
  const given = new Map<string, TransactionId>()
  const { central, events } = system({
    onEvent: async (event) => {
      events.push(event)
      if (event.type !== 'transaction-started') return undefined
      given.set(event.startKey, given.get(event.startKey) ?? event.transactionId)
      return { transactionId: given.get(event.startKey) }
    },
  })
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  expect(await say('StartTransaction', start)).toMatchObject({ transactionId: 101 })
  expect(await say('StartTransaction', start)).toMatchObject({ transactionId: 101 })
  expect(await say('StartTransaction', { ...start, meterStart: 1_001 })).toMatchObject({ transactionId: 103 })
})

test('an event that could not be kept is an error to the charger, which repeats the message', async () => {
  const { central } = system({ onEvent: () => Promise.reject(new Error('store is down')) })
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  await expect(say('StartTransaction', start)).rejects.toThrow('store is down')
})

test('events of one charger are kept one after the other', async () => {
  let running = 0
  let most = 0
  const { central } = system({
    onEvent: async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      return undefined
    },
  })
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' }
  await Promise.all([
    say('StatusNotification', status),
    say('StartTransaction', start),
    say('StatusNotification', status),
  ])
  expect(most).toBe(1)
})

test('statuses are translated for OCPI', async () => {
  const { central, events } = system()
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  await say('StatusNotification', { connectorId: 1, errorCode: 'GroundFailure', status: 'Faulted' })
  expect(events.at(-1)).toEqual({
    type: 'status-changed',
    chargerId: 'CP1',
    connectorId: 1,
    ocppStatus: 'Faulted',
    ocpiStatus: 'OUTOFORDER',
    errorCode: 'GroundFailure',
    at: noon,
  })
  expect(evseStatusOf).toMatchObject({ Available: 'AVAILABLE', Preparing: 'AVAILABLE', SuspendedEV: 'CHARGING' })
})

test('meter values are read in any unit, per phase, and with the default measurand', async () => {
  const { central, events } = system()
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  const sampledValue = [
    { value: '1.5', unit: 'kWh' },
    { value: '2000', measurand: 'Power.Active.Import', unit: 'W', phase: 'L1' },
    { value: '3', measurand: 'Power.Active.Import', unit: 'kW', phase: 'L2' },
    { value: '9', measurand: 'Current.Import', phase: 'L1' },
    { value: '13', measurand: 'Current.Import', phase: 'L2' },
    { value: '4', measurand: 'Current.Import', phase: 'N' },
    { value: '55', measurand: 'SoC', unit: 'Percent' },
  ]
  const meterValue = [{ timestamp: '2026-03-01T12:01:00Z', sampledValue }]
  await say('MeterValues', { connectorId: 1, transactionId: 7, meterValue })
  expect(events.at(-1)).toEqual({
    type: 'metered',
    chargerId: 'CP1',
    connectorId: 1,
    transactionId: 7,
    at: noon + 60_000,
    energyWh: 1_500,
    powerW: 5_000,
    currentA: 22,
    soc: 55,
  })
})

test('a malformed message is refused by the field that is wrong', async () => {
  const { central } = system()
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  await expect(
    say('StopTransaction', { transactionId: 1, meterStop: 2.5, timestamp: start.timestamp }),
  ).rejects.toThrow('meterStop is 2.5')
  await expect(say('StartTransaction', { ...start, timestamp: 'noon' })).rejects.toMatchObject({
    code: 'FormationViolation',
  })
})

test('a tag is judged by the consumer, unless we started it ourselves', async () => {
  const { central } = system({ authorize: (_, idTag) => (idTag === 'STAFF' ? 'Accepted' : 'Blocked') })
  const { link, say } = handLink('CP1', accepts)
  central.accept(link)
  await central.remoteStart('CP1', { connectorId: 1, idTag: 'AD0C0001' })
  const judged = async (idTag: string) => (await say('Authorize', { idTag }))?.['idTagInfo']
  expect(await judged('AD0C0001')).toEqual({ status: 'Accepted' })
  expect(await judged('STAFF')).toEqual({ status: 'Accepted' })
  expect(await judged('OTHER')).toEqual({ status: 'Blocked' })
})

test.each([
  [{ status: 'Accepted' }, 'accepted'],
  [{ status: 'Rejected' }, 'rejected'],
  [{ status: 'Unlocked' }, 'accepted'],
  [{ status: 'UnlockFailed' }, 'failed'],
  [{ status: 'Occupied' }, 'occupied'],
  [{ status: 'Faulted' }, 'inoperative'],
  [{ status: 'NotSupported' }, 'not-supported'],
  [new ChargerLinkError('refused', 'no', 'NotImplemented'), 'not-supported'],
  [new ChargerLinkError('refused', 'no', 'InternalError'), 'failed'],
  [new ChargerLinkError('timeout', 'silence'), 'timeout'],
  [new ChargerLinkError('closed', 'gone'), 'timeout'],
] as const)('a command answered with %j is %s', async (answer, outcome) => {
  const { central } = system()
  const { link } = handLink('CP1', async () => {
    if (answer instanceof Error) throw answer
    return answer
  })
  central.accept(link)
  expect(await central.unlock('CP1', { connectorId: 1 })).toBe(outcome)
})

test('a charger that is not there is offline; a silent one times out', async () => {
  const { central, clock } = system({ settings: { commandTimeoutMs: 20_000 } })
  expect(await central.remoteStop('CP1', 1)).toBe('offline')
  const { link } = handLink('CP1', () => new Promise(() => undefined))
  central.accept(link)
  const asked = central.remoteStop('CP1', 1)
  await clock.advanceBy(20_000)
  expect(await asked).toBe('timeout')
})

test('a newer connection replaces the older without a disconnect in between', async () => {
  const { central, events } = system()
  const [older, newer] = [handLink('CP1', accepts), handLink('CP1', accepts)]
  central.accept(older.link)
  central.accept(newer.link)
  await new Promise(setImmediate)
  expect(central.online('CP1')).toBe(true)
  expect(events.map(({ type }) => type)).toEqual(['connected', 'connected'])
  await newer.link.close()
  await new Promise(setImmediate)
  expect(central.online('CP1')).toBe(false)
  expect(events.at(-1)?.type).toBe('disconnected')
})
