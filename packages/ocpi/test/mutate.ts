/** Structure-aware mutations of JSON bodies and of the requests around them, from a seed. */
import type { WireRequest } from '../src/wire.ts'

/** Numbers from 0 to 1; the same seed gives the same numbers. (mulberry32) */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Random = () => number
const below = (random: Random, count: number) => Math.floor(random() * count)
export const oneOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T

const STRANGE: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER + 2,
  0.1,
  '',
  ' ',
  '#NA',
  'null',
  'x'.repeat(300),
  'a\nb',
  '\u0000',
  '\u2028',
  '🔌'.repeat(40),
  'ß',
  '\ud800',
  [],
  {},
  [[]],
  [null],
  [{}],
  { length: 3 },
  { __proto__: null, constructor: 1 },
  '2030-01-31T12:00:00Z',
  '2030-02-30T12:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  'https://a.example',
  'javascript:alert(1)',
  '../..',
  '%2e%2e',
  'AVAILABLE',
  'REMOVED',
  'ACTIVE',
  'SUCCESS',
  'EUR',
  'NL',
  'ABC',
  'toString',
  '__proto__',
]
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'id',
  'last_updated',
  'country_code',
  'party_id',
  'evses',
  'excl_vat',
  'before_taxes',
  '',
  'x'.repeat(100),
  'ü',
  'length',
  'data',
  'status_code',
]

type Json = { [name: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy of the value with one place in it changed. */
export function mutated(random: Random, value: unknown, depth = 0): unknown {
  if (depth > 0 && random() < 0.35) return strange(random, value)
  if (Array.isArray(value)) return mutatedList(random, value, depth)
  if (!isObject(value)) return depth === 0 ? oneOf(random, STRANGE) : strange(random, value)
  const names = Object.keys(value)
  const name = names.length === 0 ? 'x' : oneOf(random, names)
  const entries = new Map(Object.entries(value))
  const what = random()
  if (what < 0.15) entries.delete(name)
  else if (what < 0.25) entries.set(oneOf(random, NAMES), oneOf(random, STRANGE))
  else if (what < 0.3) entries.set(oneOf(random, NAMES), value)
  else entries.set(name, mutated(random, value[name], depth + 1))
  return Object.fromEntries(entries)
}

function mutatedList(random: Random, list: readonly unknown[], depth: number): unknown {
  const at = below(random, list.length + 1)
  const what = random()
  if (list.length === 0 || what < 0.1) return [...list, oneOf(random, STRANGE)]
  if (what < 0.2) return list.filter((_, index) => index !== at)
  if (what < 0.25) return Array.from({ length: 50 }, () => list[0])
  return list.map((item, index) => (index === at % list.length ? mutated(random, item, depth + 1) : item))
}

function strange(random: Random, value: unknown): unknown {
  if (typeof value === 'string' && random() < 0.5) {
    const at = below(random, value.length + 1)
    return (
      value.slice(0, at) +
      oneOf(random, ['', '\n', '\u0000', '"', '\\', 'é', '💥', value]) +
      value.slice(at + below(random, 3))
    )
  }
  if (typeof value === 'number' && random() < 0.5) return value * oneOf(random, [-1, 0.1, 1e6, 1e300])
  return oneOf(random, STRANGE)
}

/** The text of a body, sometimes damaged in its bytes instead of its values. */
export function mutatedText(random: Random, value: unknown): string {
  const text = JSON.stringify(mutated(random, value)) ?? ''
  const what = random()
  if (what < 0.9) return text
  const at = below(random, text.length + 1)
  if (what < 0.93) return text.slice(0, at)
  if (what < 0.95)
    return (
      text.slice(0, at) +
      oneOf(random, ['{', '}', '[', ']', '"', ',', ':', '\\', '\u0000', '1e999', '\uFEFF']) +
      text.slice(at)
    )
  if (what < 0.96) return `${'['.repeat(below(random, 5_000))}${text}`
  if (what < 0.97) return text.replace('{', `{"id":1,"id":2,`)
  if (what < 0.98) return text.replace(/\d+/, '1'.repeat(400))
  return `${text}${text}`
}

/** The request around the body: path, query, headers and method, mostly left alone. */
export function mutatedRequest(random: Random, request: WireRequest): WireRequest {
  const what = random()
  if (what < 0.85) return request
  if (what < 0.9) {
    const segments = request.url.split('/')
    const at = 4 + below(random, segments.length - 4)
    return {
      ...request,
      url: segments
        .map((one, index) =>
          index === at
            ? oneOf(random, ['', '..', '%00', '%', 'x'.repeat(3_000), 'l1', ':id', '%F0%9F%92%A5', 'null'])
            : one,
        )
        .join('/'),
    }
  }
  if (what < 0.94)
    return {
      ...request,
      url: `${request.url}?${oneOf(random, ['offset=-1', 'limit=1e9', 'limit=999999999999999999', 'date_from=%00', 'date_to=2030-13-01', '%', '&&&=', 'offset=0x10', 'date_from=2030-01-01T00:00:00Z&date_from=x'])}`,
    }
  if (what < 0.97)
    return { ...request, method: oneOf(random, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE' as 'GET']) }
  const header = oneOf(random, [
    'authorization',
    'x-request-id',
    'x-correlation-id',
    'ocpi-from-party-id',
    'ocpi-to-party-id',
    'ocpi-from-country-code',
    'content-type',
  ])
  return {
    ...request,
    headers: {
      ...request.headers,
      [header]: oneOf(random, [
        '',
        ' ',
        'x',
        'Token',
        'Token ====',
        `Token ${'A'.repeat(500)}`,
        'ü'.repeat(100),
        '\u0000',
        'XYZ',
        'text/plain',
      ]),
    },
  }
}
