/** The walls of the house: who may import whom. There is no comment that switches this off. */
import { posix } from 'node:path'
import {
  type Finding,
  found,
  isNode,
  isTest,
  type Node,
  type Rule,
  type Source,
  type Tree,
  textOf,
  walk,
} from './source.ts'

const everyPackage = [
  'ocpi',
  'pricing',
  'engine',
  'psp',
  'terminal',
  'receipt',
  'charger',
  'ptp',
  'cpo',
  'world',
  'conformance',
]

/** Room -> the packages of ours it may import. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'packages/ocpi': [],
  'packages/engine': [],
  'packages/psp': [],
  'packages/terminal': [],
  'packages/charger': [],
  'packages/pricing': ['ocpi'],
  'packages/receipt': ['terminal'],
  'packages/ptp': ['ocpi', 'pricing', 'engine', 'psp', 'terminal', 'receipt'],
  'packages/cpo': ['ocpi', 'pricing', 'engine', 'receipt'],
  'packages/conformance': ['ocpi', 'pricing'],
  'packages/world': everyPackage.filter((name) => name !== 'world'),
  'apps/cli': everyPackage,
  'apps/web': ['terminal'],
}

const roomOf = (path: string) => /^(packages|apps)\/[^/]+/.exec(path)?.[0]

interface Import {
  readonly from: string
  readonly at: number
}

function importsOf(source: Source): readonly Import[] {
  const imports: Import[] = []
  const note = (value: unknown) => {
    const from = textOf(value)
    if (from !== undefined) imports.push({ from, at: (value as Node).start })
  }
  walk(source.body, (node) => {
    if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type) || node.type === 'ImportExpression')
      note(node['source'])
    if (node.type === 'TSImportType') note(isNode(node['source']) ? node['source'] : node['argument'])
    if (node.type === 'TSExternalModuleReference') note(node['expression'])
  })
  return imports
}

function wall(room: string, target: string): string {
  const name = room.split('/')[1] ?? room
  if ((name === 'ptp' && target === 'cpo') || (name === 'cpo' && target === 'ptp')) {
    return `The wall between ptp and cpo: they never import each other, they meet only on the OCPI wire. Move what both need into ocpi, pricing or engine, or say it in an OCPI message.`
  }
  const allowed = arrows[room] ?? []
  const list = allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')
  return `The wall around ${name}: it imports ${list}, and not ${target}. Take what you need as a parameter, or move it to a room on the right of the arrow.`
}

function ours(source: Source, room: string | undefined, { from, at }: Import): Finding | undefined {
  if (room === undefined) return undefined
  const name = room.split('/')[1]
  const target = from === 'plugtill' || from.startsWith('plugtill/') ? 'apps/cli' : from.split('/')[1]
  if (target === undefined || target === name) return undefined
  if (arrows[room] === undefined) {
    return found(
      source,
      at,
      'wall',
      `${room} is a new room: give it its arrows in tools/tidy/walls.ts. A twelfth package must replace one.`,
    )
  }
  return arrows[room].includes(target) ? undefined : found(source, at, 'wall', wall(room, target))
}

function relative(source: Source, room: string | undefined, { from, at }: Import): Finding | undefined {
  if (room === undefined) return undefined
  const target = posix.normalize(posix.join(posix.dirname(source.path), from))
  if (target.startsWith(`${room}/`)) return undefined
  // Tests may read the official examples.
  if (target.startsWith('spec/') && isTest(source.path)) return undefined
  const other = roomOf(target)
  const otherName = other?.split('/')[1] ?? target
  const why = other !== undefined && !(arrows[room] ?? []).includes(otherName) ? ` ${wall(room, otherName)}` : ''
  return found(
    source,
    at,
    'wall',
    `"${from}" leaves ${room}. Other rooms are imported by name: @plugtill/<package>/<file>.${why}`,
  )
}

/** Third-party packages must stand in the room's own package.json; tests may use the root's tools as well. */
function declared(source: Source, room: string | undefined, { from, at }: Import, tree: Tree): Finding | undefined {
  const name = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
  const manifests = [
    room,
    room === undefined || isTest(source.path) || /\.config\.ts$/.test(source.path) ? '' : undefined,
  ]
  const known = manifests.flatMap((folder) => {
    if (folder === undefined) return []
    const text = tree.get(folder === '' ? 'package.json' : `${folder}/package.json`)
    const manifest = text === undefined ? {} : (JSON.parse(text) as Record<string, Record<string, string>>)
    return Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] })
  })
  if (known.includes(name)) return undefined
  return found(
    source,
    at,
    'undeclared',
    `"${name}" is not a dependency in ${room ?? '.'}/package.json. Declare it there with an exact version and a line in docs/decisions/dependencies.md, or do without.`,
  )
}

export const walls: Rule = (source, tree) => {
  const room = roomOf(source.path)
  return importsOf(source).flatMap((entry) => {
    const { from } = entry
    if (from.startsWith('.')) return relative(source, room, entry) ?? []
    if (from.startsWith('@plugtill/') || from === 'plugtill' || from.startsWith('plugtill/'))
      return ours(source, room, entry) ?? []
    if (from.startsWith('node:')) {
      return room === 'apps/web' && !isTest(source.path) && !source.path.endsWith('.config.ts')
        ? found(
            source,
            entry.at,
            'wall',
            `apps/web runs in a browser: "${from}" is not there. It talks to the platforms over HTTP only.`,
          )
        : []
    }
    if (from.startsWith('#') || from.startsWith('virtual:') || from.startsWith('/')) {
      return found(
        source,
        entry.at,
        'wall',
        `"${from}" is neither a relative file, a package nor node:…; write one of these.`,
      )
    }
    return declared(source, room, entry, tree) ?? []
  })
}
