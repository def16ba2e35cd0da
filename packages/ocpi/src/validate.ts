/**
 * Checks a value against a shape and says in plain words what is wrong with it: the text goes into the
 * `status_message` of OCPI 2001, where the developer of the other platform reads it. (A-47, E-52)
 */
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { withoutPrintable } from './printable.ts'
import { remembering } from './remembering.ts'

/** One thing that is wrong. */
export interface Finding {
  /** JSON pointer, "" for the whole value. */
  readonly path: string
  /** The offending value as JSON, shortened; "nothing" when it is missing. */
  readonly value: string
  /** What the value had to be. */
  readonly rule: string
}

export interface Validator<T extends TSchema> {
  readonly check: (value: unknown) => value is Static<T>
  /** The same for a value whose texts are known to be printable, which is the costliest of all rules. */
  readonly checkPrintable: (value: unknown) => value is Static<T>
  /** At most 20, in document order; empty when the value is valid. */
  readonly findings: (value: unknown) => readonly Finding[]
}

const MOST_FINDINGS = 20
const LONGEST_VALUE = 80
const MOST_ENUM_VALUES = 15

const known = new WeakMap<TSchema, Validator<TSchema>>()

/** The validator of a shape, compiled the first time it is asked for. */
export function validatorOf<T extends TSchema>(schema: T): Validator<T> {
  const found = known.get(schema)
  if (found) return found as Validator<T>
  const compiled = Compile(remembering(schema))
  const check = (value: unknown): value is Static<T> => compiled.Check(value)
  let sparing: { readonly Check: (value: unknown) => boolean } | undefined
  const checkPrintable = (value: unknown): value is Static<T> => {
    sparing ??= Compile(remembering(withoutPrintable(schema)))
    return sparing.Check(value)
  }
  const findings = (value: unknown) => (check(value) ? [] : reasonsOf(schema, value))
  const validator: Validator<T> = { check, checkPrintable, findings }
  known.set(schema, validator as unknown as Validator<TSchema>)
  return validator
}

/** Findings as one line for a `status_message`. */
export function explain(findings: readonly Finding[]): string {
  return findings.map(({ path, rule, value }) => `${path || 'the whole value'}: ${rule} (got ${value})`).join('; ')
}

/** Whoever counts findings must never see an invalid value pass, even if the walk should miss the reason. */
function reasonsOf(schema: TSchema, value: unknown): readonly Finding[] {
  const findings = findingsOf(schema, value)
  return findings.length > 0 ? findings : [{ path: '', value: shorten(value), rule: 'a value of the documented shape' }]
}

/** The walk that explains; slower than the compiled check and in agreement with it. */
export function findingsOf(schema: TSchema, value: unknown): readonly Finding[] {
  const findings: Finding[] = []
  visit(schema as Shape, value, '', findings)
  return findings
}

/** The keywords our alphabet uses; everything in `types.ts` comes down to these. */
interface Shape extends TSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly minItems?: number
  readonly anyOf?: readonly Shape[]
  readonly enum?: readonly string[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly rule?: string
  readonly '~refine'?: readonly { check(value: unknown): boolean; error(value: unknown): string }[]
}

function visit(shape: Shape, value: unknown, path: string, findings: Finding[]): void {
  if (findings.length >= MOST_FINDINGS) return
  if (shape.anyOf) {
    visitChoice(shape.anyOf, value, path, findings)
    return
  }
  const before = findings.length
  const wrong = wrongKind(shape, value) ?? wrongValue(shape, value)
  if (wrong !== undefined) findings.push({ path, value: shorten(value), rule: wrong })
  else if (shape.properties) visitProperties(shape, value as Readonly<Record<string, unknown>>, path, findings)
  else if (shape.items) {
    for (const [index, item] of (value as readonly unknown[]).entries()) {
      if (findings.length >= MOST_FINDINGS) return
      visit(shape.items, item, `${path}/${index}`, findings)
    }
  }
  // A rule about the whole may rely on its parts, so it comes last.
  const broken = findings.length === before ? shape['~refine']?.find((rule) => !rule.check(value)) : undefined
  if (broken) findings.push({ path, value: shorten(value), rule: broken.error(value) })
}

function visitProperties(
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
  path: string,
  findings: Finding[],
): void {
  for (const [name, property] of Object.entries(shape.properties ?? {})) {
    if (findings.length >= MOST_FINDINGS) return
    const here = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given !== undefined) visit(property, given, here, findings)
    else if (shape.required?.includes(name))
      findings.push({ path: here, value: 'nothing', rule: 'required, but missing' })
  }
}

/** Of several allowed forms the one that fits best is explained. */
function visitChoice(choices: readonly Shape[], value: unknown, path: string, findings: Finding[]): void {
  let best: readonly Finding[] | undefined
  for (const choice of choices) {
    if (choice.type === 'null' && value !== null) continue
    const attempt: Finding[] = []
    visit(choice, value, path, attempt)
    if (attempt.length === 0) return
    if (!best || attempt.length < best.length) best = attempt
  }
  findings.push(...(best ?? []).slice(0, MOST_FINDINGS - findings.length))
}

function wrongKind(shape: Shape, value: unknown): string | undefined {
  if (shape.enum) return shape.enum.includes(value as string) ? undefined : `one of ${listed(shape.enum)}`
  const is = kindOf(value)
  if (shape.type === undefined || shape.type === is) return undefined
  if (shape.type === 'number' && is === 'integer') return undefined
  return `${NAMES[shape.type]}, not ${NAMES[is]}`
}

function wrongValue(shape: Shape, value: unknown): string | undefined {
  if (typeof value === 'string') {
    const length = [...value].length
    if (shape.maxLength !== undefined && length > shape.maxLength)
      return `at most ${shape.maxLength} characters, has ${length}`
    if (shape.minLength !== undefined && length < shape.minLength) return 'text, not empty'
    if (shape.pattern && !new RegExp(shape.pattern, 'u').test(value))
      return shape.rule ?? `text of the form ${shape.pattern}`
  }
  if (Array.isArray(value) && value.length < (shape.minItems ?? 0))
    return `at least ${shape.minItems} in the list, has ${value.length}`
  if (typeof value === 'number') {
    const { minimum, maximum } = shape
    if (value < (minimum ?? value) || value > (maximum ?? value)) return `from ${minimum} to ${maximum}`
  }
  return undefined
}

const NAMES = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  undefined: 'nothing',
} as const

function kindOf(value: unknown): keyof typeof NAMES {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  const kind = typeof value
  return kind === 'object' || kind === 'string' || kind === 'boolean' ? kind : 'undefined'
}

function listed(values: readonly string[]): string {
  const some = values.slice(0, MOST_ENUM_VALUES).join(', ')
  return values.length > MOST_ENUM_VALUES ? `${some}, …` : some
}

function shorten(value: unknown): string {
  // Long text is cut before it is quoted, so that a megabyte costs nothing here.
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : outline(value)) ?? 'nothing'
  return json.length > LONGEST_VALUE ? `${json.slice(0, LONGEST_VALUE - 1)}…` : json
}

function outline(value: unknown): unknown {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null)
    return `an object with ${Object.keys(value).slice(0, 3).join(', ') || 'nothing in it'}`
  return value
}
