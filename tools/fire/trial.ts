/** One trial: everything set up, drivers on their way, the server killed again and again, then quiet and the books. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { auditorSays } from './auditor.ts'
import type { Away } from './books.ts'
import { type DatabaseProxy, openDatabaseProxy } from './database-proxy.ts'
import { type Drivers, type Spot, startDrivers } from './drivers.ts'
import { CALM, type HttpProxy, openProxy, ROUGH, type Weather } from './http-proxy.ts'
import { COMMIT, POINTS } from './points.ts'
import { answering, freePort, MAIN, PSP_KEY, startCpo, startPsp, startServer } from './processes.ts'
import { FILES, unfinished, whatIsOpen } from './read-books.ts'
import { createServers, type Servers } from './servers.ts'
import { createTrap, type Trap } from './trap.ts'

export interface TrialParts {
  /** PostgreSQL behind the server. */
  readonly databasePort: number
  readonly databaseUrl: (port: number) => string
  /** A folder for the books: they stay there, and can be audited again. */
  readonly books: string
  /** Kills and restarts PostgreSQL; absent: it is left alone. */
  readonly killDatabase?: () => Promise<void>
  readonly serverKills: number
  readonly databaseKills: number
  /** Pauses of the server during which another one takes over. */
  readonly pauses: number
  readonly drivers: number
  /** What is killed; default: the command from its source. */
  readonly program?: string
  /** 0 <= x < 1: what strikes when. What processes make of it is their own. */
  readonly random?: () => number
  readonly say: (line: string) => void
}

export interface TrialReport {
  readonly seconds: number
  readonly payments: number
  readonly kills: Readonly<Record<string, number>>
  readonly cuts: Readonly<Record<string, number>>
  /** From the kill to the first tap that was accepted, in ms. */
  readonly backMs: { readonly server: readonly number[]; readonly database: readonly number[] }
  readonly states: Readonly<Record<string, number>>
  /** The word of the auditor, and what else went wrong. */
  readonly findings: readonly string[]
}

const EVSES_PER_SITE = 8
/** Free chargers for those who are summoned at a blow: a payment lasts a few blows. */
const SPARE = 16
const CALM_DOWN_MS = 180_000
const POINT_PATIENCE_MS = 6_000

async function json<T>(url: string, body?: object): Promise<T> {
  const answer = await fetch(url, {
    ...(body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function until(what: string, check: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await check().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`)
    await sleep(200)
  }
}

/** Partners of each other, and one terminal for each place. */
async function furnish(publicUrl: string, cpoUrl: string, sites: number): Promise<readonly Spot[]> {
  const api = `${publicUrl}/ptp/api`
  const invited = await json<{ id: string; versions_url: string; token: string }>(`${api}/peers/invite`, {
    country_code: 'NL',
    party_id: 'FIR',
    role: 'CPO',
  })
  await json(
    `${cpoUrl}/fire/register?url=${encodeURIComponent(invited.versions_url)}&token=${encodeURIComponent(invited.token)}`,
  )
  await until('the sites are known', async () => (await json<readonly object[]>(`${api}/locations`)).length >= sites)
  // Its drivers tap as fast as they can.
  const settings = { terminal_taps: 0 }
  const { id: contract } = await json<{ id: string }>(`${api}/contracts`, { peer: invited.id, settings })
  const spots: Spot[] = []
  for (let site = 0; site < sites; site++) {
    const order = { peer: invited.id, contract, model: 'apollo', reference: `FIRE-${site}` }
    const { terminal_id: terminal } = await json<{ terminal_id: string }>(`${api}/terminals`, order)
    await until(
      `terminal ${terminal} announced`,
      async () => (await json<{ state: string }>(`${api}/terminals/${terminal}`)).state === 'announced',
    )
    await json(`${cpoUrl}/fire/assign?terminal=${terminal}&location=FIRE-${site}`)
    for (let n = 0; n < EVSES_PER_SITE; n++) spots.push({ terminal, evse: `FIRE-${site}-${n}` })
  }
  return spots
}

export async function trial(parts: TrialParts): Promise<TrialReport> {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-fire-'))
  const ends: End[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    return await within(folder, parts, ends)
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

type End = () => unknown

const chanceOf = ({ random = Math.random }: TrialParts) => random

/** Everything that is killed, cut or survives. */
async function setUp(folder: string, parts: TrialParts, ends: End[]) {
  const sky: { weather: Weather } = { weather: CALM }
  const trap = createTrap(() => servers.kill())
  const ended: string[] = []
  const database = await openDatabaseProxy({ target: parts.databasePort, trap })
  const [pspPort, cpoPort] = [await freePort(), await freePort()]
  const between = (target: () => number) =>
    openProxy({ target, trap, weather: () => sky.weather, random: chanceOf(parts) })
  const proxies = [await between(() => servers.port()), await between(() => pspPort), await between(() => cpoPort)]
  const [entrance, toPsp, toCpo] = proxies.map(({ port }) => port)
  ends.push(database.close, ...proxies.map(({ close }) => close))
  const publicUrl = `http://localhost:${entrance}`
  const servers = createServers({
    start: (slot, port) =>
      startServer({
        program: parts.program ?? MAIN,
        port,
        publicUrl,
        data: folderOf(folder, slot),
        databaseUrl: parts.databaseUrl(database.port),
        pspUrl: `http://localhost:${toPsp}`,
      }),
    onEnd: (printed) => {
      parts.say(`the server ended by itself: ${printed}`)
      ended.push(printed)
    },
  })
  const pspData = join(parts.books, FILES.provider)
  const psp = startPsp({ port: pspPort, data: pspData, webhookUrl: `${publicUrl}/ptp/psp/webhooks` })
  const sites = Math.max(1, Math.ceil((parts.drivers + SPARE) / EVSES_PER_SITE))
  const cpo = startCpo({ port: cpoPort, publicPort: toCpo ?? 0, sites })
  ends.push(
    () => psp.kill(),
    () => cpo.kill(),
    servers.stop,
  )
  const cpoUrl = `http://localhost:${cpoPort}`
  // A server whose provider is away begins with a breaker that is open.
  await answering(psp, `http://localhost:${pspPort}/v1/about`, { authorization: `Bearer ${PSP_KEY}` })
  await Promise.all([servers.start(), answering(cpo, `${cpoUrl}/fire/truth`)])
  return { sky, trap, database, proxies, servers, publicUrl, cpoUrl, sites, ended }
}

/** Two nodes of one platform share the secret that their keys at the provider are made from. */
function folderOf(folder: string, slot: number): string {
  const own = join(folder, `server-${slot}`)
  const secret = join(own, 'key-secret')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  if (!existsSync(secret)) writeFileSync(secret, 'f'.repeat(64), { mode: 0o600 })
  return own
}

async function within(folder: string, parts: TrialParts, ends: End[]): Promise<TrialReport> {
  const { say } = parts
  const field = await setUp(folder, parts, ends)
  const { sky, cpoUrl, publicUrl } = field
  const spots = await furnish(publicUrl, cpoUrl, field.sites)
  say(`${spots.length} EVSEs for sale; ${parts.drivers} drivers set out`)
  const drivers = startDrivers(
    publicUrl,
    { spots: spots.slice(0, parts.drivers), spare: spots.slice(parts.drivers) },
    chanceOf(parts),
  )
  const began = performance.now()
  sky.weather = ROUGH
  const { away, ...struck } = await underFire(parts, { ...field, drivers })
  sky.weather = CALM
  await json(`${cpoUrl}/fire/calm`)
  await drivers.home()
  const seconds = (performance.now() - began) / 1000
  const direct = parts.databaseUrl(parts.databasePort)
  const ended = async () => (await unfinished(direct)) === 0
  // What is still open then is a finding of the audit.
  await until('every payment came to its end', ended, CALM_DOWN_MS).catch(async (error: Error) => {
    say(error.message)
    writeFileSync(join(parts.books, FILES.open), JSON.stringify(await whatIsOpen(direct), null, 2))
  })
  writeFileSync(join(parts.books, FILES.told), JSON.stringify(drivers.told))
  writeFileSync(join(parts.books, FILES.away), JSON.stringify(away))
  // As it came: nothing here reads it.
  writeFileSync(join(parts.books, FILES.cpo), await (await fetch(`${cpoUrl}/fire/truth`)).text())
  const { payments, states, findings } = await auditorSays(parts.books, direct)
  const cuts = totalled(field.proxies)
  const all = [...field.ended.map((printed) => `the server ended by itself: ${printed}`), ...findings]
  return { seconds, payments, ...struck, cuts, states, findings: all }
}

function totalled(proxies: readonly HttpProxy[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const { counts } of proxies) for (const [kind, n] of Object.entries(counts)) sums[kind] = (sums[kind] ?? 0) + n
  return sums
}

interface Field {
  readonly servers: Servers
  readonly drivers: Drivers
  readonly trap: Trap
  readonly database: DatabaseProxy
}

type Blow = 'point' | 'moment' | 'database' | 'pause'

/** What happens when: everything evenly mixed. */
function schedule({ serverKills, databaseKills, pauses }: TrialParts): readonly Blow[] {
  const blows: { readonly blow: Blow; readonly at: number }[] = []
  const spread = (blow: Blow, count: number, shift: number) => {
    for (let n = 0; n < count; n++) blows.push({ blow, at: (n + shift) / count })
  }
  spread('point', Math.ceil(serverKills / 2), 0)
  spread('moment', Math.floor(serverKills / 2), 0.5)
  spread('database', databaseKills, 0.3)
  spread('pause', pauses, 0.7)
  return blows.sort((a, b) => a.at - b.at).map(({ blow }) => blow)
}

async function underFire(parts: TrialParts, { servers, drivers, trap, database }: Field) {
  const kills: Record<string, number> = {}
  const backMs: { server: number[]; database: number[] } = { server: [], database: [] }
  const away: Away[] = []
  const count = (name: string) => {
    kills[name] = (kills[name] ?? 0) + 1
  }
  const random = chanceOf(parts)
  let [next, done] = [0, 0]
  const blows = schedule(parts)
  for (const blow of blows) {
    // Between two taps as well as in the middle of a hundred payments.
    await sleep(200 + random() * 1_800)
    let from = Date.now()
    if (blow === 'point') {
      const point = POINTS[next++ % POINTS.length]?.name ?? COMMIT
      const armed = trap.arm(point)
      const gaveUp = setTimeout(armed.cancel, POINT_PATIENCE_MS)
      const sprung = await armed.sprung
      clearTimeout(gaveUp)
      from = Date.now()
      if (!sprung) servers.kill()
      count(sprung ? point : `${point} (not reached)`)
    }
    if (blow === 'moment') {
      servers.kill()
      count('some moment')
    }
    if (blow === 'point' || blow === 'moment') {
      const back = drivers.nextAccepted(performance.now())
      await servers.again()
      backMs.server.push(await back)
    }
    if (blow === 'database') {
      const back = drivers.nextAccepted(performance.now())
      await parts.killDatabase?.()
      backMs.database.push(await back)
      count('PostgreSQL')
    }
    if (blow === 'pause') {
      await servers.pause(5_000 + random() * 10_000)
      count('paused, another took over')
    }
    away.push({ from, to: Date.now() })
    if (random() < 0.1) {
      database.cut()
      count('database connections cut')
    }
    if (++done % 10 === 0) parts.say(`${done} of ${blows.length} blows, ${drivers.count()} taps accepted`)
  }
  return { kills, backMs, away }
}
