/** The address of a receipt: the payment's reference and a proof that we made it, so that nobody finds one by guessing. (T14) */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** 132 bits in the Base64url alphabet. */
const PROOF_SIGNS = 22

const proof = (secret: string, reference: string): string =>
  createHmac('sha256', secret).update(`receipt\n${reference}`).digest('base64url').slice(0, PROOF_SIGNS)

export const receiptToken = (secret: string, reference: string): string => `${reference}.${proof(secret, reference)}`

/** The reference a token stands for; undefined when it is not one of ours. */
export function referenceOf(secret: string, token: string): string | undefined {
  const at = token.length - PROOF_SIGNS - 1
  if (at < 1 || token.length > 200 || token[at] !== '.') return undefined
  const reference = token.slice(0, at)
  const [given, wanted] = [Buffer.from(token.slice(at + 1)), Buffer.from(proof(secret, reference))]
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? reference : undefined
}
