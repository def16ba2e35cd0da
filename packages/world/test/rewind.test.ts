import { openMemory } from '@plugtill/engine/memory'
import { migrate } from '@plugtill/engine/migrate'
import type { Store } from '@plugtill/engine/store'
import { expect, test } from 'vitest'
import { snapshotOf } from '../src/storm/rewind.ts'

/** An entity and the first line of its log, both of this moment. */
async function made(store: Store, id: string, at: number): Promise<void> {
  await store.query(
    "INSERT INTO entity (kind, id, version, state, body, created_at, updated_at) VALUES ('k', $1, 0, 's', '{}', $2, $2)",
    [id, at],
  )
  await store.query(
    "INSERT INTO event (kind, id, seq, at, type, from_state, to_state, verdict, body) VALUES ('k', $1, 0, $2, 'created', 's', 's', 'created', '{}')",
    [id, at],
  )
}

const left = async (store: Store) => [
  (await store.query<{ id: string }>('SELECT id FROM entity ORDER BY id')).map(({ id }) => id),
  (await store.query<{ id: string }>('SELECT id FROM event ORDER BY id')).map(({ id }) => id),
]

test('of two restored copies the later one has all that it knew, also what the earlier one took back (F75)', async () => {
  const store = openMemory()
  await migrate(store)
  await made(store, 'a', 1)
  const earlier = await snapshotOf(store, 2)
  await made(store, 'b', 3)
  const later = await snapshotOf(store, 2)
  await made(store, 'c', 5)
  await earlier.restore()
  expect(await left(store)).toEqual([['a'], ['a']])
  await made(store, 'd', 7)
  await later.restore()
  expect(await left(store)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
})
