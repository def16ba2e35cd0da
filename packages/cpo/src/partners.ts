/** Whose is what: what partners give us and get from us belongs to their party, and outlives one connection. */
import { type Peer, type PeerStore, partiesOf } from '@plugtill/ocpi/peers'
import { ciKey } from '@plugtill/ocpi/types'

/** The party a partner speaks for; a partner that registers anew is the same owner. (E-43, E-50) */
export function ownerOf(peer: Peer): string {
  const [party] = partiesOf(peer)
  return party === undefined ? peer.id : `${party.countryCode}-${party.partyId}`.toLowerCase()
}

/** Shelf keys of what belongs to one partner begin with its owner: nobody else ever pages through it. (I14) */
export const partnerKey = (owner: string, ...ids: readonly string[]): string => ciKey(owner, ...ids)

/** The name under which the session of one partner's reference is found. */
export const referenceKey = (owner: string, reference: string): string => `reference/${ciKey(owner, reference)}`

/** The connection to use now: the one the session began with, or the one that took its place. */
export async function connectionOf(
  peers: Pick<PeerStore, 'get' | 'list'>,
  of: { readonly peerId?: string; readonly owner: string },
): Promise<Peer | undefined> {
  const first = of.peerId === undefined ? undefined : await peers.get(of.peerId)
  if (first?.status === 'registered') return first
  return (await peers.list()).find((peer) => peer.status === 'registered' && ownerOf(peer) === of.owner)
}

/** Every owner we have ever been connected with. */
export async function ownersOf(peers: Pick<PeerStore, 'list'>): Promise<readonly string[]> {
  return [...new Set((await peers.list()).map(ownerOf))]
}
