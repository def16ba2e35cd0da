/**
 * Which planted bugs the storms find, and how soon: `npm run planted -- [--most SESSIONS] [F47 …]`. The product is run with one
 * changed text each; first without any, so that what is found is the bug and not the seed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BUGS } from './bugs.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const args = process.argv.slice(2)
const most = args[0] === '--most' ? Number(args.splice(0, 2)[1]) : 100_000
const SMALL = 250
const SEED = 70_000
const rows = args.length > 0 ? args : Object.keys(BUGS)

interface Found {
  readonly sessions: number
  readonly found: string | null
}

function run(row: string | undefined, sessions: number): Found | string {
  const hooks = row === undefined ? [] : ['--import', here('hooks.ts')]
  const ran = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...hooks, here('one.ts'), String(sessions), String(SMALL), String(SEED)],
    { encoding: 'utf8', env: { ...process.env, PLUGTILL_PLANTED: row } },
  )
  if (ran.status !== 0) return ran.stderr.split('\n').find((line) => line.includes('Error')) ?? 'it did not run'
  return JSON.parse(ran.stdout) as Found
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const sound = run(undefined, Math.min(most, 4 * SMALL))
if (typeof sound === 'string' || sound.found !== null) {
  say(`Without any bug a rule is broken: ${typeof sound === 'string' ? sound : sound.found}`)
  process.exit(1)
}
let shown = 0
for (const row of rows) {
  const done = run(row, most)
  if (typeof done !== 'string' && done.found !== null) shown++
  if (typeof done === 'string') say(`${row} could not run: ${done}`)
  else if (done.found === null) say(`${row} not found in ${done.sessions} sessions`)
  else say(`${row} found within ${done.sessions} sessions: ${done.found.slice(0, 160)}`)
}
say(`${shown} of ${rows.length} planted bugs found`)
process.exit(shown === rows.length ? 0 : 1)
