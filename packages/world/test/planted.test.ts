import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ROWS } from '../src/storm/run.ts'
import { BUGS } from './planted/bugs.ts'
import { plantOf, readShown } from './planted/found.ts'
import { MISTAKES } from './planted/mistakes.ts'
import { ageOf, sourcesHash } from './planted/sources.ts'

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

test('a record names the sources it was found in: another line of the product, or of its SQL, is another product', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-sources-'))
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
    return sourcesHash(folder)
  }
  const before = write('ptp/src/a/one.ts', 'const a = 1')
  expect(write('ptp/src/a/one.test.ts', 'test()')).toBe(before)
  const hashes = [before, write('ptp/src/a/one.ts', 'const a = 2'), write('engine/sql/0001.sql', 'CREATE TABLE a')]
  expect(new Set(hashes).size).toBe(3)
  rmSync(folder, { recursive: true })
})

test('how many records are of these sources is told, and not asked for', () => {
  expect(ageOf({ F01: { product: 'a' }, F02: { product: 'b' }, F03: {} }, 'a')).toBe(
    'planted bugs: 1 of 3 were found in these sources (a), 1 in others, 1 do not say in which',
  )
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
