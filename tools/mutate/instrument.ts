/** A source with all its mutants in it, each behind a switch, so that a thousand of them need one build. */
import { isNode, type Node, nameOf, parse } from '../tidy/source.ts'
import { type Cell, type Cells, cellOf, isLaterSpread, rowName } from './cells.ts'
import { alternatives, type Place } from './mutants.ts'

export interface Mutant {
  readonly id: number
  readonly path: string
  readonly line: number
  /** The function it stands in, with what is there and what it becomes: how a list of mutants names one. */
  readonly name: string
}

export interface Instrumented {
  readonly text: string
  readonly mutants: readonly Mutant[]
}

interface Work {
  readonly text: string
  readonly mutate: boolean
  /** Rows of a state table are in this file. */
  readonly cells?: Cells
  /** Gives a mutant its number; its name begins with that of its function, or with this one. */
  readonly add: (one: Node, becomes: string, where: readonly Node[] | string) => number
}

/** `$m(id)` says whether a mutant is at work, `$loop()` counts the rounds of all loops; tests only get the latter. */
export function instrument(
  path: string,
  text: string,
  {
    firstId,
    mutate,
    cells,
  }: { readonly firstId: number; readonly mutate: boolean; readonly cells?: Cells | undefined },
): Instrumented {
  const source = parse(path, text)
  if ('rule' in source) throw new Error(`${path}:${source.line} ${source.message}`)
  const mutants: Mutant[] = []
  const seen = new Map<string, number>()
  const add: Work['add'] = (one, becomes, where) => {
    const id = firstId + mutants.length
    const owner = typeof where === 'string' ? where : ownerOf(where)
    const named = `${owner}: ${short(text.slice(one.start, one.end))} -> ${short(becomes)}`
    const times = (seen.get(named) ?? 0) + 1
    seen.set(named, times)
    mutants.push({ id, path, line: source.line(one.start), name: times === 1 ? named : `${named} #${times}` })
    return id
  }
  const ofTable = cells?.files.some((end) => path.endsWith(end)) ? cells : undefined
  const work = { text, mutate, add, ...(ofTable && { cells: ofTable }) }
  return { text: filled(work, { start: 0, end: text.length, inside: source.body, parents: [] }), mutants }
}

const short = (text: string) => {
  const flat = text.replace(/\s+/g, ' ')
  return flat.length <= 90 ? flat : `${flat.slice(0, 60)} … ${flat.slice(-25)}`
}

/** Name of the innermost function or constant around. */
function ownerOf(parents: readonly Node[]): string {
  const owner = parents.findLast(
    (one) =>
      /^(FunctionDeclaration|ClassDeclaration)$/.test(one.type) ||
      (one.type === 'VariableDeclarator' && /Arrow|Function/.test(String((one['init'] as Node | null)?.type))),
  )
  const top = parents.find(({ type }) => type === 'VariableDeclarator')
  return nameOf(owner?.['id']) ?? nameOf(top?.['id']) ?? 'module'
}

interface Span {
  readonly start: number
  readonly end: number
  readonly inside: readonly Node[]
  readonly parents: readonly Node[]
}

/** A stretch of the text with each node in it rendered. */
function filled(work: Work, { start, end, inside, parents }: Span): string {
  let [out, at] = ['', start]
  for (const one of [...inside].sort((a, b) => a.start - b.start)) {
    if (one.start < at) continue // the same place twice, as in { a }
    out += work.text.slice(at, one.start) + rendered(work, one, parents)
    at = one.end
  }
  return out + work.text.slice(at, end)
}

function rendered(work: Work, one: Node, parents: readonly Node[]): string {
  if (work.mutate && work.cells !== undefined) {
    const cell = cellOf(one, parents, { text: work.text, cells: work.cells })
    if (cell !== undefined) return renderedCell(work, cell, { one, parents })
    if (isLaterSpread(one, parents)) return renderedSpread(work, { one, parents })
  }
  const inner = filled(work, { start: one.start, end: one.end, inside: childrenOf(one), parents: [...parents, one] })
  if (isLoopBody(one, parents)) return `{ $loop(); ${inner} }`
  if (!work.mutate) return inner
  if (one.type === 'BlockStatement') return blockOf(work, { one, parents, inner })
  if (!isWrappable(one, parents)) return inner
  const place: Place = { text: work.text, parents }
  const switches = alternatives(one, place).map((other) => `$m(${work.add(one, other, parents)}) ? (${other}) : `)
  if (switches.length === 0) return inner
  // A line that begins with a parenthesis would go on with the line before it.
  const alone = parents.at(-1)?.type === 'ExpressionStatement' ? 'void ' : ''
  return `${alone}(${switches.join('')}(${inner}))`
}

interface Spot {
  readonly one: Node
  readonly parents: readonly Node[]
}

/** Asked when the event comes and not when the table is read, so that only tests that use the cell are run for it. */
function renderedCell(work: Work, { key, value, row, others, covers }: Cell, { one, parents }: Spot): string {
  const inner = rendered(work, value, [...parents, one])
  const switches = others.map((other) => `$m(${work.add(one, other, row)}) ? (${other}) : `)
  const cell = `${key}: (...$cell) => (${switches.join('')}(${inner}))(...$cell)`
  return covers ? `...($m(${work.add(one, 'nothing', row)}) ? {} : { ${cell} })` : cell
}

function renderedSpread(work: Work, { one, parents }: Spot): string {
  const inner = rendered(work, one['argument'] as Node, [...parents, one])
  return `...($m(${work.add(one, 'nothing', rowName(parents))}) ? {} : (${inner}))`
}

/** A block that does nothing. */
function blockOf(
  work: Work,
  { one, parents, inner }: { readonly one: Node; readonly parents: readonly Node[]; readonly inner: string },
): string {
  const empty = (one['body'] as readonly unknown[]).length === 0
  // A constructor has to call `super`: without it nothing is tested but the language.
  const constructs = parents.at(-2)?.['kind'] === 'constructor'
  return empty || constructs ? inner : `{ if ($m(${work.add(one, '{}', parents)})) {} else ${inner} }`
}

function isLoopBody(one: Node, parents: readonly Node[]): boolean {
  const parent = parents.at(-1)
  return (
    parent !== undefined && /^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(parent.type) && parent['body'] === one
  )
}

/** Expressions, but none that is part of another's syntax: targets, and what a chain or a call looks its method up on. */
function isWrappable(one: Node, parents: readonly Node[]): boolean {
  const parent = parents.at(-1)
  if (parent === undefined) return false
  if (parent['callee'] === one || parent.type === 'ChainExpression' || inChain(one, parents)) return false
  return !(parent.type === 'UpdateExpression' || (parent.type === 'UnaryExpression' && parent['operator'] === 'delete'))
}

/** On the spine of an optional chain, where parentheses would end what `?.` skips. */
function inChain(one: Node, parents: readonly Node[]): boolean {
  const parent = parents.at(-1)
  if (parent === undefined || (parent['object'] !== one && parent['callee'] !== one)) return false
  return parents.at(-2)?.type === 'ChainExpression' || inChain(parent, parents.slice(0, -1))
}

/** Children that hold values; types, names and targets hold none. */
function childrenOf(one: Node): readonly Node[] {
  if (one.type.startsWith('Import') || one.type === 'ExportAllDeclaration') return []
  if (one.type === 'ExpressionStatement' && one['directive'] != null) return []
  const found: Node[] = []
  for (const [field, value] of Object.entries(one)) {
    if (field === 'key' && one['computed'] !== true) continue
    if (one.type === 'ExportNamedDeclaration' && field !== 'declaration') continue
    if (one.type === 'AssignmentExpression' && field === 'left') continue
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child) && !isType(child)) found.push(child)
  }
  return found
}

const isType = ({ type }: Node) => /^TS(?!As|NonNull|Satisfies|Instantiation)/.test(type)
