/**
 * The long storm: `node tools/fuzz-ocpi.ts [requests] [seed]`, a million requests unless told otherwise. Time is what
 * this thread has worked, so that a machine busy with other things does not look like a stall of ours; how late the
 * loop really was is told beside it. Ends with status 1 when anything broke or one request held the loop for 100 ms.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { storm } from '../packages/ocpi/test/storm.ts'

const STALL_MS = 100
const requests = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)

const loop = monitorEventLoopDelay({ resolution: 10 })
const late = () => ({ p99: Math.round(loop.percentile(99) / 1e6), max: Math.round(loop.max / 1e6) })
loop.enable()
const report = await storm({
  seed,
  requests,
  now: () => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  },
  onProgress: (done) => {
    if (done % 50_000 === 0) process.stderr.write(`${done} requests, loop late by ${JSON.stringify(late())} ms\n`)
  },
})
loop.disable()
const { broken, ...figures } = report
process.stdout.write(
  `${JSON.stringify({ ...figures, brokenCount: broken.length, broken: broken.slice(0, 20), loopLateMs: late() }, null, 2)}\n`,
)
process.exitCode = broken.length > 0 || report.longestMs > STALL_MS ? 1 : 0
