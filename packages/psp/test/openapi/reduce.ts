/**
 * A provider's public OpenAPI description, cut down to what is spoken here: the operations, of their parameters the
 * named ones, and the schemas they need. Words, titles and extensions are left out; what is cut stands for anything.
 */
export type Json = { readonly [name: string]: unknown }

export interface Operation {
  readonly method: string
  /** With `{name}` for what varies. */
  readonly path: string
  /** Names of the query, as far as the description knows them. */
  readonly query: readonly string[]
  readonly request?: unknown
  /** By status; `default` for the rest. */
  readonly answers: Json
}

export interface Description {
  readonly source: string
  readonly operations: readonly Operation[]
  readonly schemas: Json
}

export interface Wanted {
  readonly source: string
  /** "POST /v1/refunds": names of request fields that are used, or all. */
  readonly operations: Readonly<Record<string, readonly string[] | 'all'>>
  /** Schemas that are kept; a reference to another one stands for anything. */
  readonly schemas: readonly string[]
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value)

const KEPT =
  /^(type|properties|required|items|enum|anyOf|oneOf|allOf|additionalProperties|pattern|maxLength|minLength|minimum|maximum|const)$/

/** JSON Schema of a schema of OpenAPI 3.0 or 3.1. */
function plain(schema: unknown, kept: ReadonlySet<string>): unknown {
  if (!isObject(schema)) return schema
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? ''
    return kept.has(name) ? { $ref: name } : {}
  }
  const inner = (value: unknown) => plain(value, kept)
  const cut = Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => KEPT.test(name))
      .map(([name, value]) => {
        if (name === 'properties')
          return [name, Object.fromEntries(Object.entries(value as Json).map(([field, one]) => [field, inner(one)]))]
        if (/^(anyOf|oneOf|allOf)$/.test(name)) return [name, (value as unknown[]).map(inner)]
        return [name, name === 'items' || name === 'additionalProperties' ? inner(value) : value]
      }),
  )
  return schema['nullable'] === true ? { anyOf: [cut, { type: 'null' }] } : cut
}

/** Only the used fields of a request, so that one that is not described is found. */
function requestOf(schema: unknown, fields: readonly string[] | 'all', kept: ReadonlySet<string>): unknown {
  const whole = plain(schema, kept)
  if (fields === 'all' || !isObject(whole)) return whole
  const properties = (whole['properties'] ?? {}) as Json
  const missing = fields.filter((name) => properties[name] === undefined)
  if (missing.length > 0) throw new Error(`The description has no ${missing.join(', ')}.`)
  return {
    ...whole,
    properties: Object.fromEntries(fields.map((name) => [name, properties[name]])),
    additionalProperties: false,
  }
}

export function reduce(document: Json, { source, operations, schemas }: Wanted): Description {
  const kept = new Set(schemas)
  const all = at(document, 'components', 'schemas') as Json
  const found = Object.entries(operations).map(([name, fields]): Operation => {
    const [method = '', path = ''] = name.split(' ')
    const operation = at(document, 'paths', path, method.toLowerCase())
    if (!isObject(operation)) throw new Error(`The description has no ${name}.`)
    const parameters = (Array.isArray(operation['parameters']) ? operation['parameters'] : []).filter(isObject)
    const content = at(operation, 'requestBody', 'content')
    const asked = isObject(content) ? at(Object.values(content)[0], 'schema') : undefined
    const reference = at(asked, '$ref')
    const request = typeof reference === 'string' ? all[reference.split('/').at(-1) ?? ''] : asked
    const answers = Object.entries((operation['responses'] ?? {}) as Json).flatMap(([status, answer]) => {
      const schema = at(answer, 'content', 'application/json', 'schema')
      return schema === undefined ? [] : [[status, plain(schema, kept)]]
    })
    return {
      method,
      path,
      query: parameters.filter((one) => one['in'] === 'query').map((one) => String(one['name'])),
      ...(request !== undefined && { request: requestOf(request, fields, kept) }),
      answers: Object.fromEntries(answers) as Json,
    }
  })
  return {
    source,
    operations: found,
    schemas: Object.fromEntries(
      schemas.map((name) => {
        if (all[name] === undefined) throw new Error(`The description has no schema ${name}.`)
        return [name, plain(all[name], kept)]
      }),
    ),
  }
}
