import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { wallClock } from '../src/clock.ts'
import { dialectOf } from '../src/dialect.ts'
import { documents } from '../src/documents.ts'
import { journal } from '../src/journal.ts'
import { migrate } from '../src/migrate.ts'
import { openPostgres } from '../src/postgres.ts'
import { openSqlite } from '../src/sqlite.ts'
import { storeContract } from './store-contract.ts'
import { databaseUrl, storePlaces, withStore } from './stores.ts'

const SNAPSHOT = new URL('../sql/schema.snapshot.sql', import.meta.url)

for (const place of storePlaces()) {
  storeContract(place)

  test(`${place.name}: the schema is the one in the snapshot`, () =>
    withStore(place, async (store) => {
      const lines = await store.query<{ line: string }>(dialectOf(store).describeSchema)
      const found = `-- Tables, columns and indexes after all migrations, on both databases.\n${lines.map(({ line }) => `${line}\n`).join('')}`
      // Written anew by UPDATE_SNAPSHOT=1; a review then sees the change itself.
      if (process.env['UPDATE_SNAPSHOT'] === '1') writeFileSync(SNAPSHOT, found)
      expect(found).toBe(readFileSync(SNAPSHOT, 'utf8'))
    }))

  test(`${place.name}: a document read, or an entry written, past the transaction that surrounds it is refused`, () =>
    withStore(place, async (store) => {
      const [kept, log] = [documents(store, wallClock), journal(store, wallClock)]
      const wrong = { code: 'STORE_MISUSED' }
      await expect(store.transaction(() => kept.get('shelf', 'key'))).rejects.toMatchObject(wrong)
      await expect(store.transaction(() => log.write('r1', 'note', {}))).rejects.toMatchObject(wrong)
      expect(await log.of('r1')).toEqual([])
    }))

  if (!place.shared) continue
  test(`${place.name}: ten stores that migrate at once agree`, async () => {
    const { open, drop } = await place.make()
    const stores = await Promise.all(Array.from({ length: 10 }, open))
    await Promise.all(stores.map((store) => migrate(store)))
    expect(await stores[0]?.query('SELECT number FROM migration ORDER BY number')).toEqual([
      { number: 1 },
      { number: 2 },
      { number: 3 },
    ])
    await Promise.all(stores.map((store) => store.close()))
    await drop()
  })
}

test('ten migrations at once of one SQLite store agree', async () => {
  const store = await openSqlite({ file: ':memory:' })
  await Promise.all(Array.from({ length: 10 }, () => migrate(store)))
  expect(await store.query('SELECT number FROM migration ORDER BY number')).toEqual([
    { number: 1 },
    { number: 2 },
    { number: 3 },
  ])
  await store.close()
})

test('a file in use by another process is refused with one clear line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-'))
  const file = join(folder, 'deep', 'er', 'store.db')
  const store = await openSqlite({ file })
  await expect(openSqlite({ file })).rejects.toMatchObject({
    code: 'STORE_BUSY',
    message: expect.stringMatching(/in use by another process\. Stop it/),
  })
  await store.close()
  await (await openSqlite({ file })).close()
  rmSync(folder, { recursive: true })
})

test('a place that cannot be written and a file that is no database are refused with one clear line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-'))
  const text = join(folder, 'text')
  writeFileSync(text, 'this is not a database, and long enough to have a header of its own\n'.repeat(20))
  await expect(openSqlite({ file: join(text, 'store.db') })).rejects.toMatchObject({
    code: 'STORE_UNWRITABLE',
    message: expect.not.stringContaining('\n'),
  })
  await expect(openSqlite({ file: folder })).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' })
  await expect(openSqlite({ file: text })).rejects.toMatchObject({ code: 'STORE_BROKEN' })
  rmSync(folder, { recursive: true })
})

test('a wrong DATABASE_URL is one line with host, port, database and no password', async () => {
  const away = openPostgres({ url: 'postgres://someone:s3cret@127.0.0.1:1/tills', schema: 'x' })
  await expect(away).rejects.toMatchObject({
    code: 'STORE_UNREACHABLE',
    message: 'PostgreSQL does not answer at 127.0.0.1:1, database "tills". Start it, or correct DATABASE_URL.',
  })
  await expect(openPostgres({ url: 'mysql://x', schema: 'x' })).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
  await expect(openPostgres({ url: 'postgres://127.0.0.1:1/x', schema: 'x"; DROP' })).rejects.toMatchObject({
    code: 'STORE_SCHEMA',
  })
})

test.runIf(databaseUrl)('a database that does not exist is named', async () => {
  const url = new URL(databaseUrl ?? '')
  url.pathname = '/no_such_till'
  await expect(openPostgres({ url: url.href, schema: 'x' })).rejects.toMatchObject({
    code: 'STORE_UNREACHABLE',
    message: expect.stringContaining('"no_such_till"'),
  })
})

test.runIf(databaseUrl)(
  'a connection that PostgreSQL ends while its transaction computes fails that transaction, not the process',
  async () => {
    const [store, other] = await Promise.all(
      ['one', 'two'].map(() => openPostgres({ url: databaseUrl ?? '', schema: 'public' })),
    )
    const cut = store?.transaction(async (tx) => {
      const [own] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      await other?.query('SELECT pg_terminate_backend($1)', [own?.pid ?? 0])
      // Nobody asks anything while the bad news arrives.
      await new Promise((resolve) => setTimeout(resolve, 100))
      await tx.query('SELECT 1 AS one')
    })
    await expect(cut).rejects.toBeInstanceOf(Error)
    expect(await store?.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await Promise.all([store?.close(), other?.close()])
  },
)

test.runIf(databaseUrl)('a transaction that goes on after a failed statement keeps nothing, and says so', async () => {
  const store = await openPostgres({ url: databaseUrl ?? '', schema: 'public' })
  const kept = store.transaction((tx) => tx.query('SELECT 1/0 AS none').catch(() => 'swallowed'))
  await expect(kept).rejects.toMatchObject({ code: 'STORE_ROLLED_BACK' })
  await store.close()
})

test('the build server may not leave PostgreSQL out', () => {
  const { CI, PLUGTILL_TEST_DATABASE_URL } = process.env
  process.env['CI'] = 'true'
  try {
    if (databaseUrl === undefined) expect(() => storePlaces()).toThrow(/PLUGTILL_TEST_DATABASE_URL is not set/)
    else expect(storePlaces()).toHaveLength(4)
  } finally {
    if (CI === undefined) delete process.env['CI']
    else process.env['CI'] = CI
    expect(process.env['PLUGTILL_TEST_DATABASE_URL']).toBe(PLUGTILL_TEST_DATABASE_URL)
  }
})
