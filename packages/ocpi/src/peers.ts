/** The record of a partner platform (one connection) and the port through which it is kept. */
import type { CredentialsRole } from './modules/credentials.ts'
import { sameCi } from './types.ts'
import { type Agreed, SPOKEN, type SpokenVersion } from './versions/codec.ts'

/** The versions a connection can run on, best first. (E-44) */
export const VERSIONS = SPOKEN
/** The version a connection runs on. (E-44) */
export type VersionNumber = SpokenVersion

/** A party within a platform: country code and party id, compared case-insensitively. */
export interface PartyId {
  readonly countryCode: string
  readonly partyId: string
}

/** The party this platform speaks for. */
export interface Party extends PartyId {
  readonly role: 'PTP' | 'CPO'
  readonly name: string
  readonly website?: string
  /** Overrides the role string in our credentials object; default: PTP in 2.3.0, EMSP in 2.2.1. (E-02) */
  readonly roleSent?: string
  /** Further parties on this platform, each with its own role. (B-09, A-70) */
  readonly also?: readonly Party[]
}

/** Every party this platform speaks for, the first one first. */
export const partiesHere = (party: Party): readonly Party[] => [party, ...(party.also ?? [])]

/** A token we issued: only its SHA-256 is kept. (E-42) */
export interface TokenIn {
  readonly hash: string
  /** A: invitation, versions and credentials only. B: we started the handshake. C: the partner started it. (B.3) */
  readonly kind: 'A' | 'B' | 'C'
  /** Not valid from this moment on, in ms. */
  readonly until?: number
  /** Sent in a POST or PUT that is not answered yet: valid, but may be dropped again. (B-15, E-37) */
  readonly pending?: true
}

export interface PeerEndpoint {
  readonly identifier: string
  readonly role: string
  readonly url: string
}

export type PeerStatus = 'invited' | 'registering' | 'registered' | 'removed'

export interface Peer {
  readonly id: string
  readonly status: PeerStatus
  readonly version?: VersionNumber
  /** The partner's versions endpoint. */
  readonly versionsUrl?: string
  readonly roles: readonly CredentialsRole[]
  readonly endpoints: readonly PeerEndpoint[]
  /** What we send; it must be readable, so it is kept as it is. */
  readonly tokenOut?: string
  readonly tokensIn: readonly TokenIn[]
  /** The role the invitation was made for; others are refused. (E-50) */
  readonly bound?: PartyId & {
    readonly role?: string
    /** Further parties of the same platform. */
    readonly also?: readonly PartyId[]
  }
  /** Only this version may be used, as agreed with the invitation. */
  readonly versionWanted?: VersionNumber
  /** Modules we do not offer this partner, such as `payments` where it was not agreed on. (B-07, E-04) */
  readonly without?: readonly string[]
  /** The connection that ends once this one is registered. (E-39, E-43) */
  readonly replaces?: string
  /** How our token travels: Base64 unless the partner wants it raw. (A-03, E-41) */
  readonly tokenForm?: 'base64' | 'raw'
  /** The partner is a hub: the party to address when it is meant itself. */
  readonly hub?: PartyId
  /** Parties behind a hub that does not name them in its roles: those of hubclientinfo in 2.2.1. */
  readonly behind?: readonly PartyId[]
  /** Origins besides those of its endpoints to which calls with its token may go. (E-49) */
  readonly origins?: readonly string[]
  /** When the connection was begun, agreed on, renewed or ended; an attempt that failed does not count. */
  readonly updatedAt: number
}

export interface PeerStore {
  readonly get: (id: string) => Promise<Peer | undefined>
  /** Finds the peer one of whose `tokensIn` has this hash. */
  readonly byTokenHash: (hash: string) => Promise<Peer | undefined>
  readonly list: () => Promise<readonly Peer[]>
  readonly save: (peer: Peer) => Promise<void>
}

/** A store that forgets, for tests and short-lived tools. */
export function memoryPeers(initial: readonly Peer[] = []): PeerStore {
  const peers = new Map(initial.map((peer) => [peer.id, peer]))
  return {
    get: async (id) => peers.get(id),
    byTokenHash: async (hash) => {
      for (const peer of peers.values()) if (peer.tokensIn.some((token) => token.hash === hash)) return peer
      return undefined
    },
    list: async () => [...peers.values()],
    save: async (peer) => void peers.set(peer.id, peer),
  }
}

/** The distinct parties among a peer's roles, upper case. (E-46) */
export function partiesOf(peer: Peer): readonly PartyId[] {
  const found = new Map<string, PartyId>()
  for (const role of peer.roles) {
    const party = { countryCode: role.country_code.toUpperCase(), partyId: role.party_id.toUpperCase() }
    found.set(`${party.countryCode}*${party.partyId}`, party)
  }
  return [...found.values()]
}

/** Whether the peer may speak for this party: one of its roles, itself as a hub, or one behind it. */
export function ownsParty(peer: Peer, party: PartyId): boolean {
  const same = (countryCode: string, partyId: string): boolean =>
    sameCi(countryCode, party.countryCode) && sameCi(partyId, party.partyId)
  const { roles, hub, behind } = peer
  return (
    roles.some((role) => same(role.country_code, role.party_id)) ||
    (hub !== undefined && same(hub.countryCode, hub.partyId)) ||
    (behind?.some((one) => same(one.countryCode, one.partyId)) ?? false)
  )
}

const RENEW_AFTER_MS = 30 * 24 * 3_600_000

/** Whether the tokens of a connection are due to be renewed: a month after the last handshake. (B-30) */
export const needsRenewal = (peer: Peer, now: number, afterMs = RENEW_AFTER_MS): boolean =>
  peer.status === 'registered' && now - peer.updatedAt >= afterMs

/** Which party of a partner's credentials is a hub: `hub_party_id` in 2.3.0, the role HUB in 2.2.1. */
export function hubIn(credentials: {
  readonly hub_party_id?: string | null
  readonly roles: readonly CredentialsRole[]
}): PartyId | undefined {
  const named = credentials.hub_party_id
  if (named && named.length > 2) return { countryCode: named.slice(0, 2), partyId: named.slice(2) }
  const role = credentials.roles.find((one) => one.role.toUpperCase() === 'HUB')
  return role && { countryCode: role.country_code, partyId: role.party_id }
}

/** A partner that offers `payments` has agreed to that module, whatever the version. (B-07, E-04) */
export function agreedWith(peer: Peer): Agreed {
  return { payments: peer.endpoints.some(({ identifier }) => identifier.toLowerCase() === 'payments') }
}
