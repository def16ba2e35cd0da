/** What a connection begins with: tariffs and locations go out, terminals and tokens come in. Then by the hour what is new of them and of advices. */
import type { Clock } from '@plugtill/engine/clock'
import { nextPullMs } from '@plugtill/ocpi/catch-up'
import type { Peer, PeerStore } from '@plugtill/ocpi/peers'
import { createErrands } from './errands.ts'
import type { Advices } from './invoices/advices.ts'
import { ownerOf } from './partners.ts'
import type { Publisher } from './publisher.ts'
import type { CpoSettings } from './settings.ts'
import type { SiteRegister } from './sites/register.ts'
import type { Terminals } from './terminals/terminals.ts'
import type { KnownTokens } from './tokens/known-tokens.ts'

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
  readonly register: Pick<SiteRegister, 'seenBy'>
  readonly publisher: Publisher
  readonly terminals: Pick<Terminals, 'pull' | 'catchUp'>
  readonly advices: Pick<Advices, 'pull'>
  /** Of mobility providers; nobody keeps any where only cards are sold to. */
  readonly tokens?: Pick<KnownTokens, 'pull'>
  readonly settings: Pick<CpoSettings, 'greetingDelayS' | 'terminalsPollS'>
  readonly onFault: (error: unknown, reference: string) => void
}

export function createGreeter(parts: GreeterParts): Greeter {
  const { clock, settings } = parts
  const { run, later, ...errands } = createErrands(clock, (error) => parts.onFault(error, ''))
  const pull = async (peerId: string) => {
    await parts.terminals.catchUp(peerId)
    await parts.advices.pull(peerId)
    await parts.tokens?.pull(peerId, false)
  }
  const greet = async (peer: Peer) => {
    const view = parts.register.seenBy(ownerOf(peer))
    // Tariffs first: a Location that names an unknown tariff cannot be sold.
    for (const { id } of await view.tariffs()) await parts.publisher.tell(peer.id, { what: 'tariff', tariffId: id })
    for (const { id } of await view.locations())
      await parts.publisher.tell(peer.id, { what: 'location', locationId: id })
    await parts.terminals.pull(peer.id)
    await parts.tokens?.pull(peer.id, true)
  }
  const pullAll = async () => {
    for (const { id, status } of await parts.peers.list())
      if (status === 'registered') await pull(id).catch((error: unknown) => parts.onFault(error, ''))
  }
  /** Spread over the interval, so that partners are not asked by everybody at the full hour. */
  const poll = () =>
    later(nextPullMs(settings.terminalsPollS * 1000, parts.random), () => {
      run(pullAll)
      poll()
    })

  return {
    changed: (peer) => {
      if (peer.status === 'registered') later(settings.greetingDelayS * 1000, () => run(() => greet(peer)))
    },
    start: () => {
      errands.start()
      poll()
    },
    stop: errands.stop,
    idle: errands.idle,
  }
}
