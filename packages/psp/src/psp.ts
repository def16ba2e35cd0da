/**
 * The port to a payment service provider. Amounts are integer minor units. The port never sees a card number.
 *
 * Every operation that moves money carries a `key` made and stored by the caller before the call: the same key with the
 * same request gets the stored answer, the same key with another request is refused, or an unknown outcome while nobody
 * knows what became of the first. One authorisation is captured at most once, for at most what is held; what is not
 * captured is released.
 */

export interface Money {
  /** Safe integer, in the smallest unit of the currency. */
  readonly amountMinor: number
  /** ISO 4217, upper case. */
  readonly currency: string
}

/** What a card looks like to us: enough to recognise it again, never enough to pay with it. */
export interface CardFace {
  /**
   * Same card, same fingerprint, for as long as the provider keeps it. A card that the provider cannot recognise has one
   * that no other payment has; empty is that of no card.
   */
  readonly fingerprint: string
  readonly brand: string
  /** The last four digits behind stars, e.g. "**** 4242". */
  readonly masked: string
  /** A test card that everybody presents: what one person did with it says nothing about the next. */
  readonly everybodys?: true
}

/** An opaque word from the reader. In the simulation: the name of a card. Never a card number. (T30) */
export type CardToken = string

/** The token of a reader that keeps the card to itself: whatever card the driver holds before it. */
export const READER: CardToken = 'reader'

/** A card held before the reader. */
export interface CardPresented extends CardFace {
  readonly token: CardToken
}

/** `pin`: checked by the device, and only the fact is told. `phone`: a phone or watch has recognised its owner. */
export type CardholderVerified = 'pin' | 'phone'

export interface AuthorizeRequest {
  readonly key: string
  /** Our reference of the payment; the provider keeps it and finds the payment by it. */
  readonly reference: string
  readonly terminalId: string
  readonly card: CardToken
  readonly amount: Money
  /** The device's word that the card is in its holder's hand; absent where the provider's own reader sees to it. */
  readonly verified?: CardholderVerified
  /** Where the driver's consent to this amount is kept. */
  readonly consentRef?: string
}

/** Why there is no hold, in words that no provider owns. `pin-needed`: the same card may succeed with its PIN. */
export type Decline = 'issuer' | 'pin-needed' | 'no-card' | 'cancelled'

/** The answer to authorize. A partial approval holds less than was asked: `authorized` is what counts. */
export interface Authorization {
  readonly status: 'approved' | 'declined'
  readonly pspReference: string
  /** Zero when declined. */
  readonly authorized: Money
  /** From this instant (ms) the hold may no longer be captured. */
  readonly captureBefore: number
  readonly card: CardFace
  /** Lines for the receipt, printable ASCII, at most 255 characters each, at least one. */
  readonly eftData: readonly string[]
  readonly reason?: string
  readonly decline?: Decline
}

/** What is held after an increment or a reduction. */
export interface Hold {
  readonly pspReference: string
  readonly authorized: Money
  readonly captureBefore: number
}

export interface Capture {
  /** `pending` when the provider answers later (capabilities.captureMode `async`): ask with query. */
  readonly status: 'captured' | 'pending'
  readonly pspReference: string
  readonly captured: Money
  /** The rest of the hold, given back with the capture. */
  readonly released: Money
  readonly at: number
  readonly eftData: readonly string[]
}

/** Nothing is held any more. `expired` when the hold had already run out. */
export interface Voided {
  readonly status: 'voided' | 'expired'
  readonly pspReference: string
  readonly at: number
}

export interface Refund {
  readonly pspReference: string
  readonly refunded: Money
  /** All refunds of this payment together. */
  readonly refundedTotal: Money
  readonly at: number
}

/**
 * `pending`: asked for and not decided yet; a card is still waited for. `capture-failed`: nothing was taken, or not any
 * more, and nothing is held; a provider that leaves the hold alive when it refuses a capture says `authorized`.
 * `void-pending`: a void is accepted, or may be, and not decided: nobody may rely on what is still held.
 */
export type PspPaymentState =
  | 'pending'
  | 'authorized'
  | 'declined'
  | 'capture-pending'
  | 'capture-failed'
  | 'captured'
  | 'void-pending'
  | 'voided'
  | 'expired'

/** The provider's own view of one payment: the truth after an unknown outcome. */
export interface PspPayment {
  readonly reference: string
  readonly pspReference: string
  readonly terminalId: string
  readonly state: PspPaymentState
  /** What was approved, after increments and reductions. */
  readonly authorized: Money
  /** What is still held now. */
  readonly held: Money
  readonly captureCount: number
  readonly captured: Money
  readonly refunded: Money
  readonly captureBefore: number
  readonly card: CardFace
  readonly createdAt: number
  readonly eftData: readonly string[]
  /** The CDR named in the capture. */
  readonly cdrRef?: string
}

/** What a provider's message to us is about. It is a hint: the answer to query decides. */
export interface PspHint {
  readonly eventId: string
  readonly reference?: string
  readonly pspReference?: string
}

/**
 * One movement of money as the provider will pay it out: what it took for us, what it gave back, what it kept.
 * `reversal`: a capture that it took back by itself. (F66)
 */
export interface SettlementLine {
  readonly reference: string
  readonly pspReference: string
  readonly kind: 'capture' | 'refund' | 'reversal'
  /** Above zero for all kinds. */
  readonly amount: Money
  readonly fee: Money
  readonly at: number
}

/** What a provider can do, as data. */
export interface Capabilities {
  readonly incremental: 'none' | 'total'
  readonly maxIncrements: number
  /** An increment moves `captureBefore`. */
  readonly extendsValidity: boolean
  readonly partialApproval: boolean
  /** `reduce` is possible. */
  readonly partialReversal: boolean
  /** A capture below the hold gives the rest back by itself. */
  readonly autoReleaseOnCapture: boolean
  readonly captureMode: 'sync' | 'async'
  /** `query` finds a payment by our own reference. */
  readonly queryByOurRef: boolean
  readonly idempotency: {
    /** For so long the same key is safely answered from memory; later ask with query first. */
    readonly retentionSafeMs: number
    readonly maxKeyLength: number
  }
  /** How long a hold lives, by brand; `other` for the rest. */
  readonly holdWindowMs: { readonly other: number; readonly [brand: string]: number }
  /** Captures below this many minor units are refused: void instead. */
  readonly minCaptureMinor: number
  /** The same in currencies where it is another; read with `minCaptureIn`. */
  readonly minCaptureMinorIn?: Readonly<Record<string, number>>
  readonly refund: boolean
  readonly webhooks: boolean
  /**
   * How `identify` learns the card. `token`: from the token, at no cost. `reader`: the driver holds the card before the
   * reader once more, so not before an authorization. `none`: not at all.
   */
  readonly identify: 'token' | 'reader' | 'none'
  /**
   * `async`: increment, reduce, void and refund are accepted first and decided by a message. Until then their outcome is
   * unknown; the same key asks again.
   */
  readonly modifications: 'sync' | 'async'
  readonly settlementReport: boolean
}

export interface Psp {
  readonly name: string
  readonly capabilities: Capabilities

  authorize(o: AuthorizeRequest): Promise<Authorization>
  /** Raises the hold to `newTotal`; throws `declined` when the issuer does not agree (the old hold stays). */
  increment(o: { readonly key: string; readonly pspReference: string; readonly newTotal: Money }): Promise<Hold>
  /** Lowers the hold to `newTotal`. */
  reduce(o: { readonly key: string; readonly pspReference: string; readonly newTotal: Money }): Promise<Hold>
  capture(o: {
    readonly key: string
    readonly pspReference: string
    readonly amount: Money
    readonly cdrRef: string
  }): Promise<Capture>
  void(o: { readonly key: string; readonly pspReference: string; readonly reason: string }): Promise<Voided>
  refund(o: {
    readonly key: string
    readonly pspReference: string
    readonly amount: Money
    readonly creditRef: string
  }): Promise<Refund>

  /** By our reference (the newest payment of that reference) or by the provider's. */
  query(o: { readonly reference?: string; readonly pspReference?: string }): Promise<PspPayment | undefined>
  /**
   * Payments created in `since <= at < until` (ms), oldest first; without `until` all since. A provider that lists only so
   * many leaves the rest out, and what cannot be decided now is there as `pending`: what matters is asked with query.
   */
  list(o: { readonly since: number; readonly until?: number }): Promise<readonly PspPayment[]>
  /** Checks a message from the provider and says which payments it is about. Throws `refused` when it is not genuine. */
  ingest(o: { readonly body: string; readonly headers: Readonly<Record<string, string>> }): Promise<readonly PspHint[]>
  /** Recognises a card without taking money (stop, receipt). `terminalId` where the reader has to be asked. */
  identify(card: CardToken, at?: { readonly terminalId: string }): Promise<CardFace>
  /** All movements in `since <= at < until` as the provider will pay them out, oldest first. `not-supported` without a report. */
  settlement(o: { readonly since: number; readonly until: number }): Promise<readonly SettlementLine[]>
}

/** Nothing moves when we ask: an answer that is missing only means later. */
export function whenReading(error: unknown): never {
  if (error instanceof PspError && error.kind === 'unknown-outcome')
    throw new PspError('unavailable', error.message, { cause: error })
  throw error
}

export type PspErrorKind = 'declined' | 'unknown-outcome' | 'unavailable' | 'refused' | 'not-supported'

/**
 * Why an operation gave no answer.
 * - `declined`: the issuer said no.
 * - `unknown-outcome`: it may have happened; ask with query, then repeat with the same key, never with a new one.
 * - `unavailable`: it did not happen; repeat with the same key.
 * - `refused`: the request is wrong for this payment; repeating does not help.
 * - `not-supported`: this provider cannot do it, see `capabilities`.
 */
export class PspError extends Error {
  readonly kind: PspErrorKind
  /** Whether the same call with the same key makes sense later. */
  readonly retry: boolean
  /** The provider asked for a pause. */
  readonly retryAfterMs: number | undefined
  /** The provider is there: it has said this itself, or that it has taken the request and not decided it. (F74) */
  readonly answered: boolean

  constructor(
    kind: PspErrorKind,
    message: string,
    options: {
      readonly retry?: boolean
      readonly retryAfterMs?: number
      readonly answered?: boolean
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PspError'
    this.kind = kind
    this.retryAfterMs = options.retryAfterMs
    this.answered = options.answered ?? (kind !== 'unknown-outcome' && kind !== 'unavailable')
    this.retry = options.retry ?? (kind === 'unknown-outcome' || kind === 'unavailable')
  }
}
