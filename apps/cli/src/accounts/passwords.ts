/** Passwords as argon2id makes them: 19 MiB, two passes, as OWASP asks at least. */
import crypto, { randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { couldNotRun } from '../exit.ts'

export interface PasswordHash {
  readonly salt: string
  readonly hash: string
  readonly memoryKib: number
  readonly passes: number
}

const MEMORY_KIB = 19_456
const PASSES = 2
const BYTES = 32

export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 200

async function derive(
  password: string,
  salt: Buffer,
  { memoryKib, passes }: Pick<PasswordHash, 'memoryKib' | 'passes'>,
) {
  if (crypto.argon2 === undefined)
    throw couldNotRun(
      `Node ${process.version} cannot check passwords. Run Plugtill with the Node it brings, or 24.7 and newer.`,
    )
  // The same letters can be typed as different characters.
  const message = Buffer.from(password.normalize('NFKC'), 'utf8')
  const how = { message, nonce: salt, parallelism: 1, tagLength: BYTES, memory: memoryKib, passes }
  return promisify(crypto.argon2)('argon2id', how)
}

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16)
  const cost = { memoryKib: MEMORY_KIB, passes: PASSES }
  const hash = await derive(password, salt, cost)
  return { salt: salt.toString('base64'), hash: hash.toString('base64'), ...cost }
}

/** With `undefined` it works as long and says no: whether a name exists does not show in the time. (T07) */
export async function passwordFits(password: string, kept: PasswordHash | undefined): Promise<boolean> {
  const { salt, memoryKib, passes, hash } = kept ?? NOBODY
  const derived = await derive(password, Buffer.from(salt, 'base64'), { memoryKib, passes })
  return timingSafeEqual(derived, Buffer.from(hash, 'base64')) && kept !== undefined
}

const NOBODY: PasswordHash = {
  salt: Buffer.alloc(16).toString('base64'),
  hash: Buffer.alloc(BYTES).toString('base64'),
  memoryKib: MEMORY_KIB,
  passes: PASSES,
}
