import type { Capabilities } from '../psp.ts'

const day = 86_400_000

/** What Stripe Terminal can do for a card that is held before a reader. */
export const stripeCapabilities: Capabilities = {
  incremental: 'total',
  maxIncrements: 10,
  extendsValidity: false,
  partialApproval: false,
  partialReversal: false,
  autoReleaseOnCapture: true,
  captureMode: 'sync',
  queryByOurRef: true,
  // Stripe may prune a key after 24 h. (F63)
  idempotency: { retentionSafeMs: 20 * 3600_000, maxKeyLength: 200 },
  holdWindowMs: { Visa: 5 * day, other: 2 * day },
  // The smallest charge in EUR, USD and most others; a capture below is not tried.
  minCaptureMinor: 50,
  refund: true,
  webhooks: true,
  identify: 'reader',
  modifications: 'sync',
  settlementReport: true,
}
