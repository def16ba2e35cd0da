/**
 * May this card charge? A driver of a mobility provider shows it at the station: a token we know answers at once where
 * its owner allows that, else the owner is asked in real time. A card paid for at a terminal is never asked about. (C-305)
 */
import type { Documents } from '@plugtill/engine/documents'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { PeerRefused } from '@plugtill/ocpi/client'
import { Fault } from '@plugtill/ocpi/errors'
import type { CdrToken } from '@plugtill/ocpi/modules/cdrs'
import { type AuthorizationInfo, type LocationReferences, type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import { ownsParty, type Peer, type PeerStore } from '@plugtill/ocpi/peers'
import { ciKey, formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { ownerOf } from '../partners.ts'
import type { KnownTokens } from './known-tokens.ts'

/** Whose driver it is, and on what ground he charges. */
export interface Allowed {
  readonly peerId: string
  readonly owner: string
  readonly token: CdrToken
  readonly authMethod: 'WHITELIST' | 'AUTH_REQUEST'
  /** To be repeated in Session and CDR. (C-505) */
  readonly reference?: string
  /** Where its owner lets it charge; absent: anywhere. */
  readonly evseUids?: readonly string[]
}

/** The words both OCPP versions have for a card that may not charge. */
export type Refusal = 'Blocked' | 'Expired' | 'Invalid'
export interface Refused {
  readonly refused: Refusal
  /** The provider whose card it is; absent: nobody knows it. */
  readonly owner?: string
}
export type Verdict = Allowed | Refused

/** A card that was shown, and what became of it: for the operator. */
export interface Shown {
  readonly at: number
  readonly chargerId: string
  readonly uid: string
  readonly verdict: Verdict
  readonly durationMs: number
}

/** Where the driver stands. */
export interface Standing {
  readonly chargerId: string
  readonly locations: readonly { readonly locationId: string; readonly evseUids: readonly string[] }[]
}

export interface Authorization {
  /** Asks, and remembers a yes until the transaction begins. */
  readonly ask: (standing: Standing, uid: string, type?: string) => Promise<Verdict>
  /** What was remembered, once; asks where nothing was. */
  readonly redeem: (standing: Standing, uid: string, type?: string) => Promise<Verdict>
}

export interface AuthorizationParts {
  readonly docs: Documents
  readonly peers: Pick<PeerStore, 'list'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
  readonly known: Pick<KnownTokens, 'find'>
  readonly clock: { readonly now: () => number }
  /** How long a provider may take: the driver stands in front of the station. */
  readonly timeoutMs: number
  readonly onFault: (error: unknown, reference: string) => void
  readonly onShown: (shown: Shown) => void
}

const SHELF = 'authorizations'
/** Between "you may" and the cable in the car. */
const KEPT_MS = 15 * 60_000
/** Providers that are asked about a card nobody has told us of. */
const ASKED_MAX = 50

export function createAuthorization(parts: AuthorizationParts): Authorization {
  const { docs, clock } = parts
  const ask: Authorization['ask'] = async (standing, uid, type = 'RFID') => {
    const at = clock.now()
    const verdict = await judge(parts, standing, { uid, type })
    parts.onShown({ at, chargerId: standing.chargerId, uid, verdict, durationMs: clock.now() - at })
    if ('refused' in verdict) return verdict
    const kept = JSON.stringify({ at: clock.now(), allowed: verdict })
    await docs.put(SHELF, ciKey(standing.chargerId, uid), kept, formatDateTime(clock.now()))
    return verdict
  }
  return {
    ask,
    redeem: async (standing, uid, type) => {
      const key = ciKey(standing.chargerId, uid)
      const doc = await docs.get(SHELF, key)
      const kept = doc && (JSON.parse(doc.body) as { readonly at: number; readonly allowed: Allowed })
      // Used once: the next session of the same card gets an authorization and a reference of its own.
      if (kept !== undefined) await docs.delete(SHELF, key)
      if (kept !== undefined && clock.now() - kept.at <= KEPT_MS) return kept.allowed
      const verdict = await ask(standing, uid, type)
      await docs.delete(SHELF, key)
      return verdict
    },
  }
}

type Card = { readonly uid: string; readonly type: string }

async function judge(parts: AuthorizationParts, standing: Standing, card: Card): Promise<Verdict> {
  const providers = (await parts.peers.list()).filter(({ status }) => status === 'registered')
  for (const peer of providers) {
    const token = await parts.known.find(peer, card.uid, card.type)
    if (token !== undefined) return judgeKnown(parts, { peer, token, standing })
  }
  const asked = await Promise.all(
    providers.slice(0, ASKED_MAX).map((peer) => askProvider(parts, { peer, card, standing })),
  )
  const verdicts = asked.filter((verdict) => verdict !== 'unreachable' && verdict !== 'not-theirs')
  return verdicts.find((verdict) => !('refused' in verdict)) ?? verdicts[0] ?? { refused: 'Invalid' }
}

/** (tokens › WhitelistType) What the owner leaves to us is decided here: faster, and it works when he is away. */
async function judgeKnown(
  parts: AuthorizationParts,
  { peer, token, standing }: { readonly peer: Peer; readonly token: Token; readonly standing: Standing },
): Promise<Verdict> {
  const local: Verdict = token.valid
    ? { peerId: peer.id, owner: ownerOf(peer), token: cdrTokenOf(token), authMethod: 'WHITELIST' }
    : { refused: 'Blocked', owner: ownerOf(peer) }
  if (token.whitelist === 'ALWAYS' || token.whitelist === 'ALLOWED') return local
  const verdict = await askProvider(parts, { peer, card: token, standing })
  const refused: Verdict = { refused: 'Invalid', owner: ownerOf(peer) }
  if (verdict === 'unreachable') return token.whitelist === 'ALLOWED_OFFLINE' ? local : refused
  return verdict === 'not-theirs' ? refused : verdict
}

async function askProvider(
  parts: AuthorizationParts,
  { peer, card, standing }: { readonly peer: Peer; readonly card: Card; readonly standing: Standing },
): Promise<Verdict | 'unreachable' | 'not-theirs'> {
  if (!(await parts.client.offers(peer, tokens, 'sender'))) return 'not-theirs'
  const [place] = standing.locations
  const body: LocationReferences | null =
    place === undefined ? null : { location_id: place.locationId, evse_uids: [...place.evseUids] }
  try {
    const { data } = await parts.client
      .of(peer, tokens, 'sender')
      .authorize({ params: { token_uid: card.uid }, query: { type: card.type }, body }, { timeoutMs: parts.timeoutMs })
    return verdictOf(parts, peer, data)
  } catch (error) {
    if (error instanceof PeerRefused && !error.retry) return 'not-theirs'
    parts.onFault(error, '')
    return 'unreachable'
  }
}

const REFUSED: Readonly<Record<Exclude<AuthorizationInfo['allowed'], 'ALLOWED'>, Refusal>> = {
  BLOCKED: 'Blocked',
  EXPIRED: 'Expired',
  NO_CREDIT: 'Blocked',
  NOT_ALLOWED: 'Invalid',
}

/** (tokens › AuthorizationInfo) A partner may let its own drivers charge and nobody else's. (C-307) */
function verdictOf(parts: AuthorizationParts, peer: Peer, said: AuthorizationInfo): Verdict {
  if (said.allowed !== 'ALLOWED') return { refused: REFUSED[said.allowed], owner: ownerOf(peer) }
  const { token } = said
  if (!ownsParty(peer, { countryCode: token.country_code, partyId: token.party_id })) {
    const text = `Partner ${peer.id} allowed token "${token.uid}" of ${token.country_code}-${token.party_id}, for which it does not speak. The driver was refused.`
    parts.onFault(new Fault('TOKEN_FOREIGN', text), '')
    return { refused: 'Invalid', owner: ownerOf(peer) }
  }
  return {
    peerId: peer.id,
    owner: ownerOf(peer),
    token: cdrTokenOf(token),
    authMethod: 'AUTH_REQUEST',
    ...(said.authorization_reference == null ? {} : { reference: said.authorization_reference }),
    ...(said.location?.evse_uids?.length ? { evseUids: said.location.evse_uids } : {}),
  }
}

export const mayChargeAt = ({ evseUids }: Allowed, evseUid: string): boolean =>
  evseUids?.some((uid) => sameCi(uid, evseUid)) ?? true

const cdrTokenOf = ({ country_code, party_id, uid, type, contract_id }: Token): CdrToken => ({
  country_code,
  party_id,
  uid,
  type,
  contract_id,
})
