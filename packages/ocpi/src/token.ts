/** Credentials tokens: how they travel in the header, how they are recognised, how ours look. */
import { hash as digestOf, timingSafeEqual } from 'node:crypto'
import type { Peer, PeerStore, TokenIn } from './peers.ts'

/** `Authorization: Token …`: Base64 of the token, or the token itself for partners that cannot decode. */
export function tokenHeader(token: string, form: 'base64' | 'raw' = 'base64'): string {
  return `Token ${form === 'raw' ? token : Buffer.from(token, 'utf8').toString('base64')}`
}

/** Tokens we issued are kept as this hash only. (E-42) */
export const hashToken = (token: string): string => digestOf('sha256', token, 'hex')

/**
 * A token of ours: the dot is outside the Base64 alphabet, so no token of ours is the Base64 of another and raw
 * and encoded forms can never be confused. (E-41)
 */
export const shapeToken = (kind: TokenIn['kind'], random: string): string =>
  `${kind.toLowerCase()}.${random}`.slice(0, 64)

/** A credentials token is at most 64 printable characters without blanks. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]{1,64}$/.test(text)

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
/** The examples of the specification encode a line feed after the token. (E-40) */
const cut = (text: string): string => text.replace(/(?:\r\n|\r|\n| )$/, '')

/** Everything the header can mean: decoded and raw, each also without one trailing line end or blank. (E-40, E-41) */
export function tokenCandidates(header: string | undefined): readonly string[] {
  const raw = /^token (.+)$/is.exec(header ?? '')?.[1]
  if (raw === undefined || raw.length > 200) return []
  const decoded = BASE64.test(cut(raw)) ? [Buffer.from(cut(raw), 'base64').toString('utf8')] : []
  const readings = [...decoded, raw].flatMap((text) => [text, cut(text)])
  return [...new Set(readings)].filter(isToken)
}

export interface Recognised {
  readonly peer: Peer
  readonly token: string
  readonly issued: TokenIn
  /** How the partner sent it. (A-03, E-41) */
  readonly form: 'base64' | 'raw'
}

const NO_HASH = '0'.repeat(64)
const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/**
 * Whose token this is. Each reading is looked up by its hash; exactly one may be known, else nobody is recognised.
 * An unknown token costs the same comparison as a known one. (A-05, E-41)
 */
export async function recognise(
  header: string | undefined,
  peers: PeerStore,
  now: number,
): Promise<Recognised | undefined> {
  // Asked for side by side: the store is a network away.
  const read = await Promise.all(tokenCandidates(header).map((token) => known(token, peers, now)))
  const [found, another] = read.filter((one) => one !== undefined)
  if (found === undefined || another !== undefined) return undefined
  return { ...found, form: cut(header ?? '').endsWith(` ${found.token}`) ? 'raw' : 'base64' }
}

async function known(token: string, peers: PeerStore, now: number): Promise<Omit<Recognised, 'form'> | undefined> {
  const hash = hashToken(token)
  const peer = await peers.byTokenHash(hash)
  const issued = (peer?.tokensIn ?? [{ hash: NO_HASH, kind: 'A' as const }]).find((given) => sameHash(given.hash, hash))
  if (peer === undefined || issued === undefined || peer.status === 'removed') return undefined
  return issued.until !== undefined && now >= issued.until ? undefined : { peer, token, issued }
}
