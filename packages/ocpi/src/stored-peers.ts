/** Peer records kept as JSON documents: both platforms keep their partners this way. */
import type { Peer, PeerStore } from './peers.ts'

/** The part of a document store that is needed; the caller gives its own. */
export interface Shelf {
  readonly get: (shelf: string, key: string) => Promise<{ readonly body: string } | undefined>
  readonly put: (shelf: string, key: string, body: string, lastUpdated: string) => Promise<unknown>
  readonly delete: (shelf: string, key: string) => Promise<boolean>
  readonly all: (shelf: string) => Promise<readonly { readonly body: string }[]>
}

/** Partners that are asked for in turn; beyond them the memory begins anew. */
const READ_MAX = 1_000

const PEERS = 'peers'
const TOKENS = 'peer-tokens'

export function storedPeers(shelf: Shelf): PeerStore {
  // Every request reads its partner: the same text is the same record, and nobody changes one.
  const read = new Map<string, Peer>()
  const peerIn = (body: string): Peer => {
    const known = read.get(body)
    if (known) return known
    const peer = JSON.parse(body) as Peer
    if (read.size >= READ_MAX) read.clear()
    read.set(body, peer)
    return peer
  }
  const get = async (id: string): Promise<Peer | undefined> => {
    const doc = await shelf.get(PEERS, id)
    return doc && peerIn(doc.body)
  }
  // To whom a token leads never changes; whether it still does is read each time, in the record.
  const ledTo = new Map<string, string>()
  const holder = async (hash: string, id: string | undefined): Promise<Peer | undefined> => {
    const peer = id === undefined ? undefined : await get(id)
    return peer?.tokensIn.some((token) => token.hash === hash) ? peer : undefined
  }
  return {
    get,
    byTokenHash: async (hash) => {
      const known = await holder(hash, ledTo.get(hash))
      if (known) return known
      const index = await shelf.get(TOKENS, hash)
      const peer = await holder(hash, index?.body)
      if (!peer) return undefined
      if (ledTo.size >= READ_MAX) ledTo.clear()
      ledTo.set(hash, peer.id)
      return peer
    },
    list: async () => (await shelf.all(PEERS)).map((doc) => peerIn(doc.body)),
    save: async (peer) => {
      const before = (await get(peer.id))?.tokensIn ?? []
      const at = new Date(peer.updatedAt).toISOString()
      // The index first: a token that is found but not in the record is refused, a token in the record must be found.
      for (const { hash } of peer.tokensIn) await shelf.put(TOKENS, hash, peer.id, at)
      await shelf.put(PEERS, peer.id, JSON.stringify(peer), at)
      for (const { hash } of before)
        if (!peer.tokensIn.some((token) => token.hash === hash)) await shelf.delete(TOKENS, hash)
    },
  }
}
