/** A PaymentIntent in the words of the port. */
import type Stripe from 'stripe'
import type { Authorization, CardFace, Decline, Money, PspPayment, PspPaymentState } from '../psp.ts'

export type Intent = Stripe.PaymentIntent

/** Our words in the metadata of everything we make at Stripe. */
export const REFERENCE = 'plugtill_reference'
export const TERMINAL = 'plugtill_terminal'
export const CDR = 'plugtill_cdr'

export const moneyOf = (amountMinor: number, currency: string): Money => ({
  amountMinor,
  currency: currency.toUpperCase(),
})

export const chargeOf = ({ latest_charge }: Intent): Stripe.Charge | undefined =>
  typeof latest_charge === 'object' && latest_charge !== null ? latest_charge : undefined

const cardPresentOf = (intent: Intent) => chargeOf(intent)?.payment_method_details?.card_present

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
  eftpos_au: 'eftpos',
}

/** A card without a fingerprint is never the same as another one: the payment stands for it. */
export function faceOf(
  card: { brand?: string | null; last4?: string | null; fingerprint?: string | null },
  { id }: Pick<Intent, 'id'>,
): CardFace {
  const brand = card.brand ?? 'card'
  return {
    fingerprint: card.fingerprint || `only ${id}`,
    brand: BRANDS[brand] ?? brand.charAt(0).toUpperCase() + brand.slice(1),
    masked: `**** ${card.last4 ?? ''}`.trimEnd(),
  }
}

/** A hold existed if a charge of it ever succeeded; what ended it says the reason. */
export function stateOf(intent: Intent): PspPaymentState {
  switch (intent.status) {
    case 'requires_capture':
      return 'authorized'
    case 'succeeded':
      return 'captured'
    case 'canceled':
      if (chargeOf(intent)?.status !== 'succeeded') return 'declined'
      return /^(automatic|expired)$/.test(intent.cancellation_reason ?? '') ? 'expired' : 'voided'
    case 'requires_payment_method':
      return intent.last_payment_error ? 'declined' : 'pending'
    default:
      return 'pending'
  }
}

/** Lines for the receipt: what EMV wants printed, as far as Stripe tells it. */
export function eftDataOf(intent: Intent): readonly string[] {
  const card = cardPresentOf(intent)
  const receipt = card?.receipt
  const { brand, masked } = faceOf(card ?? {}, intent)
  const lines = [
    `${brand} ${masked}${/contactless/.test(card?.read_method ?? '') ? ' CONTACTLESS' : ''}`,
    receipt?.application_preferred_name && `APPLICATION ${receipt.application_preferred_name}`,
    receipt?.dedicated_file_name && `AID ${receipt.dedicated_file_name}`,
    receipt?.authorization_code && `AUTH CODE ${receipt.authorization_code}`,
    `PSP REFERENCE ${intent.id}`,
  ]
  return lines.flatMap((line) => (line ? [line.replace(/[^\x20-\x7e]/g, '?').slice(0, 255)] : []))
}

/** Visa 5 days, others 2, where Stripe does not say it: then the shorter one is safe. */
const SHORTEST_HOLD_S = 2 * 86_400

export const captureBeforeOf = (intent: Intent): number =>
  (cardPresentOf(intent)?.capture_before ?? (chargeOf(intent)?.created ?? intent.created) + SHORTEST_HOLD_S) * 1000

/** The answer to an authorization that is decided. Approved is what stands: a hold that is gone again pays for no energy. */
export function authorizationOf(intent: Intent): Authorization {
  const approved = /^(authorized|captured)$/.test(stateOf(intent))
  const base = {
    pspReference: intent.id,
    authorized: moneyOf(approved ? intent.amount : 0, intent.currency),
    captureBefore: approved ? captureBeforeOf(intent) : intent.created * 1000,
    card: faceOf(cardPresentOf(intent) ?? {}, intent),
    eftData: eftDataOf(intent),
  }
  return approved ? { status: 'approved', ...base } : { status: 'declined', ...base, ...declineOf(intent) }
}

function declineOf(intent: Intent): { reason: string; decline: Decline } {
  const { last_payment_error: error, cancellation_reason } = intent
  if (stateOf(intent) !== 'declined')
    return { reason: 'The card was approved, and the hold is gone again.', decline: 'no-card' }
  if (error) {
    const pin = /pin_required/.test(error.decline_code ?? '')
    return {
      reason: (error.message ?? 'Declined by the issuer.').slice(0, 300),
      decline: pin ? 'pin-needed' : 'issuer',
    }
  }
  return cancellation_reason === 'requested_by_customer'
    ? { reason: 'The driver cancelled at the reader.', decline: 'cancelled' }
    : { reason: 'No card was held before the reader in time.', decline: 'no-card' }
}

export function paymentOf(intent: Intent, refundedMinor: number): PspPayment {
  const { currency, metadata } = intent
  const state = stateOf(intent)
  const approved = state !== 'declined' && state !== 'pending'
  const cdrRef = metadata[CDR]
  return {
    reference: metadata[REFERENCE] ?? '',
    pspReference: intent.id,
    terminalId: metadata[TERMINAL] ?? '',
    state,
    authorized: moneyOf(approved ? intent.amount : 0, currency),
    held: moneyOf(state === 'authorized' ? intent.amount_capturable : 0, currency),
    captureCount: state === 'captured' ? 1 : 0,
    captured: moneyOf(state === 'captured' ? intent.amount_received : 0, currency),
    refunded: moneyOf(refundedMinor, currency),
    captureBefore: approved ? captureBeforeOf(intent) : intent.created * 1000,
    card: faceOf(cardPresentOf(intent) ?? {}, intent),
    createdAt: intent.created * 1000,
    eftData: eftDataOf(intent),
    ...(cdrRef !== undefined && { cdrRef }),
  }
}
