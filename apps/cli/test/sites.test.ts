import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plugtill as command } from './plugtill.ts'

const folder = mkdtempSync(join(tmpdir(), 'plugtill-sites-'))
const example = join(import.meta.dirname, '../../../examples/sites.yaml')

async function plugtill(...args: readonly string[]) {
  const told = await command(args)
  return { ...told, out: told.out.join('\n') }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('a good file is counted', async () => {
  const { status, out } = await plugtill('sites', 'check', example, '--json')
  expect(status).toBe(0)
  expect(JSON.parse(out)).toEqual({ file: example, locations: 2, evses: 3, chargers: 3, tariffs: 3 })
})

test('every mistake of a file is one line on stderr, and nothing is on stdout', async () => {
  const text = readFileSync(example, 'utf8')
    .replace('help_phone', 'help_fone')
    .replace('publish: false', 'publish: no-one')
  const { status, out, err } = await plugtill('sites', 'check', file('wrong.yaml', text))
  expect([status, out]).toEqual([3, ''])
  expect(err.split('\n')).toEqual([
    expect.stringMatching(/wrong\.yaml has 2 mistakes:$/),
    '  locations[DEPOT].publish: true or false, not text (it is "no-one").',
    expect.stringContaining('locations[HARBOUR].help_fone: there is no such field.'),
  ])
})

test.each([
  ['broken.yaml', 'locations: [', 'is no YAML: '],
  ['broken.json', '{"locations": [', 'is no JSON: '],
])('%s is refused as what it is', async (name, text, message) => {
  const { status, err } = await plugtill('sites', 'check', file(name, text))
  expect(status).toBe(3)
  expect(err).toContain(message)
})

test('a sandbox does not start with a file that is wrong', async () => {
  const { status, err } = await plugtill(
    'sandbox',
    '--port',
    '0',
    '--data',
    folder,
    '--sites',
    file('empty.yaml', '{}'),
  )
  expect(status).toBe(3)
  expect(err).toContain('locations: required, but missing.')
})

test('the schema is what stands in the reference', async () => {
  const { out } = await plugtill('sites', 'schema')
  expect(`${out}\n`).toBe(readFileSync(join(import.meta.dirname, '../../../docs/reference/sites.schema.json'), 'utf8'))
})
