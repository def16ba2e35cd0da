/** Reads the source and says where it leaves the house rules. Run by `npm run check` and, as a test, by `npm test`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ambient } from './tidy/ambient.ts'
import { type Ratchet, sizes } from './tidy/size.ts'
import { type Finding, isCode, parse, type Source, type Tree } from './tidy/source.ts'
import { walls } from './tidy/walls.ts'
import { texts, words } from './tidy/words.ts'

export const root = join(import.meta.dirname, '..')

const skipped = ['node_modules', 'dist', 'coverage', 'examples']
const dotted = ['.ci', '.github']

/** Every text file of the repository that the rules may look at. */
export function readTree(folder: string = root, below = ''): Tree {
  const tree = new Map<string, string>()
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (skipped.includes(entry.name) || (entry.name.startsWith('.') && !dotted.includes(entry.name))) continue
    if (entry.isDirectory()) for (const [inner, text] of readTree(folder, path)) tree.set(inner, text)
    else if (/\.(ts|tsx|mts|mjs|json|md|sql|css|html|ya?ml|sh|txt)$|^[^.]+$|\.ci\/run$/.test(entry.name)) {
      if (entry.name !== 'package-lock.json') tree.set(path, readFileSync(join(folder, path), 'utf8'))
    }
  }
  return tree
}

/** Every finding in the tree; the same tree always gives the same list. */
export function tidy(tree: Tree, ratchet: Ratchet = {}): readonly Finding[] {
  const findings: Finding[] = []
  const sources: Source[] = []
  for (const [path, text] of tree) {
    findings.push(...texts(path, text))
    if (!isCode(path)) continue
    const parsed = parse(path, text)
    if ('rule' in parsed) findings.push(parsed)
    else sources.push(parsed)
  }
  for (const source of sources) for (const rule of [walls, words, ambient]) findings.push(...rule(source, tree))
  findings.push(...sizes(sources, ratchet))
  return findings.toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line)
}

export function readRatchet(): Ratchet {
  return JSON.parse(readFileSync(join(root, 'tools', 'tidy-ratchet.json'), 'utf8')) as Ratchet
}

export const show = (finding: Finding) => `${finding.path}:${finding.line} ${finding.rule}: ${finding.message}`

if (import.meta.main) {
  const findings = tidy(readTree(), readRatchet())
  for (const finding of findings) process.stdout.write(`${show(finding)}\n`)
  process.stdout.write(findings.length === 0 ? 'tidy: nothing to say\n' : `tidy: ${findings.length} findings\n`)
  process.exitCode = findings.length === 0 ? 0 : 1
}
