import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { expect, test } from 'vitest'
import { createTrail } from '../src/accounts/trail.ts'

test('a trail of more entries than are read at once is whole, and its newest ones are shown', {
  timeout: 30_000,
}, async () => {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const trail = createTrail({ store, clock: { now: () => 0 } })
  for (let n = 1; n <= 1_001; n++) await trail.append({ who: `w${n}`, method: 'POST', path: '/x', status: 200 })
  expect(await trail.broken()).toBeUndefined()
  expect((await trail.recent(2)).map(({ who }) => who)).toEqual(['w1001', 'w1000'])
  await store.query(`UPDATE document SET body = replace(body, '"w1001"', '"x"') WHERE shelf = 'trail'`)
  expect(await trail.broken()).toBe('Entry 1001 was changed.')
  await store.close()
})
