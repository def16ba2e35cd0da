/**
 * What the platform did and when, noted where it leaves the platform: at the wire, at the provider, at its own death. The
 * checker's rules of time rest on it: "asked within a minute" is judged by the moment of asking, whatever came of it.
 */
import type { Clock } from '@plugtill/engine/clock'
import type { Send, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { NoCdr } from './reassign.ts'

export interface Span {
  readonly from: number
  to: number
}

/** Whether a moment lies in one of the times. */
export const isWithin = (spans: readonly Readonly<Span>[], at: number): boolean =>
  spans.some(({ from, to }) => at >= from && at <= to)

/** One question to the provider. */
export interface Call {
  readonly operation: string
  readonly at: number
  /** When the process that asked had the answer; absent: lost, away, or nobody lived to hear it. */
  answeredAt?: number
}

/** One page of a list that was asked for. */
export interface Look {
  readonly party: string
  readonly at: number
  ok: boolean
}

/** What an operator has asked for. */
export interface Decision {
  readonly decision: 'retry' | 'void' | 'capture-session' | 'accept-cdr' | 'refund'
  /** Of a refund, in the smallest unit; all that is left when absent. */
  readonly amount: number | undefined
  readonly at: number
  /** `unknown`: nobody was answered. */
  outcome: 'done' | 'refused' | 'unknown'
}

export interface Logbook {
  /** By reference of the payment. */
  readonly calls: Map<string, Call[]>
  /** STOP_SESSION leaving the platform, by stopKey. */
  readonly stops: Map<string, number[]>
  /** The platform had the CPO's no to a start, by reference. */
  readonly refusals: Map<string, number>
  /** The platform took a driver's wish to stop, by reference. */
  readonly wishes: Map<string, number>
  /** What operators have decided, by reference. */
  readonly decisions: Map<string, readonly Decision[]>
  /** What was agreed at the tap of a bill that never comes, by reference; absent: nobody was told of the payment. (F57) */
  readonly noCdr: Map<string, NoCdr>
  /** Whether any terminal has gone to another contract. */
  hasMoved: boolean
  /** Commits whose outcome the platform was not told, by reference: nobody was woken by what they ordered. */
  readonly hidden: Map<string, number[]>
  /** Whose session it is, by stopKey. */
  readonly sessions: Map<string, number>
  readonly looks: Look[]
  readonly downs: Span[]
  readonly outages: Span[]
  /** Times in which a CPO is away or has asked to be left alone, by its connection. (F71) */
  readonly absences: Map<string, Span[]>
  /** Counts the processes. */
  life: number
  /** A sleeper has woken beside its successor: what the one has heard the other does not know. (F76) */
  beside: boolean
  /** Payments whose first row an older program is made to have written: past the log of this one. (F77) */
  readonly older: Set<string>
  /** Copies of the database that are going to be restored, the next one first: from when on each takes things back. */
  readonly backups: number[]
  /** CPOs that gave no answer, so many times in a row, in this life. */
  readonly silences: Map<string, { readonly life: number; readonly times: number; readonly at: number }>
  /** When a CPO has last answered anything but a start. */
  readonly spoke: Map<string, number>
  /** Whoever wants to know of something as it happens to a payment. */
  readonly watchers: ((what: Moment, reference: string) => void)[]
}

/**
 * `start-response`: it was read. `webhook`: the provider has sent a message. `doubt`: nobody knows whether a void was obeyed.
 * `word`: the platform has taken a word of the session that is not as usual.
 */
export type Moment = 'start-response' | 'webhook' | 'doubt' | 'word'

export function happens(log: Pick<Logbook, 'watchers'>, what: Moment, reference: string): void {
  for (const watch of log.watchers) watch(what, reference)
}

export const emptyLogbook = (): Logbook => ({
  calls: new Map(),
  stops: new Map(),
  refusals: new Map(),
  wishes: new Map(),
  decisions: new Map(),
  noCdr: new Map(),
  hasMoved: false,
  hidden: new Map(),
  sessions: new Map(),
  looks: [],
  downs: [],
  outages: [],
  absences: new Map(),
  life: 0,
  beside: false,
  older: new Set(),
  backups: [],
  silences: new Map(),
  spoke: new Map(),
  watchers: [],
})

const shared = (spans: readonly Span[], from: number, to: number) =>
  spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0)

/** ms between two moments in which the platform lived. */
export const upBetween = ({ downs }: Pick<Logbook, 'downs'>, from: number, to: number): number =>
  Math.max(0, to - from - shared(downs, from, to))

/** ms between two moments in which the provider could not be reached; spans that overlap count twice. */
export const outBetween = ({ outages }: Pick<Logbook, 'outages'>, from: number, to: number): number =>
  shared(outages, from, to)

/** ms between two moments in which this CPO could have been told something: it was there, and so was the platform. */
export const tellableBetween = (
  { absences, downs }: Pick<Logbook, 'absences' | 'downs'>,
  party: string,
  [from, to]: readonly [number, number],
): number => Math.max(0, to - from - shared(absences.get(party) ?? [], from, to) - shared(downs, from, to))

/** Whether one of the moments came soon enough after `since`, by the time in which the platform lived. */
export function soon(
  log: Logbook,
  times: readonly number[],
  { since, withinMs, until }: { readonly since: number; readonly withinMs: number; readonly until: number },
): boolean {
  const first = times.find((at) => at >= since) ?? Number.POSITIVE_INFINITY
  return upBetween(log, since, Math.min(first, until)) <= withinMs
}

/** Whether this CPO was away, or wanted to be left alone, at any time between two moments. */
export const wasAway = (
  { absences }: Pick<Logbook, 'absences'>,
  party: string,
  [from, to]: readonly [number, number],
) => shared(absences.get(party) ?? [], from, to) > 0

export function noted(log: Map<string, number[]>, key: string, at: number): void {
  const before = log.get(key)
  if (before) before.push(at)
  else log.set(key, [at])
}

/** An id of a session says which one only together with its party. */
export const stopKey = (party: string, sessionId: string): string => `${party} ${sessionId.toLowerCase()}`

/** Which session an order to stop means. */
export const stoppedBy = ({ headers, body }: WireRequest): string =>
  stopKey(headers['ocpi-to-party-id'] ?? '', (JSON.parse(body) as { readonly session_id: string }).session_id)

const inBody = (name: string, body: string) => new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1] ?? ''
const partyOf = (url: string) => /^https:\/\/(\w+)\./.exec(url)?.[1]?.toUpperCase() ?? ''

/** The platform's way out, looked at before anything can happen to a message. */
export function witnessed(send: Send, log: Logbook, clock: Pick<Clock, 'now'>): Send {
  return async (request, options) => {
    const { life } = log
    const look = sent(log, request, clock.now())
    const party = partyOf(request.url)
    try {
      const response = await send(request, options)
      if (life === log.life) heard(log, request, { response, look, party, at: clock.now() })
      return response
    } catch (error) {
      if (life === log.life) silent(log, request, { party, at: clock.now() })
      throw error
    }
  }
}

function sent(log: Logbook, request: WireRequest, at: number): Look | undefined {
  const { method, url } = request
  if (url.endsWith('/STOP_SESSION')) noted(log.stops, stoppedBy(request), at)
  if (method !== 'GET' || !/\/sessions(\?|$)/.test(url)) return undefined
  const look: Look = { party: partyOf(url), at, ok: false }
  log.looks.push(look)
  return look
}

interface Heard {
  readonly response: WireResponse
  readonly look: Look | undefined
  readonly party: string
  readonly at: number
}

function heard(log: Logbook, request: WireRequest, { response, look, party, at }: Heard): void {
  const { url, body } = request
  if (response.status >= 500) silent(log, request, { party, at })
  else {
    log.silences.delete(party)
    if (!url.endsWith('/START_SESSION')) log.spoke.set(party, at)
  }
  const code = /"status_code":(\d)\d{3}/.exec(response.body)?.[1]
  if (look && response.status === 200 && code === '1' && response.body.endsWith('}')) look.ok = true
  if (!url.endsWith('/START_SESSION')) return
  const reference = inBody('authorization_reference', body)
  if (response.body.endsWith('}')) happens(log, 'start-response', reference)
  if (refuses(response, code)) log.refusals.set(reference, at)
}

/** A refusal, and no sign that somebody in between was not well. */
function refuses({ status, body }: WireResponse, code: string | undefined): boolean {
  if (status === 404) return true
  if (status !== 200 || code === undefined || !body.endsWith('}')) return false
  return code === '2' || (code === '1' && /"result":"(REJECTED|NOT_SUPPORTED)"/.test(body))
}

function silent(
  log: Logbook,
  { method }: WireRequest,
  { party, at }: { readonly party: string; readonly at: number },
): void {
  // A GET is tried again by itself: only all its tries together are a silence.
  if (method === 'GET') return
  const before = log.silences.get(party)
  const times = (before?.life === log.life ? before.times : 0) + 1
  log.silences.set(party, { life: log.life, times, at })
}

/** Silences in a row after which a CPO is not relied on, and for how long. (F25) */
const SILENCES = 5
const PAUSE_MS = 30_000

/** Whether a tap must be refused because the CPO has not answered for a while. (F25) */
export function isDeaf(log: Logbook, party: string, now: number): boolean {
  const silence = log.silences.get(party)
  return !log.beside && silence?.life === log.life && silence.times >= SILENCES && now < silence.at + PAUSE_MS - 1000
}
