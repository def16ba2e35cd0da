import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMemory } from '../src/memory.ts'
import { migrate } from '../src/migrate.ts'
import type { Store } from '../src/store.ts'

async function opened(): Promise<Store> {
  const store = openMemory()
  await migrate(store, { now: () => 1 })
  return store
}

const EFFECT =
  "INSERT INTO effect (lane, kind, id, name, key, body, due_at, created_at, status) VALUES ('l', 'k', $1, 'n', $2, 'b', $3, 0, $4)"

test('what the store in memory cannot read is refused, never guessed', async () => {
  const store = await opened()
  for (const sql of [
    'SELECT key FROM setting JOIN document',
    'SELECT key FROM setting WHERE value LIKE $1',
    'SELECT max(value) FROM setting',
    'DROP TABLE setting',
    'SELECT key, nothing FROM setting',
    'SELECT key FROM setting; SELECT 1 %',
  ])
    await expect(store.query(sql, ['x'])).rejects.toMatchObject({ code: 'STORE_SQL' })
})

test('what a column or an index does not allow is refused, and the statement leaves nothing behind', async () => {
  const store = await opened()
  await store.query('INSERT INTO setting (key, value) VALUES ($1, $2)', ['a', '1'])
  const two = 'INSERT INTO setting (key, value) VALUES ($1, $2), ($3, $4)'
  for (const params of [
    ['b', '2', 'a', 'there already'],
    ['b', '2', 'c', null],
    ['b', '2', 'c', 3],
  ])
    await expect(store.query(two, params)).rejects.toMatchObject({ code: 'STORE_CONSTRAINT' })
  await expect(store.query(EFFECT, ['i', 'key', 1, 'lost'])).rejects.toMatchObject({ code: 'STORE_CONSTRAINT' })
  expect(await store.query('SELECT * FROM setting')).toEqual([{ key: 'a', value: '1' }])
})

test('a partial index is unique among the rows that it has', async () => {
  const store = await opened()
  await store.query(EFFECT, ['i', 'same', 1, 'done'])
  await store.query(EFFECT, ['i', 'same', 2, 'pending'])
  await expect(store.query(EFFECT, ['i', 'same', 3, 'pending'])).rejects.toMatchObject({ code: 'STORE_CONSTRAINT' })
  await store.query("UPDATE effect SET status = 'done' WHERE due_at = 2")
  await store.query(EFFECT, ['i', 'same', 4, 'pending'])
  expect(await store.query("SELECT seq, due_at FROM effect WHERE status = 'pending'")).toEqual([{ seq: 3, due_at: 4 }])
})

test('a rollback takes back rows, names and numbers, however many changes there were', async () => {
  const store = await opened()
  for (let n = 0; n < 1_500; n++) await store.query(EFFECT, [`i${n}`, 'k', n, 'pending'])
  const all = 'SELECT seq, id, status FROM effect ORDER BY due_at, seq'
  const before = await store.query(all)
  const failing = store.transaction(async (tx) => {
    await tx.query("UPDATE effect SET status = 'done', due_at = due_at + 5000 WHERE due_at < $1", [700])
    await tx.query('DELETE FROM effect WHERE due_at > $1', [5_100])
    await tx.query(EFFECT, ['new', 'k', 1, 'pending'])
    expect(
      await tx.query("SELECT min(due_at) AS at FROM effect WHERE status = 'pending' AND due_at > $1", [1]),
    ).toEqual([{ at: 700 }])
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await store.query(all)).toEqual(before)
  expect(
    await store.query("SELECT min(due_at) AS at FROM effect WHERE status = 'pending' AND due_at > $1", [1]),
  ).toEqual([{ at: 2 }])
})

const change = fc.oneof(
  fc.record({ do: fc.constant('add' as const), due: fc.nat(9) }),
  fc.record({
    do: fc.constantFrom('move' as const, 'close' as const, 'remove' as const),
    from: fc.nat(9),
    due: fc.nat(9),
  }),
  fc.record({ do: fc.constant('ask' as const), after: fc.integer({ min: -1, max: 9 }) }),
)

test('the first in order is told whatever came, moved and went between two questions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 40 }), async (changes) => {
      const store = await opened()
      let open: number[] = []
      for (const [n, one] of changes.entries())
        if (one.do === 'add') {
          await store.query(EFFECT, [`i${n}`, 'k', one.due, 'pending'])
          open.push(one.due)
        } else if (one.do === 'ask') {
          const asked = "SELECT min(due_at) AS at FROM effect WHERE status = 'pending' AND due_at > $1"
          const later = open.filter((due) => due > one.after)
          expect(await store.query(asked, [one.after])).toEqual([{ at: later.length > 0 ? Math.min(...later) : null }])
        } else if (one.do === 'move') {
          await store.query("UPDATE effect SET due_at = $2 WHERE status = 'pending' AND due_at = $1", [
            one.from,
            one.due,
          ])
          open = open.map((due) => (due === one.from ? one.due : due))
        } else {
          const sql = one.do === 'close' ? "UPDATE effect SET status = 'done'" : 'DELETE FROM effect'
          await store.query(`${sql} WHERE due_at = $1`, [one.from])
          open = open.filter((due) => due !== one.from)
        }
    }),
  )
})

test('a list that reads the row in hand is made for every row, another one for the statement', async () => {
  const store = await opened()
  for (const [id, due] of [
    ['a', 1],
    ['b', 2],
    ['c', 2],
  ] as const)
    await store.query(EFFECT, [id, 'k', due, 'pending'])
  const among = (list: string) => store.query(`SELECT id FROM effect a WHERE due_at IN (${list}) ORDER BY id`)
  expect(await among('SELECT due_at FROM effect b WHERE b.due_at = a.due_at AND b.seq <> a.seq')).toEqual([
    { id: 'b' },
    { id: 'c' },
  ])
  const once = "SELECT due_at FROM effect b WHERE b.id = 'a'"
  expect(await among(once)).toEqual([{ id: 'a' }])
  await store.query("UPDATE effect SET due_at = 2 WHERE id = 'a'")
  expect(await among(once)).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
})

test('a column comes before the rows: what was asked before means the new table, a rollback brings the old one back', async () => {
  const store = await opened()
  const all = 'SELECT * FROM entity_key'
  const insert = "INSERT INTO entity_key (kind, key, id) VALUES ('k', 'n', 'i')"
  const add = "ALTER TABLE entity_key ADD COLUMN mark text NOT NULL DEFAULT 'none'"
  expect(await store.query(all)).toEqual([])
  const failing = store.transaction(async (tx) => {
    await tx.query(add)
    await tx.query(insert)
    expect(await tx.query(all)).toEqual([{ kind: 'k', key: 'n', id: 'i', mark: 'none' }])
    await expect(tx.query(insert)).rejects.toMatchObject({ code: 'STORE_CONSTRAINT' })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await store.query(all)).toEqual([])
  await store.query(insert)
  expect(await store.query(all)).toEqual([{ kind: 'k', key: 'n', id: 'i' }])
  await expect(store.query(add)).rejects.toMatchObject({ code: 'STORE_SQL', message: /has rows/ })
  for (const unread of ['ADD COLUMN m text PRIMARY KEY', "ADD COLUMN m text CHECK (m <> '')", 'DROP COLUMN id'])
    await expect(store.query(`ALTER TABLE entity_key ${unread}`)).rejects.toMatchObject({ code: 'STORE_SQL' })
})
