import type { Documents } from '@plugtill/engine/documents'
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge } from '@plugtill/ocpi/merge'
import { type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import { type Call, type Mounted, mount } from '@plugtill/ocpi/server'
import { ownerOf, partnerKey } from '../partners.ts'

const SHELF = 'tokens'

/** Tokens are kept for partners who push them; a card payment brings its own in START_SESSION. (tokens › Receiver; C-306) */
export function tokensReceiver(cpo: { readonly docs: Documents }): Mounted {
  const keyOf = ({ peer, params, query }: Pick<Call<unknown>, 'peer' | 'params' | 'query'>) =>
    partnerKey(
      ownerOf(peer),
      params['country_code'] ?? '',
      params['party_id'] ?? '',
      params['token_uid'] ?? '',
      query['type'] ?? 'RFID',
    )
  const keep = (key: string, token: Token) => cpo.docs.put(SHELF, key, JSON.stringify(token), token.last_updated)
  return mount(tokens, 'receiver', {
    token: async (call) => {
      const doc = await cpo.docs.get(SHELF, keyOf(call))
      return doc && { json: doc.body }
    },
    putToken: async (call) => ({ created: (await keep(keyOf(call), call.body)) === 'created' }),
    patchToken: async (call) => {
      const key = keyOf(call)
      const doc = await cpo.docs.get(SHELF, key)
      if (doc === undefined)
        throw new OcpiError(2001, `Token "${call.params['token_uid']}" is not known here. PUT it first.`, { http: 404 })
      await keep(key, merge(JSON.parse(doc.body) as Token, call.body))
    },
  })
}
