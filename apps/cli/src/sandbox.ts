/** Both platforms, chargers, terminals and pages in one process, on one port, over real sockets. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { type Cpo, createCpo } from '@plugtill/cpo/cpo'
import { chargerIds, type Sites, spotsOf } from '@plugtill/cpo/sites/configuration'
import { demoSites } from '@plugtill/cpo/sites/demo'
import { wallClock } from '@plugtill/engine/clock'
import type { OnExchange } from '@plugtill/ocpi/exchange'
import { createHttpSend, createMayCall, type HttpSend } from '@plugtill/ocpi/http'
import { createPtp, type Ptp } from '@plugtill/ptp/ptp'
import { defaultSettings } from '@plugtill/ptp/settings'
import { type AdminRefused, adminOf } from '@plugtill/world/call-admin'
import { type Furnished, furnish } from '@plugtill/world/furnish'
import { type Config, isLoopback } from './config.ts'
import { couldNotRun } from './exit.ts'
import { foreign } from './http/guard.ts'
import { createLive, type Live, type Side } from './http/live.ts'
import { openPort, type Port } from './http/port.ts'
import { createTerminalKeys, type TerminalKeys } from './http/terminal-key.ts'
import { type Boards, createBoards } from './judge/boards.ts'
import { createLog, type Log } from './log.ts'
import { mountAll } from './mount-all.ts'
import { follow } from './moved.ts'
import { openOcppPort } from './ocpp-port.ts'
import { type Provider, providerOf, refuseStrangers } from './provider.ts'
import { keptSecret, randomToken } from './secrets.ts'
import { loadSites } from './sites-file.ts'
import { createStations, type Stations } from './stations.ts'
import { openStores, type Stores } from './stores.ts'
import { createTroubles, type Troubles } from './trouble.ts'

export interface Sandbox {
  readonly publicUrl: string
  /** Where the data lies, for people. */
  readonly data: string
  /** Absent without our own CPO. */
  readonly furnished: Furnished | undefined
  /** Present when an API key is set: who is no terminal may then not speak as one either. (T31) */
  readonly terminalKeys: TerminalKeys | undefined
  readonly stop: () => Promise<void>
}

export interface SandboxOptions {
  readonly cpo: boolean
  /** Every setting as it may be shown. */
  readonly settings?: readonly object[]
}

export async function startSandbox(config: Config, options: SandboxOptions): Promise<Sandbox> {
  const { cpo: withCpo } = options
  const ends: (() => unknown)[] = []
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const sites = config.sites === undefined ? demoSites : await loadSites(config.sites)
    const port = await openPort(config)
    ends.push(port.close)
    const stores = await openStores(config, { cpo: withCpo })
    ends.push(stores.close)
    const publicUrl =
      config.publicUrl ??
      `http://${isLoopback(config.host) || /^(0\.0\.0\.0|::)$/.test(config.host) ? 'localhost' : bracketed(config.host)}:${port.port}`
    const moved = await follow([stores.ptp, ...(stores.cpo ? [stores.cpo] : [])], publicUrl, wallClock)
    const parts = partsOf(config, { stores, publicUrl, sites })
    ends.push(parts.send.close)
    const provider = await providerOf(config, { stores, readerOf: (terminalId) => ptp.readerOf(terminalId) })
    ends.push(provider.close)
    await refuseStrangers(provider, (error) => parts.log.error(error, `payment provider ${provider.psp.name}`))
    const ptp = ptpOf(parts, provider)
    const cpo = stores.cpo ? cpoOf(parts, stores.cpo) : undefined
    const charging = cpo && (await chargingOf(parts, { port, cpo }))
    const { stations } = charging ?? {}
    const settings = options.settings ?? []
    const app = await mountAll(parts, { port, ptp, cpo, psp: provider.psp, stations, settings })
    ends.push(app.close)
    ends.push(() => Promise.all([ptp.stop(), cpo?.stop()]))
    await parts.boards.open('ptp', { admin: ptp.admin, store: stores.ptp })
    if (cpo && stores.cpo) await parts.boards.open('cpo', { admin: cpo.admin, store: stores.cpo })
    await cpo?.start()
    ptp.start()
    const { terminalKeys } = parts
    if (!cpo || !charging) return { publicUrl, data: stores.described, furnished: undefined, terminalKeys, stop }
    ends.push(await charging.open())
    const furnished = await furnish({ ptp: ptp.admin, cpo: cpo.admin, clock: wallClock }).catch(notTogether)
    if (moved) await sayWhereInvoicesAre(cpo, furnished)
    return { publicUrl, data: stores.described, furnished, terminalKeys, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function notTogether(error: unknown): never {
  const { body } = error as Partial<AdminRefused>
  const reason = (body as { readonly message?: string } | undefined)?.message ?? (error as Error).message
  throw couldNotRun(`The two platforms did not come together: ${reason} Start with --log-level debug to see why.`)
}

/** Terminals carry the address of the CPO's invoices; an assignment that changes nothing else renews it. (C-710) */
async function sayWhereInvoicesAre(cpo: Cpo, { terminals }: Furnished): Promise<void> {
  const admin = adminOf(cpo.admin)
  for (const { terminal_id, location_ids } of terminals) {
    if (location_ids.length > 0) await admin.post(`/terminals/${encodeURIComponent(terminal_id)}/assign`, {})
  }
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host)

export interface Parts {
  readonly config: Config
  readonly stores: Stores
  readonly publicUrl: string
  readonly log: Log
  readonly send: HttpSend
  readonly mayCall: (url: string) => boolean
  readonly keySecret: string
  readonly terminalKeys: TerminalKeys | undefined
  readonly boards: Boards
  readonly sites: Sites
  readonly live: Live
  readonly troubles: Troubles
}

function partsOf(config: Config, given: Pick<Parts, 'stores' | 'publicUrl' | 'sites'>): Parts {
  const { stores, publicUrl } = given
  const log = createLog(config.logLevel)
  // Its own two platforms talk over loopback. Partners may be there as well, unless the port is open to others: then
  // one of them could have us look around in the network behind. (T08)
  const peers = { allowPrivatePeers: config.allowPrivatePeers ?? isLoopback(config.host), own: publicUrl }
  const keySecret = keptSecret(stores.folder, 'key-secret')
  const terminalKeys = config.apiKey === undefined ? undefined : createTerminalKeys(keySecret)
  return {
    config,
    ...given,
    log,
    send: createHttpSend(peers),
    mayCall: createMayCall(peers),
    keySecret,
    terminalKeys,
    boards: createBoards({ clock: wallClock }),
    live: createLive(),
    troubles: createTroubles(),
  }
}

/** What both platforms are given. */
const shared = ({ send, mayCall, log, boards, live, troubles }: Parts, side: Side) => ({
  clock: wallClock,
  random: Math.random,
  ids: () => randomUUID(),
  randomToken,
  send: troubles.send(side, send),
  mayCall,
  onExchange: ((exchange, raw) => {
    for (const look of [boards.watch(side), troubles.exchange(side), live.exchange(side)]) look(exchange, raw)
  }) satisfies OnExchange,
  onFault: (fault: unknown, reference: string) => {
    log.fault(fault, reference)
    live.changed('faults', side)
  },
})

const SECOND = 1000

function ptpOf(parts: Parts, provider: Provider): Ptp {
  const { config, stores, publicUrl } = parts
  return createPtp({
    ...shared(parts, 'ptp'),
    name: 'Plugtill Pay',
    countryCode: 'NL',
    partyId: 'PTL',
    store: stores.ptp,
    psp: provider.psp,
    baseUrl: `${publicUrl}/ptp/ocpi`,
    receiptsUrl: `${publicUrl}/ptp/receipts`,
    ...(provider.ledger && { pspLedger: provider.ledger }),
    settings: {
      ...defaultSettings,
      startGraceMs: config.startGraceS * SECOND,
      plugInWindowMs: config.plugInWindowS * SECOND,
      sessionPollMs: config.sessionPollS * SECOND,
      cdrDeadlineMs: config.cdrDeadlineS * SECOND,
      adviceRetryMaxMs: config.adviceRetryMaxS * SECOND,
      locationsPollMs: config.locationsPollS * SECOND,
      tokenRenewalMs: config.tokenRenewalS * SECOND,
      reconcileHour: config.reconcileHour,
      chargerSpeed: config.speed,
      // Only our own chargers run faster; others may come to the same sites.
      fastEvses: spotsOf(parts.sites).map(({ evse }) => evse.uid),
      cardTray: provider.cardTray,
      keySecret: parts.keySecret,
    },
  })
}

function cpoOf(parts: Parts, store: NonNullable<Stores['cpo']>): Cpo {
  const { publicUrl, config } = parts
  return createCpo({
    ...shared(parts, 'cpo'),
    onChargerMessage: parts.live.frame,
    onChange: parts.live.changed,
    name: 'Plugtill Charging',
    countryCode: 'NL',
    partyId: 'PLG',
    store,
    baseUrl: `${publicUrl}/cpo/ocpi`,
    publicUrl: `${publicUrl}/cpo`,
    sites: parts.sites,
    // Who tries things out wants to see the energy flow.
    settings: {
      plugInWindowS: config.plugInWindowS,
      tokenRenewalS: config.tokenRenewalS,
      sessionUpdateS: 5,
      chargerSpeed: config.speed,
      stationGraceS: config.stationGraceS,
      stationSecrets: config.stationSecrets ?? (config.apiKey === undefined ? 'optional' : 'required'),
      unknownStations: config.unknownStations ?? (isLoopback(config.host) ? 'quarantine' : 'refuse'),
    },
  })
}

/** The CPO's OCPP entrance and the stations that connect to it. `open` returns what closes both. */
async function chargingOf(
  { config, stores, publicUrl, log, sites }: Parts,
  { port, cpo }: { readonly port: Port; readonly cpo: Cpo },
): Promise<{ readonly stations: Stations; readonly open: () => Promise<() => Promise<void>> }> {
  // On a port that others reach only our own stations may be the chargers of the sites: each gets a secret at every
  // start that nobody else knows.
  const passwords = new Map<string, string>()
  if (config.apiKey !== undefined)
    for (const id of chargerIds(sites)) passwords.set(id, await cpo.stations.setSecret(id))
  const stations = createStations({
    sites,
    endpoint: `ws://localhost:${port.port}/ocpp`,
    clock: wallClock,
    random: Math.random,
    speed: config.speed,
    file: join(stores.folder, 'stations.json'),
    passwords,
    onFault: (error) => log.fault(error, 'stations'),
  })
  const open = async () => {
    const gate = createChargerGate({
      known: cpo.stations.admission,
      onLink: (link) => cpo.chargers.accept(link),
      onFinding: cpo.onFinding,
    })
    const own = await openOcppPort(config, gate)
    port.takeUpgrades((request, socket, head) => {
      // Chargers send no Origin; a page of another site that opens a socket does.
      if (request.headers.origin !== undefined && foreign({ method: 'GET', headers: request.headers }, publicUrl))
        return false
      return gate.handleUpgrade(request, socket, head)
    })
    stations.start()
    return async () => {
      await stations.stop()
      await gate.close()
      await own?.close()
    }
  }
  return { stations, open }
}
