/** Secrets of charging stations: only a salted hash is kept. They are long and random, so one fast hash is enough. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { Fault } from '@plugtill/engine/fault'

/** 16 bytes are the least an AuthorizationKey has, 40 the most. (OCPP 1.6 security whitepaper, AuthorizationKey) */
const SHORTEST = 16
const LONGEST = 40

const digest = (salt: string, secret: string) => createHash('sha256').update(`${salt}:${secret}`).digest()

export function hashedSecret(secret: string, salt: string): string {
  if (secret.length < SHORTEST || secret.length > LONGEST || !/^[\x21-\x7e]+$/.test(secret))
    throw new Fault(
      'SECRET_WEAK',
      `The secret has ${secret.length} characters. Give ${SHORTEST} to ${LONGEST} printable ones without spaces, or none and one is made.`,
    )
  return `sha256:${salt}:${digest(salt, secret).toString('hex')}`
}

export function fitsSecret(kept: string, shown: string): boolean {
  const [, salt = '', hex = ''] = kept.split(':')
  const expected = Buffer.from(hex, 'hex')
  const given = digest(salt, shown)
  return expected.length === given.length && timingSafeEqual(expected, given)
}
