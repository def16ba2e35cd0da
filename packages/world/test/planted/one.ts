/** Runs storms over one planted bug until a rule is broken; prints one line of JSON. Started by run.ts. */
import { SESSIONS_IN_A_WORLD } from '../../src/storm/run.ts'
import { runWorld } from '../../src/storm/world.ts'

const [most = 0, small = 0, first = 0] = process.argv.slice(2).map(Number)
let sessions = 0
let seed = first
let size = 0
let found: string | undefined
// Small worlds first: most mistakes show in a few hundred sessions.
for (let world = 0; found === undefined && sessions < most; world++) {
  size = Math.min(world < 4 ? small : SESSIONS_IN_A_WORLD, most - sessions)
  seed = first + world
  const report = await runWorld({ seed, sessions: size })
  sessions += size
  found = report.broken[0]
}
process.stdout.write(`${JSON.stringify({ sessions, seed, size, found: found ?? null })}\n`)
