/**
 * The process in which mutants live. It takes a bundle, runs all tests once to see which test reaches which mutant, then
 * each mutant it is asked for: the script is run anew, so that nothing a mutant left behind meets the next, and the tests
 * that reach it run until one fails, the quickest first. A mutant that makes loops run without end is caught by counting
 * their rounds; whatever else hangs is ended by the parent.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { Script } from 'node:vm'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Bundle } from './bundle.ts'

export interface Verdict {
  readonly id: number
  readonly result: 'killed' | 'survived' | 'not reached' | 'endless'
  readonly by?: string
}

interface Test {
  readonly name: string
  readonly run: () => unknown
}

interface Known {
  readonly ms: number
  readonly rounds: number
  /** Ids of the mutants it reaches. */
  readonly reaches: ReadonlySet<number>
}

class EndlessError extends Error {}

const mostCases = 100

/** Always the same cases, and few of them: a failing one needs no smaller example here. */
const assert: typeof fc.assert = (property, { numRuns = mostCases, ...options } = {}) =>
  fc.assert(
    property as never,
    {
      ...options,
      seed: 1,
      endOnFailure: true,
      numRuns: Math.min(numRuns, mostCases),
    } as never,
  ) as never

const spareRounds = 100_000

/** Every test with the code as it is: what fails then has not been killed by a mutant. */
export const NO_MUTANT = -1

type Evaluate = (...args: readonly unknown[]) => void

/** Collects the tests of a bundle as vitest would, knowing no more of it than these tests use. */
function registrar(): { readonly tests: Test[]; readonly vitest: object } {
  const tests: Test[] = []
  const test = (name: string, run: () => unknown) => void tests.push({ name, run })
  const each = (rows: readonly unknown[]) => (name: string, run: (...args: readonly unknown[]) => unknown) =>
    rows.forEach((row, index) => {
      test(`${name} [${index}]`, () => (Array.isArray(row) ? run(...row) : run(row)))
    })
  const describe = (_name: string, inside: () => void) => inside()
  return { tests, vitest: { test: Object.assign(test, { each }), describe, expect } }
}

/** A bundle that can be evaluated as often as there are mutants. */
interface Loaded {
  /** The tests as they are when this mutant is active; `see` is asked about every mutant that is come across. */
  readonly testsWith: (see: (id: number) => boolean) => readonly Test[]
  readonly rounds: { now: number; most: number }
}

async function loaded({ code, externals }: Bundle, without: RegExp | undefined): Promise<Loaded> {
  const own = ['vitest', 'fast-check']
  // The bundle takes what `require` gives for the default export.
  const modules = new Map<string, unknown>([['fast-check', { ...fc, assert }]])
  const require = createRequire(import.meta.url)
  for (const [name, target] of Object.entries(externals))
    if (!own.includes(name)) modules.set(name, await import(target))
  const wrapped = `(function (require, module, exports, $m, $loop) {${code}\n})`
  const evaluate = new Script(wrapped).runInThisContext() as Evaluate
  const rounds = { now: 0, most: Number.POSITIVE_INFINITY }
  const loop = () => {
    if (++rounds.now > rounds.most) throw new EndlessError('A loop has no end.')
  }
  const testsWith = (see: (id: number) => boolean) => {
    const { tests, vitest } = registrar()
    const load = (name: string) => (name === 'vitest' ? vitest : (modules.get(name) ?? require(name)))
    rounds.now = 0
    evaluate(load, { exports: {} }, {}, see, loop)
    return tests.filter(({ name }) => without?.test(name) !== true)
  }
  return { testsWith, rounds }
}

/** Runs every test once without a mutant, each in a script of its own: what one has left behind hides nothing from the next. */
async function dryRun({
  testsWith,
  rounds,
}: Loaded): Promise<{ readonly atLoading: Known['reaches']; readonly tests: readonly Known[] }> {
  let reached = new Set<number>()
  const fresh = () =>
    testsWith((id) => {
      reached.add(id)
      return false
    })
  const { length } = fresh()
  const atLoading = reached
  const known: Known[] = []
  for (let index = 0; index < length; index++) {
    const test = fresh()[index]
    reached = new Set()
    rounds.now = 0
    const began = performance.now()
    await test?.run()
    known.push({ ms: performance.now() - began, rounds: rounds.now, reaches: reached })
  }
  return { atLoading, tests: known }
}

/** The first test that fails, of those that reach the mutant. */
export async function harnessOf(
  bundle: Bundle,
  without: RegExp | undefined,
): Promise<(id: number) => Promise<Verdict>> {
  const script = await loaded(bundle, without)
  const { rounds } = script
  const { atLoading, tests: known } = await dryRun(script)
  const quickestFirst = known.map((one, index) => ({ ...one, index })).sort((a, b) => a.ms - b.ms)
  const run = async (id: number, chosen: typeof quickestFirst): Promise<Verdict> => {
    rounds.most = spareRounds
    const tests = script.testsWith((one) => one === id)
    if (tests.length !== known.length) return { id, result: 'killed', by: 'another number of tests' }
    for (const { index, rounds: usual } of chosen) {
      const test = tests[index]
      rounds.now = 0
      rounds.most = 10 * usual + spareRounds
      const failed = await Promise.resolve()
        .then(() => test?.run())
        .then(
          () => false,
          () => true,
        )
      if (rounds.now > rounds.most) return { id, result: 'endless', by: test?.name }
      if (failed) return { id, result: 'killed', by: test?.name }
    }
    return { id, result: 'survived' }
  }
  return async (id) => {
    const isChosen = ({ reaches }: Known) => id === NO_MUTANT || atLoading.has(id) || reaches.has(id)
    const chosen = quickestFirst.filter(isChosen)
    if (chosen.length === 0) return { id, result: 'not reached' }
    try {
      return await run(id, chosen)
    } catch {
      return { id, result: 'killed', by: 'loading' }
    } finally {
      rounds.most = Number.POSITIVE_INFINITY
    }
  }
}

if (import.meta.main) {
  const { file, ids, without } = JSON.parse(process.argv[2] ?? '{}') as {
    readonly file: string
    readonly ids: readonly number[]
    readonly without?: string
  }
  const run = await harnessOf(
    JSON.parse(readFileSync(file, 'utf8')) as Bundle,
    without === undefined ? undefined : new RegExp(without),
  )
  process.stdout.write('ready\n')
  for (const id of ids) process.stdout.write(`${JSON.stringify(await run(id))}\n`)
  const { result, by } = await run(NO_MUTANT)
  if (result !== 'survived')
    throw new Error(`"${by}" fails without a mutant too: what it reads was changed meanwhile. Run it again.`)
}
