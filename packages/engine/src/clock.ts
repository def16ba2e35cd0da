/** Time as a parameter: the wall clock in production, a virtual one in the world. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number
  /** Runs `task` once, `delayMs` from now; returns what takes it back. */
  readonly after: (delayMs: number, task: () => void) => () => void
}

export const wallClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    // setTimeout overflows above 2^31-1 ms: longer waits are cut and asked again by the caller's own schedule.
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), 2_000_000_000))
    return () => clearTimeout(timer)
  },
}
