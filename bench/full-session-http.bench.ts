/** Complete paid sessions over real sockets and PostgreSQL: everything that production does, but for TLS and the card. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { wallClock } from '@plugtill/engine/clock'
import type { Store } from '@plugtill/engine/store'
import type { Send } from '@plugtill/ocpi/wire'
import { adminOf } from '@plugtill/world/call-admin'
import { furnish } from '@plugtill/world/furnish'
import { type OpenSchema, openSchema, pgbench, pgbenchBinary, postgresVersion } from './database.ts'
import { type Spot, sitesOf } from './fleet.ts'
import { createPair } from './pair.ts'
import { referenceIn, until, wait } from './patience.ts'
import { cpuSince, isQuick, quantile, tell } from './report.ts'
import { pgbenchScript, recordStep, tillsOn } from './step.ts'
import { terminalsFor } from './terminals.ts'

const DRIVERS = 40
/** So few that nobody waits for anybody. */
const QUIET_DRIVERS = 3
const QUIET_MS = isQuick() ? 4_000 : 8_000
const WARM_UP_MS = isQuick() ? 3_000 : 5_000
const MEASURE_MS = isQuick() ? 6_000 : 20_000
/** A charge of 13 minutes in 0.8 s. */
const SPEED = 1_000
const CHARGE_MS = 800_000

interface Seen {
  readonly started: Map<string, number>
  readonly advised: Map<string, number>
}

/** When a payment's START_SESSION left, and when its advice was taken. */
function watching(seen: Seen): (send: Send) => Send {
  return (send) => async (request, options) => {
    if (request.url.endsWith('/START_SESSION')) seen.started.set(referenceIn(request.body), performance.now())
    const response = await send(request, options)
    if (request.url.endsWith('/financial-advice-confirmations') && response.status < 300)
      seen.advised.set(referenceIn(request.body), performance.now())
    return response
  }
}

const stepsOf = async (stores: readonly Store[]) => {
  const counts = stores.map((store) => store.query<{ n: number }>('SELECT count(*) AS n FROM event WHERE seq > 0'))
  return (await Promise.all(counts)).reduce((sum, rows) => sum + (rows[0]?.n ?? 0), 0)
}

async function limitOf(schema: OpenSchema): Promise<() => Promise<number | undefined>> {
  const binary = pgbenchBinary()
  if (binary === undefined) return async () => undefined
  const script = pgbenchScript(await recordStep(schema.store))
  await tillsOn(schema.store, 16)
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugtill-bench-'))
    const run = { ...script, binary, schema: schema.name, file: join(folder, 'step.sql'), clients: 16, seconds: 3 }
    return pgbench(run).finally(() => rmSync(folder, { recursive: true }))
  }
}

type Pair = Awaited<ReturnType<typeof createPair>>

/** Drivers who tap, charge and leave at their own places, one payment after the other, until they are called home. */
function driversAt(pair: Pair, { spots, terminals, seen }: Course) {
  const tapped = new Map<string, number>()
  let driving = true
  const drive = async (own: readonly Spot[], driver: number) => {
    for (let turn = 0; driving; turn++) {
      const { locationId, evseUid } = own[turn % own.length] ?? { locationId: '', evseUid: '' }
      const began = performance.now()
      const tap = {
        locationId,
        evseUid,
        connectorId: '1',
        card: 'approved',
        language: 'en',
        tapId: `${driver}-${turn}`,
      }
      const view = await pair.ptp.link.tap(terminals.get(locationId) ?? '', tap).catch(() => undefined)
      // The car before is just leaving.
      if (view === undefined) await wait(20)
      else {
        tapped.set(view.reference, began)
        await until(`payment ${view.reference} advised`, () => seen.advised.has(view.reference), 20)
      }
    }
  }
  return {
    start: (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => {
        const driver = from + n
        const own = [spots[driver * 2], spots[driver * 2 + 1]].filter((spot) => spot !== undefined)
        return drive(own, driver)
      }),
    home: () => {
      driving = false
    },
    /** From the tap to START_SESSION on the wire, of taps since. */
    waitsSince: (began: number) =>
      [...tapped]
        .filter(([reference, at]) => at >= began && seen.started.has(reference))
        .map(([reference, at]) => (seen.started.get(reference) ?? Number.NaN) - at),
  }
}

interface Course {
  readonly spots: readonly Spot[]
  readonly terminals: ReadonlyMap<string, string>
  readonly seen: Seen
}

/** First few drivers, so that nobody waits for anybody; then all of them, warmed up and measured. */
async function race(pair: Pair, course: Course, stores: readonly Store[]) {
  const drivers = driversAt(pair, course)
  const quietDrives = drivers.start(0, QUIET_DRIVERS)
  await wait(QUIET_MS / 4)
  const quietBegan = performance.now()
  await wait(QUIET_MS)
  const quiet = drivers.waitsSince(quietBegan)
  const drives = [...quietDrives, ...drivers.start(QUIET_DRIVERS, DRIVERS)]
  await wait(WARM_UP_MS)
  const [cpu, began, before] = [process.cpuUsage(), performance.now(), await stepsOf(stores)]
  await wait(MEASURE_MS)
  const [cpuMs, ended, after] = [cpuSince(cpu), performance.now(), await stepsOf(stores)]
  drivers.home()
  await Promise.all(drives)
  const sessions = [...course.seen.advised.values()].filter((at) => at >= began && at < ended).length
  const waits = drivers.waitsSince(began)
  return { sessions, seconds: (ended - began) / 1000, cpuMs, steps: after - before, quiet, waits, faults: pair.faults }
}

async function measure(schemas: { readonly ptp: OpenSchema; readonly cpo: OpenSchema }) {
  const { sites, spots } = sitesOf(DRIVERS * 2)
  const seen: Seen = { started: new Map(), advised: new Map() }
  const stores = { ptp: schemas.ptp.store, cpo: schemas.cpo.store }
  const plan = { after: 20, leaveAfterMs: CHARGE_MS }
  const pair = await createPair({ stores, sites, speed: SPEED, plan, watch: watching(seen) })
  try {
    const { peers } = await furnish({ ptp: pair.ptp.admin, cpo: pair.cpo.admin, clock: wallClock })
    const [ptp, cpo] = [adminOf(pair.ptp.admin), adminOf(pair.cpo.admin)]
    const terminals = await terminalsFor({ ptp, cpo, peer: peers.ptp, spots, until })
    return await race(pair, { spots, terminals, seen }, Object.values(stores))
  } finally {
    await pair.close()
  }
}

async function run(version: string): Promise<void> {
  const schemas = { ptp: await openSchema('ptp'), cpo: await openSchema('cpo') }
  const limit = await openSchema('limit')
  try {
    const limitNow = await limitOf(limit)
    const first = await limitNow()
    const { sessions, seconds, cpuMs, steps, quiet, waits, faults } = await measure(schemas)
    const second = await limitNow()
    const pgbenchSteps = first === undefined || second === undefined ? undefined : (first + second) / 2
    tell({
      bench: 'full-session-http',
      postgres: version,
      figures: [
        { what: 'paid sessions', value: sessions / seconds, unit: '/s' },
        { what: `tap to START_SESSION, ${QUIET_DRIVERS} drivers, p50`, value: quantile(quiet, 0.5), unit: 'ms' },
        { what: 'the same, p99', value: quantile(quiet, 0.99), unit: 'ms' },
        { what: `tap to START_SESSION, ${DRIVERS} drivers, p50`, value: quantile(waits, 0.5), unit: 'ms' },
        { what: 'the same, p99', value: quantile(waits, 0.99), unit: 'ms' },
        { what: 'CPU per session, both platforms and chargers', value: cpuMs / sessions, unit: 'ms' },
        {
          what: 'money steps',
          value: steps / seconds,
          unit: '/s',
          ...(pgbenchSteps === undefined
            ? {}
            : { limit: { what: 'bare steps by pgbench, 16 clients', value: pgbenchSteps } }),
        },
        { what: 'money steps per session', value: steps / sessions, unit: '' },
      ],
      notes: [
        `${DRIVERS} drivers for ${Math.round(seconds)} s, ${sessions} sessions, a charge takes ${CHARGE_MS / SPEED} ms`,
        ...(pgbenchSteps === undefined ? ['no pgbench: no limit of PostgreSQL'] : []),
        ...(faults.length > 0 ? [`${faults.length} faults were kept, the first: ${String(faults[0]?.fault)}`] : []),
      ],
    })
  } finally {
    await Promise.all([schemas.ptp, schemas.cpo, limit].map((schema) => schema.drop()))
  }
}

const server = await postgresVersion()
if ('version' in server) await run(server.version)
else tell({ bench: 'full-session-http', figures: [], notes: [server.missing] })
