import { type AdyenParts, createDesk } from './desk.ts'

/** One look that moves nothing: throws `refused` when the key or the account does not fit, another kind when Adyen is away. */
export async function checkAccess(parts: AdyenParts): Promise<void> {
  const { devices } = await createDesk(parts).client()
  await devices.getConnectedDevices(parts.config.merchantAccount)
}
