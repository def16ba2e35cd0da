/** A database file commits for many at once: fewer waits for the disk, and the same promises. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { groupCommits } from '../src/group-commit.ts'
import type { Inside } from '../src/one-at-a-time.ts'
import { openSqlite } from '../src/sqlite.ts'
import type { SqlValue, Store } from '../src/store.ts'

const PUT = 'INSERT INTO kept (key, value) VALUES ($1, $2)'

/** A real database whose commits are counted, and fail when told to. */
function counted() {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE kept (key text PRIMARY KEY, value text)')
  const seen = { commits: 0, told: 0, toldAtCommit: [] as number[], full: false }
  const query = <Row>(sql: string, params: readonly SqlValue[] = []) =>
    database.prepare(sql).all(Object.fromEntries(params.map((value, index) => [`$${index + 1}`, value]))) as Row[]
  const inside: Inside = {
    dialect: 'sqlite',
    name: 'counted',
    query,
    begin: () => void query('BEGIN IMMEDIATE'),
    commit: () => {
      seen.toldAtCommit.push(seen.told)
      if (seen.full) throw new Error('the disk is full')
      query('COMMIT')
      seen.commits += 1
    },
    isOpen: () => database.isTransaction,
    rollBack: () => {
      if (database.isTransaction) query('ROLLBACK')
    },
    close: () => database.close(),
  }
  return { store: groupCommits(inside), seen }
}

const keysIn = async (store: Store) =>
  (await store.query<{ key: string }>('SELECT key FROM kept ORDER BY key')).map(({ key }) => key)
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'kept',
    (error: unknown) => String(error),
  )

test('two hundred writers at once share two commits, and none of them hears of his before it is done', async () => {
  const { store, seen } = counted()
  const told = async (work: Promise<unknown>) => {
    await work
    seen.told += 1
  }
  await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      told(
        n % 2 === 0
          ? store.query(PUT, [`k${n}`, 'x'])
          : store.transaction(async (tx) => {
              await tx.query(PUT, [`k${n}`, 'x'])
              tx.afterCommit(() => expect(seen.commits).toBeGreaterThan(0))
            }),
      ),
    ),
  )
  expect(await keysIn(store)).toHaveLength(200)
  expect(seen.commits).toBeLessThanOrEqual(2)
  expect(seen.toldAtCommit[0]).toBe(0)
})

test('a reader who comes while others write waits for their commit, and sees it', async () => {
  const { store, seen } = counted()
  const writing = store.query(PUT, ['a', '1'])
  const found = await store.query<{ key: string }>('SELECT key FROM kept')
  expect([found, seen.commits]).toEqual([[{ key: 'a' }], 1])
  await writing
})

test('of many at once only the one that fails is taken back, and he alone is told', async () => {
  const { store, seen } = counted()
  await store.query(PUT, ['taken', '1'])
  const half = store.transaction(async (tx) => {
    await tx.query(PUT, ['half', '1'])
    throw new Error('changed my mind')
  })
  const outcomes = await Promise.all([
    outcome(store.query(PUT, ['a', '1'])),
    outcome(half),
    outcome(store.query(PUT, ['taken', '2'])),
    outcome(store.transaction((tx) => tx.query(PUT, ['b', '1']))),
  ])
  expect(outcomes).toEqual(['kept', 'Error: changed my mind', expect.stringContaining('UNIQUE'), 'kept'])
  expect(await keysIn(store)).toEqual(['a', 'b', 'taken'])
  expect(seen.commits).toBe(2)
})

test('a commit that fails is told to all who shared it, nothing of it is kept, and the next one is as ever', async () => {
  const { store, seen } = counted()
  seen.full = true
  let after = 0
  const outcomes = await Promise.all([
    outcome(store.query(PUT, ['a', '1'])),
    outcome(
      store.transaction(async (tx) => {
        tx.afterCommit(() => (after += 1))
        await tx.query(PUT, ['b', '1'])
      }),
    ),
    // What made it fail was never kept: that answer would be about nothing.
    outcome(store.query(PUT, ['a', '2'])),
  ])
  expect(outcomes).toEqual(Array(3).fill('Error: the disk is full'))
  expect(after).toBe(0)
  seen.full = false
  await store.query(PUT, ['a', '3'])
  expect(await store.query('SELECT * FROM kept')).toEqual([{ key: 'a', value: '3' }])
})

test('on a disk that runs full exactly that is kept which was told to be kept, also of who overlooks an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-'))
  const store = await openSqlite({ file: join(folder, 'store.db') })
  await store.query('CREATE TABLE kept (key text PRIMARY KEY, value text)')
  await store.query('PRAGMA max_page_count = 60')
  const text = 'x'.repeat(3_000)
  const write = (n: number) =>
    n % 3 === 0
      ? store.query(PUT, [`k${n}`, text])
      : store.transaction(async (tx) => {
          const first = tx.query(PUT, [`k${n}`, text])
          await (n % 3 === 1 ? first : first.catch(() => undefined))
          await tx.query(PUT, [`k${n}b`, text])
        })
  const outcomes: string[] = []
  for (let round = 0; round < 8; round += 1)
    outcomes.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => outcome(write(round * 10 + n))))))
  const keys = await keysIn(store)
  const isWhole = (n: number) => (n % 3 === 0 ? keys.includes(`k${n}`) : keys.includes(`k${n}b`))
  expect(outcomes.map((one) => one === 'kept')).toEqual(outcomes.map((_, n) => isWhole(n)))
  expect(outcomes.filter((one) => one !== 'kept').every((one) => one.includes('is full'))).toBe(true)
  expect(new Set(outcomes).size).toBe(2)
  await store.close()
  rmSync(folder, { recursive: true })
})
