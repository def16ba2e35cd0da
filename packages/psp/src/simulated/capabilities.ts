import type { Capabilities } from '../psp.ts'

const day = 86_400_000

/** What the simulated provider can do. */
export const simulatedCapabilities: Capabilities = {
  incremental: 'total',
  maxIncrements: 10,
  extendsValidity: false,
  partialApproval: true,
  partialReversal: true,
  autoReleaseOnCapture: true,
  captureMode: 'sync',
  queryByOurRef: true,
  idempotency: { retentionSafeMs: 30 * day, maxKeyLength: 64 },
  holdWindowMs: { Visa: 5 * day, other: 2 * day },
  minCaptureMinor: 1,
  refund: true,
  webhooks: false,
  identify: 'token',
  modifications: 'sync',
  settlementReport: true,
}
