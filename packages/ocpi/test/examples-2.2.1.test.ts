/**
 * Every official example of 2.2.1, read in its own spelling, is valid 2.3.0 inside, and written back it is what it was.
 * What breaks the tables of its own chapter stands in ERRATA with what would mend it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseJson } from '../src/parse-json.ts'
import { findingsOf, validatorOf } from '../src/validate.ts'
import { codecOf } from '../src/versions/negotiate.ts'
import { exampleShapes } from './example-shapes.ts'

const FOLDER = new URL('../../../spec/2.2.1/examples/', import.meta.url)

interface Erratum {
  readonly why: string
  readonly findings: readonly string[]
  readonly mended: (example: Record<string, unknown>) => unknown
}

const ERRATA: Readonly<Record<string, Erratum>> = {
  tariff_put_example: {
    why: 'last_updated forgotten (H-21)',
    findings: ['/last_updated required, but missing'],
    mended: (tariff) => ({ ...tariff, last_updated: '2019-01-01T00:00:00Z' }),
  },
  location_put_example_add_evse: {
    why: 'the Connector was written for an early draft (H-10)',
    findings: [
      '/connectors/0/power_type required, but missing',
      '/connectors/0/max_voltage required, but missing',
      '/connectors/0/max_amperage required, but missing',
      '/connectors/0/last_updated required, but missing',
      '/physical_reference text, not a whole number',
    ],
    mended: ({ floor: _floor, ...evse }) => ({
      ...evse,
      physical_reference: '3',
      connectors: (evse['connectors'] as object[]).map((connector) => ({
        ...connector,
        power_type: 'AC_3_PHASE',
        max_voltage: 230,
        max_amperage: 16,
        last_updated: '2019-01-01T00:00:00Z',
      })),
    }),
  },
}

const inFolder = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))
const files = exampleShapes.filter(({ name }) => inFolder.includes(name))
const exampleOf = (name: string) => parseJson(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))
const { read, write, shapeOf } = codecOf('2.2.1')

test('all 59 files are read', () => {
  expect(files.map(({ name }) => name).sort()).toEqual([...inFolder].sort())
  expect(inFolder).toHaveLength(59)
  expect(Object.keys(ERRATA).filter((name) => !inFolder.includes(name))).toEqual([])
})

test.each(files)('$name is valid in its own spelling, or wrong exactly as listed', ({ name, shape }) => {
  const found = findingsOf(shapeOf(shape, { payments: true }), exampleOf(name)).map(
    ({ path, rule }) => `${path} ${rule}`,
  )

  expect(found).toEqual(ERRATA[name]?.findings ?? [])
  expect('findings' in read(shape, exampleOf(name))).toBe(name in ERRATA)
})

test.each(files)('$name lifts to 2.3.0 and lowers to what it was', ({ name, shape }) => {
  const old = ERRATA[name]?.mended(exampleOf(name) as Record<string, unknown>) ?? exampleOf(name)

  const lifted = read(shape, old)

  if ('findings' in lifted) throw new Error(JSON.stringify(lifted.findings))
  expect(validatorOf(shape).findings(lifted.value)).toEqual([])
  expect(write(shape, lifted.value)).toEqual({ value: old, losses: [] })
})
