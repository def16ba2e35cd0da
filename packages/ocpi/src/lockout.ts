/**
 * A partner that refuses our token, call after call: one side's database was set back behind the last renewal, or one of them
 * has forgotten the other. Nothing heals that by itself, so an operator is told once, with what to do. (F75)
 */
import { Fault } from './errors.ts'
import type { Exchange } from './exchange.ts'

export interface LockoutParts {
  /** Name of the platform in the command that helps: `ptp` or `cpo`. */
  readonly platform: string
  readonly onFault: (fault: Fault, peerId: string) => void
}

export interface LockoutWatch {
  readonly saw: (exchange: Pick<Exchange, 'direction' | 'peerId' | 'status' | 'module'>) => void
}

/** One refusal may be a renewal in mid-flight; so many in a row are not. */
const REFUSALS = 3

export function createLockoutWatch({ platform, onFault }: LockoutParts): LockoutWatch {
  const refusals = new Map<string, number>()
  return {
    saw: ({ direction, peerId, status, module }) => {
      // A handshake has its own words for what goes wrong; silence says nothing about tokens.
      if (direction !== 'out' || peerId === undefined || module === 'credentials' || status === 0) return
      if (status !== 401) {
        refusals.delete(peerId)
        return
      }
      const times = (refusals.get(peerId) ?? 0) + 1
      refusals.set(peerId, times)
      if (times === REFUSALS) onFault(lockedOut(platform, peerId), peerId)
    },
  }
}

const lockedOut = (platform: string, peerId: string): Fault =>
  new Fault(
    'PEER_LOCKED_OUT',
    `Peer ${peerId} refuses our token (HTTP 401, ${REFUSALS} times in a row). If a database was put back to a copy from before the last renewal of tokens: "plugtill peers invite-again ${peerId} --platform ${platform}", and give URL and token to the partner, who registers with them. What waits for this partner is kept until then.`,
  )
