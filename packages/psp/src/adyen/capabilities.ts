import type { Capabilities } from '../psp.ts'

const day = 86_400_000

/** What Adyen can do for a card that is held before a terminal, as a pre-authorisation. */
export const adyenCapabilities: Capabilities = {
  incremental: 'total',
  maxIncrements: 50,
  extendsValidity: false,
  partialApproval: true,
  partialReversal: true,
  autoReleaseOnCapture: true,
  captureMode: 'async',
  queryByOurRef: true,
  // Adyen keeps a key for 7 to 14 days.
  idempotency: { retentionSafeMs: 6 * day, maxKeyLength: 64 },
  // The scheme's window of a tapped card, and never above the 28 days after which Adyen drops a hold.
  holdWindowMs: { Visa: 5 * day, Mastercard: 28 * day, Maestro: 7 * day, 'Cartes Bancaires': 12 * day, other: 5 * day },
  minCaptureMinor: 1,
  refund: true,
  webhooks: true,
  identify: 'reader',
  modifications: 'async',
  // The settlement detail report is a file for a report user, not an answer.
  settlementReport: false,
}
