/** Many chargers on real WebSockets lose their connections in the same instant, while some of them charge. */
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { usualPlan } from '@plugtill/charger/car'
import { createFleet } from '@plugtill/charger/fleet'
import { createWebSocketLink } from '@plugtill/charger/link.ocpp-rpc'
import type { StationState } from '@plugtill/charger/station-state'
import { createLeanPtp } from '@plugtill/conformance/lean-ptp'
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { createCpo } from '@plugtill/cpo/cpo'
import { wallClock } from '@plugtill/engine/clock'
import { migrate } from '@plugtill/engine/migrate'
import type { Cdr, CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { hashToken } from '@plugtill/ocpi/token'
import type { Send } from '@plugtill/ocpi/wire'
import { adminOf } from '@plugtill/world/call-admin'
import { afterEach, expect, test } from 'vitest'
import { evseUid, SPEED, sitesOf } from '../bench/fleet.ts'
import { type Database, databases } from './rig.ts'
import { audited } from './station-world.ts'

const CPO = 'http://cpo.example/cpo/ocpi'
const PTP = 'http://ptp.example/ptp/ocpi'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function until(what: string, holds: () => boolean, lacking: () => readonly string[] = () => []): Promise<void> {
  const end = Date.now() + 60_000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what}: not within 60 s. Lacking: ${lacking().join(', ')}`)
    await new Promise((done) => setTimeout(done, 20))
  }
}

/** CPO and partner pass each other real OCPI bytes; between CPO and chargers are real sockets. */
async function platforms({ database, stations }: Storm) {
  const store = await database.open('storm')
  await migrate(store)
  const send: Send = (request) => (request.url.startsWith(CPO) ? cpo.serveOcpi(request) : ptp.desk.serve(request))
  const shared = {
    clock: wallClock,
    ids: () => randomUUID(),
    randomToken: () => randomBytes(32).toString('base64url'),
    send,
  }
  const faults: unknown[] = []
  const cpo = createCpo({
    ...shared,
    random: Math.random,
    name: 'Plugtill Charging',
    countryCode: 'NL',
    partyId: 'CPO',
    store,
    sites: sitesOf(stations * 2).sites,
    // Nobody is waited for: each EVSE has to be told as lost, and as back.
    settings: { chargerSpeed: SPEED, stationGraceS: 0 },
    baseUrl: CPO,
    publicUrl: 'http://cpo.example/cpo',
    onFault: (fault) => void faults.push(fault),
  })
  const ptp = createLeanPtp({
    ...shared,
    party: { countryCode: 'NL', partyId: 'PTP', role: 'PTP', name: 'Partner' },
    baseUrl: PTP,
    hash: hashToken,
    patienceMs: 10_000,
    pageSize: 100,
  })
  await cpo.start()
  ends.push(store.close, cpo.stop)
  const invited = { country_code: 'NL', party_id: 'PTP', role: 'PTP' }
  const { versions_url: versionsUrl, token } = await adminOf(cpo.admin).post<{
    readonly versions_url: string
    readonly token: string
  }>('/peers/invite', invited)
  await ptp.desk.handshake.register({ versionsUrl, token })
  return { cpo, ptp, faults }
}

async function entranceOf({ cpo }: Awaited<ReturnType<typeof platforms>>) {
  const sockets = new Set<Duplex>()
  const gate = createChargerGate({
    known: cpo.stations.admission,
    onLink: (link) => cpo.chargers.accept(link),
    onFinding: cpo.onFinding,
  })
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    gate.handleUpgrade(request, socket, head)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  ends.push(() => new Promise((done) => server.close(done)), gate.close)
  const cut = () => {
    const count = sockets.size
    for (const socket of sockets) socket.destroy()
    return count
  }
  return { endpoint: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ocpp`, cut }
}

function stationsAt(endpoint: string, { stations, version }: Storm) {
  const fleet = createFleet({
    clock: wallClock,
    random: Math.random,
    link: ({ id, protocol }) => createWebSocketLink({ id, protocol, endpoint }),
    plans: Array.from({ length: stations }, (_, number) => ({
      id: `BENCH-${number}`,
      protocol: version === 'mixed' ? (number % 10 === 0 ? 'ocpp2.0.1' : 'ocpp1.6') : version,
      password: undefined,
      steps: [],
      repeat: false,
      parts: {
        vendor: 'Plugtill',
        model: 'Simulated',
        speed: SPEED,
        signedMeters: true,
        connectors: [1, 2].map((connectorId) => ({ connectorId, kind: 'AC' as const, maxPowerKw: 22 })),
        behaviour: { plan: { ...usualPlan, after: 50, unplugAfterFullMs: 'never' as const } },
      },
    })),
  })
  fleet.start()
  ends.push(() => fleet.stop())
  const states = () => [...fleet.stations.values()].map((station) => station.state())
  // A meter that runs 60 times as fast may tell more than a slow machine takes in: while a car charges, readings wait.
  const isAway = ({ accepted, connected, queued, connectors }: StationState) =>
    !accepted || !connected || (queued > 0 && connectors.every(({ transactionId }) => transactionId === undefined))
  const away = () =>
    states()
      .filter(isAway)
      .map(({ id, accepted, connected, queued }) => JSON.stringify({ id, accepted, connected, queued }))
  return { fleet, away, allBack: () => away().length === 0 }
}

/** Energy between the two readings of the last record a meter signed. */
function signedWh(data: CdrReceived['signed_data']): number {
  const text = data?.signed_values.at(-1)?.signed_data ?? ''
  const [header, payload = ''] = Buffer.from(text, 'base64').toString('utf8').split('|')
  expect([data?.encoding_method, header]).toEqual(['OCMF', 'OCMF'])
  expect(Buffer.from(data?.public_key ?? '', 'base64').toString('utf8')).toMatch(/^oca:base16:asn1:30/)
  const { RD } = JSON.parse(payload) as { readonly RD: readonly { readonly RV: number }[] }
  return (RD.at(-1)?.RV ?? Number.NaN) - (RD.at(0)?.RV ?? Number.NaN)
}

interface Storm {
  readonly name: string
  readonly database: Database
  readonly version: 'ocpp2.0.1' | 'mixed'
  readonly stations: number
  readonly charging: number
}
const storms = databases.map(
  (database, index): Storm =>
    index === 0
      ? { name: database.name, database, version: 'mixed', stations: 100, charging: 20 }
      : { name: database.name, database, version: 'ocpp2.0.1', stations: 100, charging: 20 },
)

test.each(storms)(
  'on $name, stations of $version: when all reconnect at once every charge goes on, every status is told again, and every Wh is billed',
  async (storm) => {
    const { stations: count, charging: some } = storm
    const both = await platforms(storm)
    const { ptp, faults } = both
    const { endpoint, cut } = await entranceOf(both)
    const { fleet, allBack, away } = stationsAt(endpoint, storm)
    const statuses = () =>
      new Map(ptp.mirror.locations.all().flatMap(({ evses }) => (evses ?? []).map((one) => [one.uid, one.status])))
    const others = () =>
      [...statuses()].filter(([uid, status]) => status !== (charging.has(uid) ? 'CHARGING' : 'AVAILABLE'))
    const asExpected = () => others().length === 0 && statuses().size === count * 2
    const lacking = () => [...away(), ...others().map(([uid, status]) => `${uid} is ${status}`)]
    const charging = new Set<string>()
    await until('all booted', () => allBack() && asExpected(), lacking)
    await until('all is for sale', () => ptp.allOffers().length === count * 2)

    const offers = ptp.allOffers()
    for (let number = 0; number < some; number += 1) charging.add(evseUid(number * 2))
    await Promise.all(offers.filter(({ evse }) => charging.has(evse.uid)).map((offer) => ptp.sales.start(offer)))
    const active = () => ptp.sales.all().filter(({ session }) => session?.status === 'ACTIVE').length
    await until('all charge', () => active() === some && asExpected(), lacking)

    expect(cut()).toBe(count)
    await until('the CPO has noticed', () => [...statuses().values()].includes('UNKNOWN'))
    await until('all are back', () => allBack() && asExpected(), lacking)
    expect(active()).toBe(some)

    const meters = new Map(
      [...charging].map((evse) => {
        const station = fleet.stations.get(`BENCH-${Number(evse.replace('NLPLGEB', '')) / 2}`)!
        const { meterStartWh = Number.NaN } = station.state().connectors[0] ?? {}
        station.stopCharging(1)
        return [evse, (station.state().connectors[0]?.registerWh ?? 0) - meterStartWh]
      }),
    )
    const cdrs = () => ptp.sales.all().flatMap(({ cdr }) => cdr ?? [])
    await until('all are billed', () => cdrs().length === some)
    for (const cdr of cdrs()) audited(cdr as Cdr, SPEED)
    const billed = cdrs().map((cdr) => [cdr.cdr_location.evse_uid, Math.round(cdr.total_energy * 1_000)] as const)
    expect(new Map(billed)).toEqual(meters)
    // What the meters signed went the whole way, and says the same.
    expect(new Map(cdrs().map((cdr) => [cdr.cdr_location.evse_uid, signedWh(cdr.signed_data)]))).toEqual(meters)
    expect(faults).toEqual([])
  },
  180_000,
)
