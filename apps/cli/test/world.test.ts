import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { plugtill as command } from './plugtill.ts'

const plugtill = (...args: readonly string[]) => command(args)

const world = (...more: readonly string[]) => plugtill('world', '--seed', '4', '--sessions', '40', ...more)

test('a small run that breaks no rule is status 0, whatever it has not met', async () => {
  const { status, out } = await world('--json')
  const { violations, rows_missed, begun_with_few_faults } = JSON.parse(out.join('\n')) as Record<string, unknown>
  expect([status, violations, begun_with_few_faults]).toEqual([0, [], 0])
  expect((rows_missed as readonly string[]).length).toBeGreaterThan(0)
})

test('a run that counts as large ends with status 1 and names each case and order it has not met', async () => {
  const { status, out, err } = await world('--whole-from', '40')
  expect(status).toBe(1)
  const [, missed = ''] = /not met: (.*)/.exec(out.find((line) => line.startsWith('cases')) ?? '') ?? []
  expect(missed).toMatch(/^F\d\d( F\d\d)*$/)
  expect(err).toContain(`The run has not looked everywhere: cases of the failure model were not met: ${missed};`)
})

test('a long run that is stopped says what it has seen so far, and is no success', async () => {
  const bin = join(import.meta.dirname, '..', 'bin', 'plugtill.mjs')
  // Fewer than 50 worlds: none of them is run on both databases, which would take long.
  const child = spawn(process.execPath, [bin, 'world', '--sessions', '49000', '--threads', '1', '--json'], {
    stdio: 'pipe',
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    if (err === '') child.kill('SIGTERM')
    err += chunk
  })
  const [status] = (await once(child, 'close')) as [number]
  const { sessions } = JSON.parse(out) as { readonly sessions: number }
  expect([status, sessions % 1000, sessions > 0 && sessions < 49_000]).toEqual([1, 0, true])
  expect(err).toContain(`Stopped after ${sessions} of 49000 sessions`)
})
