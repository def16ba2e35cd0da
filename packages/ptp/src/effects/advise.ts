/** The Financial Advice Confirmation: what was really captured, told to the CPO once and byte for byte the same. (I8, D-34) */
import type { Documents } from '@plugtill/engine/documents'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { PeerRefused } from '@plugtill/ocpi/client'
import { Fault } from '@plugtill/ocpi/errors'
import { type FinancialAdviceConfirmation, payments } from '@plugtill/ocpi/modules/payments'
import { entriesOf } from '@plugtill/ocpi/peer-url'
import type { Peer, PeerStore } from '@plugtill/ocpi/peers'
import { ciKey, formatDateTime, type Price } from '@plugtill/ocpi/types'
import { billKeyOf } from '../cdr-intake.ts'
import { aboutPayment } from '../payment/desk.ts'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { splitLike } from '../payment/prices.ts'
import { wasLast } from './failures.ts'

export interface AdviseParts {
  readonly client: OcpiClient
  readonly peers: Pick<PeerStore, 'get'>
  readonly documents: Documents
  readonly clock: { readonly now: () => number }
}

/** The advice of this payment as it goes over the wire. `eft_data` has at least one line, also for a failure. (E-15) */
export function adviceBody(
  payment: Payment,
  costOfCdr: Price | undefined,
  { adviceId = payment.advice?.id }: { readonly adviceId?: string } = {},
): FinancialAdviceConfirmation {
  // A later advice never takes the words of an earlier one that has not left yet. (I8)
  const advice = [...(payment.earlierAdvices ?? []), payment.advice].find((one) => one?.id === adviceId)
  if (!advice) throw new Fault('NO_ADVICE', `Payment ${payment.id} has no advice to send.`)
  const card = `${payment.card.brand} ${payment.card.masked}`
  return {
    id: advice.id,
    authorization_reference: payment.id,
    total_costs: splitLike(advice.amount, costOfCdr),
    currency: advice.amount.currency,
    eft_data: payment.eftData?.length ? [...payment.eftData] : [card],
    capture_status_code: advice.status,
    ...(advice.message && { capture_status_message: advice.message.slice(0, 255) }),
    last_updated: formatDateTime(advice.at),
  }
}

export const adviceKey = (peerId: string, adviceId: string) => ciKey(peerId, adviceId)

/** Written down before the first send, so that every send and every GET has the same bytes. */
async function written(parts: AdviseParts, payment: Payment, adviceId: string): Promise<FinancialAdviceConfirmation> {
  const key = adviceKey(payment.peerId, adviceId)
  const stored = await parts.documents.get('advices', key)
  if (stored) return JSON.parse(stored.body) as FinancialAdviceConfirmation
  const bill = billKeyOf(payment)
  const cdr = bill === undefined ? undefined : await parts.documents.get('cdrs', bill)
  const body = adviceBody(payment, cdr && (JSON.parse(cdr.body) as { total_cost: Price }).total_cost, { adviceId })
  await parts.documents.put('advices', key, JSON.stringify(body), body.last_updated)
  return body
}

/**
 * A CPO without the Payments receiver is told nothing. (E-16) Only one that is registered has said so: one that is just
 * registering again, or was removed, may still come to take it, and the call fails until then. (F68)
 */
export const takesNoAdvice = (peer: Peer | undefined): boolean =>
  peer?.status === 'registered' && entriesOf(peer, payments.id, 'RECEIVER').length === 0

/** Begins the names of all lanes that lead to CPOs. */
export const TO_CPOS = 'cpo:'
/** A lane of their own: advices that wait for a CPO hold up nothing else, and are brought forward when it is back. */
export const advicesLane = (peerId: string) => `${TO_CPOS}${peerId}:advices`

/** A CPO that refuses the content of an advice may only be early; after some minutes it means it. (F70, D-F19) */
const REFUSALS = 8
const REFUSED = 'advice-refusals'

const meansIt = (parts: AdviseParts, key: string) => wasLast(parts, { shelf: REFUSED, key, most: REFUSALS })

/** Only an advice that the CPO has refused for good is told as refused content; everything else is tried again. */
export function advise(parts: AdviseParts) {
  return async (
    payment: Payment,
    order: { readonly adviceId: string },
    attempt: number,
  ): Promise<PaymentEvent | void> => {
    const delivered: PaymentEvent = { type: 'advice-delivered', adviceId: order.adviceId, at: parts.clock.now() }
    const key = adviceKey(payment.peerId, order.adviceId)
    const body = await written(parts, payment, order.adviceId)
    if (takesNoAdvice(await parts.peers.get(payment.peerId))) return
    const call = parts.client.of({ id: payment.peerId }, payments, 'receiver')
    try {
      await call.postAdvice({ body }, aboutPayment(payment))
    } catch (error) {
      if (!isRefusedContent(error)) throw again(error)
      // F69: it may have arrived before and its answer was lost. Then the copy over there equals ours.
      const there = await call.advice({ params: { id: body.id } }, aboutPayment(payment)).catch(() => undefined)
      const { authorization_reference, id } = there?.data ?? {}
      const isThere = authorization_reference === body.authorization_reference && id === body.id
      if (!isThere) throw (await meansIt(parts, key)) ? error : again(error)
    }
    if (attempt > 1) await parts.documents.delete(REFUSED, key)
    return { ...delivered, at: parts.clock.now() }
  }
}

/** HTTP statuses by which a partner refuses us, not what we say: a lost token is given back by people. (F24, F75) */
const STRANGER = [401, 403]

/** OCPI 2xxx: what was sent is wrong for the partner. */
export const isRefusedContent = (error: unknown): boolean =>
  error instanceof PeerRefused &&
  !STRANGER.includes(error.http) &&
  error.statusCode !== undefined &&
  error.statusCode >= 2000 &&
  error.statusCode <= 2999

/** Everything but a refusal of the content is tried again for as long as it takes. (F68, F70) */
function again(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error)
  return new Fault('ADVICE_NOT_DELIVERED', message, { retry: true, cause: error })
}
