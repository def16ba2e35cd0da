/** The operator looks at the cards that mobility providers have told us of. */
import type { AdminTable } from '@plugtill/engine/admin'
import type { Token } from '@plugtill/ocpi/modules/tokens'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { get } from './admin-words.ts'
import { TOKENS } from './tokens/known-tokens.ts'

const MOST = 1000
const Page = Type.Object({
  uid: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
  offset: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,4}$' })),
})
const TYPES = ['RFID', 'EMAID', 'APP_USER', 'AD_HOC_USER', 'OTHER']

export function tokenRoutes({ docs, tokens, peers }: Pick<AdminParts, 'docs' | 'tokens' | 'peers'>): AdminTable {
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
  ]
}
