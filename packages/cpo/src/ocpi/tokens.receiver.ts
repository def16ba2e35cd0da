import { OcpiError } from '@plugtill/ocpi/errors'
import { merge } from '@plugtill/ocpi/merge'
import { type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import { type Call, type Mounted, mount } from '@plugtill/ocpi/server'
import type { KnownTokens, TokenName } from '../tokens/known-tokens.ts'

/** Tokens are kept for partners who push them; a card payment brings its own in START_SESSION. (tokens › Receiver; C-306) */
export function tokensReceiver(known: Pick<KnownTokens, 'read' | 'keep'>): Mounted {
  const nameOf = ({ params, query }: Pick<Call<unknown>, 'params' | 'query'>): TokenName => ({
    country_code: params['country_code'] ?? '',
    party_id: params['party_id'] ?? '',
    uid: params['token_uid'] ?? '',
    type: query['type'] ?? 'RFID',
  })
  return mount(tokens, 'receiver', {
    token: async (call) => {
      const json = await known.read(call.peer, nameOf(call))
      return json === undefined ? undefined : { json }
    },
    putToken: async (call) => ({ created: (await known.keep(call.peer, nameOf(call), call.body)) === 'created' }),
    patchToken: async (call) => {
      const before = await known.read(call.peer, nameOf(call))
      if (before === undefined)
        throw new OcpiError(2001, `Token "${call.params['token_uid']}" is not known here. PUT it first.`, { http: 404 })
      await known.keep(call.peer, nameOf(call), merge(JSON.parse(before) as Token, call.body))
    },
  })
}
