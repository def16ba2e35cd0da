import { tables } from '@plugtill/ocpi/tables'
import { expect, test } from 'vitest'
import { citation, documentedShapes, ocpiEndpoints } from './ocpi-endpoints.ts'

test('every row of every table stands in the reference', () => {
  const text = ocpiEndpoints()
  for (const { id, sender, receiver } of tables) {
    const chapter = text.split(`\n## Module ${id}\n`)[1]?.split('\n## ')[0] ?? ''
    for (const [name, row] of [...Object.entries(sender), ...Object.entries(receiver)])
      expect(chapter, `${id} ${name}`).toMatch(new RegExp(`\\| ${row.method} \\| .*\`${name}\` \\|`))
  }
})

test('every exported shape of a module cites its chapter', () => {
  const shapes = documentedShapes.filter(({ file }) => file.startsWith('modules/'))
  expect(shapes.length).toBeGreaterThanOrEqual(88)
  expect(shapes.filter(({ text }) => citation(text) === undefined).map(({ name }) => name)).toEqual([])
})
