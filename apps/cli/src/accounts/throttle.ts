/** How often somebody may guess: by name and by address, so that neither one name nor one machine is tried for long. (T07) */
import type { Clock } from '@plugtill/engine/clock'

export interface Throttle {
  /** Seconds to wait; 0: go on. */
  readonly waitS: (keys: readonly string[]) => number
  readonly failed: (keys: readonly string[]) => void
  readonly succeeded: (keys: readonly string[]) => void
}

const FREE_TRIES = 5
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 15 * 60_000
/** Names and addresses remembered; the oldest is forgotten first. */
const REMEMBERED = 10_000

export function createThrottle(clock: Pick<Clock, 'now'>): Throttle {
  const tries = new Map<string, { readonly count: number; readonly until: number }>()
  return {
    waitS: (keys) => {
      const until = Math.max(...keys.map((key) => tries.get(key)?.until ?? 0))
      return Math.max(0, Math.ceil((until - clock.now()) / 1000))
    },
    failed: (keys) => {
      for (const key of keys) {
        const count = (tries.get(key)?.count ?? 0) + 1
        const waitMs = count < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - FREE_TRIES))
        tries.delete(key)
        tries.set(key, { count, until: clock.now() + waitMs })
      }
      for (const key of tries.keys()) {
        if (tries.size <= REMEMBERED) break
        tries.delete(key)
      }
    },
    succeeded: (keys) => {
      for (const key of keys) tries.delete(key)
    },
  }
}
