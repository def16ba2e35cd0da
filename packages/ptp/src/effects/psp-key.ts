import { createHmac } from 'node:crypto'

export type PspOperation = 'authorize' | 'capture' | 'void'

/**
 * The idempotency key of one money operation of one payment: the same for ever, unguessable for others.
 * UUID-shaped, because every provider takes 36 characters. (reliability 6.1)
 */
export function pspKey(secret: string, reference: string, operation: PspOperation): string {
  const hex = createHmac('sha256', secret).update(`${reference}|${operation}|1`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
