/** Time as a parameter: the wall clock in production, a virtual one in the world. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number
  /** Runs `task` once, `delayMs` from now; returns what takes it back. */
  readonly after: (delayMs: number, task: () => void) => () => void
}

/** Others in this process have their turn: whoever has much to do waits for this now and then. */
export const turn = ({ after }: Pick<Clock, 'after'>) => new Promise<void>((done) => void after(0, done))

const LOOK_AGAIN_MS = 10_000

/**
 * A clock by what `now` tells. A timer of it rings after its delay, or as soon as it is seen that this time has passed it:
 * a machine that slept, or whose time was set forward, does not wait once more.
 */
export const clockBy = (now: () => number): Clock => ({
  now,
  after: (delayMs, task) => {
    const at = now() + delayMs
    let timer: NodeJS.Timeout
    const wait = (leftMs: number) => {
      const stepMs = Math.min(Math.max(0, leftMs), LOOK_AGAIN_MS)
      timer = setTimeout(() => {
        const left = Math.min(leftMs - stepMs, at - now())
        if (left > 0) wait(left)
        else task()
      }, stepMs)
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
})

/** The time of this machine. */
export const wallClock: Clock = clockBy(() => Date.now())
