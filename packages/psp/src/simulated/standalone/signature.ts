/** How the simulated service signs its messages: HMAC-SHA256 over the instant and the raw body. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export const SIGNATURE_HEADER = 'simulated-signature'

/** A message that is older or newer than this by our clock is a replay. (T34) */
export const TOLERANCE_MS = 300_000

export function signatureOf(secret: string, body: string, atMs: number): string {
  return `t=${atMs},v1=${hmac(secret, `${atMs}.${body}`)}`
}

/** Whether one of our secrets (the old one too, while it is replaced) signed this body, lately. */
export function signedBy(
  secrets: readonly string[],
  message: { readonly body: string; readonly header: string | undefined },
  now: number,
): boolean {
  const [, at, sent] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(message.header ?? '') ?? []
  if (at === undefined || sent === undefined || Math.abs(now - Number(at)) > TOLERANCE_MS) return false
  // Every secret is tried, so that the time taken tells nothing.
  return secrets.map((secret) => same(hmac(secret, `${at}.${message.body}`), sent)).includes(true)
}

const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex')
const same = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
