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
  // The smallest charge in EUR, USD and most others, and where it is another; a capture below is not tried.
  minCaptureMinor: 50,
  minCaptureMinorIn: {
    ...{ AED: 2_00, BGN: 1_00, CZK: 15_00, DKK: 2_50, GBP: 30, HKD: 4_00, HUF: 175_00, MXN: 10_00, MYR: 2_00 },
    ...{ NOK: 3_00, PLN: 2_00, RON: 2_00, SEK: 3_00, THB: 10_00 },
  },
  refund: true,
  webhooks: true,
  identify: 'reader',
  modifications: 'sync',
  settlementReport: true,
}
