/** Which payment a message of a CPO is about. */
import type { PartyId } from '@plugtill/ocpi/peers'
import { byReference, bySession, isOfParty, type PaymentDesk, tokenKey } from './payment/desk.ts'
import type { Payment } from './payment/payment.ts'

export interface Names {
  readonly party: PartyId
  readonly reference?: string | null
  readonly sessionId?: string | null
  readonly tokenUid: string
}

/**
 * Reference first, then our one-time token, which is one payment's alone, then the session id; never by amount. What another party
 * of the connection says is about no payment of this one. (T13, T22, D-F12)
 */
export async function match(payments: PaymentDesk, peerId: string, keys: Names): Promise<Payment | undefined> {
  const { party, reference, sessionId } = keys
  const isTheirs = (payment: Payment | undefined) => payment?.peerId === peerId && isOfParty(payment, party)
  const referred = reference ? await byReference(payments, reference) : undefined
  if (isTheirs(referred)) return referred
  const ofToken = await payments.find(tokenKey(peerId, keys.tokenUid))
  if (isTheirs(ofToken)) return ofToken
  return sessionId ? bySession(payments, { peerId, party, sessionId }) : undefined
}
