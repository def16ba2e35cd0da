import { behaviours } from '@plugtill/charger/behaviour'
import { usualPlan } from '@plugtill/charger/car'
import { createMemoryLink, type Fate } from '@plugtill/charger/link.memory'
import { createStation, type StationParts } from '@plugtill/charger/station'
import { type CentralSystem, type CentralSystemParts, createCentralSystem } from '@plugtill/cpo/chargers/central-system'
import type { ChargerEvent, TransactionId } from '@plugtill/cpo/chargers/events'
import { wallClock } from '@plugtill/engine/clock'
import { virtualClock } from '@plugtill/engine/virtual-clock'
import { describe, expect, test } from 'vitest'
import { type LinkRigMaker, memoryRig, webSocketRig } from './ocpp-rigs.ts'

const second = 1_000
const minute = 60 * second
const start = { connectorId: 1, idTag: 'AD0C0001' }
const hardware = {
  id: 'CP1',
  vendor: 'Plugtill',
  model: 'Simulated',
  random: () => 0.5,
  connectors: [{ connectorId: 1, kind: 'AC', maxPowerKw: 11, registerWh: 1_000 }],
} as const

/** A central system whose consumer keeps events and gives one id per transaction, as a CPO does. */
function keeper(clock: CentralSystemParts['clock']): {
  readonly central: CentralSystem
  readonly events: ChargerEvent[]
} {
  const events: ChargerEvent[] = []
  const ids = new Map<string, TransactionId>()
  let last = 0
  const central = createCentralSystem({
    clock,
    known: (id) => id === 'CP1',
    nextTransactionId: () => {
      last += 1
      return last
    },
    onEvent: async (event) => {
      events.push(event)
      if (event.type !== 'transaction-started') return undefined
      const id = ids.get(event.startKey) ?? event.transactionId
      ids.set(event.startKey, id)
      return { transactionId: id }
    },
  })
  return { central, events }
}

function onVirtualTime(
  options: Partial<StationParts> & { readonly fate?: (message: { from: string; text: string }) => Fate } = {},
) {
  const clock = virtualClock(Date.parse('2026-03-01T12:00:00Z'))
  const { central, events } = keeper(clock)
  const network = { up: true }
  const memory = createMemoryLink({
    id: 'CP1',
    clock,
    accept: central.accept,
    reachable: () => network.up,
    fate: options.fate,
  })
  const station = createStation({ ...hardware, ...options, link: memory.link, clock })
  station.start()
  return { clock, central, events, network, memory, station, types: () => events.map(({ type }) => type) }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600 && !holds(); tries += 1) await new Promise((done) => setTimeout(done, 10))
  expect(holds()).toBe(true)
}

const kinds: readonly (readonly [string, LinkRigMaker])[] = [
  ['in memory', memoryRig],
  ['over WebSocket', webSocketRig],
]

describe.each(kinds)('a station and its central system %s', (_, make) => {
  test('start, meter and stop a transaction, and survive a broken link', async () => {
    const { central, events } = keeper(wallClock)
    const rig = await make(central.accept)
    const station = createStation({
      ...hardware,
      link: rig.link('CP1'),
      clock: wallClock,
      speed: 600,
      configuration: { MeterValueSampleInterval: '60' },
      behaviour: { plan: { ...usualPlan, after: 50, unplugAfterStopMs: 50 } },
    })
    const of = <T extends ChargerEvent['type']>(type: T) =>
      events.filter((event): event is Extract<ChargerEvent, { type: T }> => event.type === type)
    station.start()
    await until(() => of('status-changed').length === 2)
    expect(await central.remoteStart('CP1', start)).toBe('accepted')
    await until(() => of('metered').length >= 2)
    station.dropLink(200)
    await until(() => of('connected').length === 2)
    const { transactionId } = of('transaction-started')[0]!
    await until(() => central.online('CP1'))
    expect(await central.remoteStop('CP1', transactionId)).toBe('accepted')
    await until(() => of('status-changed').at(-1)?.ocppStatus === 'Available' && of('transaction-stopped').length === 1)

    expect(of('transaction-stopped')[0]).toMatchObject({ transactionId, reason: 'Remote' })
    expect(of('transaction-stopped')[0]!.meterStopWh).toBeGreaterThan(1_000)
    expect(of('transaction-started')).toHaveLength(1)
    await station.stop()
    await until(() => !central.online('CP1'))
    await rig.close()
  })
})

test('the journey of one charge, in the words of the CPO', async () => {
  const { clock, central, events, types } = onVirtualTime()
  await clock.advanceBy(second)
  expect(types()).toEqual(['connected', 'booted', 'status-changed', 'status-changed'])
  const asked = central.remoteStart('CP1', start)
  await clock.advanceBy(10 * minute)
  expect(await asked).toBe('accepted')
  const stopping = central.remoteStop('CP1', 1)
  await clock.advanceBy(minute)
  expect(await stopping).toBe('accepted')

  const statuses = events.flatMap((event) =>
    event.type === 'status-changed' && event.connectorId === 1 ? [event.ocpiStatus] : [],
  )
  expect(statuses).toEqual(['AVAILABLE', 'AVAILABLE', 'CHARGING', 'BLOCKED', 'AVAILABLE'])
  const metered = events.filter((event) => event.type === 'metered')
  expect(metered).toHaveLength(19)
  // 15.9 A on each of three phases.
  expect(metered[3]).toMatchObject({ transactionId: 1, powerW: 11_000, currentA: 47.8, soc: 35 })
  expect(events.at(-2)).toMatchObject({ type: 'status-changed', ocppStatus: 'Finishing' })
})

test('a lost answer to StartTransaction makes no second transaction', async () => {
  let lost = 0
  const { clock, central, events } = onVirtualTime({
    fate: ({ from, text }) => {
      if (from !== 'central' || !text.startsWith('[3') || !text.includes('transactionId') || lost > 0)
        return { delayMs: 20 }
      lost += 1
      return 'drop'
    },
  })
  await clock.advanceBy(second)
  void central.remoteStart('CP1', start)
  await clock.advanceBy(3 * minute)
  const keys = events.flatMap((event) => (event.type === 'transaction-started' ? [event.startKey] : []))
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(events.filter((event) => event.type === 'metered').every(({ transactionId }) => transactionId === 1)).toBe(
    true,
  )
})

test('a connection cut while StartTransaction travels is repaired without help', async () => {
  let cuts = 0
  const { clock, central, events, station } = onVirtualTime({
    fate: ({ text }) => {
      if (!text.includes('StartTransaction"') || !text.includes('meterStart') || cuts > 1) return { delayMs: 5 }
      cuts += 1
      return 'cut'
    },
  })
  await clock.advanceBy(second)
  void central.remoteStart('CP1', start)
  await clock.advanceBy(2 * minute)
  expect(cuts).toBe(2)
  expect(events.filter(({ type }) => type === 'transaction-started')).toHaveLength(1)
  expect(station.state().connectors[0]?.transactionId).toBe('1')
})

test('a half-open connection is replaced when the charger comes back', async () => {
  const { clock, central, memory, types } = onVirtualTime()
  await clock.advanceBy(second)
  memory.cut({ silently: true })
  expect(central.online('CP1')).toBe(true)
  const asked = central.remoteStart('CP1', start)
  await clock.advanceBy(minute)
  expect(await asked).toBe('timeout')
  expect(types().filter((type) => type === 'connected')).toHaveLength(2)
  expect(types()).not.toContain('disconnected')
  const again = central.remoteStart('CP1', start)
  await clock.advanceBy(second)
  expect(await again).toBe('accepted')
})

test.each([
  ['rejects-start', 'rejected'],
  ['silent-on-start', 'timeout'],
] as const)('a station that %s gives the outcome %s', async (name, outcome) => {
  const { clock, central } = onVirtualTime({ behaviour: behaviours[name] })
  await clock.advanceBy(second)
  const asked = central.remoteStart('CP1', start)
  await clock.advanceBy(minute)
  expect(await asked).toBe(outcome)
})

test('a station out of reach is offline, and tells what it did when it returns', async () => {
  const { clock, central, events, memory, network } = onVirtualTime({
    behaviour: { plan: { ...usualPlan, leaveAfterMs: 5 * minute } },
  })
  await clock.advanceBy(second)
  void central.remoteStart('CP1', start)
  await clock.advanceBy(minute)
  network.up = false
  memory.cut()
  await clock.advanceBy(10 * minute)
  expect(await central.remoteStop('CP1', 1)).toBe('offline')
  network.up = true
  await clock.advanceBy(2 * minute)
  const stopped = events.filter((event) => event.type === 'transaction-stopped')
  expect(stopped).toEqual([
    expect.objectContaining({ transactionId: 1, reason: 'EVDisconnected', at: Date.parse('2026-03-01T12:05:04Z') }),
  ])
  const meters = events.flatMap((event) => (event.type === 'metered' ? [event.at] : []))
  expect(meters).toEqual([...meters].sort((a, b) => a - b))
})
