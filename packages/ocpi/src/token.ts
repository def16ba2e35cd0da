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

/** Whose token a header carries, at this moment. */
export type Recogniser = (header: string | undefined, now: number) => Promise<Recognised | undefined>

const MOST_REMEMBERED = 1_000

/**
 * Reads and hashes each partner's header once. The partner's record itself is read every time, so that a token which
 * was renewed or taken back is so at once, also by another process. (F24)
 */
export function createRecogniser(peers: PeerStore): Recogniser {
  const remembered = new Map<string, Reading>()
  const anew = async (header: string, now: number) => {
    remembered.delete(header)
    const found = await recognise(header, peers, now)
    // Strangers leave nothing here.
    if (found === undefined) return undefined
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(header, { token: found.token, hash: found.issued.hash, form: found.form })
    return found
  }
  return (header = '', now) => {
    const reading = remembered.get(header)
    if (reading === undefined) return anew(header, now)
    // The header was recognised letter by letter before, so both hashes are our own and may be compared at once.
    const owner = (peer: Peer | undefined) => ownerIn(peer, reading, { now, same: Object.is })
    return peers.byTokenHash(reading.hash).then((peer) => owner(peer) ?? anew(header, now))
  }
}

/** What a header says; that never changes. */
interface Reading extends Pick<Recognised, 'token' | 'form'> {
  readonly hash: string
}

/**
 * Whose token this is. Each reading is looked up by its hash; exactly one may be known, else nobody is recognised.
 * An unknown token costs the same comparison as a known one. (A-05, E-41)
 */
export async function recognise(
  header: string | undefined,
  peers: PeerStore,
  now: number,
): Promise<Recognised | undefined> {
  const form = (token: string) => (cut(header ?? '').endsWith(` ${token}`) ? 'raw' : 'base64')
  // Asked for side by side: the store is a network away.
  const read = await Promise.all(
    tokenCandidates(header).map(async (token) => {
      const hash = hashToken(token)
      return ownerIn(await peers.byTokenHash(hash), { token, hash, form: form(token) }, { now, same: sameHash })
    }),
  )
  const [found, another] = read.filter((one) => one !== undefined)
  return another === undefined ? found : undefined
}

function ownerIn(
  peer: Peer | undefined,
  { token, hash, form }: Reading,
  { now, same }: { readonly now: number; readonly same: (a: string, b: string) => boolean },
): Recognised | undefined {
  const issued = (peer?.tokensIn ?? [{ hash: NO_HASH, kind: 'A' as const }]).find((given) => same(given.hash, hash))
  if (peer === undefined || issued === undefined || peer.status === 'removed') return undefined
  return issued.until !== undefined && now >= issued.until ? undefined : { peer, token, issued, form }
}
