/**
 * What can be wrong in a line of code: for each node of the syntax tree the texts that could stand there instead. The same
 * operators as other tools have (conditions, comparisons, arithmetic, blocks, literals, calls of collections, optional
 * chains). Sentences are not mutated: what they say is for people, and a test of each letter would forbid to improve them.
 */
import { isNode, type Node, nameOf } from '../tidy/source.ts'

export type Alternatives = readonly string[]

export interface Place {
  readonly text: string
  readonly parents: readonly Node[]
}

const comparisons: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '==': ['!='],
  '!=': ['=='],
}
const arithmetic: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '<<': '>>',
  '>>': '<<',
  '>>>': '<<',
  '&': '|',
  '|': '&',
  '^': '&',
}
const assignments: Readonly<Record<string, string>> = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '%=': '*=',
  '??=': '&&=',
  '||=': '&&=',
  '&&=': '||=',
}
/** A call that goes; what it was called on stays. */
const dropped = ['filter', 'slice', 'sort', 'toSorted', 'reverse', 'toReversed', 'trim']
const swapped: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  toLowerCase: 'toUpperCase',
  toUpperCase: 'toLowerCase',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
}

type Operator = (node: Node, place: Place) => Alternatives

const node = (value: unknown): Node => value as Node
const raw = ({ text }: Place, { start, end }: Node) => text.slice(start, end)

/** Both sides with another sign between them. */
function signs(one: Node, place: Place, others: readonly string[]): Alternatives {
  const [left, right] = [raw(place, node(one['left'])), raw(place, node(one['right']))]
  return others.map((other) => `${left} ${other} ${right}`)
}

const bare = (value: unknown): Node =>
  isNode(value) && value.type === 'ParenthesizedExpression' ? bare(value['expression']) : node(value)

/** Where nothing but truth counts: `if (…)`, `… ? :`, loops, and the sides of && and || there. */
function isCondition(one: Node, parents: readonly Node[]): boolean {
  const parent = parents.at(-1)
  if (parent === undefined) return false
  if (parent.type === 'ParenthesizedExpression') return isCondition(parent, parents.slice(0, -1))
  return parent['test'] === one && parent.type !== 'SwitchCase'
}

function inLoop(parents: readonly Node[]): boolean {
  const parent = parents.findLast(({ type }) => type !== 'ParenthesizedExpression')
  return parent !== undefined && /^(For|While|DoWhile)Statement$/.test(parent.type)
}

/** `true` and `false`, but not what comes to the same for the whole of && or ||, and no loop without end. */
function verdicts(one: Node, { parents }: Place): Alternatives {
  const parent = parents.findLast(({ type }) => type !== 'ParenthesizedExpression')
  if (parent?.type === 'LogicalExpression' && parent['operator'] !== '??')
    return parent['operator'] === '&&' ? ['true'] : ['false']
  return inLoop(parents) && isCondition(one, parents) ? ['false'] : ['true', 'false']
}

const isText = (value: unknown): boolean => {
  const one = bare(value)
  return one.type === 'TemplateLiteral' || (one.type === 'Literal' && typeof one['value'] === 'string')
}

const operators: Readonly<Record<string, Operator>> = {
  BinaryExpression: (one, place) => {
    const operator = String(one['operator'])
    const others = comparisons[operator]
    if (others !== undefined) return [...signs(one, place, others), ...verdicts(one, place)]
    const other = arithmetic[operator]
    return other === undefined || isText(one['left']) || isText(one['right']) ? [] : signs(one, place, [other])
  },
  LogicalExpression: (one, place) => {
    const operator = String(one['operator'])
    if (operator === '??') return [raw(place, node(one['left'])), raw(place, node(one['right']))]
    const whole = isCondition(one, place.parents) ? verdicts(one, place) : []
    return [...signs(one, place, [operator === '&&' ? '||' : '&&']), ...whole]
  },
  UnaryExpression: (one, place) =>
    ['!', '-', '~'].includes(String(one['operator'])) ? [raw(place, node(one['argument']))] : [],
  UpdateExpression: (one, place) => {
    const [operator, argument] = [one['operator'] === '++' ? '--' : '++', raw(place, node(one['argument']))]
    return [one['prefix'] === true ? operator + argument : argument + operator]
  },
  AssignmentExpression: (one, place) => {
    const other = assignments[String(one['operator'])]
    return other === undefined || isText(one['right']) ? [] : signs(one, place, [other])
  },
  ArrayExpression: (one) => [(one['elements'] as readonly unknown[]).length === 0 ? "['mutant']" : '[]'],
  ObjectExpression: (one) => ((one['properties'] as readonly unknown[]).length === 0 ? [] : ['{}']),
  ArrowFunctionExpression: (one) => (node(one['body']).type === 'BlockStatement' ? [] : ['() => undefined']),
  CallExpression: callAlternatives,
  ChainExpression: chainAlternatives,
  Literal: (one) => {
    const { value } = one
    if (typeof value === 'boolean') return [String(!value)]
    return typeof value !== 'string' || value.includes(' ') ? [] : [value === '' ? "'mutant'" : "''"]
  },
  TemplateLiteral: ({ quasis }) => ((quasis as readonly Node[]).some(saysMore) ? [] : ["''"]),
}

const saysMore = ({ value }: Node) => String((value as { readonly raw: string }).raw).includes(' ')

function callAlternatives(one: Node, place: Place): Alternatives {
  const callee = node(one['callee'])
  if (callee.type !== 'MemberExpression' || callee['computed'] === true) return []
  const [name, object] = [nameOf(callee['property']) ?? '', node(callee['object'])]
  if (dropped.includes(name)) return [raw(place, object)]
  const other = swapped[name]
  const property = node(callee['property'])
  return other === undefined
    ? []
    : [`${place.text.slice(one.start, property.start)}${other}${place.text.slice(property.end, one.end)}`]
}

/** Without each of its `?.` in turn. */
function chainAlternatives(chain: Node, { text }: Place): Alternatives {
  const found: string[] = []
  for (let one = chain['expression']; isNode(one); one = one['object'] ?? one['callee'] ?? one['expression']) {
    const inner = one['object'] ?? one['callee']
    if (one['optional'] !== true || !isNode(inner)) continue
    const rest = text
      .slice(inner.end, chain.end)
      .replace(/^\s*\?\.(?=[[(])/, '')
      .replace(/^\s*\?\./, '.')
    found.push(text.slice(chain.start, inner.end) + rest)
  }
  return found
}

/** What could stand in place of an expression. */
export function alternatives(one: Node, place: Place): Alternatives {
  const own = operators[one.type]?.(one, place) ?? []
  const judges = /^(BinaryExpression|LogicalExpression|ParenthesizedExpression)$/.test(one.type)
  const parent = place.parents.at(-1)
  const side = parent?.type === 'LogicalExpression' && isCondition(parent, place.parents.slice(0, -1))
  const whole = !judges && (isCondition(one, place.parents) || side) ? verdicts(one, place) : []
  return [...new Set([...own, ...whole])]
}
