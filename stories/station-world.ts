/** The CPO platform with a partner and stations over real WebSockets, on a clock that can be moved on. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ChargerGate, createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { type Cpo, createCpo } from '@plugtill/cpo/cpo'
import type { CpoSettings } from '@plugtill/cpo/settings'
import type { Site, SiteEvse, Sites } from '@plugtill/cpo/sites/configuration'
import { demoSites } from '@plugtill/cpo/sites/demo'
import { migrate } from '@plugtill/engine/migrate'
import type { Store } from '@plugtill/engine/store'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { commands, type StartSession } from '@plugtill/ocpi/modules/commands'
import type { Send, Serve } from '@plugtill/ocpi/wire'
import { auditCdr } from '@plugtill/pricing/audit'
import { adminOf } from '@plugtill/world/call-admin'
import { type Drivers, type FakePtp, fakePtp } from '../packages/cpo/test/fake-ptp.ts'

const CPO_URL = 'https://cpo.example'
const ZONE = 'Europe/Amsterdam'

/** One EVSE of 22 kW for each station, named like it. */
export function sitesOf(stations: readonly string[]): Sites {
  const evses = stations.map(
    (id): SiteEvse => ({
      uid: `E-${id}`,
      evse_id: `NL*PLG*E${id}`,
      capabilities: ['REMOTE_START_STOP_CAPABLE', 'RESERVABLE'],
      connectors: [
        {
          id: '1',
          standard: 'IEC_62196_T2',
          format: 'SOCKET',
          power_type: 'AC_3_PHASE',
          max_voltage: 400,
          max_amperage: 32,
          max_electric_power: 22_000,
          tariff_ids: ['AC-ADHOC'],
          charger: { id, connector: 1 },
        },
      ],
    }),
  )
  const site: Site = { ...demoSites.locations[0]!, id: 'LOC', time_zone: ZONE, evses }
  return { ...demoSites, locations: [site] }
}

export interface StationWorld {
  readonly cpo: Cpo
  readonly ptp: FakePtp
  readonly port: number
  readonly admin: ReturnType<typeof adminOf>
  /** Where stations come in, for another port than ours. */
  readonly gate: ChargerGate
  /** One more partner; with drivers it is a mobility provider. */
  readonly partner: (name: string, drivers?: Drivers) => Promise<FakePtp>
  readonly now: () => string
  /** Lets so much time pass at once for everybody. */
  readonly jump: (ms: number) => void
  readonly until: <T>(what: string, look: () => T | undefined | Promise<T | undefined>) => Promise<T>
  readonly start: (station: string, change?: Partial<StartSession>) => Promise<string>
  readonly resultOf: (id: string) => Promise<string>
  readonly cdrOf: (reference: string) => Promise<Cdr>
  readonly faults: () => readonly string[]
  readonly close: () => Promise<void>
}

export async function stationWorld(parts: {
  readonly store: Store
  readonly sites: Sites
  readonly settings?: Partial<CpoSettings>
  readonly commandTimeoutMs?: number
}): Promise<StationWorld> {
  const { clock, jump } = movedClock()
  await migrate(parts.store, clock)
  const network = new Map<string, Serve>()
  const send: Send = (request) => network.get(new URL(request.url).origin)!(request)
  const faults: { readonly code: string }[] = []
  let count = 0
  const cpo = createCpo({
    ...{ name: 'Plugtill Charging', countryCode: 'NL', partyId: 'PLG', store: parts.store, clock, send },
    random: () => 0.5,
    ids: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    randomToken: () => `token${String(++count).padStart(38, '0')}`,
    ...{ baseUrl: `${CPO_URL}/cpo/ocpi`, publicUrl: CPO_URL, sites: parts.sites },
    settings: { greetingDelayS: 0, ...parts.settings },
    centralSystem: { commandTimeoutMs: parts.commandTimeoutMs ?? 10_000 },
    onFault: (fault) => void faults.push(fault as { readonly code: string }),
  })
  network.set(CPO_URL, cpo.serveOcpi)
  await cpo.start()
  const gate = createChargerGate({
    known: cpo.stations.admission,
    onLink: (link) => cpo.chargers.accept(link),
    onFinding: cpo.onFinding,
  })
  const http = createServer()
  http.on('upgrade', (request, socket, head) => void gate.handleUpgrade(request, socket, head))
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const admin = adminOf(cpo.admin)
  const around = { send, clock, network }
  const ptp = await partnerOf(cpo, around)
  const speed = parts.settings?.chargerSpeed ?? 1
  const world = { ptp, faults, speed, now: () => new Date(clock.now()).toISOString() }
  return {
    cpo,
    admin,
    gate,
    partner: (name, drivers) => partnerOf(cpo, around, { name, ...(drivers && { drivers }) }),
    ...actsOf(world),
    port: (http.address() as AddressInfo).port,
    jump,
    close: async () => {
      await cpo.stop()
      await gate.close()
      http.closeAllConnections()
      await new Promise((done) => http.close(done))
      await parts.store.close()
    },
  }
}

/** Real time, and as much of it beyond as a story skips. */
function movedClock() {
  let ahead = 0
  const clock = {
    now: () => Date.now() + ahead,
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const jump = (ms: number) => {
    ahead += ms
  }
  return { clock, jump }
}

async function partnerOf(
  cpo: Cpo,
  { send, clock, network }: { send: Send; clock: { now: () => number }; network: Map<string, Serve> },
  who: { readonly name?: string; readonly drivers?: Drivers } = {},
): Promise<FakePtp> {
  const ptp = fakePtp({ send, clock, ...who })
  network.set(ptp.origin, ptp.serve)
  const { versions_url, token } = await adminOf(cpo.admin).post<{ versions_url: string; token: string }>(
    '/peers/invite',
    { country_code: 'DE', party_id: ptp.partyId },
  )
  ptp.cpoId = (await ptp.handshake.register({ versionsUrl: versions_url, token })).id
  return ptp
}

let answers = 0
const nextId = () => `a-${++answers}`

function actsOf({
  ptp,
  faults,
  speed,
  now,
}: Pick<StationWorld, 'ptp' | 'now'> & {
  readonly faults: readonly { readonly code: string }[]
  readonly speed: number
}) {
  const until: StationWorld['until'] = async (what, look) => {
    for (let tries = 0; tries < 800; tries++) {
      const found = await look()
      if (found !== undefined && found !== false) return found
      await new Promise((done) => setTimeout(done, 10))
    }
    throw new Error(`${what} did not come true`)
  }
  return {
    ptp,
    now,
    until,
    faults: () => faults.map(({ code }) => code),
    start: async (station: string, change: Partial<StartSession> = {}) => {
      const id = nextId()
      const body = { response_url: responseUrl(id), token: tokenOf(id), location_id: 'LOC', evse_uid: `E-${station}` }
      const { data } = await commandsOf(ptp).startSession({ body: { ...body, authorization_reference: id, ...change } })
      return data.result === 'ACCEPTED' ? id : data.result
    },
    resultOf: (id: string) =>
      until(`the result of ${id}`, () => {
        const told = ptp.told.find(({ what, body }) => what === 'result' && body['id'] === id)
        return told && String(told.body['result'])
      }),
    cdrOf: async (reference: string) => {
      const told = await until(`the CDR of ${reference}`, () =>
        ptp.told.find(({ what, body }) => what === 'cdr' && body['authorization_reference'] === reference),
      )
      return audited(told.body as unknown as Cdr, speed)
    },
  }
}

/** Every CDR of a story with energy in it is what an independent audit makes of it. */
export function audited(cdr: Cdr, speed = 1): Cdr {
  if (cdr.total_energy === 0) return cdr
  const audit = auditCdr(cdr, { timeZone: ZONE, maxPowerKw: 22 * 1.25 * speed })
  assert.deepEqual(
    audit.findings.filter(({ severity }) => severity === 'error'),
    [],
  )
  assert.ok(audit.ok, `the total of CDR ${cdr.id} is not that of its periods`)
  return cdr
}

export const responseUrl = (id: string): string => `https://ptp.example/ocpi/2.3.0/sender/commands/${id}`
export const commandsOf = (ptp: FakePtp) => ptp.client.of({ id: ptp.cpoId }, commands, 'receiver')
export const newAnswer = (): { readonly id: string; readonly response_url: string } => {
  const id = nextId()
  return { id, response_url: responseUrl(id) }
}

export const tokenOf = (uid: string): StartSession['token'] => ({
  country_code: 'DE',
  party_id: 'PAY',
  uid,
  type: 'AD_HOC_USER',
  contract_id: uid,
  issuer: 'Pay GmbH',
  valid: true,
  whitelist: 'NEVER',
  last_updated: '2030-01-15T10:00:00Z',
})
