/** Which payment a message of a CPO is about. */
import { byReference, type PaymentDesk, sessionKey, tokenKey } from './payment/desk.ts'
import type { Payment } from './payment/payment.ts'

export interface Names {
  readonly reference?: string | null
  readonly sessionId?: string | null
  readonly tokenUid: string
}

/** Reference first, then session id, then our one-time token; never by amount. (T22, D-F12) */
export async function match(payments: PaymentDesk, peerId: string, keys: Names): Promise<Payment | undefined> {
  const referred = keys.reference ? await byReference(payments, keys.reference) : undefined
  if (referred?.peerId === peerId) return referred
  const names = [...(keys.sessionId ? [sessionKey(peerId, keys.sessionId)] : []), tokenKey(peerId, keys.tokenUid)]
  for (const name of names) {
    const payment = await payments.find(name)
    if (payment?.peerId === peerId) return payment
  }
  return undefined
}
