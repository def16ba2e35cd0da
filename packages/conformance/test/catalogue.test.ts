import { join } from 'node:path'
import { tables } from '@plugtill/ocpi/tables'
import { describe, expect, test } from 'vitest'
import { readMilestone, readRequirements } from '../src/catalogue.ts'
import { loadCatalogue, loadExamples } from '../src/catalogue-files.ts'
import { exampleFindings } from '../src/example.ts'
import { CHECKS } from '../src/judges.ts'

const spec = join(import.meta.dirname, '..', '..', '..', 'spec')
const catalogue = loadCatalogue(spec)

const REQUIREMENT = `
module: cdrs
requirements:
  - id: cdrs.post/1
    against: [ptp]
    milestone: finalise-session
    keyword: must
    text: It is so.
    why: Because.
    source: {specification: mod_cdrs}
    fix: Do so.
`

describe('the catalogue', () => {
  test('every requirement has a check, and every check belongs to a requirement', () => {
    const asked = catalogue.requirements.map(({ id }) => id)
    const checked = CHECKS.map(({ rule }) => rule)
    expect(asked.filter((id) => !checked.includes(id))).toEqual([])
    expect(checked.filter((id) => !asked.includes(id))).toEqual([])
  })

  test('a check names as its prerequisites only requirements that there are', () => {
    const asked = new Set(catalogue.requirements.map(({ id }) => id))
    expect(
      CHECKS.flatMap(({ rule, after }) => after.filter((id) => !asked.has(id)).map((id) => `${rule}: ${id}`)),
    ).toEqual([])
  })

  test('every example that a requirement names is there, and every example is named', () => {
    const examples = [...loadExamples(spec).keys()].sort()
    const named = [...new Set(catalogue.requirements.flatMap(({ example }) => example ?? []))].sort()
    expect(named).toEqual(examples)
  })
})

describe('an example message', () => {
  const examples = [...loadExamples(spec)]
  test.each(examples)('%s belongs to a row of the tables', (_name, { place }) => {
    const [module, endpoint = ''] = place.split('.')
    const table = tables.find(({ id }) => id === module)
    expect([...Object.keys(table?.sender ?? {}), ...Object.keys(table?.receiver ?? {})]).toContain(endpoint)
  })

  test.each(examples)('%s is correct in both versions', (_name, example) => {
    expect(exampleFindings(example, '2.3.0')).toEqual([])
    expect(exampleFindings(example, '2.2.1')).toEqual([])
  })
})

describe('a file of requirements', () => {
  test('with an unknown key is refused, so that a typing mistake loses nothing', () => {
    expect(() => readRequirements(REQUIREMENT.replace('keyword:', 'keywrod:'), 'cdrs.yaml')).toThrow(
      'cdrs.yaml: cdrs.post/1: "keywrod" is not known here.',
    )
  })

  test('without a source is refused', () => {
    expect(() => readRequirements(REQUIREMENT.replace(/ {4}source.*\n/, ''), 'cdrs.yaml')).toThrow(
      'cdrs.yaml: cdrs.post/1: source has to be a mapping.',
    )
  })

  test('that is read twice means the same', () => {
    expect(readRequirements(REQUIREMENT, 'cdrs.yaml')).toEqual(readRequirements(REQUIREMENT, 'cdrs.yaml'))
  })
})

test('a milestone of an unknown name is refused', () => {
  expect(() => readMilestone('id: somewhere\ntitle: T\nmodules: []\nneeds: n\ncpo: []\nptp: []', 'm.yaml')).toThrow(
    'm.yaml: id is "somewhere"; it has to be one of',
  )
})
