/** One thread of a run: worlds come in, reports go out. */
import { parentPort } from 'node:worker_threads'
import type { WorldTask } from './run.ts'
import { runWorld } from './world.ts'

parentPort?.on('message', (task: WorldTask) => {
  void runWorld(task).then(
    (report) => parentPort?.postMessage(report),
    // Thrown outside of the promise, so that whoever waits for the thread hears of it.
    (error: unknown) =>
      queueMicrotask(() => {
        throw error
      }),
  )
})
