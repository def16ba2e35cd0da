/**
 * Somebody else's description of the same protocol: the OpenAPI documents of `ocpi/openapi-specification`, read from a
 * folder at test time and never kept here. Every message is held against the operation it belongs to.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Passed } from '@plugtill/world/network'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { readYaml } from './read-yaml.ts'

type Json = { readonly [name: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

interface Operation {
  readonly name: string
  readonly method: string
  readonly segments: readonly string[]
  readonly headers: readonly string[]
  readonly body: unknown
  readonly answers: Readonly<Record<string, { readonly schema: unknown; readonly headers: readonly string[] }>>
}

/** Operations by "2.3.0 sender locations". */
export type Documents = ReadonlyMap<string, readonly Operation[]>

/** The whole value a `$ref` stands for, files and pointers resolved; a circle is cut with "anything". */
function expander() {
  const files = new Map<string, unknown>()
  const fileAt = (path: string): unknown => {
    if (!files.has(path)) files.set(path, readYaml(readFileSync(path, 'utf8')))
    return files.get(path)
  }
  const expand = (value: unknown, file: string, open: readonly string[] = []): unknown => {
    if (Array.isArray(value)) return value.map((item) => expand(item, file, open))
    if (!isObject(value)) return value
    const reference = value['$ref']
    if (typeof reference !== 'string') {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expand(inner, file, open)]))
    }
    const [path = '', pointer = ''] = reference.split('#')
    const target = path === '' ? file : resolve(dirname(file), path)
    const key = `${target}#${pointer}`
    if (open.includes(key)) return {}
    const found = pointer
      .split('/')
      .filter(Boolean)
      .reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), fileAt(target))
    if (found === undefined) throw new Error(`${reference} in ${file} leads nowhere.`)
    return expand(found, target, [...open, key])
  }
  return { expand: (file: string) => expand(fileAt(file), file) as Json }
}

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value)

function operationsIn(document: Json, module: string): readonly Operation[] {
  return Object.entries((document['paths'] ?? {}) as Json).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, operation]): Operation => {
      const required = list(at(operation, 'parameters')).filter(
        (one) => one['in'] === 'header' && one['required'] === true,
      )
      const answers = Object.entries((at(operation, 'responses') ?? {}) as Json).map(([status, answer]) => {
        const headers = Object.entries((at(answer, 'headers') ?? {}) as Json).filter(
          ([, header]) => at(header, 'required') === true,
        )
        return [
          status,
          {
            schema: at(answer, 'content', 'application/json', 'schema'),
            headers: headers.map(([name]) => name.toLowerCase()),
          },
        ] as const
      })
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        segments: path.split('/').filter((word) => word !== '' && word !== module),
        headers: required.map((one) => String(one['name']).toLowerCase()),
        body: at(operation, 'requestBody', 'content', 'application/json', 'schema'),
        answers: Object.fromEntries(answers),
      }
    }),
  )
}

export function readDocuments(folder: string): Documents {
  const { expand } = expander()
  const documents = new Map<string, readonly Operation[]>()
  for (const version of ['2.2.1', '2.3.0']) {
    const modules = [join(folder, 'ocpi', version, 'modules'), join(folder, version, 'modules')].find(existsSync)
    if (modules === undefined) throw new Error(`${folder} has no documents of ${version}.`)
    // Their bookings refer to a parameter that is not there, and we do not speak them.
    for (const module of readdirSync(modules).filter((name) => name !== 'bookings')) {
      for (const [file, side] of [
        ['sender-interface.yaml', 'sender'],
        ['receiver-interface.yaml', 'receiver'],
        ['interface.yaml', 'both'],
      ] as const) {
        const path = join(modules, module, file)
        if (existsSync(path)) documents.set(`${version} ${side} ${module}`, operationsIn(expand(path), module))
      }
    }
  }
  return documents
}

interface Message {
  readonly operation: Operation
  readonly version: string
}

function messageOf(documents: Documents, { request }: Passed): Message | string {
  const segments = new URL(request.url).pathname.split('/').filter(Boolean)
  const from = segments.findIndex((segment) => /^\d\.\d/.test(segment))
  const [version = '', side = '', module = '', ...rest] = from < 0 ? [] : segments.slice(from)
  // Our URLs name the side; credentials and the versions do not.
  const place = side === 'credentials' ? `${version} both credentials` : `${version} ${side} ${module}`
  const operations = documents.get(place)
  if (operations === undefined) return `no document for ${place}`
  const below = side === 'credentials' ? [] : rest
  const operation = operations.find(
    (one) =>
      one.method === request.method &&
      one.segments.length === below.length &&
      one.segments.every((word, index) => word.startsWith('{') || word === below[index]),
  )
  return operation === undefined
    ? `${place} has no ${request.method} ${below.map((word) => (/^[A-Z_a-z-]+$/.test(word) && below.indexOf(word) === 0 ? word : '…')).join('/')}`
    : { operation, version }
}

const compiled = new WeakMap<object, ReturnType<typeof Compile>>()
function errorsOf(schema: unknown, value: unknown): readonly string[] {
  if (!isObject(schema)) return []
  const validator = compiled.get(schema) ?? Compile(schema as TSchema)
  compiled.set(schema, validator)
  if (validator.Check(value)) return []
  return validator.Errors(value).map((error) => `${error.instancePath.replace(/\/\d+/g, '/*')}: ${error.message}`)
}

/** One line for each kind of difference between what crossed the wire and the documents. */
export function differences(documents: Documents, passed: readonly Passed[]): readonly string[] {
  const found = new Set<string>()
  for (const one of passed) {
    const { request, response } = one
    if (response === undefined || /\/versions$|\/\d\.\d\.\d$/.test(new URL(request.url).pathname)) continue
    const message = messageOf(documents, one)
    if (typeof message === 'string') {
      found.add(message)
      continue
    }
    const { operation, version } = message
    const name = `${version} ${operation.name}`
    for (const header of operation.headers)
      if (request.headers[header] === undefined && header !== 'authorization')
        found.add(`${name} request: header ${header} is missing`)
    if (operation.body !== undefined && request.body !== '')
      for (const error of errorsOf(operation.body, JSON.parse(request.body))) found.add(`${name} request ${error}`)
    const answer = operation.answers[String(response.status)]
    if (answer === undefined) {
      found.add(`${name} answer: ${response.status} is not described`)
      continue
    }
    for (const header of answer.headers)
      if (response.headers[header] === undefined) found.add(`${name} ${response.status}: header ${header} is missing`)
    for (const error of errorsOf(answer.schema, JSON.parse(response.body)))
      found.add(`${name} ${response.status} ${error}`)
  }
  return [...found].sort()
}

const PTP_ROLE = 'The enum has no word for a PTP; docs/decisions/0014-role-of-a-ptp.md says why we send one.'
const NOT_NEW =
  '201 is said of what was created. What was known already, or came again after a lost answer, is 200. (A-49)'
const AGREED = 'A custom module both sides have agreed on; 2.2.1 itself has none.'

/** Where we and the documents differ, and why we stay as we are. */
export const REASONS: Readonly<Record<string, string>> = {
  '2.3.0 POST /credentials request /roles/*/role: must be equal to one of the allowed values': PTP_ROLE,
  '2.3.0 POST /credentials 200 /data/roles/*/role: must be equal to one of the allowed values': PTP_ROLE,
  '2.3.0 PUT /credentials request /roles/*/role: must be equal to one of the allowed values': PTP_ROLE,
  '2.3.0 PUT /credentials 200 /data/roles/*/role: must be equal to one of the allowed values': PTP_ROLE,
  '2.3.0 POST /payments/terminals answer: 200 is not described': NOT_NEW,
  '2.3.0 POST /payments/financial-advice-confirmations answer: 200 is not described': NOT_NEW,
  '2.3.0 POST /cdrs answer: 200 is not described': NOT_NEW,
  '2.3.0 POST /commands/{uid} answer: 404 is not described':
    'The address of a result is good for one command and one time; afterwards nothing is there. (A-48, T18)',
  '2.2.1 sender commands has no POST …':
    'They put the command and an id below the module; the specification leaves the whole response_url to its maker.',
  'no document for 2.2.1 receiver payments': AGREED,
  'no document for 2.2.1 sender payments': AGREED,
}

let documents: Documents | undefined

/** What nobody has given a reason for; nothing is asked where the documents are not at hand. */
export function unexplained(passed: readonly Passed[]): readonly string[] {
  const folder = process.env['PLUGTILL_TEST_OPENAPI_DIR']
  if (folder === undefined) return []
  documents ??= readDocuments(folder)
  return differences(documents, passed).filter((difference) => !(difference in REASONS))
}
