/** A script as text becomes a script as data, or says line by line what is wrong with it. */
import { Errors } from 'typebox/value'
import { LineCounter, parseDocument } from 'yaml'
import { type Script, ScriptShape } from './schema.ts'

export interface Mistake {
  /** From 1 on. */
  readonly line: number
  readonly column: number
  readonly message: string
}

const mostMistakes = 20
/** More than any script needs; the parser is not fed what nobody wrote by hand. */
const longestText = 1_000_000

export function readScript(text: string): { readonly script: Script } | { readonly wrong: readonly Mistake[] } {
  if (text.length > longestText)
    return { wrong: [{ line: 1, column: 1, message: `longer than ${longestText} characters; use count instead` }] }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, version: '1.2' })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  if (document.errors.length > 0) {
    const wrong = document.errors.map(({ pos, message }) => ({
      ...at(pos[0]),
      message: (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, ''),
    }))
    return { wrong: wrong.slice(0, mostMistakes) }
  }
  let value: unknown
  try {
    // Aliases may multiply: a few are for people, a million are an attack.
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return { wrong: [{ line: 1, column: 1, message: (error as Error).message }] }
  }
  const found = Errors(ScriptShape, value)
  if (found.length === 0) return { script: value as Script }
  const ofWrongType = new Set(found.flatMap(({ keyword, instancePath }) => (keyword === 'type' ? [instancePath] : [])))
  const wrong = found.flatMap(({ instancePath, keyword, params }) => {
    // Of a value of the wrong type nothing else needs to be said.
    if (keyword !== 'type' && ofWrongType.has(instancePath)) return []
    const message = ruleOf(keyword, params as Params)
    if (message === undefined) return []
    const path = instancePath.split('/').slice(1).map(decoded)
    return [{ ...at(offsetOf(document, path)), message: `${nameOf(path)}${message}${gotOf(value, path, keyword)}` }]
  })
  return { wrong: wrong.toSorted(byPlace).slice(0, mostMistakes) }
}

const decoded = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')
const nameOf = (path: readonly string[]) => (path.length === 0 ? 'the script ' : `${path.join('.')} `)

interface Params {
  readonly allowedValues?: readonly unknown[]
  readonly requiredProperties?: readonly string[]
  readonly limit?: number
  readonly type?: string | readonly string[]
  readonly comparison?: string
  readonly pattern?: string
}

/** What the value has to be, in words; undefined for what another finding says better. */
function ruleOf(keyword: string, params: Params): string | undefined {
  switch (keyword) {
    case 'additionalProperties':
      return undefined
    case 'boolean':
      return 'is not known here'
    case 'required':
      return `needs ${params.requiredProperties?.join(', ')}`
    case 'enum':
      return `has to be one of ${params.allowedValues?.join(', ')}`
    case 'type':
      return `has to be ${article(String(params.type))}`
    case 'pattern':
      return params.pattern?.includes('ms|s|min|h')
        ? 'has to be a time like 500ms, 5s, 2min or 1h'
        : 'has characters that cannot be in an identity'
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return `has to be ${params.comparison} ${params.limit}`
    case 'minProperties':
    case 'maxProperties':
      return 'has to be exactly one thing; begin each with its own dash'
    case 'minItems':
      return 'needs at least one entry'
    default:
      return `has to be ${keyword} ${params.limit ?? ''}`.trimEnd()
  }
}

const article = (type: string) =>
  ({
    object: 'a mapping',
    array: 'a list',
    string: 'a text, in quotes if it looks like a number',
    integer: 'a whole number',
  })[type] ?? `a ${type}`

function gotOf(value: unknown, path: readonly string[], keyword: string): string {
  if (keyword === 'boolean' || keyword === 'required') return ''
  let found = value
  for (const part of path) found = (found as Readonly<Record<string, unknown>> | undefined)?.[part]
  return typeof found === 'object' && found !== null ? '' : `, not ${JSON.stringify(found)?.slice(0, 60)}`
}

/** Where the value stands in the text; for one that is missing, where its parent does. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly string[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length).map(index), true) as
      | { readonly range?: readonly number[] }
      | undefined
    if (node?.range?.[0] !== undefined) return node.range[0]
  }
  return 0
}

const index = (part: string) => (/^\d+$/.test(part) ? Number(part) : part)

const byPlace = (a: Mistake, b: Mistake) => a.line - b.line || a.column - b.column
