/** Starting again on another port: our two platforms know each other by an address that is no more. */
import type { Clock } from '@plugtill/engine/clock'
import { documents } from '@plugtill/engine/documents'
import { settings } from '@plugtill/engine/settings'
import type { Store } from '@plugtill/engine/store'
import type { Peer } from '@plugtill/ocpi/peers'
import { storedPeers } from '@plugtill/ocpi/stored-peers'

const KEY = 'sandbox-url'

/**
 * Rewrites what each platform keeps of the other; partners from elsewhere are left alone. Answers whether the address
 * changed. Only for the sandbox, which owns both sides: a real partner is told by PUT credentials.
 */
export async function follow(stores: readonly Store[], publicUrl: string, clock: Clock): Promise<boolean> {
  let changed = false
  for (const store of stores) {
    const kept = settings(store)
    const before = await kept.get(KEY)
    if (before === publicUrl) continue
    if (before !== undefined) {
      const peers = storedPeers(documents(store, clock))
      for (const peer of await peers.list())
        if (peer.versionsUrl?.startsWith(`${before}/`)) await peers.save(movedPeer(peer, before, publicUrl))
      changed = true
    }
    await kept.put(KEY, publicUrl)
  }
  return changed
}

function movedPeer(peer: Peer, before: string, now: string): Peer {
  const moved = (url: string) => (url.startsWith(`${before}/`) ? now + url.slice(before.length) : url)
  return {
    ...peer,
    ...(peer.versionsUrl !== undefined && { versionsUrl: moved(peer.versionsUrl) }),
    endpoints: peer.endpoints.map((endpoint) => ({ ...endpoint, url: moved(endpoint.url) })),
  }
}
