/** The simulated provider as a service of its own: requests in, answers out, on plain data. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Psp } from '../../psp.ts'
import { PspError } from '../../psp.ts'
import type { CardBehaviour } from '../cards.ts'
import type { Ledger } from '../ledger.ts'
import { createSimulatedPsp, type SimulatedPspParts } from '../provider.ts'
import { createMessages, type MessageParts, type Messages } from './messages.ts'
import { type Misbehaviour, misbehaviourOf, misbehaviours, type Trouble } from './misbehaviours.ts'
import { type Route, routes } from './routes.ts'

export interface ServiceParts extends Omit<SimulatedPspParts, 'misbehave' | 'keyRetentionMs'> {
  /** Who knows it may use the service. */
  readonly apiKey: string
  /** Absent: messages are not sent. */
  readonly messages?: Pick<MessageParts, 'secret' | 'deliver'>
  /** Increments carry the new total, or what is added. (F35) */
  readonly increments?: 'total' | 'delta'
  /** 24 h by default, as long as the shortest real one. */
  readonly keyRetentionMs?: number
  readonly misbehaviours?: readonly string[]
}

export interface ServiceRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** `cut`: the connection ends without an answer. */
export type ServiceAnswer = { readonly status: number; readonly body: object } | 'cut'

export interface SimulatedService {
  readonly serve: (request: ServiceRequest) => Promise<ServiceAnswer>
  /** Throws `refused` for a name that is none. */
  readonly misbehave: (names: readonly string[]) => void
  readonly messages: Messages | undefined
  readonly stop: () => void
}

const KEY_RETENTION_MS = 24 * 3600_000

/** What the routes work with. */
export interface Counter {
  readonly psp: Psp
  readonly ledger: Ledger
  readonly increments: 'total' | 'delta'
  readonly misbehaving: () => readonly string[]
  readonly misbehave: (names: readonly string[]) => void
}

export function createSimulatedService(parts: ServiceParts): SimulatedService {
  let active: readonly Misbehaviour[] = []
  const misbehave = (names: readonly string[]) => {
    active = names.map((name) => misbehaviourOf(name) ?? refuseName(name))
  }
  misbehave(parts.misbehaviours ?? [])
  const trouble = (name: Trouble) => active.some((one) => one.trouble === name)
  const psp = createSimulatedPsp({
    ...parts,
    misbehave: () => Object.assign({}, ...active.map(({ behaviour }) => behaviour)) as CardBehaviour,
    // A key that is pruned at once would not even outlive the instant it was used in.
    get keyRetentionMs() {
      return trouble('keys-pruned') ? 0 : (parts.keyRetentionMs ?? KEY_RETENTION_MS)
    },
  })
  const messages = parts.messages && createMessages({ ...parts, ...parts.messages, trouble })
  const counter: Counter = {
    psp,
    ledger: parts.ledger,
    increments: parts.increments ?? 'total',
    misbehaving: () => active.map(({ name }) => name),
    misbehave,
  }
  const door = doorOf(trouble)
  const serve = async (request: ServiceRequest): Promise<ServiceAnswer> => {
    if (!sameText(request.headers['authorization'] ?? '', `Bearer ${parts.apiKey}`))
      return failed(401, 'refused', 'The API key is missing or wrong.')
    try {
      return await door(request, (route, params) => route.run(counter, params))
    } catch (error) {
      return answerOf(error)
    } finally {
      messages?.flush()
    }
  }
  // Holds run out and captures are decided without anybody asking.
  const stopLooking = messages
    ? every(parts, LOOK_MS, () => void psp.list({ since: parts.clock.now() }).then(messages.flush, () => undefined))
    : () => {}
  return {
    serve,
    misbehave,
    messages,
    stop: () => {
      stopLooking()
      messages?.stop()
    },
  }
}

const LOOK_MS = 1_000

function every({ clock }: Pick<ServiceParts, 'clock'>, ms: number, task: () => void): () => void {
  let stop = () => {}
  const again = () => {
    stop = clock.after(ms, () => {
      task()
      again()
    })
  }
  again()
  return () => stop()
}

type Run = (route: Route, params: Parameters<Route['run']>[1]) => Promise<object>

/** Finds the route, keeps one request of a key in flight, and loses what has to be lost. */
function doorOf(trouble: (name: Trouble) => boolean) {
  const inFlight = new Set<string>()
  const seen = new Set<string>()
  return async ({ method, path, headers, body }: ServiceRequest, run: Run): Promise<ServiceAnswer> => {
    const url = new URL(path, 'http://service')
    const found = routes
      .map((route) => ({ route, match: route.method === method ? route.path.exec(url.pathname) : null }))
      .find(({ match }) => match !== null)
    if (!found) return failed(404, 'refused', `Nothing answers ${method} ${url.pathname} here.`)
    const { route, match } = found
    const key = headers['idempotency-key'] ?? ''
    const params = { id: decodeURIComponent(match?.[1] ?? ''), query: url.searchParams, key, body: objectIn(body) }
    if (!route.money) return { status: 200, body: await run(route, params) }
    if (trouble('requests-lost')) return 'cut'
    if (inFlight.has(key) || (trouble('always-in-flight') && !seen.has(key))) {
      seen.add(key)
      return {
        status: 409,
        body: {
          error: { kind: 'in-flight', code: '704', message: 'The first request with this key is still at work.' },
        },
      }
    }
    inFlight.add(key)
    try {
      const answer = await run(route, params)
      return trouble('answers-lost') ? 'cut' : { status: 200, body: answer }
    } finally {
      inFlight.delete(key)
    }
  }
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  if (body === '') return {}
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below, for everything that is no object.
  }
  throw new PspError('refused', 'The body is no JSON object.')
}

const STATUS = {
  declined: 402,
  refused: 422,
  'not-supported': 501,
  unavailable: 503,
  'unknown-outcome': 504,
} as const

function answerOf(error: unknown): ServiceAnswer {
  if (!(error instanceof PspError)) throw error
  // Whoever lost the answer learns nothing, not even that.
  if (error.kind === 'unknown-outcome') return 'cut'
  return failed(STATUS[error.kind], error.kind, error.message)
}

const failed = (status: number, kind: string, message: string): ServiceAnswer => ({
  status,
  body: { error: { kind, message } },
})

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function refuseName(name: string): never {
  const all = misbehaviours.map((one) => one.name).join(', ')
  throw new PspError('refused', `"${name}" is no misbehaviour. Use: ${all}.`)
}
