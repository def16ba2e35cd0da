/** Both platforms, chargers, terminals and pages in one process, on one port, over real sockets. */
import { join } from 'node:path'
import type { Cpo } from '@plugtill/cpo/cpo'
import { carPark, together } from '@plugtill/cpo/sites/car-park'
import { chargerIds, type Sites, spotsOf } from '@plugtill/cpo/sites/configuration'
import { demoSites } from '@plugtill/cpo/sites/demo'
import { wallClock } from '@plugtill/engine/clock'
import { type AdminRefused, adminOf } from '@plugtill/world/call-admin'
import { type Furnished, furnish } from '@plugtill/world/furnish'
import { type Config, isLoopback } from './config.ts'
import { cpoOf, openToStations } from './cpo-platform.ts'
import { couldNotRun } from './exit.ts'
import { openPort, type Port } from './http/port.ts'
import type { TerminalKeys } from './http/terminal-key.ts'
import { createBoards } from './judge/boards.ts'
import { mountAll } from './mount-all.ts'
import { follow } from './moved.ts'
import { type Parts, partsOf, publicUrlOf } from './platform-parts.ts'
import { providersOf, refuseStrangers } from './provider.ts'
import { ptpOf } from './ptp-platform.ts'
import { simTable } from './sim/table.ts'
import { loadSites } from './sites-file.ts'
import { createStations, type Stations } from './stations.ts'
import { openStores } from './stores.ts'
import { createTroubles } from './trouble.ts'

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
    const park = carPark(config.carPark)
    const sites = together(config.sites === undefined ? demoSites : await loadSites(config.sites), park)
    const port = await openPort(config)
    ends.push(port.close)
    const stores = await openStores(config, { cpo: withCpo })
    ends.push(stores.close)
    const { folder } = stores
    const publicUrl = publicUrlOf(config, port.port)
    const moved = await follow([stores.ptp, ...(stores.cpo ? [stores.cpo] : [])], publicUrl, wallClock)
    // Only our own chargers run faster; others may come to the same sites.
    const fastEvses = spotsOf(sites).map(({ evse }) => evse.uid)
    const { boards, parts } = sandboxParts(config, { folder, publicUrl, ...(withCpo && { fastEvses }) })
    ends.push(parts.send.close)
    const providers = await providersOf(config, { folder, readerOf: (terminalId) => ptp.readerOf(terminalId) })
    ends.push(providers.close)
    await refuseStrangers(providers, (error, where) => parts.log.error(error, where))
    const ptp = ptpOf(parts, { store: stores.ptp, providers, identity: PTP, fastEvses })
    const cpo = stores.cpo && cpoOf(parts, { store: stores.cpo, sites, identity: CPO, sessionUpdateS: 5 })
    const charging = cpo && (await chargingOf(parts, { port, cpo, sites }))
    const sim = charging && { sim: simTable(() => charging.stations.byId) }
    const settings = options.settings ?? []
    const platforms = {
      ptp: { platform: ptp, store: stores.ptp, providers },
      ...(cpo && stores.cpo && { cpo: { platform: cpo, store: stores.cpo } }),
    }
    const app = await mountAll(parts, { port, ...platforms, ...sim, settings })
    ends.push(app.close)
    ends.push(() => Promise.all([ptp.stop(), cpo?.stop()]))
    await boards.open('ptp', { admin: ptp.admin, store: stores.ptp })
    if (cpo && stores.cpo) await boards.open('cpo', { admin: cpo.admin, store: stores.cpo })
    await cpo?.start()
    ptp.start()
    const { terminalKeys } = parts
    if (!cpo || !charging) return { publicUrl, data: stores.described, furnished: undefined, terminalKeys, stop }
    ends.push(await charging.open())
    const meeting = { ptp: ptp.admin, cpo: cpo.admin, clock: wallClock, carPark: park.locations.map(({ id }) => id) }
    const furnished = await furnish(meeting).catch(notTogether)
    if (moved) await sayWhereInvoicesAre(cpo, furnished)
    return { publicUrl, data: stores.described, furnished, terminalKeys, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Who the two are to each other. */
const PTP = { name: 'Plugtill Pay', countryCode: 'NL', partyId: 'PTL' }
const CPO = { name: 'Plugtill Charging', countryCode: 'NL', partyId: 'PLG' }

interface SandboxGiven {
  readonly folder: string
  readonly publicUrl: string
  /** EVSEs of our own CPO. */
  readonly fastEvses?: readonly string[]
}

function sandboxParts(config: Config, { fastEvses, ...given }: SandboxGiven) {
  // Its own two platforms talk over loopback. Partners may be there as well, unless the port is open to others: then
  // one of them could have us look around in the network behind. (T08)
  const allowPrivatePeers = config.allowPrivatePeers ?? isLoopback(config.host)
  const { speed } = config
  const fast = speed > 1 && fastEvses ? { fast: { ...CPO, pace: { speed, evses: fastEvses } } } : {}
  const boards = createBoards({ clock: wallClock, ...fast })
  const troubles = createTroubles()
  return { boards, parts: partsOf(config, { ...given, allowPrivatePeers, boards, troubles }) }
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

/** The CPO's OCPP entrance and the stations that connect to it. `open` returns what closes both. */
async function chargingOf(
  parts: Parts,
  { port, cpo, sites }: { readonly port: Port; readonly cpo: Cpo; readonly sites: Sites },
): Promise<{ readonly stations: Stations; readonly open: () => Promise<() => Promise<void>> }> {
  const { config, folder, log } = parts
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
    file: join(folder, 'stations.json'),
    passwords,
    onFault: (error) => log.fault(error, 'stations'),
  })
  const open = async () => {
    const close = await openToStations(parts, { port, cpo })
    stations.start()
    return async () => {
      await stations.stop()
      await close()
    }
  }
  return { stations, open }
}
