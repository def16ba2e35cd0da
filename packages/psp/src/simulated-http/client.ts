/** Requests to a simulated service. */
import type { HttpSend } from '../http/client.ts'
import { PspError, whenReading } from '../psp.ts'
import type { SimulatedHttpConfig } from './config.ts'
import { errorOf, inFlight } from './errors.ts'

export interface ClientParts {
  readonly config: SimulatedHttpConfig
  readonly send: HttpSend
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
}

export interface Client {
  readonly get: <T>(path: string) => Promise<T>
  readonly post: <T>(path: string, body: object, key: string) => Promise<T>
}

const TIMEOUT_MS = 20_000
/** How often a request whose first copy is still at work is repeated, and after which pause. */
const IN_FLIGHT_TRIES = 10
const IN_FLIGHT_PAUSE_MS = 100

export function createClient({ config, send, clock }: ClientParts): Client {
  const ask = async <T>(method: 'GET' | 'POST', path: string, rest: { body?: object; key?: string }): Promise<T> => {
    for (let attempt = 1; attempt <= IN_FLIGHT_TRIES; attempt++) {
      const answer = await send({
        method,
        url: config.url + path,
        headers: {
          authorization: `Bearer ${config.apiKey}`,
          ...(rest.body && { 'content-type': 'application/json' }),
          ...(rest.key !== undefined && { 'idempotency-key': rest.key }),
        },
        ...(rest.body && { body: JSON.stringify(rest.body) }),
        timeoutMs: config.timeoutMs ?? TIMEOUT_MS,
      })
      if (answer.status === 200) return objectIn<T>(answer.body)
      if (!inFlight(answer)) throw errorOf(answer)
      await new Promise<void>((done) => void clock.after(IN_FLIGHT_PAUSE_MS, done))
    }
    throw new PspError('unknown-outcome', 'The first request with this key is still at work. Ask with query.', {
      answered: true,
    })
  }
  return {
    get: <T>(path: string) => ask<T>('GET', path, {}).catch(whenReading),
    post: (path, body, key) => ask('POST', path, { body, key }),
  }
}

function objectIn<T>(body: string): T {
  try {
    return JSON.parse(body) as T
  } catch {
    throw new PspError('unknown-outcome', 'The answer is no JSON. Ask with query.')
  }
}
