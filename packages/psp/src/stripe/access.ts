import { createDesk, type StripeParts } from './desk.ts'

/** One look that moves nothing: throws `refused` when the key does not fit, `unavailable` when Stripe cannot be reached. */
export async function checkAccess(parts: StripeParts): Promise<void> {
  await createDesk(parts).created({ since: parts.clock.now() })
}
