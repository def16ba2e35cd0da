/** What a new connection begins with: our tariffs and locations go out, the partner's terminals come in; then by the hour. */
import type { Clock } from '@plugtill/engine/clock'
import type { Peer, PeerStore } from '@plugtill/ocpi/peers'
import type { Publisher } from './publisher.ts'
import type { CpoSettings } from './settings.ts'
import type { SiteRegister } from './sites/register.ts'
import type { Terminals } from './terminals/terminals.ts'

export interface Greeter {
  readonly changed: (peer: Peer) => void
  readonly start: () => void
  readonly stop: () => void
  readonly idle: () => Promise<void>
}

export interface GreeterParts {
  readonly clock: Clock
  readonly random: () => number
  readonly peers: PeerStore
  readonly register: SiteRegister
  readonly publisher: Publisher
  readonly terminals: Terminals
  readonly settings: Pick<CpoSettings, 'greetingDelayS' | 'terminalsPollS'>
  readonly onFault: (error: unknown, reference: string) => void
}

export function createGreeter(parts: GreeterParts): Greeter {
  const { clock, settings } = parts
  const running = new Set<Promise<void>>()
  const timers = new Set<() => void>()
  let stopped = false

  const run = (work: () => Promise<void>) => {
    const task: Promise<void> = work()
      .catch((error: unknown) => parts.onFault(error, ''))
      .finally(() => running.delete(task))
    running.add(task)
  }
  const later = (delayMs: number, work: () => void) => {
    if (stopped) return
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel)
      work()
    })
    timers.add(cancel)
  }

  const greet = async (peerId: string) => {
    // Tariffs first: a Location that names an unknown tariff cannot be sold.
    for (const { id } of await parts.register.tariffs())
      await parts.publisher.tell(peerId, { what: 'tariff', tariffId: id })
    for (const { id } of await parts.register.locations())
      await parts.publisher.tell(peerId, { what: 'location', locationId: id })
    await parts.terminals.pull(peerId)
  }
  const pullAll = async () => {
    for (const peer of await parts.peers.list()) {
      if (peer.status === 'registered')
        await parts.terminals.pull(peer.id).catch((error: unknown) => parts.onFault(error, ''))
    }
  }
  /** Spread over the interval, so that partners are not asked by everybody at the full hour. */
  const poll = () =>
    later(settings.terminalsPollS * 1000 * (0.75 + parts.random() / 2), () => {
      run(pullAll)
      poll()
    })

  return {
    changed: (peer) => {
      if (peer.status === 'registered') later(settings.greetingDelayS * 1000, () => run(() => greet(peer.id)))
    },
    start: () => {
      stopped = false
      poll()
    },
    stop: () => {
      stopped = true
      for (const cancel of timers) cancel()
      timers.clear()
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
