import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ROWS } from '../src/storm/run.ts'
import { BUGS } from './planted/bugs.ts'
import { plantOf, readShown } from './planted/found.ts'
import { MISTAKES } from './planted/mistakes.ts'

const PACKAGES = new URL('../../', import.meta.url)

test('every case of the failure model has a planted bug, and every text to change is there', () => {
  expect(Object.keys(BUGS).sort()).toEqual(ROWS)
  for (const [row, changes] of Object.entries(BUGS))
    for (const { file, find } of changes)
      expect(readFileSync(new URL(file, PACKAGES), 'utf8').includes(find), `${row}: ${find}`).toBe(true)
})

test('every planted bug, as it is planted now, was found within 100,000 sessions, and the page says what it is', () => {
  const shown = readShown()
  expect(Object.keys(MISTAKES)).toEqual(ROWS)
  expect(Object.keys(shown)).toEqual(ROWS)
  for (const [row, { sessions, plant }] of Object.entries(shown))
    expect([row, sessions <= 100_000, plant]).toEqual([row, true, plantOf(row)])
})

test.each([
  ['a capture of the whole hold instead of what is due', 'F47', 40, /^I10: captured/],
  ['a start that is sent a second time', 'F13', 250, /^I5: 2 orders to start one session/],
  ['a capture that fails afterwards, and nobody notices', 'F66', 250, /^I9: the advice says/],
] as const)('%s is found by the storms (%s)', (_, row, sessions, rule) => {
  const at = (name: string) => fileURLToPath(new URL(`planted/${name}`, import.meta.url))
  // A storm blows differently after each change of the code: the next ones are tried when the first has missed it.
  const numbers = [6_000, sessions, 70_000].map(String)
  const ran = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', at('hooks.ts'), at('one.ts'), ...numbers],
    { encoding: 'utf8', env: { ...process.env, PLUGTILL_PLANTED: row } },
  )
  expect(JSON.parse(ran.stdout)).toMatchObject({ found: expect.stringMatching(rule) })
})
