/** One thread of a run: worlds come in, reports go out. */
import { parentPort } from 'node:worker_threads'
import { runTask, type WorldTask } from './run.ts'

// Storms throw thousands of errors that are meant; nobody reads where.
Error.stackTraceLimit = 0

parentPort?.on('message', (task: WorldTask) => {
  void runTask(task).then(
    (report) => parentPort?.postMessage(report),
    // Thrown outside of the promise, so that whoever waits for the thread hears of it.
    (error: unknown) =>
      queueMicrotask(() => {
        throw error
      }),
  )
})
