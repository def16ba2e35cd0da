/** A fault of a platform, planted into a correct one; and the words in which such faults are written. */
import type { Send, Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Target, Version } from '../../src/catalogue.ts'
import type { TestClock } from '../test-clock.ts'

/** What a fault may use besides the message it changes. */
export interface Around {
  readonly clock: TestClock
  /** The network as it is, for messages of the fault's own. */
  readonly send: Send
  /** Answers as the correct platform does. */
  readonly serve: Serve
}

export interface Spoil {
  /** Stands in front of the platform's server. */
  readonly serve?: (serve: Serve, around: Around) => Serve
  /** Stands behind the platform's client. */
  readonly send?: (send: Send, around: Around) => Send
  /** Options of the lean platform it is planted into. */
  readonly options?: Readonly<Record<string, unknown>>
}

export interface Defect {
  /** Area and a few words, such as `registration/token-a-lives-on`. */
  readonly id: string
  readonly target: Target
  /** What the platform does wrong, in one line. */
  readonly about: string
  /** The requirement that has to be named first. */
  readonly rule: string
  /** Another requirement that is named first instead, where the judge cannot do better. */
  readonly ledBy?: string
  /** Default 2.3.0. */
  readonly version?: Version
  /** The partner starts the handshake, invited by the judge. */
  readonly invited?: true
  /** Made anew for each run where it remembers something. */
  readonly spoil: Spoil | (() => Spoil)
}

/** Tried on `GET /ocpi/versions?limit=1`: method, path and query. */
export type Match = RegExp | ((request: WireRequest) => boolean)

export const placeOf = ({ method, url }: WireRequest): string => {
  const { pathname, search } = new URL(url)
  return `${method} ${pathname}${search}`
}

const fits = (match: Match, request: WireRequest): boolean =>
  match instanceof RegExp ? match.test(placeOf(request)) : match(request)

type Maybe<T> = T | Promise<T>

/** Changes what the platform answers. */
export const answers = (
  match: Match,
  change: (response: WireResponse, request: WireRequest, around: Around) => Maybe<WireResponse>,
): Spoil => ({
  serve: (serve, around) => async (request) => {
    const response = await serve(request)
    return fits(match, request) ? change(response, request, around) : response
  },
})

/** Changes what the platform gets to read of a question. */
export const hears = (match: Match, change: (request: WireRequest) => WireRequest): Spoil => ({
  serve: (serve) => async (request) => serve(fits(match, request) ? change(request) : request),
})

/** Answers instead of the platform; undefined lets the question through. */
export const insteadOf = (
  match: Match,
  answer: (request: WireRequest, around: Around) => Maybe<WireResponse | undefined>,
): Spoil => ({
  serve: (serve, around) => async (request) => {
    const response = fits(match, request) ? await answer(request, around) : undefined
    return response === undefined ? serve(request) : headers(response, { ...idsOf(request), ...response.headers })
  },
})

const idsOf = ({ headers: asked }: WireRequest): Readonly<Record<string, string | undefined>> => ({
  'x-request-id': asked['x-request-id'],
  'x-correlation-id': asked['x-correlation-id'],
})

/** Changes what the platform asks. */
export const asks = (match: Match, change: (request: WireRequest, around: Around) => Maybe<WireRequest>): Spoil => ({
  send: (send, around) => async (request, options) =>
    send(fits(match, request) ? await change(request, around) : request, options),
})

/** The platform takes this answer for another one, or never asks at all. */
export const believes = (match: Match, answer: (request: WireRequest) => WireResponse): Spoil => ({
  send: (send) => async (request, options) => (fits(match, request) ? answer(request) : send(request, options)),
})

/** Several faults that belong together. */
export const both = (...spoils: readonly Spoil[]): Spoil => ({
  serve: (serve, around) => spoils.reduce((made, { serve: wrap }) => wrap?.(made, around) ?? made, serve),
  send: (send, around) => spoils.reduce((made, { send: wrap }) => wrap?.(made, around) ?? made, send),
  options: Object.assign({}, ...spoils.map(({ options }) => options)) as Readonly<Record<string, unknown>>,
})

export type Json = { [name: string]: unknown }

/** The body as a value, changed and written again; a body that is no JSON object stays. */
export function body<M extends { readonly body: string }>(message: M, change: (value: Json) => unknown): M {
  if (!/^\s*[{[]/.test(message.body)) return message
  const value = JSON.parse(message.body) as Json
  return { ...message, body: JSON.stringify(change(value) ?? value) }
}

/** The same for `data` of an answer. */
export const data = (response: WireResponse, change: (value: Json) => unknown): WireResponse =>
  body(response, (envelope) => {
    if (envelope['data'] === undefined) return envelope
    return { ...envelope, data: change(envelope['data'] as Json) ?? envelope['data'] }
  })

/** Each item of a list, or the one object. */
export const items = (response: WireResponse, change: (item: Json) => unknown): WireResponse =>
  data(response, (value) => (Array.isArray(value) ? value.map((one) => change(one) ?? one) : change(value)))

/**
 * Sets what a JSON pointer leads to, `*` for every item of a list; undefined takes it away. Where the way does not
 * lead on nothing happens.
 */
export function set(value: unknown, pointer: string, to: unknown | ((old: unknown) => unknown)): void {
  const [name = '', ...rest] = pointer.split('/').slice(1)
  if (typeof value !== 'object' || value === null) return
  const holder = value as Json
  for (const key of name === '*' ? Object.keys(holder) : [name]) {
    if (rest.length > 0) {
      set(holder[key], `/${rest.join('/')}`, to)
      continue
    }
    const made: unknown = typeof to === 'function' ? to(holder[key]) : to
    if (made === undefined) delete holder[key]
    else holder[key] = made
  }
}

/** Sets headers; undefined takes one away. */
export function headers<M extends { readonly headers: Readonly<Record<string, string>> }>(
  message: M,
  set: Readonly<Record<string, string | undefined>>,
): M {
  const all = Object.entries({ ...message.headers, ...set }).filter(([, value]) => value !== undefined)
  return { ...message, headers: Object.fromEntries(all) }
}

/** An answer of the given status and envelope. */
export const reply = (
  status: number,
  envelope: Json = { status_code: 1000 },
  more: Readonly<Record<string, string>> = {},
) => ({
  status,
  headers: { 'content-type': 'application/json', ...more },
  body: JSON.stringify({ timestamp: '2030-07-02T10:00:00.000Z', ...envelope }),
})
