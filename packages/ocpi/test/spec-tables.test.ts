/**
 * The tables of the specification against our shapes: every field, its cardinality and length, every enum value, in
 * both versions. The specification is not part of this project: PLUGTILL_TEST_OCPI_SPEC names a clone of its repository.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { codecOf } from '../src/versions/negotiate.ts'
import type { Shape } from '../src/versions/reshape.ts'

const clone = process.env['PLUGTILL_TEST_OCPI_SPEC']
const source = join(import.meta.dirname, '..', 'src')

const CHAPTERS = [
  'types',
  'credentials',
  'version_information_endpoint',
  'mod_locations',
  'mod_sessions',
  'mod_cdrs',
  'mod_tariffs',
  'mod_tokens',
  'mod_commands',
  'mod_charging_profiles',
  'mod_hub_client_info',
  'mod_payments',
  'mod_invoice_reconciliation',
]

/** Where we differ on purpose. */
const DECIDED: Readonly<Record<string, readonly string[]>> = {
  '2.3.0': [
    'CdrDimensionType RESERVATION_EXPIRES: only ours', // C.11
    'CdrDimensionType RESERVATION_OVERTIME: only ours', // C.11
    'InvoiceReconciliationRecord cdrs: 36 there, 39 here', // E-63
    'ModuleID invoicereconciliation: only ours', // E-01
    'ModuleID payments: only ours', // E-01
    'Role HUB: only ours', // E-02: read in every version
    'Role PTP: only ours', // E-02
  ],
  '2.2.1': [
    'ModuleID invoicereconciliation: only ours', // F-10: open
    'ModuleID payments: only ours', // E-04
    'Role PTP: only ours', // E-02
    'VersionNumber 2.3.0: only ours', // F-10: open
  ],
}

interface Part extends Shape {
  readonly maxLength?: number
  readonly anyOf?: readonly Part[]
  readonly items?: Part
}

async function allShapes(): Promise<ReadonlyMap<string, TSchema>> {
  const files = readdirSync(join(source, 'modules')).filter((name) => /^[a-z-]+\.ts$/.test(name))
  const modules = (await Promise.all(
    ['types.ts', ...files.map((name) => `modules/${name}`)].map((file) => import(join(source, file))),
  )) as Readonly<Record<string, unknown>>[]
  const shapes = modules
    .flatMap((one) => Object.entries(one))
    .filter((entry): entry is [string, TSchema] => {
      const [, value] = entry
      return typeof value === 'object' && value !== null && '~kind' in value
    })
  return new Map([...shapes.map(([name, shape]) => [name.toLowerCase(), shape] as const)])
}

/** The chapter's sections: heading without its decoration, and its first table. */
function sectionsOf(branch: string, chapter: string): readonly { readonly name: string; readonly table: string }[] {
  let text: string
  try {
    text = execFileSync('git', ['-C', clone!, 'show', `${branch}:${chapter}.asciidoc`], {
      encoding: 'utf8',
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return [] // a chapter that this version does not have
  }
  return text.split(/\n(?==+ )/).map((section) => ({
    name: (/^=+ (.+)/.exec(section)?.[1] ?? '')
      .replace(/[_*`]/g, '')
      .replace(/\s+(object|class|enum|openenum|type)$/i, '')
      .replace(/ /g, '')
      .trim(),
    table: section.split('|===')[1] ?? '',
  }))
}

const inner = (part: Part): Part => {
  const choice = part.anyOf?.find(({ type }) => type !== 'null') ?? part.items
  return choice === undefined ? part : inner(choice)
}
const listOf = (part: Part): Part | undefined => (part.items ? part : part.anyOf?.find(({ items }) => items))

function cardinality(part: Part, required: boolean): string {
  if (listOf(part)) return required && (part.minItems ?? 0) > 0 ? '+' : '*'
  return required ? '1' : '?'
}

function classDifferences(name: string, table: string, shape: Shape): readonly string[] {
  const rows = table.split(/\n(?=\|)/).flatMap((row) => {
    const cells = row.replace(/\n/g, ' ').split('|').slice(1)
    const field = cells[0]?.replace(/\[\[.*?\]\]/g, '').trim() ?? ''
    return /^[a-z_]+$/.test(field) ? [{ field, type: cells[1] ?? '', card: cells[2]?.trim() ?? '' }] : []
  })
  const missing = Object.keys(shape.properties ?? {}).filter((field) => !rows.some((row) => row.field === field))
  return [
    ...missing.map((field) => `${name} ${field}: only ours`),
    ...rows.flatMap(({ field, type, card }) => {
      const part = shape.properties?.[field]
      if (part === undefined) return [`${name} ${field}: only theirs`]
      const mine = cardinality(part, shape.required?.includes(field) ?? false)
      const longest = /string[^|]*?>>\s*[[(](\d+)[)\]]/i.exec(type)?.[1]
      const { maxLength } = inner(part)
      return [
        ...(card === mine ? [] : [`${name} ${field}: ${card} there, ${mine} here`]),
        ...(longest === undefined || Number(longest) === maxLength
          ? []
          : [`${name} ${field}: ${longest} there, ${maxLength} here`]),
      ]
    }),
  ]
}

function enumDifferences(name: string, table: string, shape: Shape): readonly string[] {
  // Modules have a name in front of their id.
  const column = name === 'ModuleID' ? 2 : 1
  const theirs = table.split('\n').flatMap((line) => {
    const value =
      line
        .split('|')
        [column]?.replace(/\[\[.*?\]\]|`/g, '')
        .replace(/\s+a$/, '')
        .trim() ?? ''
    return /^[A-Za-z0-9_/.-]+$/.test(value) && !/^(Value|ModuleID|Description)$/.test(value) ? [value] : []
  })
  const ours = shape.enum ?? shape.known ?? []
  return [
    ...ours.filter((value) => !theirs.includes(value)).map((value) => `${name} ${value}: only ours`),
    ...theirs.filter((value) => !ours.includes(value)).map((value) => `${name} ${value}: only theirs`),
  ]
}

test.skipIf(!clone).each([
  ['2.3.0', '2.3.0/release/payments', { classes: 60, enums: 33 }],
  ['2.2.1', 'release-2.2.1-bugfixes', { classes: 53, enums: 28 }],
] as const)(
  'every class and enum of %s has the fields, cardinalities, lengths and values of its table',
  async (version, branch, least) => {
    const shapes = await allShapes()
    const differences: string[] = []
    const seen = { classes: 0, enums: 0 }
    for (const { name, table } of CHAPTERS.flatMap((chapter) => sectionsOf(branch, chapter))) {
      const ours = shapes.get(name === 'Endpoint' ? 'endpointentry' : name.toLowerCase())
      if (ours === undefined) continue
      // Terminals and advices of 2.2.1 are agreed on, not specified.
      const shape = codecOf(version).shapeOf(ours) as Shape
      if (/\|\s*Property\s*\|/.test(table)) {
        seen.classes += 1
        differences.push(...classDifferences(name, table, shape))
      } else if (shape.enum !== undefined || shape.known !== undefined) {
        seen.enums += 1
        differences.push(...enumDifferences(name, table, shape))
      }
    }
    expect(differences.sort()).toEqual(DECIDED[version])
    expect(seen.classes).toBeGreaterThanOrEqual(least.classes)
    expect(seen.enums).toBeGreaterThanOrEqual(least.enums)
  },
)
