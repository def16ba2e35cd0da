/** Complete paid sessions in the world: how many virtual charges of 20 minutes one core simulates per second. */
import process from 'node:process'
import { usualPlan } from '@plugtill/charger/car'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { furnish } from '@plugtill/world/furnish'
import { createWorld, type World } from '@plugtill/world/world'
import { sitesOf } from './fleet.ts'
import { cpuSince, isQuick, median, perSecond, tell } from './report.ts'
import { idOf, PER_CLIENT, tillsOn } from './step.ts'
import { terminalsFor } from './terminals.ts'

const EVSES = 40
const WAVES = isQuick() ? 1 : 5
const CHARGE_MS = 20 * 60_000

const { sites, spots } = sitesOf(EVSES)
const stores: Store[] = []
const world = await createWorld({
  ptp: { terminalTaps: 0 },
  seed: 7,
  sites,
  behaviour: { plan: { ...usualPlan, leaveAfterMs: CHARGE_MS } },
  openStore: async () => {
    const store = await openSqlite({ file: ':memory:' })
    stores.push(store)
    return store
  },
})
const { peers } = await world.flow(furnish({ ptp: world.ptp().admin, cpo: world.cpo.admin, clock: world.clock }))
const terminals = await terminalsFor({
  ptp: world.ptpAdmin,
  cpo: world.cpoAdmin,
  peer: peers.ptp,
  spots,
  until: world.until,
})

/** Advices that the CPO took: nothing is left to do then. */
function adviceCounter({ network }: World): () => number {
  let read = 0
  let count = 0
  return () => {
    for (; read < network.passed.length; read++) {
      const passed = network.passed[read]
      if (
        passed?.request.method === 'POST' &&
        passed.request.url.endsWith('/financial-advice-confirmations') &&
        passed.response?.status === 201
      )
        count++
    }
    return count
  }
}

const advised = adviceCounter(world)
const steps = async () => {
  const counts = stores.map((store) => store.query<{ n: number }>('SELECT count(*) AS n FROM event WHERE seq > 0'))
  return (await Promise.all(counts)).reduce((sum, rows) => sum + (rows[0]?.n ?? 0), 0)
}

async function wave(number: number): Promise<{ readonly cpuMs: number; readonly ms: number }> {
  const [cpu, began, target] = [process.cpuUsage(), performance.now(), advised() + spots.length]
  const { link } = world.ptp()
  const taps = spots.map(({ locationId, evseUid }) => {
    const tapId = `${number}-${evseUid}`
    const tap = { locationId, evseUid, connectorId: '1', card: 'approved', language: 'en', tapId }
    return link.tap(terminals.get(locationId) ?? '', tap)
  })
  await world.flow(Promise.all(taps))
  await world.until('every session paid and advised', () => advised() >= target)
  const taken = { cpuMs: cpuSince(cpu) / spots.length, ms: (performance.now() - began) / spots.length }
  await world.pass(60_000)
  return taken
}

/** The machine's own limit in the same unit: money steps on the same kind of database and nothing else. */
async function stepRate(): Promise<number> {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const step = await tillsOn(store, 1)
  let slot = 0
  const rate = await perSecond(1_000, () => step(idOf(0, slot++ % PER_CLIENT)))
  await store.close()
  return rate
}

await wave(0)
const before = { messages: world.network.passed.length, steps: await steps() }
const waves: { readonly cpuMs: number; readonly ms: number }[] = []
const limits: number[] = []
for (let number = 1; number <= WAVES; number++) {
  limits.push(await stepRate())
  waves.push(await wave(number))
}
const sessions = WAVES * spots.length
const stepsEach = ((await steps()) - before.steps) / sessions
const messagesEach = (world.network.passed.length - before.messages) / sessions
const rate = 1000 / median(waves.map(({ ms }) => ms))
const faults = world.faults.length
await world.close()

tell({
  bench: 'full-session-world',
  figures: [
    { what: `paid sessions of ${CHARGE_MS / 60_000} min`, value: rate, unit: '/s' },
    { what: 'CPU per session', value: median(waves.map(({ cpuMs }) => cpuMs)), unit: 'ms' },
    { what: 'OCPI messages per session', value: messagesEach, unit: '' },
    {
      what: 'steps',
      value: rate * stepsEach,
      unit: '/s',
      limit: { what: 'engine steps on sqlite in memory', value: median(limits) },
    },
    { what: 'steps per session', value: stepsEach, unit: '' },
  ],
  notes: [
    `${sessions} sessions, ${EVSES} at a time, on the virtual clock`,
    ...(faults > 0 ? [`${faults} faults were kept`] : []),
  ],
})
