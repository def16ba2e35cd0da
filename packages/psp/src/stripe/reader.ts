/** A reader of Stripe Terminal, driven from the server: shown an amount, waited for, and freed again. */
import type Stripe from 'stripe'
import type { CardFace } from '../psp.ts'
import { PspError } from '../psp.ts'
import type { Desk } from './desk.ts'
import { errorOf, thrownBy } from './errors.ts'
import { faceOf, type Intent, stateOf } from './payment.ts'

const CARD_WAIT_MS = 45_000
const POLL_MS = 1_000

/** Shows the amount on the reader and waits for what becomes of it. Comes back with the payment decided. */
export async function presentCard(desk: Desk, intent: Intent, at: { key: string; readerId: string }): Promise<Intent> {
  const { readerId, key } = at
  try {
    await desk.repeat((stripe) =>
      stripe.terminal.readers.processPaymentIntent(
        readerId,
        { payment_intent: intent.id },
        { idempotencyKey: `${key}/reader` },
      ),
    )
  } catch (error) {
    // Busy or switched off: no card was asked for. Everything else may have reached the reader.
    if (!/^terminal_reader_(busy|offline)$/.test(thrownBy(error).code ?? '')) throw errorOf(error, 'change')
    await freed(desk, intent)
    throw new PspError('unavailable', `The reader ${readerId} is busy or offline. Nothing is held.`, { answered: true })
  }
  const until = desk.clock.now() + (desk.config.cardWaitMs ?? CARD_WAIT_MS)
  while (desk.clock.now() < until) {
    const seen = await look(desk, intent.id, readerId)
    if (seen) return stateOf(seen) === 'declined' ? freed(desk, seen) : seen
    await desk.pause(desk.config.pollMs ?? POLL_MS)
  }
  await desk.repeat((stripe) => stripe.terminal.readers.cancelAction(readerId)).catch(() => undefined)
  return freed(desk, intent)
}

/** The payment when it is decided. While the reader is at work with it, it is not. */
async function look({ repeat, intentOf }: Desk, intentId: string, readerId: string): Promise<Intent | undefined> {
  const reader = await repeat((stripe) => stripe.terminal.readers.retrieve(readerId)).catch(() => undefined)
  if (reader === undefined || reader.deleted) return undefined
  const action = reader.action
  if (action?.status === 'in_progress' && idOf(action.process_payment_intent?.payment_intent) === intentId)
    return undefined
  const intent = await intentOf(intentId)
  if (stateOf(intent) !== 'pending') return intent
  // The reader is done with it and no charge was made: cancelled there, or never taken up.
  return action?.status === 'failed' && idOf(action.process_payment_intent?.payment_intent) === intentId
    ? { ...intent, cancellation_reason: 'requested_by_customer', status: 'canceled' }
    : undefined
}

const idOf = (one: string | { readonly id: string } | null | undefined) => (typeof one === 'string' ? one : one?.id)

/** Ends a payment nobody waits for. Approved in the same moment, it comes back approved, or voided where that was too late. */
async function freed({ repeat, intentOf }: Desk, intent: Intent): Promise<Intent> {
  const reason = intent.cancellation_reason === 'requested_by_customer' ? 'requested_by_customer' : 'abandoned'
  try {
    return await repeat((stripe) =>
      stripe.paymentIntents.cancel(intent.id, { cancellation_reason: reason, expand: ['latest_charge'] }),
    )
  } catch (error) {
    const now = await intentOf(intent.id)
    if (stateOf(now) === 'pending') throw errorOf(error, 'change')
    return now
  }
}

/** Asked about later than this, an authorization that never got a card is ended: nobody waits for it any more. */
const ABANDONED_MS = 120_000

export async function settled(desk: Desk, intent: Intent): Promise<Intent> {
  if (stateOf(intent) !== 'pending' || intent.status === 'processing') return intent
  if (desk.clock.now() - intent.created * 1000 < ABANDONED_MS) return intent
  return freed(desk, intent)
}

/** The smallest amount a PaymentIntent can have; it is never confirmed. */
const NOTHING_MINOR = 100

/** Asks the reader which card it sees, takes no money, and forgets the payment that was needed for the question. */
export async function recognise(desk: Desk, readerId: string, currency: string): Promise<CardFace> {
  const intent = await desk.repeat((stripe) =>
    stripe.paymentIntents.create({
      amount: NOTHING_MINOR,
      currency,
      capture_method: 'manual',
      allowed_payment_method_types: ['card_present'],
    }),
  )
  try {
    await desk.repeat((stripe) => stripe.terminal.readers.collectPaymentMethod(readerId, { payment_intent: intent.id }))
    const until = desk.clock.now() + (desk.config.cardWaitMs ?? CARD_WAIT_MS)
    while (desk.clock.now() < until) {
      const reader = await desk.repeat((stripe) => stripe.terminal.readers.retrieve(readerId))
      const action = reader.deleted ? undefined : reader.action
      const card = action?.collect_payment_method?.payment_method?.card_present
      if (action?.status === 'succeeded' && card) return faceOf(card, intent)
      if (action?.status === 'failed') throw new PspError('refused', 'The reader could not read the card.')
      await desk.pause(desk.config.pollMs ?? POLL_MS)
    }
    await desk.repeat((stripe) => stripe.terminal.readers.cancelAction(readerId)).catch(() => undefined)
    throw new PspError('refused', 'No card was held before the reader in time.')
  } finally {
    await freed(desk, intent as Stripe.PaymentIntent).catch(() => undefined)
  }
}
