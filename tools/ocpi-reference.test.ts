import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tables } from '@plugtill/ocpi/tables'
import { expect, test } from 'vitest'
import { citation, documentedShapes, reference, referencePath } from './ocpi-reference.ts'
import { root } from './tidy.ts'

test('the reference of endpoints is what the tables say; "node tools/ocpi-reference.ts" writes it anew', async () => {
  expect(readFileSync(join(root, referencePath), 'utf8')).toBe(await reference())
})

test('every row of every table stands in the reference', async () => {
  const text = await reference()
  for (const { id, sender, receiver } of tables) {
    const chapter = text.split(`\n## Module ${id}\n`)[1]?.split('\n## ')[0] ?? ''
    for (const [name, row] of [...Object.entries(sender), ...Object.entries(receiver)])
      expect(chapter, `${id} ${name}`).toMatch(new RegExp(`\\| ${row.method} \\| .*\`${name}\` \\|`))
  }
})

test('every exported shape of a module cites its chapter', async () => {
  const shapes = (await documentedShapes()).filter(({ file }) => file.startsWith('modules/'))
  expect(shapes.length).toBeGreaterThanOrEqual(88)
  expect(shapes.filter(({ text }) => citation(text) === undefined).map(({ name }) => name)).toEqual([])
})
