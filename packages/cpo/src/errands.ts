/** Work that nobody waits for: begun now or later, waited for at the end, forgotten at a stop. */
import type { Clock } from '@plugtill/engine/clock'

export interface Errands {
  readonly run: (work: () => Promise<void>) => void
  readonly later: (delayMs: number, task: () => void) => void
  readonly start: () => void
  readonly stop: () => void
  readonly idle: () => Promise<void>
}

export function createErrands(clock: Clock, onFault: (error: unknown) => void): Errands {
  const running = new Set<Promise<void>>()
  const timers = new Set<() => void>()
  let stopped = false
  return {
    run: (work) => {
      const task: Promise<void> = work()
        .catch(onFault)
        .finally(() => running.delete(task))
      running.add(task)
    },
    later: (delayMs, task) => {
      if (stopped) return
      const cancel = clock.after(delayMs, () => {
        timers.delete(cancel)
        task()
      })
      timers.add(cancel)
    },
    start: () => {
      stopped = false
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
