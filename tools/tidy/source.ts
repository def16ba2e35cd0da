/** One file of the tree, parsed once; and the words in which the rules speak of it. */
import { parseSync } from 'vite'

/** Repository path with forward slashes -> text. The rules see nothing else, so a test can plant a tree. */
export type Tree = ReadonlyMap<string, string>

export interface Finding {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly message: string
}

/** A node of the syntax tree; fields are looked at by name and checked before use. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

export interface Comment {
  readonly value: string
  readonly start: number
  readonly end: number
}

export interface Source {
  readonly path: string
  readonly text: string
  readonly body: readonly Node[]
  readonly comments: readonly Comment[]
  /** 1-based line of a character. */
  readonly line: (offset: number) => number
}

/** A rule reads one parsed file. */
export type Rule = (source: Source, tree: Tree) => readonly Finding[]

export function isCode(path: string): boolean {
  return /\.(ts|tsx|mts|mjs)$/.test(path) && !path.endsWith('.d.ts')
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || /^(packages|apps)\/[^/]+\/test\//.test(path) || path.startsWith('stories/')
}

export function parse(path: string, text: string): Source | Finding {
  const line = lineFinder(text)
  const result = parseSync(path, text)
  const error = result.errors[0]
  if (error) return { path, line: line(error.labels[0]?.start ?? 0), rule: 'syntax', message: error.message }
  return { path, text, body: result.program.body as unknown as Node[], comments: result.comments, line }
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** Name of an identifier node, else undefined. */
export function nameOf(value: unknown): string | undefined {
  return isNode(value) && (value.type === 'Identifier' || value.type === 'PrivateIdentifier')
    ? String(value['name'])
    : undefined
}

/** Text of a string literal node, else undefined. */
export function textOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : undefined
}

/** Calls `visit` for every node, parents first. */
export function walk(
  nodes: readonly Node[],
  visit: (node: Node, parents: readonly Node[]) => void,
  parents: readonly Node[] = [],
): void {
  for (const node of nodes) {
    visit(node, parents)
    const inside = [...parents, node]
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) walk(value.filter(isNode), visit, inside)
      else if (isNode(value)) walk([value], visit, inside)
    }
  }
}

export function found(source: Source, at: number, rule: string, message: string): Finding {
  return { path: source.path, line: source.line(at), rule, message }
}
