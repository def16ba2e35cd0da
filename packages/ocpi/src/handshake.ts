/** Registration of partners in both directions: invite, register, renew tokens, unregister. (B.3) */
import { Fault } from './errors.ts'
import type { OnExchange } from './exchange.ts'
import { createAcceptor } from './handshake-accept.ts'
import { createDesk, type Desk } from './handshake-desk.ts'
import { known, register, rotate, underWay, unregister } from './handshake-initiate.ts'
import type { Party, PartyId, Peer, PeerStore, VersionNumber } from './peers.ts'
import type { Offer } from './roles.ts'
import type { HandshakeAcceptor } from './server.ts'
import type { Send } from './wire.ts'

export interface HandshakeParts {
  readonly party: Party
  /** The same base URL as the server's. */
  readonly baseUrl: string
  readonly peers: PeerStore
  readonly send: Send
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  /** 256 random bits or more as text of the Base64url alphabet, at most 62 characters. (T07) */
  readonly randomToken: () => string
  /** Versions we speak; default all we know. */
  readonly versions?: readonly VersionNumber[]
  /** Interfaces the partner should offer. Missing all of them is 3003; missing one is only reported. (E-45) */
  readonly needs: Offer
  /** 3003 already when one needed interface is missing. (E-45) */
  readonly strictNeeds?: boolean
  /** Whether we may call this partner URL at all; default: any. (E-49) */
  readonly mayCall?: (url: string) => boolean
  /** How long the partner's old token works after a PUT, default 60 s. (E-37) */
  readonly rotationGraceMs?: number
  /** How long token A may repeat the POST until token C was used, default 0: never. (E-39) */
  readonly repeatPostGraceMs?: number
  readonly onExchange?: OnExchange
  /** Something an operator should read: missing endpoints, lost answers, replaced connections. */
  readonly onNote?: (note: { readonly peerId: string; readonly text: string }) => void
  /** A connection was registered, renewed or ended. */
  readonly onChange?: (peer: Peer) => void
}

export interface Invitation {
  readonly id: string
  readonly versionsUrl: string
  readonly token: string
}

export interface Handshake extends HandshakeAcceptor {
  /** Makes token A for a partner who will start the handshake; valid once and for 24 h. (B-19, E-50) */
  readonly invite: (partner: {
    readonly countryCode: string
    readonly partyId: string
    readonly role?: string
    /** Further parties of the same platform that may be named. (B-09, E-50) */
    readonly also?: readonly PartyId[]
    readonly version?: VersionNumber
    /** Modules that this partner is not offered. (B-07, E-04) */
    readonly without?: readonly string[]
    /** A connection that ends when the invitation is taken. (E-39, E-43) */
    readonly replaces?: string
  }) => Promise<Invitation>
  /** A new token A for a connection whose tokens are lost; its id stays, and so does all that belongs to it. (F75) */
  readonly inviteAgain: (peerId: string) => Promise<Invitation>
  /** Starts the handshake with a partner who invited us. (B-13 to B-18) */
  readonly register: (invitation: {
    readonly versionsUrl: string
    readonly token: string
    readonly version?: VersionNumber
    /** Modules that this partner is not offered. (B-07, E-04) */
    readonly without?: readonly string[]
    readonly tokenForm?: 'base64' | 'raw'
  }) => Promise<Peer>
  /** Renews both tokens, endpoints and roles by PUT; `version` moves the connection to that version. (B-25, B-29) */
  readonly rotate: (peerId: string, version?: VersionNumber) => Promise<Peer>
  /** Ends the connection by DELETE; an invitation or removed peer is only forgotten here. (B-27) */
  readonly unregister: (peerId: string) => Promise<Peer>
}

const INVITATION_MS = 24 * 60 * 60 * 1000

/** Both directions over one store of peers; one handshake per connection at a time. */
export function createHandshake(parts: HandshakeParts): Handshake {
  const desk = createDesk(parts)
  return {
    ...createAcceptor(desk),
    invite: (partner) => invite(desk, partner),
    inviteAgain: (peerId) => inviteAgain(desk, peerId),
    register: (invitation) => register(desk, invitation),
    rotate: (peerId, version) => rotate(desk, peerId, version),
    unregister: (peerId) => unregister(desk, peerId),
  }
}

async function invite(desk: Desk, partner: Parameters<Handshake['invite']>[0]): Promise<Invitation> {
  const { countryCode, partyId, role, also = [], version, without, replaces } = partner
  const wrong = [{ countryCode, partyId }, ...also].find(
    (one) => !/^[A-Za-z]{2}$/.test(one.countryCode) || !/^[\x21-\x7e]{1,3}$/.test(one.partyId),
  )
  if (wrong !== undefined) {
    throw new Fault(
      'BAD_PARTY',
      `"${wrong.countryCode}-${wrong.partyId}" is no party: two letters of the country, up to three characters of the party.`,
    )
  }
  const now = desk.parts.clock.now()
  const id = desk.parts.ids()
  const { text, issued } = desk.newToken('A')
  await desk.parts.peers.save({
    id,
    status: 'invited',
    roles: [],
    endpoints: [],
    tokensIn: [{ ...issued, until: now + INVITATION_MS }],
    bound: { countryCode, partyId, role, ...(also.length === 0 ? {} : { also }) },
    versionWanted: version,
    without,
    replaces,
    updatedAt: now,
  })
  return { id, versionsUrl: desk.versionsUrl, token: text }
}

async function inviteAgain(desk: Desk, peerId: string): Promise<Invitation> {
  return desk.alone(peerId, underWay(peerId), async () => {
    const { text, issued } = desk.newToken('A')
    const until = desk.parts.clock.now() + INVITATION_MS
    await desk.move(await known(desk, peerId), { type: 'invited-again', token: { ...issued, until } })
    return { id: peerId, versionsUrl: desk.versionsUrl, token: text }
  })
}
