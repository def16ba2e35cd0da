import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { brokenChains, EMPTY, hashOfText, headAfter } from '../src/chain.ts'
import type { Store } from '../src/store.ts'
import { parcel } from './parcel.ts'
import { arrives, START, setUp } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

/** p1 with five lines in its log, and p2 beside it, which nobody touches. */
async function twoParcels(store: Store) {
  const { engine, parcels } = setUp(store, arrives)
  for (const id of ['p1', 'p2']) {
    await parcels.create(parcel(id), { type: 'ordered' })
    await parcels.apply(id, { type: 'noted', by: 1 })
    await parcels.apply(id, { type: 'labelled', label: `label of ${id}` })
    await parcels.apply(id, { type: 'noted', by: 2 })
  }
  return { engine, parcels, broken: () => parcels.brokenChains(['p1', 'nobody', 'p2']) }
}

const event = (change: string, seq: number) => `UPDATE event SET ${change} WHERE id = 'p1' AND seq = ${seq}`
const row = (change: string) => `UPDATE entity SET ${change} WHERE id = 'p1'`

const LAST = 'The row is not as event 4 (noted) left it.'
const changed = (seq: number, type: string) =>
  `Event ${seq} (${type}), or the row it was decided on, is not as it was written.`
const CHANGED = changed(2, 'noted')

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('a log that nobody touched is whole, and goes on so under another engine', async (store) => {
    const { broken } = await twoParcels(store)
    expect(await broken()).toEqual(new Map())
    const { parcels } = setUp(store, arrives)
    await parcels.apply('label of p1', { type: 'noted', by: 3 })
    await parcels.apply('p1', { type: 'delivered' })
    // Refused, and in the log like all others.
    await parcels.apply('p1', { type: 'noted', by: 4 })
    expect(await broken()).toEqual(new Map())
  })

  test.each<[what: string, found: string, sql: readonly string[]]>([
    ['what an event said', CHANGED, [event(`body = '{"type":"noted","by":9}'`, 2)]],
    ['one space in it', CHANGED, [event(`body = '{"type":"noted","by":1} '`, 2)]],
    ['when it came', CHANGED, [event('at = at + 1', 2)]],
    ['what was made of it', CHANGED, [event(`verdict = 'ignored'`, 2)]],
    ['why', CHANGED, [event(`reason = 'because'`, 2)]],
    ['the state it led to', CHANGED, [event(`to_state = 'lost'`, 2)]],
    ['how it left its entity', CHANGED, [event(`after_hash = ''`, 2)]],
    ['its hash', CHANGED, [event(`chain_hash = after_hash`, 2)]],
    ['that it has a hash', 'Event 2 (noted) has no hash.', [event(`chain_hash = ''`, 2)]],
    ['that it came', 'Event 2 is missing from its log.', [`DELETE FROM event WHERE id = 'p1' AND seq = 2`]],
    ['which came first', changed(2, 'labelled'), [event('seq = 9', 2), event('seq = 2', 3), event('seq = 3', 9)]],
    [
      'that it came, and the numbers of the others',
      changed(2, 'labelled'),
      [`DELETE FROM event WHERE id = 'p1' AND seq = 2`, event('seq = 2', 3), event('seq = 3', 4), row('version = 3')],
    ],
    ['that the last one came', 'Event 4 is missing from its log.', [`DELETE FROM event WHERE id = 'p1' AND seq = 4`]],
    [
      'that the last one came, and the number of the row',
      'The row is not as event 3 (labelled) left it.',
      [`DELETE FROM event WHERE id = 'p1' AND seq = 4`, row('version = 3')],
    ],
    [
      'what the row says',
      LAST,
      [row(`body = '{"id":"p1","state":"sending","to":"rome","notes":3,"label":"label of p1"}'`)],
    ],
    ['when its entity was made', LAST, [row('created_at = created_at + 1')]],
    ['the state of the row', LAST, [row(`state = 'lost'`)]],
    ['where its log ends', LAST, [row(`chain_hash = ''`)]],
    [
      'an entry for another entity',
      changed(0, 'created'),
      [
        `DELETE FROM event WHERE id = 'p1'`,
        `UPDATE event SET id = 'p1' WHERE id = 'p2'`,
        `DELETE FROM entity WHERE id = 'p2'`,
      ],
    ],
  ])(`${place.name}: somebody who writes past the engine is found out: %s`, (_, found, sql) =>
    withStore(place, async (store) => {
      const { broken } = await twoParcels(store)
      for (const one of sql) await store.query(one)
      expect(await broken()).toEqual(new Map([['p1', found]]))
    }),
  )

  on('a row that was changed does not become right by the next decision on it', async (store) => {
    const { broken } = await twoParcels(store)
    await store.query(row(`body = '{"id":"p1","state":"sending","to":"rome","notes":3,"label":"label of p1"}'`))
    const { parcels } = setUp(store, arrives)
    expect((await parcels.apply('p1', { type: 'noted', by: 1 })).entity).toMatchObject({ to: 'rome', notes: 4 })
    expect(await broken()).toEqual(new Map([['p1', changed(5, 'noted')]]))
  })

  on(
    'what was written before there were hashes is let be; from the first hash on nothing is without one',
    async (store) => {
      const { broken, parcels } = await twoParcels(store)
      await store.query(`UPDATE event SET after_hash = '', chain_hash = ''`)
      await store.query(`UPDATE entity SET chain_hash = 'none'`)
      expect(await broken()).toEqual(new Map())
      const { parcels: next } = setUp(store, arrives)
      // The one is changed by it, the other is not.
      await next.apply('p1', { type: 'noted', by: 5 })
      await next.apply('p2', { type: 'ordered' })
      expect(await broken()).toEqual(new Map())
      await next.apply('p2', { type: 'noted', by: 5 })
      expect(await broken()).toEqual(new Map())
      await store.query(event('at = at + 1', 5))
      expect(await broken()).toEqual(new Map([['p1', changed(5, 'noted')]]))
      await store.query(event(`at = ${START}, chain_hash = ''`, 5))
      expect(await broken()).toEqual(new Map([['p1', LAST.replace('4', '5')]]))
      expect(await parcels.brokenChains([])).toEqual(new Map())
    },
  )

  on('a log without any hash, whose row does not say that it is so old, is not let be', async (store) => {
    const { broken } = await twoParcels(store)
    await store.query(`UPDATE event SET after_hash = '', chain_hash = '' WHERE id = 'p1'`)
    expect(await broken()).toEqual(new Map([['p1', LAST]]))
    await store.query(row(`chain_hash = ''`))
    expect(await broken()).toEqual(new Map([['p1', LAST]]))
  })

  on('what moves while it is looked at is not taken for broken', async (store) => {
    const { parcels, broken } = await twoParcels(store)
    const moves: Promise<unknown>[] = []
    const apart = AsyncLocalStorage.snapshot()
    /** A decision on p1 falls between the reading of the rows and that of their logs, or waits until both are read. */
    const between =
      (db: Pick<Store, 'query'>): Store['query'] =>
      async (sql, params) => {
        const rows = await db.query<never>(sql, params)
        if (!sql.startsWith('SELECT id, version')) return rows
        const move = apart(() => parcels.apply('p1', { type: 'noted', by: 1 }))
        moves.push(move)
        await Promise.race([move, new Promise((resolve) => setTimeout(resolve, 200))])
        return rows
      }
    const watched: Store = {
      ...store,
      query: between(store),
      transaction: (work) => store.transaction((tx) => work({ ...tx, query: between(tx) })),
    }
    expect(await brokenChains(watched, 'parcel', ['p1', 'p2'])).toEqual(new Map())
    await Promise.all(moves)
    expect(moves).toHaveLength(2)
    expect(await broken()).toEqual(new Map())
  })
}

test('the hashes of a log that lies in a database are these for ever; the auditor of the fire knows the same', () => {
  const line = { kind: 'payment', id: 'P-3', from: 'authorizing', reason: null, body: '{}' }
  const created = { ...line, seq: 0, at: 0, type: 'created', to: 'authorizing', verdict: 'created' }
  const declined = { ...line, seq: 1, at: 100, type: 'authorization-declined', to: 'declined', verdict: 'moved' }
  const first = headAfter(EMPTY, created, 'after 0')
  const second = headAfter(first, declined, hashOfText('{"id":"P-3"}'))
  expect(second).toEqual({
    chain: 'GYJwmaEPknvWlDkAFAOR0z5ltSLqImrqMWad-KxFAro',
    entity: 'TeU0CnL0TNqeBVMMCAo7MKALX7M6OwVCC8O4Fft0Xro',
  })
})
