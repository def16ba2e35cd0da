/**
 * Complete paid sessions of the PTP on PostgreSQL: a tap, a hold, START_SESSION, the charge, its CDR, a capture, the advice.
 * The PTP is a process of its own, as in production. CPOs, provider and drivers share the other one; they answer at once and do no
 * more than they have to, so that what is measured is the PTP and its database.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import process from 'node:process'
import { wallClock } from '@plugtill/engine/clock'
import { createHttpSend } from '@plugtill/ocpi/http'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { listen } from '@plugtill/psp/simulated/standalone/listen'
import { createSimulatedService } from '@plugtill/psp/simulated/standalone/serve'
import { createCpo } from '@plugtill/world/storm/cpo'
import { PLAIN } from '@plugtill/world/storm/cpo-names'
import { SPOTS } from '@plugtill/world/storm/cpo-objects'
import { type Script, USUAL } from '@plugtill/world/storm/script'
import type { Weather } from '@plugtill/world/storm/weather'
import { type Child, startChild } from './child.ts'
import { postgresVersion } from './database.ts'
import { listenWith, type Place } from './http-serve.ts'
import type { Seen } from './paid-sessions-ptp.ts'
import { referenceIn, until, wait } from './patience.ts'
import { cpuSince, isQuick, quantile, tell } from './report.ts'

const CPOS = 4
const QUIET_SESSIONS = isQuick() ? 10 : 40
const WARM_UP_SESSIONS = isQuick() ? 200 : 1_000
const MEASURED_SESSIONS = isQuick() ? 200 : 1_000
/** The bar: so many drivers come in a second, evenly, whether those before them are done or not. */
const BAR_PER_SECOND = 50
const PACED_SESSIONS = isQuick() ? 200 : 1_500
/** A charge of 13 minutes in 0.8 s. */
const SPEED = 1_000
const PSP_KEY = 'bench'

const SCRIPT: Omit<Script, 'n'> = {
  ...USUAL,
  party: 0,
  spot: 0,
  card: 'approved',
  plugAfterMs: 0,
  lastsMs: 800_000,
  powerW: 11_000 * SPEED,
  pauseMs: 0,
}

const FAIR: Weather = {
  calm: true,
  shelter: 0,
  strike: () => undefined,
  happened: () => undefined,
  met: () => undefined,
  note: () => undefined,
  struck: [],
  touched: () => 0,
  rows: new Map(),
  lines: [],
  steps: () => 0,
  hash: () => '',
}

/** What the fakes see of each payment: when its START_SESSION came, and who waits for its advice. */
interface Watch {
  readonly started: Map<string, number>
  readonly advised: Map<string, () => void>
}

async function openCpo(number: number, { started, advised }: Watch, drivers: { count: number }) {
  let cpo: ReturnType<typeof createCpo> | undefined
  const missing = { status: 503, headers: {}, body: '' }
  const place: Place = await listenWith(
    async (request) => {
      const at = performance.now()
      if (request.url.endsWith('/START_SESSION')) started.set(referenceIn(request.body), at)
      const answer = await cpo?.serve(request)
      if (request.url.endsWith('/financial-advice-confirmations') && answer?.status === 200)
        advised.get(referenceIn(request.body))?.()
      return answer ?? missing
    },
    () => place.origin,
  )
  const send = createHttpSend({ allowPrivatePeers: true })
  cpo = createCpo({
    clock: { now: wallClock.now, after: (ms, task) => wallClock.after(ms / SPEED, task) },
    weather: FAIR,
    bank: { holdOf: () => 100_000 } as never,
    connection: `B0${number}`,
    currency: 'EUR',
    names: PLAIN,
    owner: { country_code: 'NL', party_id: `B0${number}` },
    baseUrl: `${place.origin}/ocpi`,
    sendAs: () => send,
    ids: () => randomUUID(),
    randomToken: () => randomBytes(32).toString('base64url'),
    skewMs: 0,
    pageSize: 100,
    scriptOf: () => ({ ...SCRIPT, n: ++drivers.count }),
    other: () => cpo as never,
    die: () => undefined,
    onSession: () => undefined,
    onWord: () => undefined,
    isForgotten: () => false,
  })
  const close = async () => {
    await send.close()
    await place.close()
  }
  return { cpo, close }
}

type Cpo = Awaited<ReturnType<typeof openCpo>>['cpo']

async function ask<T>(url: string, body?: object): Promise<T> {
  const answer = await fetch(url, {
    ...(body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}

/** Partners of each other, and one terminal for all places of a CPO. */
async function furnish(origin: string, cpo: Cpo): Promise<string> {
  const api = `${origin}/ptp/api`
  const { country_code, party_id } = cpo.owner
  const invitation = { country_code, party_id, role: 'CPO' }
  const invited = await ask<{ readonly id: string; readonly versions_url: string; readonly token: string }>(
    `${api}/peers/invite`,
    invitation,
  )
  await cpo.register(invited.versions_url, invited.token)
  const order = { peer: invited.id, model: 'apollo', reference: `BENCH-${party_id}` }
  const { terminal_id: terminal } = await ask<{ readonly terminal_id: string }>(`${api}/terminals`, order)
  const place = `${api}/terminals/${encodeURIComponent(terminal)}`
  await until(
    `terminal ${terminal} at the CPO`,
    async () => (await ask<{ readonly state: string }>(place)).state === 'announced',
  )
  await cpo.assign(terminal)
  await until(`chargers of ${party_id} for sale`, async () => {
    const sold = await ask<readonly { readonly status: string }[]>(`${place}/sellable`)
    return sold.filter(({ status }) => status === 'AVAILABLE').length === SPOTS
  })
  return terminal
}

interface Spot {
  readonly link: string
  readonly evse: string
}

/** Drivers who tap, charge and leave, one payment after the other at their own charger, until they are called home. */
function driversAt({ started, advised }: Watch) {
  const done: { readonly tapped: number; readonly started: number; readonly ended: number }[] = []
  let driving = true
  let turn = 0
  const charge = async ({ link, evse }: Spot) => {
    const tapped = performance.now()
    const tap = { locationId: PLAIN.location, evseUid: evse, connectorId: '1', card: 'approved', language: 'en' }
    const { reference } = await ask<{ readonly reference: string }>(link, { ...tap, tapId: `${evse}-${turn++}` })
    await new Promise<void>((over) => void advised.set(reference, over))
    done.push({ tapped, started: started.get(reference) ?? Number.NaN, ended: performance.now() })
    // The advice is taken before its answer has reached the PTP: the charger is still busy there.
    await wait(100)
  }
  const drive = async (spot: Spot) => {
    while (driving) await charge(spot)
  }
  return {
    start: (spots: readonly Spot[]) => {
      driving = true
      return spots.map(drive)
    },
    home: async (drives: readonly Promise<void>[]) => {
      driving = false
      await Promise.all(drives)
    },
    /** So many drivers, one after the other at an even pace, each at a charger that is free; those who found none. */
    comeEvenly: async (spots: readonly Spot[], count: number): Promise<number> => {
      const free = [...spots]
      const [from, charges] = [performance.now(), [] as Promise<void>[]]
      for (let number = 0; number < count; number++) {
        await wait(Math.max(0, from + (number * 1_000) / BAR_PER_SECOND - performance.now()))
        const spot = free.shift()
        if (spot) charges.push(charge(spot).then(() => void free.push(spot)))
      }
      await Promise.all(charges)
      return count - charges.length
    },
    done,
  }
}

async function race(ptp: Child, spots: readonly Spot[], watch: Watch) {
  const { done, ...drivers } = driversAt(watch)
  const more = async (count: number) => {
    const goal = done.length + count
    await until(`${count} sessions`, async () => done.length >= goal)
  }
  // Whoever comes to a server at night comes to one that has worked all day.
  const drives = drivers.start(spots)
  await more(WARM_UP_SESSIONS)
  const [before, cpu, from, first] = [await ptp.ask<Seen>('look'), process.cpuUsage(), performance.now(), done.length]
  await more(MEASURED_SESSIONS)
  const [cpuMs, to, after] = [cpuSince(cpu), performance.now(), await ptp.ask<Seen>('look')]
  const sessions = done.slice(first)
  await drivers.home(drives)
  await ptp.ask<Seen>('look')
  const evenly = done.length
  const turnedAway = await drivers.comeEvenly(spots, PACED_SESSIONS)
  const paced = { ...(await ptp.ask<Seen>('look')), sessions: done.slice(evenly), turnedAway }
  const night = drivers.start(spots.slice(0, 1))
  await more(QUIET_SESSIONS / 5)
  const quietFrom = done.length
  await more(QUIET_SESSIONS)
  const quiet = done.slice(quietFrom)
  await drivers.home(night)
  return { before, after, cpuMs, seconds: (to - from) / 1_000, sessions, paced, quiet }
}

async function measure() {
  const watch: Watch = { started: new Map(), advised: new Map() }
  const ledger = openLedger()
  const psp = await listen(
    createSimulatedService({
      clock: wallClock,
      ledger,
      random: Math.random,
      apiKey: PSP_KEY,
      latencyMs: 0,
      timeoutMs: 0,
    }),
  )
  const counted = { count: 0 }
  const cpos = await Promise.all(Array.from({ length: CPOS }, (_, number) => openCpo(number, watch, counted)))
  const ptp = startChild(new URL('./paid-sessions-ptp.ts', import.meta.url))
  try {
    const { origin } = await ptp.ask<{ readonly origin: string }>('begin', {
      pspUrl: psp.url,
      pspKey: PSP_KEY,
      speed: SPEED,
    })
    const spots: Spot[] = []
    for (const { cpo } of cpos) {
      const link = `${origin}/ptp/link/${encodeURIComponent(await furnish(origin, cpo))}/tap`
      for (let spot = 0; spot < SPOTS; spot++) spots.push({ link, evse: PLAIN.evse(spot) })
    }
    const result = await race(ptp, spots, watch)
    if (process.env['PLUGTILL_BENCH_STATEMENTS'])
      for (const [sql, count] of await ptp.ask<readonly (readonly [string, number])[]>('texts'))
        console.error(String(count).padStart(7), sql.replaceAll(/\s+/g, ' ').slice(0, 200))
    for (const { cpo } of cpos) if (cpo.books.wrongs.length > 0) throw new Error(cpo.books.wrongs.join('\n'))
    return result
  } finally {
    await ptp.ask('end')
    await ptp.end()
    for (const { close } of cpos) await close()
    await psp.close()
  }
}

async function run(version: string): Promise<void> {
  const { before, after, cpuMs, seconds, sessions, paced, quiet } = await measure()
  const count = sessions.length
  const waits = (all: typeof sessions) => all.map(({ tapped, started }) => started - tapped)
  const drivers = `${CPOS * SPOTS} drivers in turn`
  const postgresMs = (after.postgresMs ?? Number.NaN) - (before.postgresMs ?? Number.NaN)
  tell({
    bench: 'paid-sessions',
    postgres: version,
    figures: [
      { what: `paid sessions, ${drivers}`, value: count / seconds, unit: '/s' },
      { what: `a step, ${drivers}, p50`, value: quantile(after.stepsMs, 0.5), unit: 'ms' },
      { what: 'the same, p99', value: quantile(after.stepsMs, 0.99), unit: 'ms' },
      { what: `a step, ${BAR_PER_SECOND} drivers a second, p50`, value: quantile(paced.stepsMs, 0.5), unit: 'ms' },
      { what: 'the same, p99', value: quantile(paced.stepsMs, 0.99), unit: 'ms' },
      { what: 'tap to START_SESSION there, p99', value: quantile(waits(paced.sessions), 0.99), unit: 'ms' },
      { what: 'tap to START_SESSION, one driver alone, p50', value: quantile(waits(quiet), 0.5), unit: 'ms' },
      { what: 'the same, p99', value: quantile(waits(quiet), 0.99), unit: 'ms' },
      { what: `tap to START_SESSION, ${drivers}, p50`, value: quantile(waits(sessions), 0.5), unit: 'ms' },
      { what: 'the same, p99', value: quantile(waits(sessions), 0.99), unit: 'ms' },
      { what: 'CPU per session, PTP', value: (after.cpuMs - before.cpuMs) / count, unit: 'ms' },
      { what: 'CPU per session, PostgreSQL', value: postgresMs / count, unit: 'ms' },
      { what: 'CPU per session, CPOs, provider and drivers', value: cpuMs / count, unit: 'ms' },
      { what: 'statements per session', value: (after.statements - before.statements) / count, unit: '' },
      { what: 'steps per session', value: after.stepsMs.length / count, unit: '' },
    ],
    notes: [
      `${CPOS * SPOTS} drivers for ${Math.round(seconds)} s, ${count} sessions, a charge takes 800 ms`,
      ...(paced.turnedAway > 0 ? [`${paced.turnedAway} of the evenly coming drivers found no free charger`] : []),
      ...(after.faults.length > 0 ? [`${after.faults.length} faults were kept, the first: ${after.faults[0]}`] : []),
    ],
  })
}

const server = await postgresVersion()
if ('version' in server) await run(server.version)
else tell({ bench: 'paid-sessions', figures: [], notes: [server.missing] })
