/** The second factor: six digits of an app, as RFC 6238 says. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

const PERIOD_S = 30
/** Clocks of phones are wrong by up to one step. */
const WINDOW = 1

const totpOf = (secret: string, label: string) =>
  new TOTP({
    issuer: 'Plugtill',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_S,
    secret: Secret.fromBase32(secret),
  })

export const newSecret = (): string => new Secret({ size: 20 }).base32

/** What the app reads from a QR code. */
export const enrolment = (secret: string, name: string): string => totpOf(secret, name).toString()

/** The step of this code, when it is right and no earlier one; a code that was used once is used up. */
export function stepOf(
  secret: string,
  code: string,
  { now, after }: { readonly now: number; readonly after: number },
): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now, window: WINDOW })
  if (delta === null) return undefined
  const step = Math.floor(now / 1000 / PERIOD_S) + delta
  return step > after ? step : undefined
}

/** The database alone opens no account: the key lies outside of it. (T01) */
export function sealed(secret: string, key: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyBytes(key), iv)
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')
}

export function opened(text: string, key: string): string {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', keyBytes(key), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}

const keyBytes = (key: string) => createHash('sha256').update(`account-totp|${key}`).digest()
