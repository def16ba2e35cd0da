/** Keeps the mirror true: everything is pulled at the start of a connection and again at a randomised interval. */
import type { Clock } from '@plugtill/engine/clock'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { locations } from '@plugtill/ocpi/modules/locations'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { ownsParty, type Peer, type PeerStore } from '@plugtill/ocpi/peers'
import { type Mirror, mirrorKey, partyOf } from './mirror.ts'

export interface SyncParts {
  readonly client: OcpiClient
  readonly mirror: Mirror
  readonly peers: PeerStore
  readonly clock: Clock
  readonly random: () => number
  readonly intervalMs: number
  readonly onFault: (fault: unknown, peerId: string) => void
  /** A new connection has been pulled for the first time: the partner is there and answers. */
  readonly onGreeted?: (peer: Peer) => void
}

export interface Sync {
  /** Pulls tariffs and locations of one CPO; at most one pull per CPO runs at a time. */
  readonly pull: (peer: Peer) => Promise<void>
  /** First pull of a new connection: a little later, because the partner must have kept our last answer first. */
  readonly greet: (peer: Peer) => void
  readonly start: () => void
  readonly stop: () => void
  /** Resolves when no pull runs. */
  readonly idle: () => Promise<void>
}

const GREETING_MS = 1_000
/** A first pull that fails is tried again after 2, 4, 8 … s; then it is left to the regular ones. */
const GREETINGS = 6

/** Objects of one kind read in one pull. */
const READ_AT_MOST = 100_000

export function createSync(parts: SyncParts): Sync {
  const running = new Map<string, Promise<void>>()
  let cancel: (() => void) | undefined

  const pull = (peer: Peer): Promise<void> => {
    const already = running.get(peer.id)
    if (already) return already
    const job = pullAll(parts, peer).finally(() => running.delete(peer.id))
    running.set(peer.id, job)
    return job
  }
  const pullEveryone = async () => {
    for (const peer of await parts.peers.list()) {
      if (peer.status === 'registered') await pull(peer).catch((fault) => parts.onFault(fault, peer.id))
    }
  }
  const plan = (delayMs: number) => {
    cancel = parts.clock.after(delayMs, () => {
      void pullEveryone().catch((fault) => parts.onFault(fault, ''))
      plan(parts.intervalMs * (0.8 + 0.4 * parts.random()))
    })
  }
  const greet = (peer: Peer, attempt = 1): void => {
    parts.clock.after(GREETING_MS * 2 ** (attempt - 1), () => {
      pull(peer).then(
        () => parts.onGreeted?.(peer),
        (fault) => (attempt < GREETINGS ? greet(peer, attempt + 1) : parts.onFault(fault, peer.id)),
      )
    })
  }
  return {
    pull,
    greet: (peer) => greet(peer),
    start: () => plan(0),
    stop: () => cancel?.(),
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running.values())
    },
  }
}

/** Tariffs first, so that no location is offered whose price is not there yet. Objects of foreign parties are ignored. */
async function pullAll({ client, mirror, clock }: SyncParts, peer: Peer): Promise<void> {
  const since = clock.now()
  const keepTariffs = await pullList(peer, client.of(peer, tariffs, 'sender').list(), (tariff) =>
    mirror.putTariff(peer.id, tariff),
  )
  if (keepTariffs) await mirror.keepOnly(peer.id, 'tariffs', { keys: keepTariffs, since })
  const keepLocations = await pullList(peer, client.of(peer, locations, 'sender').list(), (location) =>
    mirror.putLocation(peer.id, location),
  )
  if (keepLocations) await mirror.keepOnly(peer.id, 'locations', { keys: keepLocations, since })
}

interface Owned {
  readonly country_code: string
  readonly party_id: string
  readonly id: string
}

/** All pages together are the new truth; undefined when the walk was cut, and then nothing may be forgotten. */
async function pullList<T extends Owned>(
  peer: Peer,
  items: AsyncIterable<T>,
  keep: (item: T) => Promise<unknown>,
): Promise<ReadonlySet<string> | undefined> {
  const seen = new Set<string>()
  for await (const item of items) {
    if (!ownsParty(peer, partyOf(item))) continue
    await keep(item)
    seen.add(mirrorKey(peer.id, partyOf(item), item.id))
    if (seen.size >= READ_AT_MOST) return undefined
  }
  return seen
}
