/** The admin API of a running platform, as the commands use it. */
import { couldNotRun, EXIT, Exit } from './exit.ts'

export type Side = 'ptp' | 'cpo'
/** Whose API: a platform's, the judge's, that of the simulated chargers, or that of the accounts. */
export type Room = Side | 'judge' | 'sim' | 'account'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Api {
  /** The body of a good answer; throws Exit with what the platform said otherwise. */
  readonly get: <T>(side: Room, path: string) => Promise<T>
  readonly post: <T>(side: Room, path: string, body?: object) => Promise<T>
  readonly delete: <T>(side: Room, path: string) => Promise<T>
  /** Whatever it is: for callers that know what to make of a refusal. */
  readonly ask: (method: string, side: Room, path: string, body?: object) => Promise<Answer>
  /** Data of server-sent events, until the stream ends or breaks. */
  readonly stream: (side: Room, path: string, signal: AbortSignal) => AsyncIterable<unknown>
}

/** A registration makes several calls to the partner, each of which may take its time. */
const ANSWER_MS = 60_000

export function createApi({
  base,
  key,
  stopped,
}: {
  readonly base: string
  readonly key?: string | undefined
  readonly stopped: AbortSignal
}): Api {
  const headers = { accept: 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) }
  const urlOf = (side: Room, path: string) => `${base}/${side}/api${path}`

  const ask: Api['ask'] = async (method, side, path, body) => {
    const url = urlOf(side, path)
    const response = await reach(url, {
      method,
      headers: { ...headers, ...(method !== 'GET' && { 'content-type': 'application/json' }) },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_MS)]),
    })
    return { status: response.status, body: await jsonOf(response, url) }
  }
  const good = async <T>(method: string, side: Room, path: string, body?: object): Promise<T> => {
    const answer = await ask(method, side, path, body)
    if (answer.status >= 300) throw refusal(answer, { side, url: urlOf(side, path) })
    return answer.body as T
  }
  return {
    ask,
    get: (side, path) => good('GET', side, path),
    post: (side, path, body) => good('POST', side, path, body),
    delete: (side, path) => good('DELETE', side, path),
    stream: async function* (side, path, signal) {
      const url = urlOf(side, path)
      const response = await reach(url, { headers: { ...headers, accept: 'text/event-stream' }, signal })
      if (response.status !== 200)
        throw refusal({ status: response.status, body: await jsonOf(response, url) }, { side, url })
      if (response.body) yield* eventData(response.body)
    },
  }
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const { name, cause, message } = error as Error & {
      readonly cause?: { readonly code?: string; readonly message?: string }
    }
    if (name === 'TimeoutError') throw couldNotRun(`${url} did not answer within ${ANSWER_MS / 1000} s.`)
    if (name === 'AbortError') throw couldNotRun('Stopped.')
    const why = cause?.code ?? cause?.message ?? message
    throw couldNotRun(
      `${new URL(url).origin} cannot be reached (${why}). Start the sandbox with "npm start", or name another platform with --api.`,
    )
  }
}

async function jsonOf(response: Response, url: string): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    throw couldNotRun(
      `${url} answered ${response.status} with something that is no JSON. Is --api the address of a Plugtill platform?`,
    )
  }
}

/** What the platform said, with the status that scripts expect. */
export function refusal({ status, body }: Answer, { side, url }: { readonly side: Room; readonly url: string }): Exit {
  const { message, refused, error } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly message?: string
    readonly refused?: string
    readonly error?: string
  }
  const text = message ?? `${url} answered ${status}.`
  if (refused !== undefined) return new Exit(EXIT.no, text, { refused, message: text })
  if (status === 404 && error === 'not-found' && /Nothing answers/.test(text)) {
    return couldNotRun(
      `${side === 'sim' ? 'No simulated charger runs' : `The ${side.toUpperCase()} platform does not run`} at ${new URL(url).origin}: ${text}`,
    )
  }
  if (status === 400) return new Exit(EXIT.wrongUsage, text)
  if (status === 401 || status === 403)
    return couldNotRun(`${text}${status === 401 ? ' The command takes it from there as well.' : ''}`)
  return new Exit(status >= 500 ? EXIT.couldNotRun : EXIT.no, text)
}

/** Longest event; a timeline entry carries whole OCPI bodies. */
const EVENT_CHARACTERS = 20_000_000

async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let waiting = ''
  for await (const chunk of body) {
    waiting += decoder.decode(chunk, { stream: true })
    if (waiting.length > EVENT_CHARACTERS) throw couldNotRun('The platform sent an event without end.')
    const events = waiting.split('\n\n')
    waiting = events.pop() ?? ''
    for (const event of events) {
      const data = event.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
      if (data.length > 0) yield JSON.parse(data.join('\n'))
    }
  }
}
