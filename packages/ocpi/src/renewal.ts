/** Renews the tokens of every connection at least once a month, without anybody asking. (B-30) */
import { nextPullMs } from './catch-up.ts'
import { Fault } from './errors.ts'
import type { Handshake } from './handshake.ts'
import { needsRenewal, type PeerStore } from './peers.ts'

export interface RenewalParts {
  readonly peers: Pick<PeerStore, 'list'>
  readonly handshake: Pick<Handshake, 'rotate'>
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  /** 0 <= x < 1. */
  readonly random: () => number
  /** Age of tokens that is too old; 0: they are never renewed from here. */
  readonly afterMs: number
  /** The old token works on. */
  readonly onFault: (fault: unknown, peerId: string) => void
}

export interface Renewal {
  readonly start: () => void
  readonly stop: () => void
  /** Resolves when no renewal runs. */
  readonly idle: () => Promise<void>
}

const LOOK_EVERY_MS = 3_600_000
/** Both sides may have the same habit, and not every partner is to be met on the same day. */
const EARLIER_BY_UP_TO = 0.1
/** A lost answer is cleared up while the partner still takes the old token. (E-37) */
const AGAIN_MS = 10_000
const TRIES = 3

export function createRenewal(parts: RenewalParts): Renewal {
  const { clock, random, afterMs } = parts
  let cancel: () => void = () => undefined
  let interrupt: () => void = () => undefined
  let looking: Promise<void> = Promise.resolve()
  let stopped = true

  const pause = () =>
    new Promise<void>((done) => {
      const forget = clock.after(AGAIN_MS, done)
      interrupt = () => {
        forget()
        done()
      }
    })

  const renew = async (peerId: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await parts.handshake.rotate(peerId)
        return
      } catch (error) {
        const again = error instanceof Fault && error.retry && attempt < TRIES
        if (again && !stopped) await pause()
        if (!again || stopped) return parts.onFault(error, peerId)
      }
    }
  }
  const look = async (): Promise<void> => {
    for (const peer of await parts.peers.list()) {
      const asIfAt = clock.now() + random() * EARLIER_BY_UP_TO * afterMs
      if (!stopped && needsRenewal(peer, asIfAt, afterMs)) await renew(peer.id)
    }
  }
  const plan = (delayMs: number): void => {
    cancel = clock.after(delayMs, () => {
      looking = looking.then(look).catch((fault) => parts.onFault(fault, ''))
      plan(nextPullMs(LOOK_EVERY_MS, random))
    })
  }
  return {
    start: () => {
      if (afterMs === 0) return
      stopped = false
      plan(random() * LOOK_EVERY_MS)
    },
    stop: () => {
      stopped = true
      cancel()
      interrupt()
    },
    idle: () => looking,
  }
}
