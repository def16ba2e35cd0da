/** Both platforms on the wall clock with PostgreSQL, OCPI over loopback sockets; chargers beside the CPO in memory. */
import { randomBytes, randomUUID } from 'node:crypto'
import { type CarPlan, usualPlan } from '@plugtill/charger/car'
import { createMemoryLink } from '@plugtill/charger/link.memory'
import { createStation, type Station } from '@plugtill/charger/station'
import { type Cpo, createCpo } from '@plugtill/cpo/cpo'
import type { Sites } from '@plugtill/cpo/sites/configuration'
import { wallClock } from '@plugtill/engine/clock'
import type { Store } from '@plugtill/engine/store'
import { createHttpSend, createMayCall } from '@plugtill/ocpi/http'
import type { Send, Serve } from '@plugtill/ocpi/wire'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { createPtp } from '@plugtill/ptp/ptp'
import { defaultSettings } from '@plugtill/ptp/settings'
import { outletsOf } from '@plugtill/world/stations'
import { listenWith, type Place } from './http-serve.ts'

export interface PairParts {
  readonly stores: { readonly ptp: Store; readonly cpo: Store }
  readonly sites: Sites
  /** Charging runs so many times faster. */
  readonly speed: number
  readonly plan: Partial<CarPlan>
  /** Sees everything the PTP sends. */
  readonly watch: (send: Send) => Send
}

/** The platform's own base URL is needed before it exists; the socket is there first. */
async function entrance(): Promise<Place & { readonly open: (serve: Serve) => void }> {
  let serve: Serve | undefined
  const place: Place = await listenWith(
    (request) => (serve ?? missing)(request),
    () => place.origin,
  )
  const open = (opened: Serve) => {
    serve = opened
  }
  return { ...place, open }
}
const missing: Serve = async () => ({ status: 503, headers: {}, body: '' })

export async function createPair({ stores, sites, speed, plan, watch }: PairParts) {
  const [atPtp, atCpo, send] = [await entrance(), await entrance(), createHttpSend({ allowPrivatePeers: true })]
  const faults: { readonly who: string; readonly fault: unknown }[] = []
  const shared = {
    clock: wallClock,
    random: Math.random,
    ids: () => randomUUID(),
    randomToken: () => randomBytes(32).toString('base64url'),
    countryCode: 'NL',
    mayCall: createMayCall({ allowPrivatePeers: true }),
  }
  const ptp = createPtp({
    ...shared,
    name: 'Plugtill Pay',
    partyId: 'PTP',
    store: stores.ptp,
    send: watch(send),
    node: 'ptp',
    baseUrl: `${atPtp.origin}/ptp/ocpi`,
    settings: { ...defaultSettings, terminalTaps: 0, keySecret: 'bench', chargerSpeed: speed },
    psp: createSimulatedPsp({ clock: wallClock, ledger: openLedger(), random: Math.random }),
    onFault: (fault) => void faults.push({ who: 'ptp', fault }),
  })
  const cpo = createCpo({
    ...shared,
    name: 'Plugtill Charging',
    partyId: 'CPO',
    store: stores.cpo,
    send,
    sites,
    settings: { chargerSpeed: speed },
    baseUrl: `${atCpo.origin}/cpo/ocpi`,
    publicUrl: `${atCpo.origin}/cpo`,
    onFault: (fault) => void faults.push({ who: 'cpo', fault }),
  })
  atPtp.open(ptp.serveOcpi)
  atCpo.open(cpo.serveOcpi)
  await cpo.start()
  ptp.start()
  const stations = chargersOf(cpo, { sites, speed, plan })
  for (const station of stations) station.start()
  const close = async () => {
    for (const station of stations) await station.stop()
    await ptp.stop()
    await cpo.stop()
    await send.close()
    await Promise.all([atPtp.close(), atCpo.close()])
  }
  return { ptp, cpo, faults, close }
}

function chargersOf(cpo: Cpo, { sites, speed, plan }: Pick<PairParts, 'sites' | 'speed' | 'plan'>): readonly Station[] {
  const behaviour = { plan: { ...usualPlan, ...plan } }
  return outletsOf(sites).map(({ id, outlets }) => {
    const { link } = createMemoryLink({ id, clock: wallClock, accept: (end) => cpo.chargers.accept(end) })
    return createStation({
      id,
      clock: wallClock,
      random: Math.random,
      link,
      vendor: 'Plugtill',
      model: 'Simulator',
      connectors: outlets,
      speed,
      behaviour,
    })
  })
}
