import { lostOf } from '../http/client.ts'
import { PspError } from '../psp.ts'

/** What Stripe's library throws, as far as it matters here. */
interface Thrown {
  readonly type?: string
  readonly code?: string
  readonly message?: string
  readonly statusCode?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** `read`: nothing moves, so an answer that is missing only means later. */
export type Asked = 'read' | 'increment' | 'change'

export const thrownBy = (error: unknown): Thrown =>
  typeof error === 'object' && error !== null ? (error as Thrown) : {}

/** The first request with this key is not finished. */
export const inFlight = (error: unknown) => {
  const { statusCode, code } = thrownBy(error)
  return statusCode === 409 && (code === 'idempotency_key_in_use' || code === 'lock_timeout')
}

/** No such object; for a read that is an answer. */
export const notThere = (error: unknown) => thrownBy(error).code === 'resource_missing'

/** Stripe's errors in the words of the port. Nothing of the request is repeated in them. */
export function errorOf(error: unknown, asked: Asked): PspError {
  if (error instanceof PspError) return error
  const { type = '', code = '', message = '', statusCode = 0, headers } = thrownBy(error)
  const told = `Stripe: ${message.slice(0, 300)}${code && ` (${code})`}`
  if (statusCode === 429) {
    const seconds = Number(headers?.['retry-after'])
    return new PspError('unavailable', told, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {})
  }
  if (type === 'StripeCardError') return new PspError(asked === 'increment' ? 'declined' : 'refused', told)
  if (/Authentication|Permission/.test(type)) return new PspError('refused', `${told} Correct the Stripe API key.`)
  if (statusCode >= 400 && statusCode < 500 && statusCode !== 409) return new PspError('refused', told)
  const lost = statusCode === 0 ? lostOf(error, 'Stripe') : new PspError('unknown-outcome', `${told} Ask with query.`)
  return asked === 'read' ? new PspError('unavailable', lost.message, { cause: error }) : lost
}
