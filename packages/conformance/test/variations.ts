/** Legal variations of correct platforms, drawn by chance: nothing of this may be held against a partner. */
import type { Send, Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Target, Version } from '../src/catalogue.ts'
import type { Spoil } from './broken/defect.ts'
import { asks, believes, body, both, headers, items, type Json, reply } from './broken/defect.ts'
import type { Judged } from './broken/harness.ts'

/** The same numbers for the same seed. (mulberry32) */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Variation extends Judged {
  /** What was drawn, for whoever has to look at a failure. */
  readonly drawn: readonly string[]
}

type Draw = () => number

const PARTNER = 'https://partner.example/ocpi'

const isJson = ({ body }: { readonly body: string }): boolean => /^\s*[{[]/.test(body)

function changed<M extends { readonly body: string }>(message: M, change: (value: unknown) => unknown): M {
  if (!isJson(message)) return message
  try {
    return { ...message, body: JSON.stringify(change(JSON.parse(message.body))) }
  } catch {
    return message
  }
}

const onBoth = (
  answer: (response: WireResponse, request: WireRequest) => WireResponse,
  ask: (request: WireRequest) => WireRequest,
): Spoil => ({
  serve: (serve: Serve) => async (request) => answer(await serve(request), request),
  send: (send: Send) => (request, options) => send(ask(request), options),
})

/** Each object gets a field that nobody knows. */
function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields)
  if (typeof value !== 'object' || value === null) return value
  const inner = Object.entries(value).map(([name, one]: [string, unknown]) => [name, withUnknownFields(one)])
  return { ...(Object.fromEntries(inner) as Json), plugtill_remark: { seen: [1, 'x', null] } }
}

/** Fields in another order, and white space between them. */
const loosely = <M extends { readonly body: string }>(message: M): M =>
  isJson(message) ? { ...message, body: `${JSON.stringify(reversed(JSON.parse(message.body)), null, 2)}\n` } : message

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, one]: [string, unknown]) => [name, reversed(one)]),
  )
}

/** The partner's URLs look like this to the outside. */
function layout(outside: (path: string) => string): Spoil {
  const inside = new Map<string, string>()
  const out = (url: string): string => {
    const [path = '', query] = url.split('?')
    const told = PARTNER + outside(path.slice(PARTNER.length))
    inside.set(told, path)
    return query === undefined ? told : `${told}?${query}`
  }
  const back = (url: string): string => {
    const [coded = '', query] = url.split('?')
    const path = decodeURI(coded)
    const [from] = [...inside.keys()]
      .filter((one) => path === one || path.startsWith(`${one.replace(/\/$/, '')}/`))
      .sort((a, b) => b.length - a.length)
    if (from === undefined) return url
    const rest = path.slice(from.replace(/\/$/, '').length)
    return `${inside.get(from)}${rest === '/' ? '' : rest}${query === undefined ? '' : `?${query}`}`
  }
  const told = (text: string): string => text.replace(/https:\/\/partner\.example\/ocpi[^"<>\s]*/g, out)
  const speaking = <M extends { readonly body: string; readonly headers: WireResponse['headers'] }>(message: M): M => ({
    ...message,
    body: told(message.body),
    ...(message.headers['link'] === undefined
      ? {}
      : { headers: { ...message.headers, link: told(message.headers['link']) } }),
  })
  return {
    serve: (serve) => async (request) => speaking(await serve({ ...request, url: back(request.url) })),
    send: (send) => (request, options) => send(speaking(request), options),
  }
}

const slower = (draw: Draw): Spoil => ({
  serve:
    (serve, { clock }) =>
    async (request) => {
      const response = await serve(request)
      await new Promise<void>((done) => void clock.after(Math.floor(draw() * 2_000), done))
      return response
    },
})

const isFunctional = ({ url }: WireRequest): boolean => /\/(sender|receiver)\//.test(url)
const unrouted = <M extends { readonly headers: WireRequest['headers'] }>(message: M): M =>
  headers(
    message,
    Object.fromEntries(
      Object.keys(message.headers)
        .filter((name) => /^ocpi-/.test(name))
        .map((name) => [name, undefined]),
    ),
  )

/** Absent, null and empty say the same where a list may be empty, and `data` is open where the text leaves it open. */
const openData = (draw: Draw): Spoil =>
  onBoth(
    (response, request) => {
      if (request.method === 'GET' || /credentials|commands/.test(request.url)) return response
      return changed(response, (value) => {
        const envelope = value as Json
        if (envelope['data'] !== undefined) return envelope
        const pick = draw()
        return pick < 0.3
          ? envelope
          : { ...envelope, data: pick < 0.5 ? null : pick < 0.7 ? {} : pick < 0.85 ? [] : 'ok' }
      })
    },
    (request) => request,
  )

/** Optional fields of each kind of object, by one that only it has: null, [] and absent say the same. (A-65) */
const OPTIONAL: readonly (readonly [mark: string, fields: Json])[] = [
  ['coordinates', { suboperator: null, directions: null, images: [], related_locations: [] }],
  ['connectors', { floor_level: null, images: null, directions: [] }],
  ['elements', { tariff_alt_url: null, energy_mix: null }],
  ['kwh', { meter_id: null }],
  ['total_energy', { remark: null, signed_data: null, home_charging_compensation: null }],
  ['eft_data', { capture_status_message: null }],
]

function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls)
  if (typeof value !== 'object' || value === null || 'terminal_id' in value) return value
  const nulls = OPTIONAL.filter(([mark]) => mark in value).flatMap(([, fields]) => Object.entries(fields))
  const inner = Object.entries(value).map(([name, one]: [string, unknown]) => [name, withNulls(one)])
  return { ...Object.fromEntries(nulls), ...Object.fromEntries(inner) }
}

/** Never told, so it has to be asked for. */
const untold = (match: RegExp): Spoil => believes(match, () => reply(200))

const inCapitals = (value: Json): void => {
  const reference = value['authorization_reference']
  if (typeof reference === 'string') value['authorization_reference'] = reference.toUpperCase()
}

interface Kind {
  readonly name: string
  readonly for?: Target
  readonly only?: Version
  readonly make: (draw: Draw) => Partial<Judged> & { readonly spoil?: Spoil }
}

const pick = <T>(draw: Draw, list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T

const KINDS: readonly Kind[] = [
  {
    name: 'unknown fields',
    make: () => ({
      spoil: onBoth(
        (response) => changed(response, withUnknownFields),
        (request) => changed(request, withUnknownFields),
      ),
    }),
  },
  { name: 'loose JSON', make: () => ({ spoil: onBoth(loosely, loosely) }) },
  {
    name: 'other URLs',
    make: (draw) => {
      const prefix = pick(draw, ['/cpo', '/api/v1/evse', '/x', '/very/long/path/to/nowhere'])
      return {
        spoil: layout((path) =>
          path.startsWith('/versions') ? path : prefix + path.replace('/sender/', '/s/').replace('/receiver/', '/r/'),
        ),
      }
    },
  },
  {
    name: 'slashes at the end',
    make: () => ({ spoil: layout((path) => (/\/(sender|receiver)\/\w+$/.test(path) ? `${path}/` : path)) }),
  },
  { name: 'small pages', make: (draw) => ({ options: { pageSize: pick(draw, [1, 2, 3, 7, 1_000]) } }) },
  { name: 'slower', make: (draw) => ({ spoil: slower(draw) }) },
  { name: 'open data', make: (draw) => ({ spoil: openData(draw) }) },
  {
    name: '200 for 201',
    make: () => ({
      spoil: onBoth(
        (response) => (response.status === 201 ? { ...response, status: 200 } : response),
        (request) => request,
      ),
    }),
  },
  {
    name: '201 for POST',
    make: () => ({
      spoil: onBoth(
        (response, { method, url }) =>
          method === 'POST' &&
          response.status === 200 &&
          /credentials$/.test(url) &&
          /"status_code":1000/.test(response.body)
            ? { ...response, status: 201 }
            : response,
        (request) => request,
      ),
    }),
  },
  {
    name: 'more headers',
    make: () => ({
      spoil: onBoth(
        (response) =>
          headers(response, { server: 'nginx', 'x-powered-by': 'PHP/8', 'strict-transport-security': 'max-age=1' }),
        (request) => headers(request, { 'user-agent': 'ocpi/1.0', accept: '*/*', 'x-trace': 'abc' }),
      ),
    }),
  },
  {
    name: 'other Content-Type',
    make: (draw) => {
      const type = pick(draw, ['application/json', 'application/json;charset=UTF-8', 'Application/JSON; charset=utf-8'])
      return {
        spoil: onBoth(
          (response) => headers(response, { 'content-type': type }),
          (request) => (request.body === '' ? request : headers(request, { 'content-type': type })),
        ),
      }
    },
  },
  {
    name: 'no routing headers between two parties',
    make: () => ({ spoil: onBoth(unrouted, (request) => (isFunctional(request) ? unrouted(request) : request)) }),
  },
  {
    name: 'no status_message',
    make: () => ({
      spoil: onBoth(
        (response) => changed(response, (value) => ({ ...(value as Json), status_message: undefined })),
        (request) => request,
      ),
    }),
  },
  {
    name: 'times without Z',
    make: () => ({
      spoil: onBoth(
        (response) => ({ ...response, body: response.body.replace(/("timestamp":"[\d:T-]+)\.\d+Z"/g, '$1"') }),
        (request) => request,
      ),
    }),
  },
  {
    name: 'times without fractions',
    make: () => ({
      spoil: onBoth(
        (response) => ({ ...response, body: response.body.replace(/("timestamp":"[\d:T-]+)\.\d+Z"/g, '$1Z"') }),
        (request) => request,
      ),
    }),
  },
  {
    name: 'more versions',
    make: () => ({
      spoil: onBoth(
        (response, { url }) =>
          /\/versions$/.test(url) && response.status === 200
            ? changed(response, (value) => ({
                ...(value as Json),
                data: [
                  { version: '2.1.1', url: `${PARTNER}/2.1.1` },
                  ...((value as { data: unknown[] }).data ?? []),
                  { version: '3.0', url: `${PARTNER}/3.0` },
                ],
              }))
            : response,
        (request) => request,
      ),
    }),
  },
  {
    name: 'more modules',
    make: () => ({
      spoil: onBoth(
        (response, { url }) =>
          /\/2\.\d\.\d$/.test(url) && response.status === 200
            ? changed(response, (value) => {
                const { data, ...rest } = value as { data: { endpoints: unknown[] } }
                return {
                  ...rest,
                  data: {
                    ...data,
                    endpoints: [
                      ...data.endpoints,
                      { identifier: 'hubclientinfo', role: 'SENDER', url: `${PARTNER}/hub` },
                      { identifier: 'nlabc-extra', role: 'RECEIVER', url: `${PARTNER}/extra` },
                      { identifier: 'credentials', role: 'RECEIVER', url: (data.endpoints[0] as { url: string }).url },
                    ],
                  },
                }
              })
            : response,
        (request) => request,
      ),
    }),
  },
  {
    name: 'locations and tariffs by pull only',
    for: 'cpo',
    make: () => ({ spoil: untold(/^(PUT|PATCH|DELETE) .*\/(locations|tariffs)\//) }),
  },
  { name: 'sessions by pull only', for: 'cpo', make: () => ({ spoil: untold(/^(PUT|PATCH) .*\/sessions\//) }) },
  {
    name: 'null for what is not there',
    make: () => ({
      spoil: onBoth(
        (response, { method }) => (method === 'GET' ? changed(response, withNulls) : response),
        (request) => (/^(PUT|POST)$/.test(request.method) ? changed(request, withNulls) : request),
      ),
    }),
  },
  {
    name: 'references in capitals',
    for: 'cpo',
    make: () => ({
      spoil: both(
        asks(/^(PUT|POST) .*\/(sessions|cdrs)/, (request) => body(request, inCapitals)),
        onBoth(
          (response, { method, url }) =>
            method === 'GET' && /\/(sessions|cdrs)/.test(url) ? items(response, inCapitals) : response,
          (request) => request,
        ),
      ),
    }),
  },
  { name: 'several parties', make: (draw) => ({ options: { also: Math.ceil(draw() * 3) } }) },
  {
    name: 'names with all kinds of letters',
    make: (draw) => ({
      options: { name: pick(draw, ['Ünïcødé Läden', '充電', 'A', 'Zap & Co. "KG"', 'x'.repeat(100)]) },
    }),
  },
  { name: 'party in lower case', make: () => ({ options: { lowerCase: true } }) },
  { name: 'invited', make: () => ({ invited: true }) },
]

/** One platform with a few legal ways of its own. */
export function variation(seed: number): Variation {
  const draw = chance(seed)
  const target = pick(draw, ['cpo', 'ptp'] as const)
  const version = pick(draw, ['2.3.0', '2.3.0', '2.2.1'] as const)
  const possible = KINDS.filter((one) => (one.for ?? target) === target && (one.only ?? version) === version)
  const chosen = possible.filter(() => draw() < 0.25)
  // Without parties in the headers nobody knows which of several is meant.
  const kinds = chosen.filter(
    ({ name }) => !(name.startsWith('no routing') && chosen.some((one) => one.name === 'several parties')),
  )
  const made = kinds.map((one) => one.make(draw))
  return {
    target,
    version,
    invited: made.some(({ invited }) => invited === true),
    options: Object.assign({}, ...made.map(({ options }) => options)) as Readonly<Record<string, unknown>>,
    spoil: both(...made.flatMap(({ spoil }) => spoil ?? [])),
    drawn: [target, version, ...kinds.map(({ name }) => name)],
  }
}
