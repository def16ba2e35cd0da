/**
 * The long storm: `node tools/fuzz-ocpi.ts [requests] [seed]`, a million requests unless told otherwise. Watches the
 * event loop from outside too; ends with status 1 when anything broke or the loop stood still for 100 ms.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { storm } from '../packages/ocpi/test/storm.ts'

const STALL_MS = 100
const requests = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)

const loop = monitorEventLoopDelay({ resolution: 10 })
loop.enable()
const report = await storm({
  seed,
  requests,
  now: () => performance.now(),
  onProgress: (done) => {
    if (done % 50_000 === 0) process.stderr.write(`${done} requests, loop at most ${(loop.max / 1e6).toFixed(0)} ms\n`)
  },
})
loop.disable()
const stalled = report.longestMs > STALL_MS
process.stdout.write(
  `${JSON.stringify({ ...report, broken: report.broken.slice(0, 20), brokenCount: report.broken.length, loopMaxMs: loop.max / 1e6 }, null, 2)}\n`,
)
process.exitCode = report.broken.length > 0 || stalled ? 1 : 0
