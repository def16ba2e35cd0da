/** The operator's API of the PTP platform, as a table. Names and shapes are promised in docs/reference/interfaces.md. */

import type { AdminCall, AdminTable } from '@plugtill/engine/admin'
import type { Engine } from '@plugtill/engine/engine'
import { deliveriesTo } from '@plugtill/engine/waiting'
import type { ClientParts } from '@plugtill/ocpi/client'
import { exchangesAdmin } from '@plugtill/ocpi/exchanges-admin'
import type { Handshake } from '@plugtill/ocpi/handshake'
import type { PeerWatch } from '@plugtill/ocpi/peer-health'
import { type Party, type PeerStore, VERSIONS } from '@plugtill/ocpi/peers'
import { peersAdmin } from '@plugtill/ocpi/peers-admin'
import Type from 'typebox'
import { contractRows } from './admin-contracts.ts'
import { paymentRows, recordOf } from './admin-payments.ts'
import { reconciliationRows } from './admin-reconciliation.ts'
import { resolveRows } from './admin-resolve.ts'
import { readerRows, terminalRows } from './admin-terminals.ts'
import { Id, limitOf, row } from './admin-words.ts'
import type { Changes } from './changes.ts'
import type { Link, LinkParts } from './link/link.ts'
import type { Readers } from './terminals/readers.ts'

export interface AdminParts extends LinkParts {
  readonly link: Link
  readonly party: Party
  readonly baseUrl: string
  readonly handshake: Handshake
  readonly peers: PeerStore
  readonly changes: Changes
  readonly readers: Readers
  readonly engine: Engine
  readonly watch: PeerWatch
  /** What partners are asked with. */
  readonly clientParts: ClientParts
  /** Whether a terminal is ours. */
  readonly ownsTerminal: (terminalId: string) => Promise<boolean>
  readonly pspLedger?: () => Promise<readonly object[]>
}

const Tap = Type.Object({
  terminal: Id,
  evse: Id,
  connector: Type.Optional(Id),
  card: Type.Optional(Id),
  language: Type.Optional(Type.String({ maxLength: 2 })),
  maximum_minor: Type.Optional(Type.Integer({ minimum: 1 })),
  tap_id: Type.Optional(Id),
})
const Stop = Type.Object({ terminal: Id, reference: Id, card: Type.Optional(Id) })

export function adminTable(parts: AdminParts): AdminTable {
  return [
    row('GET', '/platform', { summary: 'What this platform is', run: async () => ({ body: platform(parts) }) }),
    ...partnerRows(parts),
    ...terminalRows(parts),
    ...readerRows(parts),
    ...paymentRows(parts),
    ...driverRows(parts),
    ...resolveRows(parts),
    ...contractRows(parts),
    ...reconciliationRows(parts),
    ...mirrorRows(parts),
  ]
}

/** The first card of the tray: an approved one in the sandbox, the reader itself with a real provider. */
const defaultCard = ({ settings }: AdminParts) => settings.cardTray[0] ?? 'approved'

const platform = ({ party, baseUrl, psp }: AdminParts) => ({
  platform: 'ptp',
  name: party.name,
  role: party.role,
  country_code: party.countryCode,
  party_id: party.partyId,
  versions_url: `${baseUrl}/versions`,
  versions: VERSIONS,
  psp: psp.name,
})

/** What drivers do at a terminal, done from here. */
function driverRows(parts: AdminParts): AdminTable {
  return [
    row('POST', '/payments/tap', {
      summary: 'What the driver does: choose, accept the price, tap',
      body: Tap,
      run: async ({ body }) => {
        const { terminal, evse, connector, card, language, maximum_minor, tap_id } = body as Type.Static<typeof Tap>
        const tapped = await parts.link.tap(terminal, {
          locationId: '',
          evseUid: evse,
          connectorId: connector ?? '',
          card: card ?? defaultCard(parts),
          language: language ?? 'en',
          ...(maximum_minor !== undefined && { maximumMinor: maximum_minor }),
          tapId: tap_id ?? parts.ids(),
        })
        return { status: 201, body: await recordOf(parts, tapped.reference) }
      },
    }),
    row('POST', '/payments/stop', {
      summary: 'The driver stops at the terminal with the same card',
      body: Stop,
      run: async ({ body }) => {
        const { terminal, reference, card } = body as Type.Static<typeof Stop>
        const stopped = await parts.link.stop(terminal, { reference, card: card ?? defaultCard(parts) })
        return { body: await recordOf(parts, stopped.reference) }
      },
    }),
  ]
}

function mirrorRows({ mirror, journal }: AdminParts): AdminTable {
  return [
    row('GET', '/locations', {
      summary: 'Locations mirrored from all CPOs',
      run: async () => ({ body: await mirror.locations() }),
    }),
    row('GET', '/tariffs', {
      summary: 'Tariffs mirrored from all CPOs',
      run: async () => ({ body: await mirror.tariffs() }),
    }),
    row('GET', '/faults', {
      summary: 'What went wrong and was kept, newest first',
      run: async (call: AdminCall) => ({
        body: (await journal.recent(limitOf(call), { kinds: ['fault'] })).map(({ seq, at, reference, kind, body }) => ({
          ...body,
          seq,
          at: new Date(at).toISOString(),
          reference: reference || null,
          kind,
        })),
      }),
    }),
  ]
}

/** Partners, and what was said with them. */
function partnerRows(parts: AdminParts): AdminTable {
  const { peers, handshake, watch, journal, engine, clientParts } = parts
  return [
    ...peersAdmin({
      platform: 'ptp',
      peers,
      handshake,
      health: watch.of,
      deliveries: deliveriesTo(engine, laneOfPeer),
    }),
    ...exchangesAdmin({
      client: clientParts,
      recent: (limit, before) => journal.recent(limit, { kinds: ['ocpi'], ...(before !== undefined && { before }) }),
      entry: journal.entry,
    }),
  ]
}

const laneOfPeer = ({ id }: { readonly id: string }) => `cpo:${id}:`
