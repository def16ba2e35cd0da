/** The operator's API of the CPO platform, as a table. Answers use the spelling of OCPI; money stands in minor units. */
import type { AdminCall, AdminTable } from '@plugtill/engine/admin'
import type { Documents } from '@plugtill/engine/documents'
import type { Desk, Engine } from '@plugtill/engine/engine'
import { Fault } from '@plugtill/engine/fault'
import type { Journal } from '@plugtill/engine/journal'
import { deliveriesTo } from '@plugtill/engine/waiting'
import type { ClientParts } from '@plugtill/ocpi/client'
import { exchangesAdmin } from '@plugtill/ocpi/exchanges-admin'
import type { Handshake } from '@plugtill/ocpi/handshake'
import type { PeerWatch } from '@plugtill/ocpi/peer-health'
import type { Party, Peer, PeerStore } from '@plugtill/ocpi/peers'
import { peersAdmin } from '@plugtill/ocpi/peers-admin'
import Type from 'typebox'
import { cdrRoutes } from './admin-cdrs.ts'
import { chargerRoutes } from './admin-chargers.ts'
import { reconciliationRoutes } from './admin-reconciliation.ts'
import { reservationRoutes } from './admin-reservations.ts'
import { sessionRoutes } from './admin-sessions.ts'
import { tokenRoutes } from './admin-tokens.ts'
import { entryRecord, get, Limit, limitOf, post, told } from './admin-words.ts'
import type { CentralSystem } from './chargers/central-system.ts'
import type { Stations } from './chargers/stations.ts'
import type { Reservation, ReservationEvent } from './charging/reservation.ts'
import type { ChargingEvent, ChargingSession } from './charging/session.ts'
import type { Corrections } from './corrections/corrections.ts'
import type { Invoices } from './invoices/invoices.ts'
import type { Reconciliations } from './invoices/reconciliation.ts'
import { ownerOf } from './partners.ts'
import type { Sites } from './sites/configuration.ts'
import type { SiteRegister } from './sites/register.ts'
import type { KnownTerminal, Terminals } from './terminals/terminals.ts'
import type { KnownTokens } from './tokens/known-tokens.ts'

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
  readonly clock: { readonly now: () => number }
  readonly reservations: Desk<Reservation, ReservationEvent>
  readonly chargers: CentralSystem
  readonly stations: Stations
  /** Looks again at what a charger has said, for EVSEs that were not there then. */
  readonly again: (chargerId: string) => Promise<void>
  readonly engine: Engine
  readonly watch: PeerWatch
  /** What partners are asked with. */
  readonly clientParts: ClientParts
  readonly corrections: Corrections
  readonly invoices: Invoices
  readonly reconciliations: Reconciliations
  readonly tokens: Pick<KnownTokens, 'find'>
}

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
  return [
    ...platformRoutes(cpo),
    ...partnerRoutes(cpo),
    ...terminalRoutes(cpo),
    ...sessionRoutes(cpo),
    ...cdrRoutes(cpo),
    ...reconciliationRoutes(cpo),
    ...tokenRoutes(cpo),
    ...chargerRoutes(cpo),
    ...reservationRoutes(cpo),
  ]
}

/** Who we are, and what went wrong. */
export function partyRoutes(cpo: Pick<AdminParts, 'party' | 'baseUrl' | 'journal'>): AdminTable {
  const recent = (kinds: Parameters<Journal['recent']>[1]) => async (call: AdminCall) => ({
    body: (await cpo.journal.recent(limitOf(call), kinds)).map(entryRecord),
  })
  return [
    get('/platform', 'Who we are and where partners find us', async () => ({
      body: {
        role: 'CPO',
        name: cpo.party.name,
        country_code: cpo.party.countryCode,
        party_id: cpo.party.partyId,
        versions_url: `${cpo.baseUrl}/versions`,
      },
    })),
    get('/faults', 'What went wrong, newest first', recent({ kinds: ['fault'] }), { query: Limit }),
  ]
}

function platformRoutes(cpo: AdminParts): AdminTable {
  return [
    ...partyRoutes(cpo),
    get('/locations', 'Our locations with the live status of each EVSE', async () => ({
      body: await cpo.register.locations(),
    })),
    get('/tariffs', 'Our tariffs', async () => ({ body: await cpo.register.tariffs() })),
  ]
}

/** Partners, and what was said with them. */
export function partnerRoutes({
  peers,
  handshake,
  journal,
  engine,
  watch,
  clientParts,
}: Pick<AdminParts, 'peers' | 'handshake' | 'journal' | 'engine' | 'watch' | 'clientParts'>): AdminTable {
  // What is owed to a party outlives one connection with it; sites are told to a connection.
  const [byOwner, byPeer] = [
    deliveriesTo(engine, (peer: Peer) => `peer:${ownerOf(peer)}`),
    deliveriesTo(engine, (peer: Peer) => `peer:${peer.id}`),
  ]
  return [
    ...peersAdmin({
      platform: 'cpo',
      peers,
      handshake,
      health: watch.of,
      deliveries: {
        waiting: async (peer) => [...(await byOwner.waiting(peer)), ...(await byPeer.waiting(peer))],
        retryNow: async (peer) => {
          await byOwner.retryNow(peer)
          await byPeer.retryNow(peer)
        },
      },
    }),
    ...exchangesAdmin({
      client: clientParts,
      recent: (limit, before) => journal.recent(limit, { kinds: ['ocpi'], ...(before !== undefined && { before }) }),
      entry: journal.entry,
    }),
  ]
}

export function terminalRoutes(cpo: Pick<AdminParts, 'terminals' | 'peers' | 'party'>): AdminTable {
  const { terminals } = cpo
  const record = ({ owner: _, peer, ...terminal }: KnownTerminal) => ({ ...terminal, peer })
  return [
    get('/terminals', 'Payment terminals the partners have told us of', async () => ({
      body: (await terminals.list()).map(record),
    })),
    get('/terminals/:id', 'One payment terminal', ({ params }) =>
      told(async () => ({ body: record(await terminals.find(params['id'] ?? '')) })),
    ),
    post('/terminals/pull', 'Fetch the terminals of all partners', () =>
      told(async () => {
        for (const peer of await cpo.peers.list()) if (peer.status === 'registered') await terminals.pull(peer.id)
        return { body: (await terminals.list()).map(record) }
      }),
    ),
    post(
      '/terminals/:id/assign',
      'Say where a terminal sells; the lists replace what was assigned',
      ({ params, body }) =>
        told(async () => {
          const to = body as Type.Static<typeof Assignment>
          return { body: record(await terminals.assign(params['id'] ?? '', to)) }
        }),
      { body: Assignment },
    ),
    post(
      '/terminals/activate',
      'Ask the partner to put a built-in terminal to work',
      ({ body }) =>
        told(async () => {
          const { peer, locations, evses, ...rest } = body as Type.Static<typeof Activation>
          await terminals.activate(peer ?? (await onlyPeer(cpo.peers)), {
            ...rest,
            country_code: cpo.party.countryCode,
            party_id: cpo.party.partyId,
            ...(locations === undefined ? {} : { location_ids: locations }),
            ...(evses === undefined ? {} : { evse_uids: evses }),
          })
          return { status: 202, body: { reference: rest.reference, status: 'requested' } }
        }),
      { body: Activation },
    ),
    post('/terminals/:id/deactivate', 'Take a terminal out of use', ({ params }) =>
      told(async () => ({ body: record(await terminals.deactivate(params['id'] ?? '')) })),
    ),
  ]
}

async function onlyPeer(peers: PeerStore): Promise<string> {
  const registered = (await peers.list()).filter((peer) => peer.status === 'registered')
  const [only] = registered
  if (only !== undefined && registered.length === 1) return only.id
  throw new Fault(
    'PEER_UNKNOWN',
    `${registered.length} partners are registered. Name the one who owns the terminal in "peer".`,
  )
}
