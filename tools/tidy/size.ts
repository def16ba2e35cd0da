/**
 * Bounds: a file of at most 300 lines, a function of at most 60. Data tables are exempt: a constant at the top of the
 * file that is an array, an object or a call that makes a schema.
 */
import { type Finding, found, isNode, isTest, type Node, nameOf, type Source, walk } from './source.ts'

export const maxFileLines = 300
export const maxFunctionLines = 60

/** Path, or path#function -> the length it has today. It may shrink and then must go; it may never grow. */
export type Ratchet = Readonly<Record<string, number>>

/** The expression inside `as const`, `satisfies T`, `as T`, `(…)`. */
function bare(value: unknown): Node | undefined {
  if (!isNode(value)) return undefined
  return /^(TSAsExpression|TSSatisfiesExpression|TSNonNullExpression|ParenthesizedExpression)$/.test(value.type)
    ? bare(value['expression'])
    : value
}

const isLiteral = (value: unknown) => /^(ArrayExpression|ObjectExpression)$/.test(bare(value)?.type ?? '')

/** A literal, or a call whose arguments are only data: `object({…})`, `Type.Union([…])`, `module('x', {…})`. */
function isData(value: unknown): boolean {
  const node = bare(value)
  if (node === undefined) return false
  if (isLiteral(node)) return true
  if (node.type !== 'CallExpression') return false
  return (node['arguments'] as Node[]).every((argument) => !/Function/.test(argument.type))
}

function tables(source: Source): readonly Node[] {
  return source.body.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement['declaration'] : statement
    if (!isNode(declaration) || declaration.type !== 'VariableDeclaration' || declaration['kind'] !== 'const') return []
    return (declaration['declarations'] as Node[]).every((one) => isData(one['init'])) ? [statement] : []
  })
}

const linesOf = (source: Source, node: Node) => source.line(node.end - 1) - source.line(node.start) + 1

/** Lines of the file without its data tables. */
export function fileLines(source: Source): number {
  const all = source.text.replace(/\n$/, '').split('\n').length
  return tables(source).reduce((rest, table) => rest - linesOf(source, table), all)
}

/** A function that only returns a table (handlers by name, rows of an API) is a table. */
function onlyReturnsTable(node: Node): boolean {
  const body = bare(node['body'])
  if (body === undefined) return false
  if (isLiteral(body)) return true
  const statements =
    (body.type === 'BlockStatement' || body.type === 'FunctionBody' ? (body['body'] as Node[]) : []) ?? []
  return statements.length === 1 && statements[0]?.type === 'ReturnStatement' && isLiteral(statements[0]['argument'])
}

/** The callback of `describe(…)`, `describe.skipIf(…)(…)`, `describe.each(…)(…)` holds tests and is not one. */
function isSuite(source: Source, parent: Node | undefined): boolean {
  const callee = parent?.type === 'CallExpression' ? parent['callee'] : undefined
  return isTest(source.path) && isNode(callee) && /^describe\b/.test(source.text.slice(callee.start, callee.end))
}

function functionName(node: Node, parents: readonly Node[]): string {
  const parent = parents.at(-1)
  const own = nameOf(node['id']) ?? nameOf(parent?.['id']) ?? nameOf(parent?.['key'])
  if (own !== undefined) return own
  const first = parent?.type === 'CallExpression' ? (parent['arguments'] as Node[])[0] : undefined
  return first?.type === 'Literal' ? String(first['value']) : 'anonymous'
}

export function functionLengths(source: Source): readonly { name: string; at: number; lines: number }[] {
  const lengths: { name: string; at: number; lines: number }[] = []
  walk(source.body, (node, parents) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return
    if (onlyReturnsTable(node) || isSuite(source, parents.at(-1))) return
    lengths.push({ name: functionName(node, parents), at: node.start, lines: linesOf(source, node) })
  })
  return lengths
}

function measure(
  key: string,
  lines: number,
  bounds: { readonly max: number; readonly ratchet: Ratchet },
): string | undefined {
  const allowed = bounds.ratchet[key]
  if (allowed === undefined) {
    return lines > bounds.max ? `${lines} lines, at most ${bounds.max}. Split it where the subject changes.` : undefined
  }
  if (lines > allowed) return `${lines} lines; the ratchet holds it at ${allowed} and may only shrink. Split it.`
  if (lines <= bounds.max)
    return `${lines} lines are within ${bounds.max}: take "${key}" out of tools/tidy-ratchet.json.`
  if (lines < allowed) return `shrank to ${lines} lines: lower "${key}" to ${lines} in tools/tidy-ratchet.json.`
  return undefined
}

export function sizes(sources: readonly Source[], ratchet: Ratchet): readonly Finding[] {
  const findings: Finding[] = []
  const seen = new Set<string>()
  for (const source of sources) {
    seen.add(source.path)
    const file = measure(source.path, fileLines(source), { max: maxFileLines, ratchet })
    if (file !== undefined) findings.push(found(source, 0, 'file-size', file))
    const longest = new Map<string, { at: number; lines: number }>()
    for (const one of functionLengths(source)) {
      const key = `${source.path}#${one.name}`
      if ((longest.get(key)?.lines ?? 0) < one.lines) longest.set(key, one)
    }
    for (const [key, { at, lines }] of longest) {
      seen.add(key)
      const message = measure(key, lines, { max: maxFunctionLines, ratchet })
      if (message !== undefined) findings.push(found(source, at, 'function-size', `${key.split('#')[1]}: ${message}`))
    }
  }
  for (const key of Object.keys(ratchet)) {
    if (seen.has(key)) continue
    findings.push({
      path: 'tools/tidy-ratchet.json',
      line: 1,
      rule: 'ratchet',
      message: `"${key}" is gone: take it out.`,
    })
  }
  return findings
}
