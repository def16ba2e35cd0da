/** Somebody has to be able to let others in. */
import { expect, test } from 'vitest'
import { accountParts } from '../apps/cli/src/accounts/account-parts.ts'
import type { Accounts } from '../apps/cli/src/accounts/accounts.ts'
import { storePlaces, withStore } from '../packages/engine/test/stores.ts'

test.each(storePlaces())('of two admins who take each other away at the same moment one stays ($name)', (place) =>
  withStore(place, async (first, again) => {
    const asking = place.shared ? await again() : first
    const [accounts, others] = [first, asking].map(
      (store) => accountParts({ store, secret: 's'.repeat(43), publicUrl: 'http://localhost', apiKey: 'key' }).accounts,
    ) as [Accounts, Accounts]
    for (const name of ['anna', 'bert']) await accounts.add({ name, role: 'admin', password: 'correct horse battery' })
    const told = await Promise.allSettled([accounts.change('bert', { role: 'view' }), others.remove('anna')])
    expect(told.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await accounts.list()).filter(({ role }) => role === 'admin')).toHaveLength(1)
  }),
)
