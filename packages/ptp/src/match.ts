/** Which payment a message of a CPO is about. */
import type { PartyId } from '@plugtill/ocpi/peers'
import { byReference, bySession, type PaymentDesk, tokenKey } from './payment/desk.ts'
import type { Payment } from './payment/payment.ts'

export interface Names {
  readonly party: PartyId
  readonly reference?: string | null
  readonly sessionId?: string | null
  readonly tokenUid: string
}

/** Reference first, then session id, then our one-time token; never by amount. (T22, D-F12) */
export async function match(payments: PaymentDesk, peerId: string, keys: Names): Promise<Payment | undefined> {
  const referred = keys.reference ? await byReference(payments, keys.reference) : undefined
  if (referred?.peerId === peerId) return referred
  const { party, sessionId } = keys
  const ofSession = sessionId ? await bySession(payments, { peerId, party, sessionId }) : undefined
  if (ofSession) return ofSession
  const ofToken = await payments.find(tokenKey(peerId, keys.tokenUid))
  if (ofToken?.peerId === peerId) return ofToken
  return undefined
}
