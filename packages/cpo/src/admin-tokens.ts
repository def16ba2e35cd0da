/** The operator looks at the cards that mobility providers have told us of. */
import type { AdminTable } from '@plugtill/engine/admin'
import type { Token } from '@plugtill/ocpi/modules/tokens'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { get, Limit, limitOf } from './admin-words.ts'
import { TOKENS } from './tokens/known-tokens.ts'

const MOST = 1000
const Page = Type.Object({
  uid: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
  offset: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,4}$' })),
})
const TYPES = ['RFID', 'EMAID', 'APP_USER', 'AD_HOC_USER', 'OTHER']

type TokenParts = Pick<AdminParts, 'docs' | 'tokens' | 'peers' | 'journal'>

export function tokenRoutes({ docs, tokens, peers, journal }: TokenParts): AdminTable {
  const ofUid = async (uid: string) => {
    const found: Token[] = []
    for (const peer of await peers.list())
      for (const type of TYPES) {
        const token = await tokens.find(peer, uid, type)
        if (token !== undefined) found.push(token)
      }
    return { total: found.length, tokens: found }
  }
  const page = async (offset: number, limit: number) => {
    const { total, items } = await docs.page(TOKENS, { offset, limit: Math.min(limit, MOST) })
    return { total, tokens: items.map(({ body }) => JSON.parse(body) as Token) }
  }
  return [
    get(
      '/tokens',
      'Cards that mobility providers have told us of; ?uid= for one of them',
      async ({ query: { uid, offset = '0', limit = '100' } }) => ({
        body: uid === undefined ? await page(Number(offset), Number(limit)) : await ofUid(uid),
      }),
      { query: Page },
    ),
    get(
      '/tokens/shown',
      'Cards that were shown at stations and what became of each, newest first',
      async (call) => ({ body: (await journal.recent(limitOf(call), { kinds: ['card'] })).map(({ body }) => body) }),
      { query: Limit },
    ),
  ]
}
