/** Time that jumps to the next timer as soon as nothing else is left to do. */
import type { Clock } from '../src/recorder.ts'

export interface TestClock extends Clock {
  /** Awaits work whose waits are waits on this clock. */
  readonly flow: <T>(work: Promise<T>) => Promise<T>
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly task: () => void
}

/** So many jumps without an end mean that the work waits for something that never comes. */
const MOST_JUMPS = 100_000
/** Turns of the event loop in which work that is all in memory gets done. */
const TURNS = 3

export function testClock(startMs = Date.parse('2030-07-02T10:00:00.000Z')): TestClock {
  const timers: Timer[] = []
  let now = startMs
  let order = 0
  const settle = async () => {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((done) => setImmediate(done))
  }
  const jump = () => {
    timers.sort((a, b) => a.at - b.at || a.order - b.order)
    const next = timers.shift()
    if (next === undefined) return false
    now = Math.max(now, next.at)
    next.task()
    return true
  }
  return {
    now: () => now,
    after: (delayMs, task) => {
      const timer = { at: now + Math.max(0, delayMs), order: order++, task }
      timers.push(timer)
      return () => {
        const index = timers.indexOf(timer)
        if (index >= 0) timers.splice(index, 1)
      }
    },
    flow: async (work) => {
      let settled = false
      const done = work.finally(() => {
        settled = true
      })
      done.catch(() => undefined)
      for (let jumps = 0; jumps < MOST_JUMPS; jumps += 1) {
        await settle()
        if (settled || !jump()) break
      }
      return done
    },
  }
}
