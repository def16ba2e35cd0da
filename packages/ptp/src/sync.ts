/**
 * Keeps the mirror true: everything is pulled at the start of a connection and once a day, and at a randomised interval
 * what changed since the last time.
 */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import { catchUpOn, nextPullMs } from '@plugtill/ocpi/catch-up'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { Fault } from '@plugtill/ocpi/errors'
import { locations } from '@plugtill/ocpi/modules/locations'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { ownsParty, type Peer, type PeerStore } from '@plugtill/ocpi/peers'
import { type Mirror, mirrorKey, partyOf } from './mirror.ts'

export interface SyncParts {
  readonly client: OcpiClient
  readonly mirror: Mirror
  /** Where it stands with each partner is kept here. */
  readonly documents: Pick<Documents, 'get' | 'put'>
  readonly peers: PeerStore
  readonly clock: Clock
  readonly random: () => number
  readonly intervalMs: number
  readonly onFault: (fault: unknown, peerId: string) => void
  /** A new connection has been pulled for the first time: the partner is there and answers. */
  readonly onGreeted?: (peer: Peer) => void
}

export interface Sync {
  /** Pulls all tariffs and locations of one CPO; at most one pull per CPO runs at a time. */
  readonly pull: (peer: Peer) => Promise<void>
  /** What changed at this CPO since the last time, now: something it told us contradicts what we show. */
  readonly refresh: (peerId: string) => void
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

interface Pull {
  readonly whole: boolean
  readonly done: Promise<void>
}

export function createSync(parts: SyncParts): Sync {
  const running = new Map<string, Pull>()
  let cancel: (() => void) | undefined

  const pull = (peer: Peer, whole: boolean): Promise<void> => {
    const already = running.get(peer.id)
    if (already !== undefined && (already.whole || !whole)) return already.done
    const before = already?.done.catch(() => undefined) ?? Promise.resolve()
    const mine: Pull = {
      whole,
      done: before
        .then(() => pullBoth(parts, peer, whole))
        .finally(() => {
          if (running.get(peer.id) === mine) running.delete(peer.id)
        }),
    }
    running.set(peer.id, mine)
    return mine.done
  }
  const pullEveryone = async () => {
    for (const peer of await parts.peers.list()) {
      if (peer.status === 'registered') await pull(peer, false).catch((fault) => parts.onFault(fault, peer.id))
    }
  }
  const plan = (delayMs: number) => {
    cancel = parts.clock.after(delayMs, () => {
      void pullEveryone().catch((fault) => parts.onFault(fault, ''))
      plan(nextPullMs(parts.intervalMs, parts.random))
    })
  }
  const greet = (peer: Peer, attempt = 1): void => {
    parts.clock.after(GREETING_MS * 2 ** (attempt - 1), () => {
      pull(peer, true).then(
        () => parts.onGreeted?.(peer),
        (fault) => (attempt < GREETINGS ? greet(peer, attempt + 1) : parts.onFault(fault, peer.id)),
      )
    })
  }
  return {
    pull: (peer) => pull(peer, true),
    refresh: (peerId) =>
      void parts.peers
        .get(peerId)
        .then((peer) => (peer?.status === 'registered' ? pull(peer, false) : undefined))
        .catch((fault) => parts.onFault(fault, peerId)),
    greet: (peer) => greet(peer),
    start: () => plan(0),
    stop: () => cancel?.(),
    idle: async () => {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}

/** Tariffs first, so that no location is offered whose price is not there yet. */
async function pullBoth(parts: SyncParts, peer: Peer, whole: boolean): Promise<void> {
  const { client, mirror } = parts
  await pullList(parts, peer, {
    whole,
    list: 'tariffs',
    read: (query) => client.of(peer, tariffs, 'sender').list({ query }),
    put: (tariff) => mirror.putTariff(peer.id, tariff),
  })
  await pullList(parts, peer, {
    whole,
    list: 'locations',
    read: (query) => client.of(peer, locations, 'sender').list({ query }),
    put: (location) => mirror.putLocation(peer.id, location),
  })
}

interface Owned {
  readonly country_code: string
  readonly party_id: string
  readonly id: string
}

interface List<T> {
  readonly whole: boolean
  readonly list: 'tariffs' | 'locations'
  readonly read: (query: { readonly date_from?: string }) => AsyncIterable<T>
  readonly put: (item: T) => Promise<unknown>
}

/** Objects of foreign parties are ignored; what is in no page of a whole pull is gone. */
async function pullList<T extends Owned>(parts: SyncParts, peer: Peer, of: List<T>): Promise<void> {
  const seen = new Set<string>()
  const keep = async (item: T) => {
    if (!ownsParty(peer, partyOf(item))) return
    await of.put(item)
    seen.add(mirrorKey(peer.id, partyOf(item), item.id))
  }
  const place = { peerId: peer.id, list: of.list, whole: of.whole }
  try {
    await catchUpOn(parts.documents, place, {
      clock: parts.clock,
      read: of.read,
      keep,
      forget: (since) => parts.mirror.keepOnly(peer.id, of.list, { keys: seen, since }),
    })
  } catch (fault) {
    // What came was kept and nothing is forgotten; the other list is as good as ever.
    if (!(fault instanceof Fault) || fault.code !== 'PULL_TOO_LARGE') throw fault
    parts.onFault(fault, peer.id)
  }
}
