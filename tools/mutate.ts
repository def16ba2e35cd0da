/**
 * Are the tests of a package worth anything? Changes its code in thousands of small ways, one at a time, and sees which of
 * them no test notices. They are told as they are found; at the end stands the share of each file.
 *
 *     node tools/mutate.ts packages/pricing [--only price.ts,choose.ts] [--sample 300] [--without 'pattern of tests'] [--record]
 *
 * `test/mutation.json` of the package says what it promises: how much is killed, and which mutants cannot be, and why;
 * `--record` writes the figures of a whole run into it.
 */
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { bundle } from './mutate/bundle.ts'
import type { Verdict } from './mutate/harness.ts'
import type { Mutant } from './mutate/instrument.ts'
import { judge, recorded, type Settings, text } from './mutate/report.ts'

const root = join(import.meta.dirname, '..')

/** Longer than any mutant with a verdict takes, on a busy machine too. */
const silenceMs = 120_000
const startMs = 300_000

interface Run {
  readonly file: string
  readonly without: string
}

/** A verdict for each of these mutants; one that hangs costs its process its life. */
async function verdictsOn(
  ids: readonly number[],
  run: Run,
  tell: (verdict: Verdict) => void,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  while (verdicts.length < ids.length) {
    const before = verdicts.length
    const rest = ids.slice(before)
    const note = (verdict: Verdict) => {
      verdicts.push(verdict)
      tell(verdict)
    }
    await inProcess(rest, run, note)
    const next = ids[verdicts.length]
    if (next !== undefined) note({ id: next, result: 'endless' })
  }
  return verdicts
}

/** Until all is told, or nothing for so long that the process has to be ended. */
function inProcess(ids: readonly number[], run: Run, tell: (verdict: Verdict) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const harness = join(root, 'tools', 'mutate', 'harness.ts')
    const child = spawn(process.execPath, [harness, JSON.stringify({ ...run, ids })], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let hung = false
    const end = () => {
      hung = true
      child.kill('SIGKILL')
    }
    let timer = setTimeout(end, startMs)
    createInterface(child.stdout).on('line', (line) => {
      clearTimeout(timer)
      timer = setTimeout(end, silenceMs)
      if (line !== 'ready') tell(JSON.parse(line) as Verdict)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      if (hung || code === 0) resolve()
      else reject(new Error('The tests do not run: what is wrong stands above.'))
    })
  })
}

function filesOf(
  folder: string,
  { unmutated, only = [''], tests: chosen = [''] }: Settings,
): { readonly tests: string[]; readonly mutated: string[] } {
  const all = globSync(`${folder}/{src,test}/**/*.ts`, { cwd: root }).sort()
  const below = (path: string, names: readonly string[]) => names.some((name) => path.startsWith(`${folder}/${name}`))
  const isTest = (path: string) => path.endsWith('.test.ts')
  const tests = all.filter((path) => isTest(path) && below(path, chosen))
  const spared = unmutated.flatMap(({ files }) => files)
  const mutated = all.filter(
    (path) =>
      path.startsWith(`${folder}/src/`) &&
      below(path, only) &&
      !isTest(path) &&
      !spared.some((one) => path.endsWith(one)),
  )
  return { tests, mutated }
}

const isChosen = ({ path }: Mutant, only: readonly string[]) =>
  only.length === 0 || only.some((name) => path.endsWith(`/${name}`))

function progress(mutants: readonly Mutant[], total: number): (verdict: Verdict) => void {
  let done = 0
  return ({ id, result }) => {
    const mutant = mutants[id]
    if (++done % 100 === 0) process.stderr.write(`${done} of ${total}\n`)
    if (result !== 'killed') process.stderr.write(`${result}: ${mutant?.path}:${mutant?.line} ${mutant?.name}\n`)
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: '' },
      sample: { type: 'string' },
      without: { type: 'string' },
      record: { type: 'boolean', default: false },
    },
  })
  const [folder = 'packages/pricing'] = positionals
  const list = join(root, folder, 'test', 'mutation.json')
  const settings = JSON.parse(readFileSync(list, 'utf8')) as Settings
  const { tests, mutated } = filesOf(folder, settings)
  const made = await bundle(root, { tests, mutated: new Set(mutated), cells: settings.cells })
  const only = values.only.split(',').filter((name) => name !== '')
  const chosen = made.mutants.filter((mutant) => isChosen(mutant, only))
  const every = values.sample === undefined ? 1 : Math.max(1, Math.floor(chosen.length / Number(values.sample)))
  const ids = chosen.filter((_, index) => index % every === 0).map(({ id }) => id)
  const aside = mkdtempSync(join(tmpdir(), 'plugtill-mutate-'))
  try {
    const file = join(aside, 'bundle.json')
    writeFileSync(file, JSON.stringify(made))
    const verdicts = await verdictsOn(
      ids,
      { file, without: values.without ?? settings.without },
      progress(made.mutants, ids.length),
    )
    const extent = every > 1 ? 'sample' : only.length > 0 ? 'files' : 'whole'
    const isRecorded = values.record && extent === 'whole'
    const { figures: _, ...unrecorded } = settings
    const report = judge(isRecorded ? unrecorded : settings, made.mutants, { verdicts, extent })
    if (isRecorded) writeFileSync(list, recorded(readFileSync(list, 'utf8'), report.figures))
    process.stdout.write(text(report))
    process.exitCode = report.complaints.length === 0 ? 0 : 1
  } finally {
    rmSync(aside, { recursive: true })
  }
}

if (import.meta.main) await main()
