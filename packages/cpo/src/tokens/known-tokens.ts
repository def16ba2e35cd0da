/** Tokens that mobility providers have told us of: pushed or pulled, each with the partner that gave it. (C.4) */
import type { Documents } from '@plugtill/engine/documents'
import { catchUpOn } from '@plugtill/ocpi/catch-up'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import { ownsParty, type Peer, type PeerStore, partiesOf } from '@plugtill/ocpi/peers'
import { ownerOf, partnerKey } from '../partners.ts'

export const TOKENS = 'tokens'

/** What names a token within one partner's. (C-401) */
export interface TokenName {
  readonly country_code: string
  readonly party_id: string
  readonly uid: string
  readonly type: string
}

export interface KnownTokens {
  readonly read: (peer: Peer, name: TokenName) => Promise<string | undefined>
  readonly keep: (peer: Peer, name: TokenName, token: Token) => Promise<'created' | 'updated'>
  /** The token with this uid that the partner has told us of, under whichever of its parties. */
  readonly find: (peer: Peer, uid: string, type: string) => Promise<Token | undefined>
  /** Fetches what the partner has; `whole`: all of it. */
  readonly pull: (peerId: string, whole: boolean) => Promise<void>
}

export interface KnownTokensParts {
  readonly docs: Documents
  readonly peers: Pick<PeerStore, 'get'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
  readonly clock: { readonly now: () => number }
}

export function createKnownTokens({ docs, peers, client, clock }: KnownTokensParts): KnownTokens {
  const keyOf = (peer: Peer, { country_code, party_id, uid, type }: TokenName) =>
    partnerKey(ownerOf(peer), country_code, party_id, uid, type)
  const read: KnownTokens['read'] = async (peer, name) => (await docs.get(TOKENS, keyOf(peer, name)))?.body
  const keep: KnownTokens['keep'] = (peer, name, token) =>
    docs.put(TOKENS, keyOf(peer, name), JSON.stringify(token), token.last_updated)
  return {
    read,
    keep,
    find: async (peer, uid, type) => {
      for (const { countryCode, partyId } of [...partiesOf(peer), ...(peer.behind ?? [])]) {
        const found = await read(peer, { country_code: countryCode, party_id: partyId, uid, type })
        if (found !== undefined) return JSON.parse(found) as Token
      }
      return undefined
    },
    pull: async (peerId, whole) => {
      const peer = await peers.get(peerId)
      if (peer === undefined || !(await client.offers(peer, tokens, 'sender'))) return
      const keepNewer = async (token: Token) => {
        if (!ownsParty(peer, { countryCode: token.country_code, partyId: token.party_id })) return
        const known = await read(peer, token)
        if (
          known !== undefined &&
          Date.parse((JSON.parse(known) as Token).last_updated) > Date.parse(token.last_updated)
        )
          return
        await keep(peer, token, token)
      }
      await catchUpOn(
        docs,
        { peerId, list: TOKENS, whole },
        { clock, read: (query) => client.of(peer, tokens, 'sender').list({ query }), keep: keepNewer },
      )
    },
  }
}
