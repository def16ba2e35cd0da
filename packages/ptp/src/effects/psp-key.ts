import { createHmac } from 'node:crypto'

export type PspOperation = 'authorize' | 'increment' | 'capture' | 'void' | 'refund'

/** Of which time: counted, or by a name where nobody knows how many there were. */
export type Round = number | string

/**
 * The idempotency key of one money operation of one payment: the same for ever, unguessable for others. `n` tells the
 * rounds of one operation apart: the third increment, a capture that an operator has tried again.
 * UUID-shaped, because every provider takes 36 characters. (reliability 6.1)
 */
export function pspKey(secret: string, reference: string, [operation, n = 1]: readonly [PspOperation, Round?]): string {
  const hex = createHmac('sha256', secret).update(`${reference}|${operation}|${n}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
