/** Whom a request is addressed to: a party, a hub, everybody behind a hub, or whoever the hub finds. */
import type { CallOptions } from './client.ts'
import { Fault } from './errors.ts'
import type { Outgoing } from './headers.ts'
import type { Module } from './module.ts'
import { type Party, type PartyId, type Peer, partiesOf } from './peers.ts'
import type { WireRequest } from './wire.ts'

export interface Letter {
  readonly party: Party
  readonly module?: Module
  readonly method: WireRequest['method']
  /** GET of a whole list. */
  readonly list?: boolean
}

/** Data meant for everyone; sessions and CDRs never are. */
const FOR_EVERYONE = new Set(['locations', 'tariffs', 'tokens'])

/** From us to the named party, else to the peer's party that deals with us; the list of a hub has those of all. */
export function routingTo(letter: Letter, peer: Peer, options: CallOptions): Outgoing {
  const { party, list } = letter
  const from = options.from ?? { countryCode: party.countryCode, partyId: party.partyId }
  const ofHub = list && peer.hub !== undefined && typeof options.to !== 'string'
  const to = ofHub ? 'hub' : (options.to ?? (peer.hub === undefined ? counterpart(party, peer) : undefined))
  if (to === undefined) {
    throw new Fault(
      'PEER_WITHOUT_ROLE',
      peer.hub === undefined
        ? `Peer ${peer.id} has no role. Renew the handshake.`
        : `Peer ${peer.id} is a hub. Say in "to" which party is meant, or "anyone".`,
    )
  }
  if (typeof to !== 'string') return { from, to }
  if (peer.hub === undefined) {
    throw new Fault('PEER_NO_HUB', `Peer ${peer.id} is no hub, so "to" cannot be "${to}". Name the party.`)
  }
  if (to === 'anyone') {
    // A list is asked of the hub itself.
    if (list) throw new Fault('BAD_ROUTING', 'A whole list cannot be asked of anyone. Ask the hub, or one party.')
    return { from }
  }
  refuseBroadcast(letter)
  return { from, to: peer.hub }
}

/** To the hub itself: its own lists, or a push for everybody, and only of what concerns everybody. */
function refuseBroadcast({ method, module, list }: Letter): void {
  if (list) return
  const push = method === 'POST' || method === 'PUT' || method === 'PATCH'
  if (push && FOR_EVERYONE.has(module?.id ?? '')) return
  throw new Fault(
    'BAD_ROUTING',
    `${method} ${module?.id ?? ''} cannot go to everybody behind a hub: only pushes of ${[...FOR_EVERYONE].join(', ')} can.`,
  )
}

function counterpart(party: Party, peer: Peer): PartyId | undefined {
  const fitting = peer.roles.find((role) => (role.role.toUpperCase() === 'CPO') === (party.role === 'PTP'))
  return fitting === undefined ? partiesOf(peer)[0] : { countryCode: fitting.country_code, partyId: fitting.party_id }
}
