/** Stripe's objects, made from its description: whatever it requires is there, and what a case needs. */
import type { Json } from '../openapi/reduce.ts'
import { described } from './description.ts'

/** What the card before the reader makes Stripe do. */
export interface Card {
  readonly brand: 'visa' | 'mastercard'
  readonly last4: string
  readonly decline?: string
  /** Stripe does not say which card it is. */
  readonly nameless?: true
  /** The first request to this path is answered like this. */
  readonly first?: Readonly<Record<string, 'cut-before' | 'cut-after' | 'rate-limited'>>
  readonly always?: Readonly<Record<string, Json>>
  /** `late`: the driver taps in the moment in which the reader is freed. */
  readonly reader?: 'nobody' | 'cancelled' | 'busy' | 'late'
}

export interface Given {
  readonly id: string
  readonly amount: number
  readonly created: number
  readonly metadata: Json
  /** Not the rest of a hold, which Stripe notes as a refund that never touched the balance. */
  readonly real: boolean
}

export interface Intent {
  readonly id: string
  readonly created: number
  readonly currency: string
  readonly metadata: Record<string, string>
  readonly refunds: Given[]
  amount: number
  status: 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled'
  received: number
  increments: number
  card?: Card
  reason?: string
  canceledAt?: number
  capturedAt?: number
}

const DAY_S = 86_400
export const captureBefore = ({ created, card }: Intent) => created + (card?.brand === 'visa' ? 5 : 2) * DAY_S
export const refundedOf = ({ refunds }: Intent) =>
  refunds.filter(({ real }) => real).reduce((sum, { amount }) => sum + amount, 0)

function cardPresent(intent: Intent): Json {
  const { brand = 'visa', last4 = '', nameless } = intent.card ?? {}
  return described.sample('payment_method_details_card_present', {
    amount_authorized: intent.amount,
    brand,
    last4,
    fingerprint: nameless ? null : `fp_${brand}_${last4}`,
    capture_before: captureBefore(intent),
    incremental_authorization_supported: true,
    read_method: 'contactless_emv',
    receipt: described.sample('payment_method_details_card_present_receipt', {
      application_preferred_name: brand.toUpperCase(),
      dedicated_file_name: brand === 'visa' ? 'A0000000031010' : 'A0000000041010',
      authorization_code: '123456',
    }),
  })
}

export function chargeOf(intent: Intent): Json {
  const { status, amount, received } = intent
  const released = status === 'succeeded' ? amount - received : status === 'canceled' ? amount : 0
  return described.sample('charge', {
    id: `ch_${intent.id.slice(3)}`,
    object: 'charge',
    amount,
    amount_captured: received,
    amount_refunded: released + refundedOf(intent),
    captured: status === 'succeeded',
    created: intent.created,
    currency: intent.currency,
    metadata: intent.metadata,
    payment_intent: intent.id,
    payment_method_details: { type: 'card_present', card_present: cardPresent(intent) },
    status: intent.card?.decline ? 'failed' : 'succeeded',
  })
}

export function intentOf(intent: Intent): Json {
  const decline_code = intent.card?.decline
  const error = { type: 'card_error', code: 'card_declined', decline_code, message: 'Your card was declined.' }
  return described.sample('payment_intent', {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: intent.status === 'requires_capture' ? intent.amount : 0,
    amount_received: intent.received,
    canceled_at: intent.canceledAt ?? null,
    cancellation_reason: intent.reason ?? null,
    capture_method: 'manual',
    created: intent.created,
    currency: intent.currency,
    metadata: intent.metadata,
    payment_method_types: ['card_present'],
    status: intent.status,
    latest_charge: intent.card ? chargeOf(intent) : null,
    last_payment_error: decline_code ? described.sample('api_errors', error) : null,
  })
}

export function refundOf(given: Given, intent: Intent): Json {
  const { id, amount, created, metadata, real } = given
  return described.sample('refund', {
    ...{ id, object: 'refund', amount, created, metadata, status: 'succeeded' },
    ...{ currency: intent.currency, payment_intent: intent.id, balance_transaction: real ? `txn_${id}` : null },
  })
}

export function balanceOf(intent: Intent): readonly Json[] {
  const { currency, capturedAt, received } = intent
  const line = (type: string, source: Json, amount: number, created: number) =>
    described.sample('balance_transaction', {
      ...{ id: `txn_${String(source['id'])}`, object: 'balance_transaction', type, source, amount, created, currency },
      ...{ fee: type === 'charge' ? 25 : 0, net: amount, status: 'available' },
    })
  return [
    ...(capturedAt === undefined ? [] : [line('charge', chargeOf(intent), received, capturedAt)]),
    ...intent.refunds
      .filter(({ real }) => real)
      .map((one) => line('refund', refundOf(one, intent), -one.amount, one.created)),
  ]
}
