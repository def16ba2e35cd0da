/** Every example script, by what a central system sees of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFleet } from '../src/fleet.ts'
import { createMemoryLink } from '../src/link.memory.ts'
import type { Payload } from '../src/link.ts'
import { readScript } from '../src/script/read-script.ts'
import { runSteps } from '../src/script/run-steps.ts'
import { plansOf } from '../src/script/station-plan.ts'
import { rig } from './rig.ts'
import { testClock } from './test-clock.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const folder = join(import.meta.dirname, '..', 'scripts')
const start = { connectorId: 1, idTag: 'AD0C0001' }

function plansIn(name: string) {
  const read = readScript(readFileSync(join(folder, `${name}.yaml`), 'utf8'))
  if ('wrong' in read) throw new Error(JSON.stringify(read.wrong))
  return plansOf(read.script)
}

/** The one station of a script, at a friendly central system. */
async function playing(name: string) {
  const [plan] = plansIn(name)
  if (!plan) throw new Error(`No station in ${name}`)
  const problems: string[] = []
  const all = rig({ ...plan.parts, protocol: plan.protocol })
  all.station.start()
  const onStep = ({ problem }: { readonly problem?: string }) => void (problem !== undefined && problems.push(problem))
  runSteps({ station: all.station, clock: all.clock, onStep }, plan)
  await all.clock.advance(second)
  return { ...all, problems, plan }
}

const timestampOf = ({ payload }: { readonly payload: Payload }) => String(payload['timestamp'])

test('every script of the folder can be read and names a station', () => {
  const scripts = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ''))
  expect(scripts.length).toBeGreaterThanOrEqual(14)
  for (const script of scripts) expect(plansIn(script).length, script).toBeGreaterThan(0)
})

test('never-plugged-in: the start is accepted and nothing comes of it', async () => {
  const { ask, clock, of, statuses } = await playing('never-plugged-in')
  const asked = ask('RemoteStartTransaction', start)
  await clock.advance(hour)
  expect(await asked).toEqual({ status: 'Accepted' })
  expect(of('StartTransaction')).toHaveLength(0)
  expect(statuses(1)).toEqual(['Available', 'Preparing', 'Available'])
})

test('slow: the answer takes twenty seconds', async () => {
  const { ask, clock } = await playing('slow')
  let answeredAt = 0
  const asked = ask('RemoteStartTransaction', start).then((answer) => {
    answeredAt = clock.now()
    return answer
  })
  const askedAt = clock.now()
  await clock.advance(minute)
  expect(await asked).toEqual({ status: 'Accepted' })
  expect(answeredAt - askedAt).toBe(20 * second)
})

test('rejects: no start, no unlocking', async () => {
  const { ask, clock } = await playing('rejects')
  const asked = Promise.all([ask('RemoteStartTransaction', start), ask('UnlockConnector', { connectorId: 1 })])
  await clock.advance(second)
  expect(await asked).toEqual([{ status: 'Rejected' }, { status: 'UnlockFailed' }])
})

test('silent: it boots, and no command gets an answer', async () => {
  const { ask, clock, of } = await playing('silent')
  expect(of('BootNotification')).toHaveLength(1)
  const kinds = Promise.allSettled([ask('RemoteStartTransaction', start), ask('GetConfiguration', {})])
  await clock.advance(3 * minute)
  expect(await kinds).toMatchObject([
    { status: 'rejected', reason: { kind: 'timeout' } },
    { status: 'rejected', reason: { kind: 'timeout' } },
  ])
})

test('wrong-transaction-id: the end names a transaction nobody began', async () => {
  const { ask, clock, of } = await playing('wrong-transaction-id')
  void ask('RemoteStartTransaction', start)
  await clock.advance(5 * minute)
  expect(of('StartTransaction')).toHaveLength(1)
  expect(of('StopTransaction')[0]?.payload['transactionId']).toBe(1_000_001)
})

test('drops-in-mid-charge: after half a minute the central system hears nothing more', async () => {
  const { ask, clock, said, station } = await playing('drops-in-mid-charge')
  void ask('RemoteStartTransaction', start)
  await clock.advance(2 * hour)
  const last = said.at(-1)?.at ?? 0
  expect(clock.now() - last).toBeGreaterThan(hour)
  expect(station.state()).toMatchObject({ connected: false, connectors: [{ status: 'Charging' }] })
})

test('comes-back: what happened meanwhile is told in order, once', async () => {
  const { ask, clock, of, said } = await playing('comes-back')
  void ask('RemoteStartTransaction', start)
  await clock.advance(10 * minute)
  expect(of('StopTransaction')).toHaveLength(1)
  expect(of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 1, reason: 'EVDisconnected' })
  const told = said.map(({ action }) => action)
  expect(told.lastIndexOf('MeterValues')).toBeLessThan(told.indexOf('StopTransaction'))
  const late = (of('StopTransaction')[0]?.at ?? 0) - Date.parse(timestampOf(of('StopTransaction')[0]!))
  expect(late).toBeGreaterThan(minute)
})

test('power-loss: it boots again and reports the end with its reason', async () => {
  const { ask, clock, of } = await playing('power-loss')
  void ask('RemoteStartTransaction', start)
  await clock.advance(5 * minute)
  expect(of('BootNotification')).toHaveLength(2)
  expect(of('StopTransaction')[0]?.payload).toMatchObject({ reason: 'PowerLoss', transactionId: 1 })
})

test('clock-skew: every timestamp is two hours behind', async () => {
  const { ask, clock, of } = await playing('clock-skew')
  void ask('RemoteStartTransaction', start)
  await clock.advance(5 * minute)
  for (const message of [of('StartTransaction')[0]!, of('StopTransaction')[0]!])
    expect(timestampOf(message)).toMatch(/^2026-03-01T10:/)
})

test('faulted: the charge ends with the fault, which is mended five minutes later', async () => {
  const { ask, clock, of, statuses } = await playing('faulted')
  void ask('RemoteStartTransaction', start)
  await clock.advance(10 * minute)
  expect(of('StopTransaction')).toHaveLength(1)
  const faults = of('StatusNotification').filter(({ payload }) => payload['status'] === 'Faulted')
  expect(faults.map(({ payload }) => payload['errorCode'])).toEqual(['GroundFailure'])
  expect(statuses(1).at(-1)).toBe('Available')
})

test('late-meter-values: samples come after the end, with the time they were taken', async () => {
  const { ask, clock, said } = await playing('late-meter-values')
  void ask('RemoteStartTransaction', start)
  await clock.advance(20 * minute)
  const told = said.map(({ action }) => action)
  expect(told.filter((action) => action === 'MeterValues').length).toBeGreaterThanOrEqual(3)
  expect(told.indexOf('MeterValues')).toBeGreaterThan(told.indexOf('StopTransaction'))
})

test('meter-runs-backwards: the register goes up, far up, and down below its begin', async () => {
  const { ask, clock, of } = await playing('meter-runs-backwards')
  void ask('RemoteStartTransaction', start)
  await clock.advance(2 * minute)
  const registers = of('MeterValues').map(({ payload }) => {
    const [value] = payload['meterValue'] as readonly { readonly sampledValue: readonly Payload[] }[]
    return Number(value?.sampledValue[0]?.['value'])
  })
  expect(Math.max(...registers)).toBeGreaterThan(60_000)
  expect(registers.at(-1)).toBeLessThan(10_000)
})

test('driver-with-card: a whole charge in 2.0.1 without any command, begun and ended by the card', async () => {
  const { clock, of, problems } = await playing('driver-with-card')
  await clock.advance(15 * minute)
  expect(problems).toEqual([])
  expect(of('Authorize')).toHaveLength(1)
  const events = of('TransactionEvent').map(({ payload }) => payload)
  expect(events[0]).toMatchObject({ eventType: 'Started', triggerReason: 'Authorized', idToken: { type: 'ISO14443' } })
  expect(events.at(-1)).toMatchObject({ eventType: 'Ended', transactionInfo: { stoppedReason: 'Local' } })
  expect(JSON.stringify(events.at(-1))).toContain('"encodingMethod":"OCMF"')
})

test('shared-power: both charge, together no more than the station has', async () => {
  const { clock, station, problems } = await playing('shared-power')
  await clock.advance(5 * minute)
  expect(problems).toEqual([])
  expect(station.state().connectors.map(({ powerW }) => powerW)).toEqual([8_250, 8_250])
})

test('jammed-lock: the car cannot leave before the lock is freed', async () => {
  const { ask, clock, statuses } = await playing('jammed-lock')
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  void ask('RemoteStopTransaction', { transactionId: 1 })
  await clock.advance(9 * minute)
  expect(statuses(1).at(-1)).toBe('Finishing')
  await clock.advance(5 * minute)
  expect(statuses(1).at(-1)).toBe('Available')
})

test('fleet: identities are numbered, and all of them boot within the ramp', async () => {
  const plans = plansIn('fleet')
  expect([plans.length, plans[0]?.id, plans.at(-1)?.id]).toEqual([1_050, 'FLEET-AC-0001', 'FLEET-DC-0050'])
  const clock = testClock(0)
  const booted = new Set<string>()
  const fleet = createFleet({
    plans: plans.slice(-30),
    clock,
    random: () => 0.5,
    rampMs: 10 * second,
    link: ({ id, protocol }) =>
      createMemoryLink({
        id,
        protocol,
        clock,
        accept: (end) => {
          end.handle('BootNotification', () => {
            booted.add(id)
            return { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 300 }
          })
          end.handle('StatusNotification', () => ({}))
        },
      }).link,
  })
  fleet.start()
  await clock.advance(5 * second)
  expect(booted.size).toBeGreaterThan(10)
  expect(booted.size).toBeLessThan(20)
  await clock.advance(6 * second)
  expect(booted.size).toBe(30)
  await clock.advance(4 * minute)
  expect([...fleet.stations.values()].filter((one) => one.state().connectors[0]?.car === 'touring')).toHaveLength(30)
  await fleet.stop()
})
