/** Time as a parameter; any clock of this shape drives a station, the wall clock as well as a virtual one. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number
  /** Runs `task` once, `delayMs` from now; returns what takes it back. */
  readonly after: (delayMs: number, task: () => void) => () => void
}
