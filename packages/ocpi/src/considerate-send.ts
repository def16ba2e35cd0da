/**
 * A `Send` that is good company: few requests at once to one partner, a pause when it asks for one, and a second try
 * only where that cannot do a thing twice. Wrap the network in it once and give the result to client and handshake.
 */
import { Fault } from './errors.ts'
import type { Send, WireRequest, WireResponse } from './wire.ts'

export interface ConsiderateParts {
  readonly send: Send
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => unknown }
  /** From 0 to 1, for the jitter of the tries. */
  readonly random: () => number
  /** Requests of ours that one partner works on at the same time, default 8, a quarter of them kept for what is urgent; the others wait in order. */
  readonly atOnce?: number
  /** Requests that may wait for one partner, default 1,000; more are not sent. */
  readonly waiting?: number
  /** How often a GET is tried in all, default 3. Nothing else is ever sent twice from here. */
  readonly tries?: number
  /** The first pause between two tries, default 500 ms; it doubles. */
  readonly pauseMs?: number
  /** The longest pause a partner can ask for that is waited for, default 30 s. */
  readonly patienceMs?: number
}

interface Desk {
  busy: number
  /** Of those that are busy: what nobody stands and waits for. */
  common: number
  readonly queue: (() => void)[]
  readonly urgentQueue: (() => void)[]
  /** Nothing is sent before this moment: the partner asked for it. */
  quietUntil: number
}

/** Statuses by which a partner says "not now"; the request was not worked on or can be asked again. */
const NOT_NOW = new Set([429, 502, 503, 504])

/** A partner that asks for one pause after another is left alone at last. */
const MOST_WAITS = 10

/** Lists and advices that hang until their timeout would keep a driver waiting for all of them. */
const FOR_THE_URGENT = 0.25

/** Taking a place with a partner and handing it on, in order of arrival, what is urgent first. */
function placesOf(
  desks: Map<string, Desk>,
  { atOnce, waiting, clock }: Required<Pick<ConsiderateParts, 'atOnce' | 'waiting' | 'clock'>>,
) {
  const forCommon = atOnce - Math.floor(atOnce * FOR_THE_URGENT)
  const isFree = (desk: Desk, urgent: boolean) => desk.busy < atOnce && (urgent || desk.common < forCommon)
  const take = (desk: Desk, urgent: boolean) => {
    desk.busy += 1
    if (!urgent) desk.common += 1
  }
  const turn = async (desk: Desk, request: WireRequest, urgent: boolean): Promise<void> => {
    if (isFree(desk, urgent)) return take(desk, urgent)
    const queue = urgent ? desk.urgentQueue : desk.queue
    if (queue.length >= waiting) throw notSent(request, `${waiting} requests are waiting for this partner already.`)
    await new Promise<void>((done) => void queue.push(done))
  }
  /** Whoever is next has its place before it runs: nobody who comes in between takes it. */
  const leave = (origin: string, desk: Desk, urgent: boolean): void => {
    desk.busy -= 1
    if (!urgent) desk.common -= 1
    const isUrgent = desk.urgentQueue.length > 0
    const next = isUrgent || isFree(desk, false) ? (desk.urgentQueue.shift() ?? desk.queue.shift()) : undefined
    if (next !== undefined) {
      take(desk, isUrgent)
      next()
    } else if (desk.busy === 0 && desk.quietUntil <= clock.now()) desks.delete(origin)
  }
  return { turn, leave }
}

/** Partners are told apart by their origin. */
export function considerateSend(parts: ConsiderateParts): Send {
  const { atOnce = 8, waiting = 1_000, tries = 3, pauseMs = 500, patienceMs = 30_000, clock } = parts
  const desks = new Map<string, Desk>()
  const wait = (ms: number) => new Promise<void>((done) => void clock.after(ms, done))

  const { turn, leave } = placesOf(desks, { atOnce, waiting, clock })

  /** Waits out the pause the partner asked for, outside of its places: others may have to be told so. */
  const pausesEnd = async (desk: Desk, request: WireRequest): Promise<void> => {
    for (let waits = 0; desk.quietUntil > clock.now(); waits += 1) {
      const quiet = desk.quietUntil - clock.now()
      if (quiet > patienceMs || waits >= MOST_WAITS) {
        throw notSent(request, `The partner asked for a pause of another ${Math.ceil(quiet / 1000)} s.`, quiet)
      }
      await wait(quiet)
    }
  }
  const once = async (origin: string, request: WireRequest, options: Parameters<Send>[1]): Promise<WireResponse> => {
    const desk = desks.get(origin) ?? { busy: 0, common: 0, queue: [], urgentQueue: [], quietUntil: 0 }
    const { urgent = false } = options ?? {}
    desks.set(origin, desk)
    await pausesEnd(desk, request)
    await turn(desk, request, urgent)
    try {
      // It may have waited for a pause, for its turn, or in a process that was frozen meanwhile.
      if (clock.now() > (options?.notAfter ?? Number.POSITIVE_INFINITY))
        throw notSent(request, 'Its time was over before it could leave.', undefined, false)
      const response = await parts.send(request, options)
      const pause = NOT_NOW.has(response.status) ? retryAfterMs(response.headers, clock.now()) : undefined
      if (pause !== undefined) desk.quietUntil = Math.max(desk.quietUntil, clock.now() + pause)
      return response
    } finally {
      leave(origin, desk, urgent)
    }
  }

  return async (request, options) => {
    const origin = URL.parse(request.url)?.origin ?? ''
    for (let attempt = 1; ; attempt += 1) {
      const last = request.method !== 'GET' || attempt >= tries
      try {
        const response = await once(origin, request, options)
        const quiet = (desks.get(origin)?.quietUntil ?? 0) - clock.now()
        if (last || !NOT_NOW.has(response.status) || quiet > patienceMs) return response
      } catch (error) {
        if (last || !(error instanceof Fault) || !error.retry || error.code === 'PEER_GARBLED') throw error
      }
      const pause = pauseMs * 2 ** (attempt - 1)
      await wait(pause / 2 + (parts.random() * pause) / 2)
    }
  }
}

const notSent = (request: WireRequest, why: string, retryAfterMs?: number, retry = true): Fault =>
  new Fault('PEER_UNREACHABLE', `${request.method} ${request.url} was not sent. ${why}`, { retry, retryAfterMs })

/** What a Retry-After header asks for: seconds or a date; undefined without one that can be read. */
export function retryAfterMs(headers: WireResponse['headers'], now: number): number | undefined {
  const text = headers['retry-after']?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const at = /\d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
