/**
 * docs/reference/ocpi-endpoints.md from the endpoint tables and shapes of packages/ocpi: what is served and called,
 * with a link to the chapter that asks for it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InterfaceRole, Module } from '@plugtill/ocpi/module'
import { tables } from '@plugtill/ocpi/tables'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import chapters from './ocpi-chapters.json' with { type: 'json' }
import { cardinalityOf, differenceOf, type Named, type Shape, typeOf } from './ocpi-shape-text.ts'

const sources = join(import.meta.dirname, '..', '..', 'packages', 'ocpi', 'src')
const legacy = 'versions/v2.2.1.ts'
const specification = 'https://github.com/ocpi/ocpi/blob/2.3.0/release/payments/'

export interface Documented extends Named {
  /** What the docstring says. */
  readonly text: string
  readonly file: string
}

async function readShapes(): Promise<readonly Documented[]> {
  const files = readdirSync(join(sources, 'modules')).filter((name) => /^[a-z-]+\.ts$/.test(name))
  const all = await Promise.all(['types.ts', legacy, ...files.map((name) => `modules/${name}`)].map(shapesOf))
  return all.flat()
}

async function shapesOf(file: string): Promise<readonly Documented[]> {
  const exported = (await import(join(sources, file))) as Readonly<Record<string, unknown>>
  const text = readFileSync(join(sources, file), 'utf8')
  return [...text.matchAll(/^export const (\w+)/gm)].flatMap(([, name = '']) => {
    const shape = exported[name]
    if (typeof shape !== 'object' || shape === null || !('~kind' in shape)) return []
    return [{ name, shape: shape as Shape, text: docOf(text, `export const ${name} =`), file }]
  })
}

/** Every exported shape with its name and docstring, in the order of the files. */
export const documentedShapes: readonly Documented[] = await readShapes()

/** The comment right above a line, without its stars. */
function docOf(source: string, line: string): string {
  const before = source.slice(0, source.indexOf(`${line}`))
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before)?.[1] ?? ''
  return comment
    .replace(/^\s*\*/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}

interface Chapter {
  readonly file: string
  readonly anchors: Readonly<Record<string, string>>
}

/** "(locations › Connector; C-106)" → the chapter, and the place in it where there is one. */
export function citation(text: string): { readonly url: string; readonly name: string } | undefined {
  const [, word = '', part] = /\(([a-z ]+?)(?: › ([^;)]+))?(?:;[^)]*)?\)$/.exec(text) ?? []
  const chapter = (chapters as Readonly<Record<string, Chapter>>)[word]
  if (chapter === undefined) return undefined
  const anchor = part === undefined ? undefined : chapter.anchors[part]
  return {
    url: specification + chapter.file + (anchor === undefined ? '' : `#${anchor}`),
    name: part === undefined ? word : `${word} › ${part}`,
  }
}

const linked = (text: string): string => {
  const cited = citation(text)
  const said = text.replace(/ ?\([^()]*\)$/, '')
  return cited === undefined ? said : `${said}${said === '' ? '' : ' '}([${cited.name}](${cited.url}))`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function rowsOf(one: Module, role: InterfaceRole, names: readonly Documented[]): readonly string[] {
  const table = role === 'SENDER' ? one.sender : one.receiver
  return Object.entries(table).map(([name, { kind, method, path, body, data }]) => {
    const given = body === undefined ? '' : typeOf(body as Shape, names)
    const told = data === undefined ? '' : typeOf(data as Shape, names) + (kind === 'list' ? ' *' : '')
    return `| ${role} | ${method} | \`${path || '/'}\` | ${cell(given)} | ${cell(told)} | \`${name}\` |`
  })
}

function moduleText(one: Module, all: readonly Documented[]): string {
  const source = moduleSource(one)
  const shapes = all.filter(({ file }) => file.startsWith(source.file.replace('.ts', '')))
  const rows = [...rowsOf(one, 'SENDER', all), ...rowsOf(one, 'RECEIVER', all)]
  const notes = [
    one.routed ? '' : 'A configuration module: no routing headers.',
    one.versions === undefined ? '' : `Only in ${one.versions.join(', ')}.`,
  ]
  return [
    `## Module ${one.id}`,
    [linked(source.head), linked(source.doc), ...notes].filter(Boolean).join('\n\n'),
    ['| Interface | Method | Path | Body | `data` | Row |', '|---|---|---|---|---|---|', ...rows].join('\n'),
    ...shapes.map((shape) => shapeText(shape, all)),
  ].join('\n\n')
}

/** The file whose `module('…')` this is. */
function moduleSource({ id }: Module): { readonly file: string; readonly head: string; readonly doc: string } {
  for (const name of readdirSync(join(sources, 'modules'))) {
    const text = readFileSync(join(sources, 'modules', name), 'utf8')
    const found = new RegExp(`export const \\w+ = module\\(\\s*'${id}'`).exec(text)
    if (found === null) continue
    const head = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? ''
    return {
      file: `modules/${name}`,
      head: head
        .replace(/^\s*\*/gm, '')
        .replace(/\s+/g, ' ')
        .trim(),
      doc: docOf(text, found[0]),
    }
  }
  throw new Error(`No file of packages/ocpi/src/modules makes the module "${id}".`)
}

function shapeText({ name, shape, text }: Documented, all: readonly Documented[]): string {
  const heading = `### ${name}\n\n${linked(text)}`
  if (shape.properties === undefined) return `${heading}\n\n${valuesOf(shape, all, name)}`
  const { shapeOf } = codecOf('2.2.1')
  const [older, agreed] = [shapeOf(shape) as Shape, shapeOf(shape, { payments: true }) as Shape]
  const fields = Object.entries(shape.properties).map(([field, part]) => {
    const card = cardinalityOf(part, shape.required?.includes(field) ?? false)
    const there = older.properties?.[field]
    const missing = agreed.properties?.[field] === undefined ? 'not there' : 'where payments is agreed'
    const differs = there === undefined ? missing : differenceOf(part, there, all)
    return `| \`${field}\` | ${cell(typeOf(part, all))} | ${card} | ${cell(differs)} |`
  })
  return `${heading}\n\n| Field | Type | Card. | 2.2.1 |\n|---|---|---|---|\n${fields.join('\n')}`
}

function valuesOf(shape: Shape, all: readonly Documented[], own: string): string {
  const values = shape.enum ?? shape.known
  if (values === undefined)
    return typeOf(
      shape,
      all.filter(({ name }) => name !== own),
    )
  return `${shape.enum ? 'One of' : 'Known values'}: ${values.map((value) => `\`${value}\``).join(', ')}.`
}

/** The page. */
export function ocpiEndpoints(): string {
  const all = documentedShapes
  const types = all.filter(({ file }) => file === 'types.ts' || file === legacy)
  const parts = all.filter(
    ({ file }) => !tables.some((one) => file.startsWith(moduleSource(one).file.replace('.ts', ''))),
  )
  const shared = parts.filter((part) => !types.includes(part))
  return `${[
    '# OCPI endpoints and shapes',
    'Written by `npm run docs` from the tables of `packages/ocpi`; do not edit. Paths are relative to the endpoint URL of version details. Cardinality: `1` required, `?` absent or null, `*` absent, null or empty, `+` at least one. The column 2.2.1 says what a connection of that version spells differently; everything else is the same.',
    ...tables.map((one) => moduleText(one, all)),
    '## Types',
    ...[...types, ...shared].map((shape) => shapeText(shape, all)),
  ].join('\n\n')}\n`
}
