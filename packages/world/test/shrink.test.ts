import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Cut, Shrunk } from '../src/storm/shrink.ts'
import type { WorldReport } from '../src/storm/world.ts'

const at = (name: string) => fileURLToPath(new URL(`planted/${name}`, import.meta.url))

/** In a process of its own, with the planted bug of this case or without any. */
function inProcess<T>(row: string | undefined, ...args: readonly unknown[]): T {
  const hooks = row === undefined ? [] : ['--import', at('hooks.ts')]
  const words = args.map((arg) => JSON.stringify(arg))
  const command = ['--disable-warning=ExperimentalWarning', ...hooks, at('shrunk.ts'), ...words]
  const env = { ...process.env, ...(row !== undefined && { PLUGTILL_PLANTED: row }) }
  const { stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env, maxBuffer: 1e8 })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as T
}

interface Found {
  readonly whole: { readonly rule: string; readonly faults: number; readonly steps: number }
  readonly shrunk: Shrunk
}

const invariant = (rule: string) => rule.slice(0, rule.indexOf(':'))

test('a broken rule is shrunk to the few drivers and faults that break it, and replayed from what is written down', () => {
  const seed = 71_000
  const { whole, shrunk } = inProcess<Found>('F20', seed)
  expect(invariant(shrunk.rule)).toBe(invariant(whole.rule))
  expect(shrunk.drivers.length).toBeLessThan(4)
  expect(shrunk.faults.length).toBeLessThan(whole.faults / 10)
  expect(shrunk.trace.length).toBeLessThan(whole.steps / 10)

  const again = () => inProcess<WorldReport>('F20', shrunk.seed, shrunk.less satisfies Cut)
  const [first, second] = [again(), again()]
  expect(first.broken).toContain(shrunk.rule)
  expect(first.struck).toEqual(shrunk.faults)
  expect(first.lines).toEqual(expect.arrayContaining([...shrunk.trace]))
  expect(second).toEqual(first)
  // The same drivers in the same weather, without the mistake.
  expect(inProcess<WorldReport>(undefined, shrunk.seed, shrunk.less).broken).toEqual([])
})
