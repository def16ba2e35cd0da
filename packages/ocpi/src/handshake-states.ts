/**
 * The connection as a state table: what each message of the handshake means in each state. `invited` is the
 * acceptor's INVITING, `registering` the initiator's way from INVITED to POSTED. (B-12 to B-27)
 */
import type { Peer, PeerStatus, TokenIn } from './peers.ts'

/** What a successful handshake fixes. */
export type Agreed = Required<Pick<Peer, 'version' | 'versionsUrl' | 'roles' | 'endpoints' | 'tokenOut'>> &
  Pick<Peer, 'tokenForm' | 'hub'>

export type HandshakeEvent =
  /** The partner called our credentials endpoint. `repeat`: with a token A still in its grace. */
  | { readonly type: 'post-arrived'; readonly repeat: boolean }
  | { readonly type: 'put-arrived' }
  | { readonly type: 'delete-arrived' }
  /** We checked the partner and answer with `token`; the old ones stay as `kept` says. */
  | { readonly type: 'accepted'; readonly agreed: Agreed; readonly token: TokenIn; readonly kept: readonly TokenIn[] }
  /** We are about to POST or PUT with `token` in the body. */
  | { readonly type: 'offered'; readonly token: TokenIn }
  /** The partner answered our POST or PUT with success. */
  | { readonly type: 'answered'; readonly agreed: Agreed; readonly token: TokenIn; readonly kept: readonly TokenIn[] }
  /** The partner said no. */
  | { readonly type: 'turned-down'; readonly token: TokenIn }
  /** No answer came: the partner may have accepted. */
  | { readonly type: 'left-open'; readonly token: TokenIn }
  /** The tokens are lost on one of the sides: the same connection begins anew with this token A. */
  | { readonly type: 'invited-again'; readonly token: TokenIn }
  /** Unregistered by either side, replaced, or forgotten. */
  | { readonly type: 'ended' }

export type HandshakeVerdict =
  | { readonly to: PeerStatus; readonly set?: Partial<Peer> }
  /** `allow`: the methods of the credentials endpoint that make sense now. */
  | { readonly refuse: string; readonly allow: string }

type Cell<T extends HandshakeEvent['type']> = (
  peer: Peer,
  event: Extract<HandshakeEvent, { readonly type: T }>,
) => HandshakeVerdict
type Row = { readonly [T in HandshakeEvent['type']]: Cell<T> }

const NEW = 'GET, POST'
const LIVE = 'DELETE, GET, PUT'

const refuse = (text: string, allow: string) => (): HandshakeVerdict => ({ refuse: text, allow })
const without = (peer: Peer, token: TokenIn): readonly TokenIn[] =>
  peer.tokensIn.filter((known) => known.hash !== token.hash)

const agree = (
  _peer: Peer,
  { agreed, token, kept }: { readonly agreed: Agreed; readonly token: TokenIn; readonly kept: readonly TokenIn[] },
): HandshakeVerdict => ({ to: 'registered', set: { ...agreed, tokensIn: [...kept, token] } })

/** The partner calls us back before it answers, so the token works from now on. (B-15, B-16, E-37) */
const offer: Cell<'offered'> = (peer, { token }) => ({
  to: peer.status,
  set: { tokensIn: [...peer.tokensIn.slice(-3), { ...token, pending: true }] },
})

const drop = (peer: Peer, { token }: { readonly token: TokenIn }): HandshakeVerdict => ({
  to: peer.status,
  set: { tokensIn: without(peer, token) },
})

/** All tokens of the connection become invalid, in both directions. (B-27, E-47) */
const end: Cell<'ended'> = () => ({ to: 'removed', set: { tokensIn: [], tokenOut: undefined } })

/** The old tokens end; what the connection is called, and whom it may speak for, stays. */
const inviteAgain: Cell<'invited-again'> = (peer, { token }) => ({
  to: 'invited',
  set: { tokensIn: [token], tokenOut: undefined, bound: peer.bound ?? boundBy(peer.roles) },
})

function boundBy(roles: Peer['roles']): Peer['bound'] {
  const [first, ...more] = roles.map(({ country_code, party_id, role }) => ({
    countryCode: country_code,
    partyId: party_id,
    role: role as string,
  }))
  if (!first) return undefined
  const also = more.map(({ countryCode, partyId }) => ({ countryCode, partyId }))
  return { ...first, ...(also.length > 0 && { also }) }
}

const notRegistered = 'This connection is not registered. Start with POST.'
const inOurHands = 'We have started the registration of this connection ourselves. Answer our POST.'
const gone = refuse('This connection has ended. Ask for a new invitation.', NEW)

export const HANDSHAKE: { readonly [S in PeerStatus]: Row } = {
  invited: {
    'post-arrived': () => ({ to: 'invited' }),
    'put-arrived': refuse(notRegistered, NEW),
    'delete-arrived': refuse(notRegistered, NEW),
    accepted: agree,
    offered: refuse('This partner was invited and starts the handshake itself.', NEW),
    answered: refuse('Nothing was sent that could be answered.', NEW),
    'turned-down': refuse('Nothing was sent that could be refused.', NEW),
    'left-open': refuse('Nothing was sent that could be lost.', NEW),
    'invited-again': inviteAgain,
    ended: end,
  },
  registering: {
    'post-arrived': refuse(inOurHands, 'GET'),
    'put-arrived': refuse(inOurHands, 'GET'),
    'delete-arrived': refuse(inOurHands, 'GET'),
    accepted: refuse(inOurHands, 'GET'),
    offered: offer,
    answered: agree,
    'turned-down': drop,
    // Whether the partner registered us is unknown, but without its token C nothing can be done. (E-39)
    'left-open': drop,
    'invited-again': refuse(inOurHands, 'GET'),
    ended: end,
  },
  registered: {
    'post-arrived': (_peer, { repeat }) =>
      repeat
        ? { to: 'registered' }
        : { refuse: 'This connection is already registered. Change it with PUT.', allow: LIVE },
    'put-arrived': () => ({ to: 'registered' }),
    'delete-arrived': () => ({ to: 'registered' }),
    accepted: agree,
    offered: offer,
    answered: agree,
    'turned-down': drop,
    // The partner may use the new token already: both stay valid until a PUT is answered. (E-37)
    'left-open': () => ({ to: 'registered' }),
    'invited-again': inviteAgain,
    ended: end,
  },
  removed: {
    'post-arrived': gone,
    'put-arrived': gone,
    'delete-arrived': gone,
    accepted: gone,
    offered: gone,
    answered: gone,
    'turned-down': () => ({ to: 'removed' }),
    'left-open': () => ({ to: 'removed' }),
    'invited-again': gone,
    ended: () => ({ to: 'removed' }),
  },
}

/** Pure: what this event does to this connection. */
export function decideHandshake(peer: Peer, event: HandshakeEvent): HandshakeVerdict {
  const cell = HANDSHAKE[peer.status][event.type] as (peer: Peer, event: HandshakeEvent) => HandshakeVerdict
  return cell(peer, event)
}
