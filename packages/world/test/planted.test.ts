import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ROWS } from '../src/storm/run.ts'
import { BUGS } from './planted/bugs.ts'

const PACKAGES = new URL('../../', import.meta.url)

test('every case of the failure model has a planted bug, and every text to change is there', () => {
  expect(Object.keys(BUGS).sort()).toEqual(ROWS)
  for (const [row, changes] of Object.entries(BUGS))
    for (const { file, find } of changes)
      expect(readFileSync(new URL(file, PACKAGES), 'utf8').includes(find), `${row}: ${find}`).toBe(true)
})

test('a capture of the whole hold instead of what is due is found by the storms', () => {
  const at = (name: string) => fileURLToPath(new URL(`planted/${name}`, import.meta.url))
  const ran = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', at('hooks.ts'), at('one.ts'), '40', '40', '70000'],
    { encoding: 'utf8', env: { ...process.env, PLUGTILL_PLANTED: 'F47' } },
  )
  expect(JSON.parse(ran.stdout)).toMatchObject({ found: expect.stringMatching(/^I10: captured/) })
})
