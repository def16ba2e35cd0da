/** The way between the platforms: bytes that are lost, late, doubled, cut, garbled or answered by something in between. */

import type { VirtualClock } from '@plugtill/engine/virtual-clock'
import { Fault } from '@plugtill/ocpi/errors'
import type { Send, Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Dice } from './dice.ts'
import type { Weather } from './weather.ts'

export interface WireParts {
  readonly clock: VirtualClock
  readonly dice: Dice
  readonly weather: Weather
  /** Share of the messages that something happens to. */
  readonly strength: number
}

/** Whose message it is, in words that stay the same when something else is taken out of the storm. */
export type Label = (request: WireRequest) => string

export interface Wire {
  /** Everything below `base` is answered by `serve`; undefined takes it off the network. */
  readonly attach: (base: string, serve: Serve | undefined) => void
  readonly sender: (label: Label) => Send
  /** Looks at what has been served, bytes and all. */
  readonly watch: (look: (at: string, request: WireRequest, response: WireResponse) => void) => void
  readonly exchanges: () => number
}

const ONE_WAY_MS = 20
const TIMEOUT_MS = 10_000
const KINDS = [
  'unreachable',
  'lost',
  'answer lost',
  'late',
  'answer late',
  'twice',
  'answer cut',
  'garbage',
  'status 502',
  'status 503',
  'status 429',
  'status 401',
  'cut',
] as const
type Kind = (typeof KINDS)[number]

const json = { 'content-type': 'application/json' }
const between: Partial<Record<Kind, WireResponse>> = {
  garbage: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>\u0000 welcome to the airport' },
  'status 502': { status: 502, headers: {}, body: 'bad gateway' },
  'status 503': { status: 503, headers: { 'retry-after': '3' }, body: 'away' },
  'status 429': { status: 429, headers: { 'retry-after': '5' }, body: 'slowly' },
  'status 401': { status: 401, headers: json, body: '{"status_code":2001,"status_message":"who are you?"}' },
}

export function wire(parts: WireParts): Wire {
  const { clock, dice, weather } = parts
  const hosts = new Map<string, Serve>()
  const watchers: ((at: string, request: WireRequest, response: WireResponse) => void)[] = []
  let exchanges = 0
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
  const hostOf = (url: string): Serve | undefined => {
    for (const [base, serve] of hosts) if (url.startsWith(base)) return serve
    return undefined
  }

  async function arrive(label: string, request: WireRequest): Promise<WireResponse> {
    const serve = hostOf(request.url)
    if (serve === undefined) throw unreachable(request)
    const response = await serve(request)
    exchanges++
    weather.note(`${label} ${request.method} ${request.url} ${request.body} -> ${response.status} ${response.body}`)
    for (const look of watchers) look(label, request, response)
    return response
  }

  const kindFor = (label: string): Kind | undefined => {
    const name = weather.strike('wire', label, parts.strength)
    if (name === undefined) return undefined
    const kind = dice.pick(KINDS, name)
    weather.note(`${name}: ${kind}`)
    return kind
  }
  /** Most are a little late, few very much: after ten seconds nobody waits any more. */
  const tail = (label: string) => 50 / (0.002 + dice.of(`tail ${label} ${clock.now()}`))

  async function travel(label: string, request: WireRequest): Promise<WireResponse> {
    const kind = kindFor(label)
    if (kind === 'unreachable') throw unreachable(request)
    const instead = kind && between[kind]
    if (instead) return instead
    if (kind === 'lost') return never()
    await wait(ONE_WAY_MS + (kind === 'late' ? tail(label) : 0))
    const sent = kind === 'cut' ? { ...request, body: request.body.slice(0, request.body.length >> 1) } : request
    const response = await arrive(label, sent)
    if (kind === 'answer lost') return never()
    if (kind === 'twice') {
      await wait(tail(label))
      await arrive(label, request)
    }
    await wait(ONE_WAY_MS + (kind === 'answer late' ? tail(label) : 0))
    return kind === 'answer cut' ? { ...response, body: response.body.slice(0, response.body.length >> 1) } : response
  }

  return {
    attach: (base, serve) => void (serve ? hosts.set(base, serve) : hosts.delete(base)),
    watch: (look) => void watchers.push(look),
    exchanges: () => exchanges,
    sender: (label) => (request, options) =>
      withinLimit(travel(label(request), request), options?.timeoutMs ?? TIMEOUT_MS, { clock, url: request.url }),
  }
}

const unreachable = ({ url }: WireRequest) =>
  new Fault('PEER_UNREACHABLE', `${url} refuses connections.`, { retry: true })
const never = () => new Promise<never>(() => undefined)

function withinLimit(
  answer: Promise<WireResponse>,
  limitMs: number,
  { clock, url }: { readonly clock: VirtualClock; readonly url: string },
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () =>
      reject(new Fault('PEER_SILENT', `${url} gave no answer in ${limitMs} ms.`, { retry: true })),
    )
    answer.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}
