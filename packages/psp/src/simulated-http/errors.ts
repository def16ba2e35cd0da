import type { HttpAnswer } from '../http/client.ts'
import type { PspErrorKind } from '../psp.ts'
import { PspError } from '../psp.ts'

const KINDS: readonly string[] = ['declined', 'refused', 'not-supported', 'unavailable'] satisfies PspErrorKind[]

/** The first request with this key is not finished; the same request gets its answer a little later. */
export const inFlight = ({ status, body }: HttpAnswer) => status === 409 && errorIn(body).code === '704'

/** An answer that is not 200. What nobody explains may have happened. */
export function errorOf({ status, body }: HttpAnswer): PspError {
  const { kind = '', message = `HTTP ${status}` } = errorIn(body)
  const told = message.slice(0, 500)
  return KINDS.includes(kind) ? new PspError(kind as PspErrorKind, told) : new PspError('unknown-outcome', told)
}

function errorIn(body: string): { readonly kind?: string; readonly code?: string; readonly message?: string } {
  try {
    const { error } = JSON.parse(body) as { error?: { kind?: string; code?: string; message?: string } }
    return error ?? {}
  } catch {
    return {}
  }
}
