import type { HttpAnswer } from '../http/client.ts'
import { PspError } from '../psp.ts'

/** The first request with this key is not finished. */
const IN_FLIGHT = '704'

/** An answer of Adyen that is no success, in the words of the port. Nothing of the request is repeated in it. */
export function errorOf({ status, body, headers }: HttpAnswer): PspError {
  const { errorCode = '', message = `HTTP ${status}` } = errorIn(body)
  const told = `Adyen: ${message.slice(0, 300)}${errorCode && ` (${errorCode})`}`
  if (errorCode === IN_FLIGHT || status === 409)
    return new PspError('unknown-outcome', `${told} Ask with query.`, { answered: true })
  if (status === 429) {
    const seconds = Number(headers['retry-after'])
    return new PspError('unavailable', told, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {})
  }
  if (status === 401 || status === 403) return new PspError('refused', `${told} Correct the Adyen API key.`)
  if (status >= 400 && status < 500) return new PspError('refused', told)
  return new PspError('unknown-outcome', `${told} Ask with query.`)
}

function errorIn(body: string): { readonly errorCode?: string; readonly message?: string } {
  try {
    return JSON.parse(body) as { errorCode?: string; message?: string }
  } catch {
    return {}
  }
}
