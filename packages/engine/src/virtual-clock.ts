import type { Clock } from './clock.ts'

export interface VirtualClock extends Clock {
  /** Runs every timer due up to `ms`, in order, then stands at `ms`. */
  readonly advanceTo: (ms: number) => Promise<void>
  readonly advanceBy: (ms: number) => Promise<void>
  /** When the next timer is due. */
  readonly nextAt: () => number | undefined
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly task: () => void
}

export interface VirtualClockOptions {
  /** Awaited before each timer and at the end; default: one turn of the event loop, enough for work that is all in memory. */
  readonly settle?: () => Promise<void>
}

/** Time that moves only when told to. */
export function virtualClock(startMs: number, options: VirtualClockOptions = {}): VirtualClock {
  const settle = options.settle ?? (() => new Promise<void>((done) => setImmediate(done)))
  // A binary heap would pay off above some 10,000 timers; a sorted list is enough for a world and keeps order plain.
  const timers: Timer[] = []
  let now = startMs
  let order = 0

  function after(delayMs: number, task: () => void): () => void {
    const timer: Timer = { at: now + Math.max(0, Math.ceil(delayMs)), order: order++, task }
    timers.splice(placeOf(timers, timer), 0, timer)
    return () => {
      const index = placeOf(timers, timer)
      if (timers[index] === timer) timers.splice(index, 1)
    }
  }

  async function advanceTo(ms: number): Promise<void> {
    await settle()
    for (let next = timers[0]; next !== undefined && next.at <= ms; next = timers[0]) {
      timers.shift()
      now = Math.max(now, next.at)
      next.task()
      await settle()
    }
    now = Math.max(now, ms)
  }

  return {
    now: () => now,
    after,
    advanceTo,
    advanceBy: (ms) => advanceTo(now + ms),
    nextAt: () => timers[0]?.at,
  }
}

/** Binary search for a timer, or for the first one that is due later. */
function placeOf(timers: readonly Timer[], timer: Timer): number {
  let low = 0
  let high = timers.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = timers[middle]
    if (other !== undefined && (other.at < timer.at || (other.at === timer.at && other.order < timer.order)))
      low = middle + 1
    else high = middle
  }
  return low
}
