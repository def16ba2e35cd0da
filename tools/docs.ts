/** What the documents say must be true of the repository: tree, links, dependencies, decisions, reference, guides. */
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import process from 'node:process'
import { readShown } from '../packages/world/test/planted/found.ts'
import { ageOf, sourcesHash } from '../packages/world/test/planted/sources.ts'
import { errorFindings } from './docs/errors.ts'
import { generatedFindings, writePages } from './docs/generated.ts'
import { messageFindings } from './docs/messages.ts'
import type { Tree } from './tidy/source.ts'
import { readTree, root } from './tidy.ts'

type Disk = (path: string) => boolean

/** Paths named by an annotated tree: two spaces of indent per level, the path first on its line. */
export function treePaths(readme: string): readonly string[] {
  const block = /```text\n(plugtill\/\n[\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const folders: string[] = []
  return block
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const match = /^((?: {2})+)(\S+)/.exec(line)
      if (match === null) return []
      const depth = (match[1] ?? '').length / 2 - 1
      folders.length = depth
      folders.push((match[2] ?? '').replace(/\/$/, ''))
      return [folders.join('/')]
    })
}

/** The README's tree names only what is there, and every room there is. */
export function treeFindings(tree: Tree, onDisk: Disk): readonly string[] {
  const paths = treePaths(tree.get('README.md') ?? '')
  if (paths.length === 0) return ['README.md: no tree found (a ```text block that begins with "plugtill/").']
  const rooms = new Set(
    [...tree.keys()].flatMap((path) => /^(packages|apps)\/[^/]+(?=\/package\.json$)/.exec(path)?.[0] ?? []),
  )
  return [
    ...paths.filter((path) => !onDisk(path)).map((path) => `README.md: the tree names ${path}, which is not there.`),
    ...[...rooms].filter((room) => !paths.includes(room)).map((room) => `README.md: the tree forgets ${room}.`),
  ]
}

/** Relative links of every Markdown file lead somewhere. */
export function linkFindings(tree: Tree, onDisk: Disk): readonly string[] {
  return [...tree].flatMap(([path, text]) => {
    if (!path.endsWith('.md')) return []
    const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')
    return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^([a-z]+:|#)/.test(link)) return []
      const target = posix.normalize(posix.join(posix.dirname(path), link.split('#')[0] ?? ''))
      return onDisk(target) ? [] : [`${path}: the link ${link} leads nowhere.`]
    })
  })
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const reasons = 'docs/decisions/dependencies.md'

/** Every direct dependency has one line with a reason and one exact version; a line without a dependency is stale. */
export function dependencyFindings(tree: Tree): readonly string[] {
  const explained = [...(tree.get(reasons) ?? '').matchAll(/^\| `([^`]+)` \| ([^|]*) \|/gm)]
  const versions = new Map<string, string>()
  const findings: string[] = []
  for (const [path, text] of tree) {
    if (!/^((packages|apps)\/[^/]+\/)?package\.json$/.test(path)) continue
    const { dependencies, devDependencies } = JSON.parse(text) as Manifest
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (name.startsWith('@plugtill/') || name === 'plugtill') continue
      if (!/^\d+\.\d+\.\d+$/.test(version)) findings.push(`${path}: ${name} "${version}" is not one exact version.`)
      const other = versions.get(name)
      if (other !== undefined && other !== version)
        findings.push(`${path}: ${name} is ${version} here and ${other} elsewhere.`)
      versions.set(name, version)
    }
  }
  const named = new Map(explained.map(([, name = '', why = '']) => [name, why.trim()]))
  for (const name of versions.keys()) if (!named.get(name)) findings.push(`${reasons}: no reason for ${name}.`)
  for (const name of named.keys())
    if (!versions.has(name)) findings.push(`${reasons}: nobody depends on ${name} any more.`)
  return findings
}

/** Decisions are numbered without gaps and say context, choice and consequence in a few lines. */
export function decisionFindings(tree: Tree): readonly string[] {
  const files = [...tree.keys()].filter((path) => /^docs\/decisions\/\d/.test(path)).toSorted()
  return files.flatMap((path, index) => {
    const text = tree.get(path) ?? ''
    const number = String(index + 1).padStart(4, '0')
    const missing = ['Context', 'Choice', 'Consequence'].filter((part) => !text.includes(`**${part}.**`))
    return [
      ...(path.startsWith(`docs/decisions/${number}-`) ? [] : [`${path}: expected number ${number} here.`]),
      ...missing.map((part) => `${path}: no **${part}.**`),
      ...(text.trim().split('\n').length > 16 ? [`${path}: a decision fits into 16 lines.`] : []),
    ]
  })
}

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      { readonly hasInstallScript?: boolean; readonly optionalDependencies?: Readonly<Record<string, string>> }
    >
  >
}

/**
 * The lockfile works with install scripts off for everything but the pinned Node, and names the optional platform
 * packages of every system: without them `npm ci` refuses, on every system.
 */
export function lockFindings(text: string): readonly string[] {
  const { packages } = JSON.parse(text) as Lock
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...(entry.hasInstallScript && path !== 'node_modules/node'
      ? [`package-lock.json: ${path} wants to run an install script.`]
      : []),
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`])
      .map((name) => `package-lock.json: ${name} (optional, of ${path}) is missing; npm ci will refuse.`),
  ])
}

export function docs(
  tree: Tree,
  lock: string,
  onDisk: Disk = (path) => existsSync(join(root, path)),
): readonly string[] {
  return [
    ...treeFindings(tree, onDisk),
    ...linkFindings(tree, onDisk),
    ...dependencyFindings(tree),
    ...decisionFindings(tree),
    ...lockFindings(lock),
    ...generatedFindings(tree),
    ...errorFindings(tree),
    ...messageFindings(tree),
  ]
}

if (import.meta.main) {
  if (process.argv.includes('--write')) writePages(root)
  const findings = docs(readTree(), readFileSync(join(root, 'package-lock.json'), 'utf8'))
  process.stdout.write(`${ageOf(readShown(), sourcesHash())}\n`)
  for (const finding of findings) process.stdout.write(`${finding}\n`)
  process.stdout.write(findings.length === 0 ? 'docs: true\n' : `docs: ${findings.length} findings\n`)
  process.exitCode = findings.length === 0 ? 0 : 1
}
