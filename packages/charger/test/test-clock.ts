import type { Clock } from '../src/clock.ts'

/** Time that moves only when told to; work between two timers gets one turn of the event loop. */
export function testClock(startMs: number): Clock & { readonly advance: (ms: number) => Promise<void> } {
  let now = startMs
  let timers: { readonly at: number; readonly task: () => void }[] = []
  const turn = () => new Promise<void>((done) => setImmediate(done))
  return {
    now: () => now,
    after: (delayMs, task) => {
      const timer = { at: now + Math.max(0, Math.ceil(delayMs)), task }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance: async (ms) => {
      const until = now + ms
      await turn()
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers = timers.filter((other) => other !== due)
        now = Math.max(now, due.at)
        due.task()
        await turn()
      }
      now = until
    },
  }
}
