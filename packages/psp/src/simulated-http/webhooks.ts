import type { PspHint } from '../psp.ts'
import { PspError } from '../psp.ts'
import type { ServiceMessage } from '../simulated/standalone/messages.ts'
import { SIGNATURE_HEADER, signedBy } from '../simulated/standalone/signature.ts'

/** Genuine, or refused: HMAC over the raw body, in constant time. (T34) */
export function hintOf(
  message: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  secrets: readonly string[],
  now: number,
): PspHint {
  const { body, headers } = message
  if (!signedBy(secrets, { body, header: headers[SIGNATURE_HEADER] }, now))
    throw new PspError('refused', `The message is not genuine: ${SIGNATURE_HEADER} does not sign it, or not lately.`)
  const { id, reference, pspReference } = JSON.parse(body) as ServiceMessage
  return { eventId: id, reference, pspReference }
}
