import { expect, test } from 'vitest'
import type { Store } from '../src/store.ts'
import { parcel } from './parcel.ts'
import { arrives, START, setUp, until } from './set-up.ts'
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
const CHANGED = 'Event 2 (noted) is not what was written.'

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
    [
      'which came first',
      'Event 2 (labelled) is not what was written.',
      [event('seq = 9', 2), event('seq = 2', 3), event('seq = 3', 9)],
    ],
    [
      'that it came, and the numbers of the others',
      'Event 2 (labelled) is not what was written.',
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
    ['the state of the row', LAST, [row(`state = 'lost'`)]],
    ['where its log ends', LAST, [row(`chain_hash = ''`)]],
    [
      'an entry for another entity',
      'Event 0 (created) is not what was written.',
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

  on('what an older program wrote has no hash and is let be; what came later without one is not', async (store) => {
    const { broken, parcels } = await twoParcels(store)
    await store.query(`UPDATE event SET after_hash = '', chain_hash = '' WHERE id = 'p1'`)
    await store.query(row(`chain_hash = ''`))
    await store.query('UPDATE migration SET at = $1 WHERE number = 3', [START + 1])
    expect(await broken()).toEqual(new Map())
    await setUp(store, arrives).parcels.apply('p1', { type: 'noted', by: 5 })
    expect(await broken()).toEqual(new Map())
    // Its beginning has nothing that holds it; from the first hash on everything has.
    await store.query(event('at = at + 1', 5))
    expect(await broken()).toEqual(new Map([['p1', 'Event 5 (noted) is not what was written.']]))
    await store.query(event(`at = ${START}`, 5))
    await store.query('UPDATE migration SET at = $1 WHERE number = 3', [START])
    expect(await broken()).toEqual(new Map([['p1', 'Event 0 (created) has no hash.']]))
    expect(await parcels.brokenChains([])).toEqual(new Map())
  })

  on('what moves while it is looked at is not taken for broken', async (store) => {
    const { broken, parcels } = await twoParcels(store)
    let moving = true
    const moves = (async () => {
      for (let n = 0; n < 60; n++) await parcels.apply('p1', { type: 'noted', by: 1 })
      moving = false
    })()
    let looks = 0
    await until(async () => {
      expect(await broken()).toEqual(new Map())
      looks++
      return !moving
    })
    await moves
    expect(looks).toBeGreaterThan(1)
  })
}
