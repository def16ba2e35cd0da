/**
 * Everything in one process on one virtual clock: the PTP platform, the CPO platform, the provider, charging stations
 * and cars. The production code on both sides, real bytes between them, chance from one seed.
 */

import { type Behaviour, behaviours } from '@plugtill/charger/behaviour'
import { createMemoryLink, type MemoryLink, type MemoryLinkParts } from '@plugtill/charger/link.memory'
import { createStation, type Station } from '@plugtill/charger/station'
import { type Cpo, createCpo } from '@plugtill/cpo/cpo'
import type { CpoSettings } from '@plugtill/cpo/settings'
import type { Sites } from '@plugtill/cpo/sites/configuration'
import { demoSites } from '@plugtill/cpo/sites/demo'
import { type Counter, countedStore, settleWith } from '@plugtill/engine/counted-store'
import { migrate } from '@plugtill/engine/migrate'
import type { Store } from '@plugtill/engine/store'
import { type VirtualClock, virtualClock } from '@plugtill/engine/virtual-clock'
import type { Psp } from '@plugtill/psp/psp'
import type { CardBehaviour } from '@plugtill/psp/simulated/cards'
import { type Ledger, openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { createPtp, type Ptp } from '@plugtill/ptp/ptp'
import { defaultSettings, type PtpSettings } from '@plugtill/ptp/settings'
import { type Admin, adminOf } from './call-admin.ts'
import { type Life, life } from './mortal.ts'
import { type MortalCpo, mortalCpo } from './mortal-cpo.ts'
import { createNetwork, type Network } from './network.ts'
import { chance } from './seed.ts'
import { outletsOf } from './stations.ts'

export const PTP_URL = 'https://ptp.example/ptp/ocpi'
export const CPO_URL = 'https://cpo.example/cpo/ocpi'
export const CPO_PUBLIC_URL = 'https://cpo.example/cpo'

export interface WorldParts {
  readonly seed: number
  /** An empty database of its own for each platform. */
  readonly openStore: (name: 'ptp' | 'cpo') => Promise<Store>
  readonly startAt?: number
  readonly ptp?: Partial<PtpSettings>
  readonly cpo?: Partial<CpoSettings>
  readonly sites?: Sites
  /** The OCPI version the platforms connect with when they are furnished; default the highest both speak. */
  readonly version?: '2.3.0' | '2.2.1'
  /** How the stations and their cars behave, unless a story says otherwise. */
  readonly behaviour?: Partial<Behaviour>
  /** The provider as the PTP meets it; a story may stand between. */
  readonly psp?: (psp: Psp) => Psp
  /** How the provider behaves whatever the card, for example with holds that run out soon. */
  readonly misbehave?: CardBehaviour
  /** Further accounts at the provider, each with books of its own. */
  readonly accounts?: readonly string[]
  /** What becomes of each message between a charger and the CPO. */
  readonly ocpp?: MemoryLinkParts['fate']
}

export interface World {
  readonly clock: VirtualClock
  readonly network: Network
  readonly ledger: Ledger
  /** Books of the further accounts. */
  readonly accounts: ReadonlyMap<string, Ledger>
  readonly stations: ReadonlyMap<string, Station>
  readonly links: ReadonlyMap<string, MemoryLink>
  readonly ptp: () => Ptp
  readonly cpo: Cpo
  readonly ptpAdmin: Admin
  readonly cpoAdmin: Admin
  readonly faults: readonly { readonly who: 'ptp' | 'cpo'; readonly fault: unknown; readonly reference: string }[]
  /** The store of something that runs beside the platforms: time waits for its statements too. */
  readonly counted: (store: Store) => Store
  /** kill -9 of the PTP process; `ptpReturns` starts another on the same database. */
  readonly killPtp: () => void
  readonly ptpReturns: () => Promise<void>
  /** The same for the CPO; its chargers lose their connections. */
  readonly killCpo: () => void
  readonly cpoReturns: () => Promise<void>
  /** Awaits what needs world time to come true: time flows until it is settled. */
  readonly flow: <T>(work: Promise<T>, limitMs?: number) => Promise<T>
  /** Lets `ms` of world time pass. */
  readonly pass: (ms: number) => Promise<void>
  /** Lets time pass until `check` holds; fails with `what` after `limitMs`. */
  readonly until: (what: string, check: () => Promise<boolean> | boolean, limitMs?: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** A Tuesday noon in summer. */
const START = Date.parse('2030-07-02T10:00:00.000Z')
const HOUR_MS = 3600_000

export async function createWorld(parts: WorldParts): Promise<World> {
  const ground = await groundOf(parts)
  const { clock, network, ledger, accounts, luck, faults, settle, stores } = ground
  const sites = parts.sites ?? demoSites
  const ptp = mortalPtp(parts, ground)
  const mortal = cpoOf(parts, ground, sites)
  const { cpo } = mortal
  network.attach(CPO_URL, cpo.serveOcpi)
  await cpo.start()
  ptp.serve()
  const stationing = { sites, mortal, clock, random: luck.random, behaviour: parts.behaviour, fate: parts.ocpp }
  const { stations, links } = connectStations(stationing)
  await clock.advanceBy(1000)

  const { until, flow } = timeOf(clock, settle)
  return {
    clock,
    network,
    ledger,
    accounts,
    flow,
    stations,
    links,
    cpo,
    faults,
    until,
    ptp: ptp.now,
    ptpAdmin: flowingAdmin(() => adminOf(ptp.now().admin), flow),
    cpoAdmin: flowingAdmin(() => adminOf(cpo.admin), flow),
    counted: (store) => countedStore(store, ground.counter),
    killPtp: ptp.kill,
    ptpReturns: async () => {
      ptp.returns()
      await settle()
    },
    killCpo: () => {
      mortal.kill()
      network.attach(CPO_URL, undefined)
      for (const link of links.values()) link.cut()
    },
    cpoReturns: async () => {
      network.attach(CPO_URL, cpo.serveOcpi)
      await flow(mortal.returns())
    },
    pass: (ms) => clock.advanceBy(ms),
    close: async () => {
      ptp.die()
      for (const station of stations.values()) await station.stop()
      await settle()
      await stores.ptp.close()
      await stores.cpo.close()
    },
  }
}

type Ground = Awaited<ReturnType<typeof groundOf>>

/** What both platforms stand on: time, chance, the network, their databases and the provider. */
async function groundOf(parts: WorldParts) {
  const counter: Counter = { open: 0 }
  const settle = settleWith(counter)
  const clock = virtualClock(parts.startAt ?? START, { settle })
  const luck = chance(parts.seed)
  const network = createNetwork({ clock, latencyMs: 20, timeoutMs: 10_000 })
  const faults: { who: 'ptp' | 'cpo'; fault: unknown; reference: string }[] = []
  const stores = {
    ptp: countedStore(await parts.openStore('ptp'), counter),
    cpo: countedStore(await parts.openStore('cpo'), counter),
  }
  await migrate(stores.ptp)
  await migrate(stores.cpo)
  const ledger = openLedger()
  const bank = createSimulatedPsp({ clock, ledger, random: luck.random, misbehave: () => parts.misbehave ?? {} })
  const psp = parts.psp?.(bank) ?? bank
  const accounts = new Map((parts.accounts ?? []).map((name) => [name, openLedger()]))
  const pspAccounts = Object.fromEntries(
    [...accounts].map(([name, books]) => [name, createSimulatedPsp({ clock, ledger: books, random: luck.random })]),
  )
  return { counter, settle, clock, luck, network, faults, stores, ledger, accounts, psp, pspAccounts }
}

/** The PTP process: it can be killed, and another one takes its place on the same database. */
function mortalPtp(parts: WorldParts, { clock, stores, network, psp, pspAccounts, luck, faults }: Ground) {
  const born = () => life({ clock, store: stores.ptp, send: network.send, psp })
  const bear = (being: Life): Ptp =>
    createPtp({
      name: 'Plugtill Pay',
      countryCode: 'NL',
      partyId: 'PTP',
      ...luck,
      clock: being.clock,
      store: being.store,
      send: being.send,
      psp: being.psp,
      pspAccounts,
      baseUrl: PTP_URL,
      node: 'ptp',
      settings: { ...defaultSettings, keySecret: 'world', ...parts.ptp },
      onFault: (fault, reference) => void faults.push({ who: 'ptp', fault, reference }),
    })
  let being = born()
  let ptp = bear(being)
  const serve = () => {
    network.attach(PTP_URL, ptp.serveOcpi)
    ptp.start()
  }
  return {
    now: () => ptp,
    serve,
    die: () => being.kill(),
    kill: () => {
      being.kill()
      network.attach(PTP_URL, undefined)
    },
    returns: () => {
      being = born()
      ptp = bear(being)
      serve()
    },
  }
}

function cpoOf(parts: WorldParts, { luck, clock, stores, network, psp, faults }: Ground, sites: Sites): MortalCpo {
  const born = () => life({ clock, store: stores.cpo, send: network.send, psp })
  return mortalCpo(born, (being) =>
    createCpo({
      name: 'Plugtill Charging',
      countryCode: 'NL',
      partyId: 'CPO',
      ...luck,
      clock: being.clock,
      store: being.store,
      send: being.send,
      baseUrl: CPO_URL,
      publicUrl: CPO_PUBLIC_URL,
      sites,
      settings: parts.cpo,
      onFault: (fault, reference) => void faults.push({ who: 'cpo', fault, reference }),
    }),
  )
}

/** How a story lets time pass. */
function timeOf(clock: VirtualClock, settle: () => Promise<void>): Pick<World, 'until' | 'flow'> {
  const until: World['until'] = async (what, check, limitMs = HOUR_MS) => {
    const end = clock.now() + limitMs
    for (;;) {
      await settle()
      if (await check()) return
      const next = clock.nextAt()
      if (next === undefined || next > end)
        throw new Error(`${what} did not happen within ${limitMs / 1000} s of world time`)
      await clock.advanceTo(next)
    }
  }
  const flow: World['flow'] = async (work, limitMs = HOUR_MS) => {
    let settled = false
    const done = work.finally(() => {
      settled = true
    })
    done.catch(() => undefined)
    await until('an answer', () => settled, limitMs)
    return done
  }
  return { until, flow }
}

/** Calls need time to be answered, and the PTP may have been replaced by its successor since. */
const flowingAdmin = (admin: () => Admin, flow: World['flow']): Admin => ({
  get: (path) => flow(admin().get(path)),
  post: (path, body) => flow(admin().post(path, body)),
  delete: (path) => flow(admin().delete(path)),
})

interface StationWiring {
  readonly sites: Sites
  readonly mortal: MortalCpo
  readonly clock: VirtualClock
  readonly random: () => number
  readonly behaviour: Partial<Behaviour> | undefined
  readonly fate: WorldParts['ocpp']
}

function connectStations({ sites, mortal, clock, random, behaviour, fate }: StationWiring) {
  const stations = new Map<string, Station>()
  const links = new Map<string, MemoryLink>()
  for (const { id, outlets } of outletsOf(sites)) {
    const memory = createMemoryLink({
      id,
      clock,
      accept: (end) => mortal.cpo.chargers.accept(end),
      reachable: mortal.alive,
      fate,
    })
    const station = createStation({
      id,
      clock,
      random,
      link: memory.link,
      vendor: 'Plugtill',
      model: 'Simulator',
      connectors: outlets,
      behaviour: { ...behaviours.usual, ...behaviour },
    })
    stations.set(id, station)
    links.set(id, memory)
    station.start()
  }
  return { stations, links }
}
