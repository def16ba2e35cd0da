/** Counts what must end before all is quiet. */
export interface BusyCount {
  /** Never rejects: what goes wrong is told to `trouble`. */
  readonly during: (task: () => Promise<void>) => Promise<void>
  readonly count: () => number
  readonly quiet: () => Promise<void>
}

export function busyCount(trouble: (error: unknown) => void): BusyCount {
  let waiting: (() => void)[] = []
  let busy = 0
  return {
    async during(task) {
      busy++
      try {
        await task()
      } catch (error) {
        trouble(error)
      } finally {
        busy--
        if (busy === 0) {
          const told = waiting
          waiting = []
          for (const tell of told) tell()
        }
      }
    },
    count: () => busy,
    quiet: () => (busy === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
