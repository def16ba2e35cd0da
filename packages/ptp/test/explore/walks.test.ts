import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settings } from './settings.ts'
import { pathsOf, told } from './walks.ts'

const walks = join(import.meta.dirname, 'walks')

test.each(readdirSync(walks))('the walks of %s come to what is written down', async (file) => {
  const lines = readFileSync(join(walks, file), 'utf8').trimEnd().split('\n')
  const setting = settings.find(({ name }) => `${name.replaceAll(' ', '-')}.txt` === file)
  expect(await told(setting!, pathsOf(lines))).toEqual(lines)
})
