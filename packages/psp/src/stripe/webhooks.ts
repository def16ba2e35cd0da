import type Stripe from 'stripe'
import type { PspHint } from '../psp.ts'
import { PspError } from '../psp.ts'
import type { StripeClient } from './client.ts'
import { REFERENCE } from './payment.ts'

/** Older or newer than this by our clock, a message is a replay. (T34) */
const TOLERANCE_S = 300

/** Genuine by one of our secrets, or refused; nothing for what concerns no payment of ours. */
export function hintsOf(
  { webhooks }: Pick<StripeClient, 'webhooks'>,
  message: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  by: { readonly secrets: readonly string[]; readonly now: number },
): readonly PspHint[] {
  const signature = message.headers['stripe-signature'] ?? ''
  // The library refuses what is too old, not what is too new.
  for (const secret of tooNew(signature, by.now) ? [] : by.secrets) {
    try {
      const event = webhooks.constructEvent(message.body, signature, secret, TOLERANCE_S, undefined, by.now)
      return subjectOf(event)
    } catch {
      // The next secret may be the one: two are valid while one replaces the other.
    }
  }
  throw new PspError('refused', 'The message is not genuine: no webhook secret signed it, or not lately.')
}

const tooNew = (signature: string, now: number): boolean =>
  signature.split(',').some((part) => part.startsWith('t=') && Number(part.slice(2)) * 1000 - now > TOLERANCE_S * 1000)

/** Events carry a PaymentIntent, a charge, a refund or a reader at work with one. */
interface Subject {
  readonly object?: string
  readonly id?: string
  readonly payment_intent?: string | { readonly id: string } | null
  readonly metadata?: Readonly<Record<string, string>> | null
  readonly action?: { readonly process_payment_intent?: { readonly payment_intent?: string | { readonly id: string } } }
}

function subjectOf(event: Stripe.Event): readonly PspHint[] {
  const subject = event.data.object as unknown as Subject
  const intent =
    subject.object === 'payment_intent'
      ? subject.id
      : (subject.payment_intent ?? subject.action?.process_payment_intent?.payment_intent)
  const pspReference = typeof intent === 'object' ? intent?.id : intent
  if (pspReference === undefined) return []
  const reference = subject.metadata?.[REFERENCE]
  return [{ eventId: event.id, pspReference, ...(reference !== undefined && { reference }) }]
}
