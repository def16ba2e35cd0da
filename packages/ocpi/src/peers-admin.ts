/** What an operator can do with partners, as rows of an admin table: the same on every platform. (B.3) */
import Type from 'typebox'
import { PeerRefused } from './client.ts'
import { Fault, OcpiError } from './errors.ts'
import type { Handshake } from './handshake.ts'
import type { PeerHealth } from './peer-health.ts'
import { type Peer, type PeerStore, VERSIONS } from './peers.ts'

interface PeersAdminCall {
  readonly params: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface PeersAdminRow {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly body?: object
  readonly run: (call: PeersAdminCall) => Promise<{ readonly status?: number; readonly body: unknown }>
}

export interface PeersAdminParts {
  /** Name of the platform in the answers: `ptp` or `cpo`. */
  readonly platform: string
  readonly peers: PeerStore
  readonly handshake: Handshake
  readonly health: (peerId: string) => PeerHealth | undefined
  /** What waits to be delivered to this partner, and how to try it at once. */
  readonly deliveries: {
    readonly waiting: (peer: Peer) => Promise<readonly Delivery[]>
    readonly retryNow: (peer: Peer) => Promise<void>
  }
}

/** One message that has not arrived yet. */
export interface Delivery {
  readonly name: string
  readonly of: string
  readonly attempts: number
  readonly due_at: string
  readonly last_error: string | null
}

const Version = Type.Enum([...VERSIONS] as [...typeof VERSIONS])
/** Modules the partner is not offered, such as `payments` on a 2.2.1 connection that did not agree to it. (E-04) */
const Without = Type.Array(Type.String({ maxLength: 40 }), { maxItems: 20 })
const PartyName = Type.Object({
  country_code: Type.String({ minLength: 2, maxLength: 2 }),
  party_id: Type.String({ minLength: 1, maxLength: 3 }),
})
const Invite = Type.Object({
  ...PartyName.properties,
  /** Further parties of the same platform, or behind the same hub. (B-09, A-77) */
  also: Type.Optional(Type.Array(PartyName, { maxItems: 100 })),
  role: Type.Optional(Type.String()),
  version: Type.Optional(Version),
  without: Type.Optional(Without),
})
const Register = Type.Object({
  versions_url: Type.String(),
  token: Type.String(),
  version: Type.Optional(Version),
  without: Type.Optional(Without),
})
const Rotate = Type.Object({ version: Type.Optional(Version) })

/** The partner as the admin API and the command line show it: no token in it. */
export function peerRecord(platform: string, peer: Peer) {
  return {
    id: peer.id,
    platform,
    status: peer.status === 'registering' ? 'invited' : peer.status,
    version: peer.version ?? peer.versionWanted ?? null,
    versions_url: peer.versionsUrl ?? null,
    roles: peer.roles,
    bound: peer.bound
      ? { country_code: peer.bound.countryCode, party_id: peer.bound.partyId, role: peer.bound.role }
      : null,
    endpoints: peer.endpoints,
    without: peer.without ?? [],
    updated_at: new Date(peer.updatedAt).toISOString(),
  }
}

/** An act that the partner or its network made fail is an answer to the operator, not a crash: 502 with the words. */
async function told(act: () => Promise<{ readonly status?: number; readonly body: unknown }>) {
  try {
    return await act()
  } catch (error) {
    if (error instanceof PeerRefused || error instanceof Fault)
      return { status: 502, body: { error: 'partner', message: error.message } }
    if (error instanceof OcpiError) return { status: 409, body: { error: 'refused', message: error.message } }
    throw error
  }
}

type WithPeer = (
  id: string | undefined,
  act: (peer: Peer) => Promise<Peer>,
) => Promise<{ readonly status?: number; readonly body: unknown }>

export function peersAdmin(parts: PeersAdminParts): readonly PeersAdminRow[] {
  return [...peerRows(parts, peerFinder(parts)), ...deliveryRows(parts)]
}

function peerFinder({ platform, peers, health }: PeersAdminParts): WithPeer {
  return (id, act) =>
    told(async () => {
      const peer = id === undefined ? undefined : await peers.get(id)
      return peer
        ? { body: { ...peerRecord(platform, await act(peer)), health: health(peer.id) ?? null } }
        : unknownPeer(platform, id)
    })
}

const unknownPeer = (platform: string, id: string | undefined) => ({
  status: 404,
  body: {
    error: 'unknown-peer',
    message: `No partner "${id}". "plugtill peers list --platform ${platform}" names them.`,
  },
})

function peerRows(
  { platform, peers, handshake, health }: PeersAdminParts,
  withPeer: WithPeer,
): readonly PeersAdminRow[] {
  return [
    {
      method: 'GET',
      path: '/peers',
      summary: 'All partners of this platform',
      run: async () => ({
        body: (await peers.list()).map((peer) => ({ ...peerRecord(platform, peer), health: health(peer.id) ?? null })),
      }),
    },
    {
      method: 'POST',
      path: '/peers/invite',
      summary: 'Make token A for a partner who will start the handshake',
      body: Invite,
      run: ({ body }) =>
        told(async () => {
          const { country_code, party_id, also = [], role, version, without } = body as Type.Static<typeof Invite>
          const { id, versionsUrl, token } = await handshake.invite({
            countryCode: country_code,
            partyId: party_id,
            also: also.map((one) => ({ countryCode: one.country_code, partyId: one.party_id })),
            role,
            version,
            without,
          })
          return { status: 201, body: { id, versions_url: versionsUrl, token } }
        }),
    },
    {
      method: 'POST',
      path: '/peers/:id/invite',
      summary:
        'Make a new token A for a partner whose tokens are lost; its connection keeps its id and all that belongs to it',
      run: ({ params }) =>
        told(async () => {
          const peer = await peers.get(params['id'] ?? '')
          if (peer === undefined) return unknownPeer(platform, params['id'])
          const { id, versionsUrl, token } = await handshake.inviteAgain(peer.id)
          return { status: 201, body: { id, versions_url: versionsUrl, token } }
        }),
    },
    {
      method: 'POST',
      path: '/peers/register',
      summary: 'Start the handshake with a partner who gave us a token',
      body: Register,
      run: ({ body }) =>
        told(async () => {
          const { versions_url, token, version, without } = body as Type.Static<typeof Register>
          return {
            status: 201,
            body: peerRecord(
              platform,
              await handshake.register({ versionsUrl: versions_url, token, version, without }),
            ),
          }
        }),
    },
    {
      method: 'GET',
      path: '/peers/:id',
      summary: 'One partner',
      run: ({ params }) => withPeer(params['id'], async (peer) => peer),
    },
    {
      method: 'POST',
      path: '/peers/:id/rotate',
      summary: 'Renew both tokens by PUT credentials; with a version the connection moves to it',
      body: Rotate,
      run: ({ params, body }) =>
        withPeer(params['id'], (peer) =>
          handshake.rotate(peer.id, (body as Type.Static<typeof Rotate> | undefined)?.version),
        ),
    },
    {
      method: 'DELETE',
      path: '/peers/:id',
      summary: 'Unregister by DELETE credentials',
      run: ({ params }) => withPeer(params['id'], (peer) => handshake.unregister(peer.id)),
    },
  ]
}

function deliveryRows({ platform, peers, deliveries }: PeersAdminParts): readonly PeersAdminRow[] {
  const ofPeer = (id: string | undefined, act: (peer: Peer) => Promise<void>) =>
    told(async () => {
      const peer = id === undefined ? undefined : await peers.get(id)
      if (peer === undefined) return unknownPeer(platform, id)
      await act(peer)
      return { body: await deliveries.waiting(peer) }
    })
  return [
    {
      method: 'GET',
      path: '/peers/:id/deliveries',
      summary: 'What waits to be delivered to this partner, with the last error',
      run: ({ params }) => ofPeer(params['id'], async () => undefined),
    },
    {
      method: 'POST',
      path: '/peers/:id/retry',
      summary: 'Try at once what waits to be delivered to this partner',
      run: ({ params }) => ofPeer(params['id'], deliveries.retryNow),
    },
  ]
}
