/** Holds requests and answers against a reduced description, and makes answers from it. */
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Description, Json, Operation } from './reduce.ts'
import { isObject } from './reduce.ts'

export interface Described {
  readonly operationOf: (method: string, path: string) => Operation | undefined
  /** What is wrong with a value, one line each. */
  readonly wrong: (schema: unknown, value: unknown) => readonly string[]
  readonly wrongNamed: (name: string, value: unknown) => readonly string[]
  /** The smallest value a schema allows, with these fields. */
  readonly sample: (name: string, fields?: Json) => Json
  /** Text fields of a form in the types of the schema. */
  readonly typed: (schema: unknown, value: unknown) => unknown
}

export function describe({ operations, schemas }: Description): Described {
  const whole = new Map<unknown, unknown>()
  /** References resolved; a circle is cut with "anything". */
  const expand = (value: unknown, open: readonly string[] = []): unknown => {
    if (Array.isArray(value)) return value.map((item) => expand(item, open))
    if (!isObject(value)) return value
    const name = value['$ref']
    if (typeof name !== 'string')
      return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, expand(inner, open)]))
    return open.includes(name) ? {} : expand(schemas[name] ?? {}, [...open, name])
  }
  const wholeOf = (schema: unknown) => {
    if (!whole.has(schema)) whole.set(schema, expand(schema))
    return whole.get(schema)
  }
  const compiled = new Map<unknown, ReturnType<typeof Compile>>()
  const wrong = (schema: unknown, value: unknown): readonly string[] => {
    if (!isObject(schema)) return []
    const validator = compiled.get(schema) ?? Compile(wholeOf(schema) as TSchema)
    compiled.set(schema, validator)
    if (validator.Check(value)) return []
    return validator.Errors(value).map(({ instancePath, message }) => `${instancePath}: ${message}`)
  }
  return {
    operationOf: (method, path) =>
      operations.find(
        (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
      ),
    wrong,
    wrongNamed: (name, value) => wrong(schemas[name], value),
    sample: (name, fields = {}) => ({ ...(smallest(wholeOf(schemas[name])) as Json), ...fields }),
    typed: (schema, value) => typed(wholeOf(schema), value),
  }
}

/** Only what is required; of a choice the first. */
function smallest(schema: unknown): unknown {
  if (!isObject(schema)) return null
  const { anyOf, oneOf, enum: values, type, properties, required, const: fixed } = schema
  if (fixed !== undefined) return fixed
  const choice = anyOf ?? oneOf
  if (Array.isArray(choice))
    return choice.some((one) => isObject(one) && one['type'] === 'null') ? null : smallest(choice[0])
  if (Array.isArray(values)) return values[0]
  if (type === 'object' || properties !== undefined) {
    const all = (properties ?? {}) as Json
    return Object.fromEntries(
      (Array.isArray(required) ? required : []).map((name) => [name, smallest(all[String(name)])]),
    )
  }
  return { string: '', integer: 0, number: 0, boolean: false, array: [] }[String(type)] ?? null
}

/** `a[b][0]=c` as objects and arrays of text. */
export function readForm(text: string): Json {
  const root: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/[[\]]+/).filter((word) => word !== '')
    let place = root
    for (const word of path.slice(0, -1)) {
      place[word] ??= {}
      place = place[word] as Record<string, unknown>
    }
    place[path.at(-1) ?? ''] = value
  }
  return listsIn(root) as Json
}

function listsIn(value: unknown): unknown {
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, listsIn(inner)] as const)
  return entries.length > 0 && entries.every(([name], index) => name === String(index))
    ? entries.map(([, inner]) => inner)
    : Object.fromEntries(entries)
}

function typed(schema: unknown, value: unknown): unknown {
  if (!isObject(schema)) return value
  const { anyOf, type, properties, items, additionalProperties } = schema
  if (Array.isArray(anyOf)) {
    const fits = anyOf.find((one) => isObject(one) && (one['type'] === 'object') === isObject(value))
    return typed(fits ?? anyOf[0], value)
  }
  if (Array.isArray(value)) return value.map((one) => typed(items, one))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        typed((properties as Json)?.[name] ?? additionalProperties, inner),
      ]),
    )
  if ((type === 'integer' || type === 'number') && /^-?\d+$/.test(String(value))) return Number(value)
  if (type === 'boolean' && /^(true|false)$/.test(String(value))) return value === 'true'
  return value
}
