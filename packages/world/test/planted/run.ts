/**
 * Which planted bugs the storms find, and how soon: `npm run planted -- [--record] [--most SESSIONS] [F47 …]`. The product is run with one
 * changed text each, two at a time unless `--at-once` says otherwise; the world that breaks a rule is run without the bug too. One line for each:
 * the case, the seed of the world that showed it, the sessions it took, and the rule. `--record` writes down what was found.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { BUGS } from './bugs.ts'
import { readShown, record, ruleOf } from './found.ts'
import { ageOf, sourcesHash } from './sources.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    most: { type: 'string', default: '100000' },
    'at-once': { type: 'string', default: '2' },
    record: { type: 'boolean', default: false },
  },
})
const most = Number(values.most)
const SMALL = 250
const SEED = 70_000
const rows = positionals.length > 0 ? positionals : Object.keys(BUGS)

interface Ran {
  readonly sessions: number
  readonly seed: number
  /** Sessions of the world of that seed. */
  readonly size: number
  readonly found: string | null
}

interface Some {
  readonly sessions: number
  /** Of the first worlds. */
  readonly small?: number
  readonly seed?: number
}

const run = promisify(execFile)

async function storms(row: string | undefined, { sessions, small = SMALL, seed = SEED }: Some): Promise<Ran | string> {
  const hooks = row === undefined ? [] : ['--import', here('hooks.ts')]
  const command = ['--disable-warning=ExperimentalWarning', ...hooks, here('one.ts'), sessions, small, seed].map(String)
  try {
    const { stdout } = await run(process.execPath, command, { env: { ...process.env, PLUGTILL_PLANTED: row } })
    return JSON.parse(stdout) as Ran
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string }
    return stderr.split('\n').find((line) => line.includes('Error')) ?? 'it did not run'
  }
}

/** What is found has to be the bug and not the seed. */
async function brokenAnyway({ seed, size }: Ran): Promise<boolean> {
  const sound = await storms(undefined, { sessions: size, small: size, seed })
  return typeof sound === 'string' || sound.found !== null
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const cells = (row: string, seed: string, sessions: string, rule: string) =>
  say(`${row.padEnd(5)}${seed.padStart(7)}${sessions.padStart(10)}  ${rule.slice(0, 140)}`)

// Now, and not when it is found: two hours later somebody may have gone on writing.
const product = sourcesHash()
process.stderr.write(`${ageOf(readShown(), product)}\n`)
cells('case', 'seed', 'sessions', 'rule')
let shown = 0
const left = [...rows]
async function work(): Promise<void> {
  for (let row = left.shift(); row !== undefined; row = left.shift()) {
    const done = await storms(row, { sessions: most })
    if (typeof done === 'string') cells(row, '', '', `could not run: ${done}`)
    else if (done.found === null) cells(row, '', String(done.sessions), 'NOT FOUND')
    else if (await brokenAnyway(done)) cells(row, String(done.seed), '', `broken without the bug too: ${done.found}`)
    else {
      shown++
      if (values.record) record(row, { seed: done.seed, sessions: done.sessions, rule: ruleOf(done.found), product })
      cells(row, String(done.seed), String(done.sessions), done.found)
    }
  }
}
await Promise.all(Array.from({ length: Number(values['at-once']) }, work))
say(`${shown} of ${rows.length} planted bugs found`)
process.exit(shown === rows.length ? 0 : 1)
