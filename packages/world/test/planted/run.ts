/**
 * Which planted bugs the storms find, and how soon: `npm run planted -- [--most SESSIONS] [F47 …]`. The product is run with one
 * changed text each, two at a time; first without any, so that what is found is the bug and not the seed. One line for each:
 * the case, the seed of the world that showed it, the sessions it took, and the rule.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BUGS } from './bugs.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const args = process.argv.slice(2)
const most = args[0] === '--most' ? Number(args.splice(0, 2)[1]) : 100_000
const SMALL = 250
const SEED = 70_000
const AT_ONCE = 2
const rows = args.length > 0 ? args : Object.keys(BUGS)

interface Ran {
  readonly sessions: number
  readonly seed: number
  readonly found: string | null
}

const run = promisify(execFile)

async function storms(row: string | undefined, sessions: number): Promise<Ran | string> {
  const hooks = row === undefined ? [] : ['--import', here('hooks.ts')]
  const command = ['--disable-warning=ExperimentalWarning', ...hooks, here('one.ts'), sessions, SMALL, SEED].map(String)
  try {
    const { stdout } = await run(process.execPath, command, { env: { ...process.env, PLUGTILL_PLANTED: row } })
    return JSON.parse(stdout) as Ran
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string }
    return stderr.split('\n').find((line) => line.includes('Error')) ?? 'it did not run'
  }
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const cells = (row: string, seed: string, sessions: string, rule: string) =>
  say(`${row.padEnd(5)}${seed.padStart(7)}${sessions.padStart(10)}  ${rule.slice(0, 140)}`)

const sound = await storms(undefined, Math.min(most, 4 * SMALL))
if (typeof sound === 'string' || sound.found !== null) {
  say(`Without any bug a rule is broken: ${typeof sound === 'string' ? sound : sound.found}`)
  process.exit(1)
}
cells('case', 'seed', 'sessions', 'rule')
let shown = 0
const left = [...rows]
async function work(): Promise<void> {
  for (let row = left.shift(); row !== undefined; row = left.shift()) {
    const done = await storms(row, most)
    if (typeof done === 'string') cells(row, '', '', `could not run: ${done}`)
    else if (done.found === null) cells(row, '', String(done.sessions), 'NOT FOUND')
    else {
      shown++
      cells(row, String(done.seed), String(done.sessions), done.found)
    }
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work))
say(`${shown} of ${rows.length} planted bugs found`)
process.exit(shown === rows.length ? 0 : 1)
