/** The operator's API of the CPO platform, as a table. Answers use the spelling of OCPI; money stands in minor units. */
import type { AdminAnswer, AdminCall, AdminRoute, AdminTable } from '@plugtill/engine/admin'
import type { Documents } from '@plugtill/engine/documents'
import type { Desk } from '@plugtill/engine/engine'
import { Fault } from '@plugtill/engine/fault'
import type { Journal } from '@plugtill/engine/journal'
import { PeerRefused } from '@plugtill/ocpi/ask'
import { Fault as WireFault } from '@plugtill/ocpi/errors'
import type { Handshake } from '@plugtill/ocpi/handshake'
import type { Party, PeerStore } from '@plugtill/ocpi/peers'
import { peersAdmin } from '@plugtill/ocpi/peers-admin'
import { formatDateTime } from '@plugtill/ocpi/types'
import Type from 'typebox'
import type { CentralSystem } from './chargers/central-system.ts'
import { runningMinor } from './charging/cost.ts'
import { CHARGING_STATES, type ChargingEvent, type ChargingSession, type ChargingState } from './charging/session.ts'
import { referenceKey } from './effects/charging-kind.ts'
import type { Invoice } from './invoices/invoice.ts'
import { ADVICES } from './ocpi/payments.receiver.ts'
import { spotsOf, type Sites } from './sites/configuration.ts'
import type { SiteRegister } from './sites/register.ts'
import type { KnownTerminal, Terminals } from './terminals/terminals.ts'

export interface AdminParts {
  readonly party: Party
  readonly baseUrl: string
  readonly peers: PeerStore
  readonly handshake: Handshake
  readonly docs: Documents
  readonly journal: Journal
  readonly register: SiteRegister
  readonly sites: Sites
  readonly terminals: Terminals
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly chargers: CentralSystem
  readonly invoice: (reference: string) => Promise<Invoice | undefined>
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000
const Limit = Type.Object({ limit: Type.Optional(Type.String()), state: Type.Optional(Type.String()) })
const Ids = Type.Array(Type.String({ minLength: 1, maxLength: 36 }), { maxItems: 1000 })
const Assignment = Type.Object({ locations: Type.Optional(Ids), evses: Type.Optional(Ids) })
const Activation = Type.Object({
  peer: Type.Optional(Type.String()),
  reference: Type.String({ minLength: 1, maxLength: 36 }),
  customer_reference: Type.Optional(Type.String({ maxLength: 36 })),
  locations: Type.Optional(Ids),
  evses: Type.Optional(Ids),
  address: Type.Optional(Type.String({ maxLength: 45 })),
  city: Type.Optional(Type.String({ maxLength: 45 })),
  postal_code: Type.Optional(Type.String({ maxLength: 10 })),
  country: Type.Optional(Type.String({ maxLength: 3 })),
})

export function adminTable(cpo: AdminParts): AdminTable {
  return [...platformRoutes(cpo), ...peersAdmin({ platform: 'cpo', peers: cpo.peers, handshake: cpo.handshake }), ...terminalRoutes(cpo), ...sessionRoutes(cpo)]
}

const get = (path: string, summary: string, run: AdminRoute['run'], more: Partial<AdminRoute> = {}): AdminRoute => ({ method: 'GET', path, summary, run, ...more })
const post = (path: string, summary: string, run: AdminRoute['run'], more: Partial<AdminRoute> = {}): AdminRoute => ({ method: 'POST', path, summary, run, ...more })
const notFound = (what: string, id: string | undefined): AdminAnswer => ({ status: 404, body: { error: 'unknown', message: `No ${what} "${id}".` } })

function limitOf({ query }: AdminCall): number {
  const limit = Number(query['limit'] ?? DEFAULT_LIMIT)
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT
}

/** What went wrong on the way to a partner, or with what was asked, is an answer to the operator. */
async function told(act: () => Promise<AdminAnswer>): Promise<AdminAnswer> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof PeerRefused || error instanceof WireFault) return { status: 502, body: { error: 'partner', message: error.message } }
    if (error instanceof Fault) return { status: error.code.endsWith('_UNKNOWN') ? 404 : 409, body: { error: error.code.toLowerCase(), message: error.message } }
    throw error
  }
}

function platformRoutes(cpo: AdminParts): AdminTable {
  const recent = (kinds: Parameters<Journal['recent']>[1]) => async (call: AdminCall) => ({ body: (await cpo.journal.recent(limitOf(call), kinds)).map(entryRecord) })
  return [
    get('/platform', 'Who we are and where partners find us', async () => ({
      body: {
        role: 'CPO', name: cpo.party.name, country_code: cpo.party.countryCode, party_id: cpo.party.partyId,
        versions_url: `${cpo.baseUrl}/versions`,
      },
    })),
    get('/locations', 'Our locations with the live status of each EVSE', async () => ({ body: await cpo.register.locations() })),
    get('/tariffs', 'Our tariffs', async () => ({ body: await cpo.register.tariffs() })),
    get('/chargers', 'Charging stations and whether they are connected', async () => ({ body: chargerRecords(cpo) })),
    get('/exchanges', 'OCPI messages, newest first', recent({ kinds: ['ocpi'] }), { query: Limit }),
    get('/faults', 'What went wrong, newest first', recent({ kinds: ['fault'] }), { query: Limit }),
  ]
}

function terminalRoutes(cpo: AdminParts): AdminTable {
  const { terminals } = cpo
  const record = ({ peer, ...terminal }: KnownTerminal) => ({ ...terminal, peer })
  return [
    get('/terminals', 'Payment terminals the partners have told us of', async () => ({ body: (await terminals.list()).map(record) })),
    get('/terminals/:id', 'One payment terminal', ({ params }) => told(async () => ({ body: record(await terminals.find(params['id'] ?? '')) }))),
    post('/terminals/pull', 'Fetch the terminals of all partners', () => told(async () => {
      for (const peer of await cpo.peers.list()) if (peer.status === 'registered') await terminals.pull(peer.id)
      return { body: (await terminals.list()).map(record) }
    })),
    post('/terminals/:id/assign', 'Say where a terminal sells; the lists replace what was assigned', ({ params, body }) => told(async () => {
      const to = body as Type.Static<typeof Assignment>
      return { body: record(await terminals.assign(params['id'] ?? '', to)) }
    }), { body: Assignment }),
    post('/terminals/activate', 'Ask the partner to put a built-in terminal to work', ({ body }) => told(async () => {
      const { peer, locations, evses, ...rest } = body as Type.Static<typeof Activation>
      await terminals.activate(peer ?? (await onlyPeer(cpo.peers)), {
        ...rest,
        country_code: cpo.party.countryCode, party_id: cpo.party.partyId,
        ...(locations === undefined ? {} : { location_ids: locations }),
        ...(evses === undefined ? {} : { evse_uids: evses }),
      })
      return { status: 202, body: { reference: rest.reference, status: 'requested' } }
    }), { body: Activation }),
    post('/terminals/:id/deactivate', 'Take a terminal out of use', ({ params }) => told(async () => ({ body: record(await terminals.deactivate(params['id'] ?? '')) }))),
  ]
}

async function onlyPeer(peers: PeerStore): Promise<string> {
  const registered = (await peers.list()).filter((peer) => peer.status === 'registered')
  if (registered.length === 1) return registered[0]!.id
  throw new Fault('PEER_UNKNOWN', `${registered.length} partners are registered. Name the one who owns the terminal in "peer".`)
}

function sessionRoutes(cpo: AdminParts): AdminTable {
  const find = async (name: string) => {
    const byId = await cpo.charging.find(name)
    if (byId !== undefined) return byId
    for (const peer of await cpo.peers.list()) {
      const session = await cpo.charging.find(referenceKey(peer.id, name))
      if (session !== undefined) return session
    }
    return undefined
  }
  const texts = async (shelf: string, call: AdminCall) => (await cpo.docs.all(shelf)).slice(-limitOf(call)).reverse().map((doc) => JSON.parse(doc.body) as unknown)
  return [
    get('/sessions', 'Charging sessions, newest first', async (call) => {
      const state = call.query['state'] as ChargingState | undefined
      if (state !== undefined && !CHARGING_STATES.includes(state)) return { status: 400, body: { error: 'unknown-state', message: `"${state}" is no state. Use one of: ${CHARGING_STATES.join(', ')}.` } }
      const sessions = await cpo.charging.list({ limit: limitOf(call), ...(state === undefined ? {} : { states: [state] }) })
      return { body: sessions.map(sessionRecord) }
    }, { query: Limit }),
    get('/sessions/:id', 'One charging session, by id or authorization reference, with what happened', async ({ params }) => {
      const session = await find(params['id'] ?? '')
      if (session === undefined) return notFound('session', params['id'])
      const entries = await cpo.journal.of(session.reference ?? session.id)
      const states = (await cpo.charging.history(session.id)).filter((event) => event.verdict !== 'ignored' && event.type !== 'metered')
      const timeline = [
        ...entries.map((entry) => ({ ...entryRecord(entry), at: entry.at })),
        ...states.map((event) => ({ at: event.at, kind: 'state', event: event.type, from: event.from, to: event.to, verdict: event.verdict, ...(event.reason === undefined ? {} : { reason: event.reason }) })),
      ].sort((a, b) => a.at - b.at).map((entry) => ({ ...entry, at: formatDateTime(entry.at) }))
      return { body: { ...sessionRecord(session), timeline } }
    }),
    get('/cdrs', 'Charge detail records, newest first', async (call) => ({ body: await texts('cdrs', call) }), { query: Limit }),
    get('/advices', 'Financial advice confirmations, newest first', async (call) => ({ body: await texts(ADVICES, call) }), { query: Limit }),
    get('/invoices/:reference', 'The invoice of one session as data', async ({ params }) => {
      const invoice = await cpo.invoice(params['reference'] ?? '')
      return invoice === undefined ? notFound('invoice', params['reference']) : { body: invoice }
    }),
  ]
}

function sessionRecord(session: ChargingSession) {
  const { place, meter } = session
  return {
    id: session.id,
    peer: session.peerId,
    reference: session.reference ?? null,
    state: session.state,
    location_id: place.locationId,
    evse_uid: place.evseUid,
    connector_id: place.connectorId,
    charger_id: place.chargerId,
    created_at: formatDateTime(session.createdAt),
    started_at: meter === undefined ? null : formatDateTime(meter.startAt),
    ended_at: session.endedAt === undefined ? null : formatDateTime(session.endedAt),
    stop_reason: session.stopReason ?? null,
    energy_wh: meter === undefined ? 0 : meter.energyWh - meter.startWh,
    power_w: meter?.powerW ?? null,
    soc: session.soc ?? null,
    cost: { amount_minor: runningMinor(session), currency: session.tariff.currency },
    tariff_id: session.tariff.id,
    cdr_id: session.cdr === undefined ? null : session.cdrId,
    cdr_acknowledged: session.cdrUrl !== undefined,
    advice: session.advice === undefined ? null : { id: session.advice.id, status: session.advice.capture_status_code },
  }
}

function chargerRecords(cpo: AdminParts) {
  const spots = spotsOf(cpo.sites)
  return [...new Set(spots.map(({ connector }) => connector.charger.id))].map((id) => ({
    id,
    connected: cpo.chargers.online(id),
    connectors: spots.filter(({ connector }) => connector.charger.id === id).map(({ site, evse, connector }) => ({
      connector: connector.charger.connector, location_id: site.id, evse_uid: evse.uid, connector_id: connector.id,
    })),
  }))
}

function entryRecord({ at, kind, reference, body }: Awaited<ReturnType<Journal['recent']>>[number]) {
  return { ...body, at: formatDateTime(at), kind, ...(reference === '' ? {} : { reference }) }
}
