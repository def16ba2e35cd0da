/** Who has not answered for a while is not relied on: no driver's money is held for a start that would not be heard. (F25, F74) */
export interface Breaker {
  readonly told: (whom: string, answered: boolean) => void
  readonly isOpen: (whom: string) => boolean
}

/** So many silences in a row; then a pause, after which the next try is let through. */
const SILENCES = 5
const PAUSE_MS = 30_000

export const partner = (peerId: string) => `cpo:${peerId}`
export const provider = (account: string | undefined) => `psp:${account ?? ''}`

export function createBreaker({ now }: { readonly now: () => number }): Breaker {
  const silent = new Map<string, { count: number; lastAt: number }>()
  return {
    told: (whom, answered) => {
      if (answered) silent.delete(whom)
      else silent.set(whom, { count: (silent.get(whom)?.count ?? 0) + 1, lastAt: now() })
    },
    isOpen: (whom) => {
      const seen = silent.get(whom)
      return seen !== undefined && seen.count >= SILENCES && now() < seen.lastAt + PAUSE_MS
    },
  }
}
