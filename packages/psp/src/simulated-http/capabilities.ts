import type { Capabilities } from '../psp.ts'
import { simulatedCapabilities } from '../simulated/capabilities.ts'

/** What the simulated provider can do when it is a service: it forgets keys after a day, and it sends messages. */
export const simulatedHttpCapabilities: Capabilities = {
  ...simulatedCapabilities,
  idempotency: { ...simulatedCapabilities.idempotency, retentionSafeMs: 20 * 3600_000 },
  webhooks: true,
}
