/** What every store must do, whatever database is behind it. */
import { expect, test } from 'vitest'
import { change, type Doc, documents } from '../src/documents.ts'
import { once, remember } from '../src/inbox.ts'
import { journal } from '../src/journal.ts'
import { migrate } from '../src/migrate.ts'
import { settings } from '../src/settings.ts'
import { type Db, type Store, together } from '../src/store.ts'
import { type StorePlace, withStore } from './stores.ts'

const clock = { now: () => 1_000 }

export function storeContract(place: StorePlace): void {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  statements(on)
  transactions(on)
  crowds(on)
  shelves(on)
  swaps(on)
  manyAtOnce(on)
  statementsAtOnce(on)
  entriesAtOnce(on)
  on('a repeat gets the remembered answer, other content is a conflict', async (store) => {
    const delivery = { source: 's', key: 'k', hash: 'h' }
    expect(await once(store, delivery, clock)).toBe('new')
    expect(await once(store, delivery, clock)).toEqual({ same: true })
    await remember(store, 's', 'k', '{"ok":true}')
    expect(await once(store, delivery, clock)).toEqual({ same: true, answer: '{"ok":true}' })
    expect(await once(store, { ...delivery, hash: 'other' }, clock)).toEqual({ same: false })
    expect(await once(store, { ...delivery, source: 'other' }, clock)).toBe('new')
  })

  on('the journal keeps order and tells kinds apart', async (store) => {
    const log = journal(store, clock)
    await log.write('r1', 'note', { n: 1 })
    await log.write('r2', 'psp', { n: 2 })
    await log.write('r1', 'fault', { n: 3 })
    expect((await log.of('r1')).map((entry) => entry.body['n'])).toEqual([1, 3])
    expect((await log.recent(2)).map((entry) => entry.body['n'])).toEqual([3, 2])
    expect((await log.recent(9, { kinds: ['note', 'psp'] })).map((entry) => entry.body['n'])).toEqual([2, 1])
    expect(await log.recent(9, { kinds: [] })).toEqual([])
  })

  on('a setting is put, changed and taken away', async (store) => {
    const kept = settings(store)
    await kept.put('party', 'NL*ABC')
    await kept.put('party', 'NL*XYZ')
    expect(await kept.get('party')).toBe('NL*XYZ')
    await kept.delete('party')
    expect(await kept.get('party')).toBeUndefined()
  })

  on('a closed store says so', async (store) => {
    await store.close()
    await store.close()
    await expect(store.query('SELECT 1')).rejects.toThrow()
  })

  on('migrating again changes nothing', async (store) => {
    await migrate(store)
    expect(await store.query('SELECT number FROM migration')).toHaveLength(3)
  })

  on('a migration that was changed afterwards, and a database from the future, are refused', async (store) => {
    await store.query(`UPDATE migration SET hash = 'x' WHERE number = 1`)
    await expect(migrate(store)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
    await store.query(`INSERT INTO migration (number, name, hash, at) VALUES (99, 'later', 'x', 0)`)
    await expect(migrate(store)).rejects.toMatchObject({ code: 'STORE_NEWER' })
  })
}

type On = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) => void

const INSERT = 'INSERT INTO setting (key, value) VALUES ($1, $2)'

function statements(on: On): void {
  on('a parameter may be used twice, null and big integers come back as they went in', async (store) => {
    await store.query(
      'INSERT INTO document (shelf, key, body, last_updated, updated_ms, revision, hash, updated_at) VALUES ($1, $1, $2, $1, $3, 1, $1, $3)',
      ['a', 'ü€😀', Number.MAX_SAFE_INTEGER],
    )
    await store.query(`INSERT INTO inbox (source, key, hash, answer, at) VALUES ('s', 'k', 'h', $1, 1)`, [null])
    expect(await store.query('SELECT shelf, body, updated_ms FROM document')).toEqual([
      { shelf: 'a', body: 'ü€😀', updated_ms: Number.MAX_SAFE_INTEGER },
    ])
    expect(await store.query('SELECT answer FROM inbox')).toEqual([{ answer: null }])
    expect(await store.query('SELECT count(*) AS n FROM inbox')).toEqual([{ n: 1 }])
  })

  on('a broken statement breaks only itself', async (store) => {
    await expect(store.query('SELECT nothing FROM nowhere')).rejects.toThrow()
    await expect(store.transaction((tx) => tx.query('SELECT nothing FROM nowhere'))).rejects.toThrow()
    expect(await store.query('SELECT count(*) AS n FROM setting')).toEqual([{ n: 0 }])
  })
}

function statementsAtOnce(on: On): void {
  on(
    'statements asked at once keep their order, end together, and the first that fails is the error',
    async (store) => {
      const setting = (tx: Db, key: string) => tx.query('INSERT INTO setting (key, value) VALUES ($1, $2)', [key, 'x'])
      const value = (db: Db, key: string) => db.query('SELECT value FROM setting WHERE key = $1', [key])
      await store.transaction(async (tx) => {
        const read = value(tx, 'a')
        await together([setting(tx, 'a'), read, setting(tx, 'b')])
        expect([await read, await value(tx, 'a')]).toEqual([[], [{ value: 'x' }]])
      })
      const wrong = async () => {
        throw new Error('the first that failed')
      }
      const failed = store.transaction((tx) =>
        together([setting(tx, 'c'), wrong(), setting(tx, 'a'), setting(tx, 'd')]),
      )
      await expect(failed).rejects.toThrow('the first that failed')
      const kept = await store.query('SELECT key FROM setting WHERE key IN ($1, $2, $3, $4) ORDER BY key', [...'abcd'])
      expect(kept).toEqual([{ key: 'a' }, { key: 'b' }])
    },
  )
}

function transactions(on: On): void {
  on('a transaction that fails leaves nothing behind, and its commit tasks do not run', async (store) => {
    let told = 0
    const failing = store.transaction(async (tx) => {
      tx.afterCommit(() => told++)
      await tx.query(INSERT, ['a', '1'])
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await store.query('SELECT * FROM setting')).toEqual([])
    expect(told).toBe(0)

    await store.transaction(async (tx) => {
      tx.afterCommit(() => told++)
      await tx.query(INSERT, ['a', '1'])
      expect(told).toBe(0)
    })
    expect(told).toBe(1)
  })

  on('nobody sees inside an open transaction', async (store) => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const writing = store.transaction(async (tx) => {
      await tx.query(INSERT, ['a', '1'])
      await held
      await tx.query(INSERT, ['b', '2'])
    })
    const counting = store.query<{ n: number }>('SELECT count(*) AS n FROM setting')
    setImmediate(release)
    await writing
    expect([0, 2]).toContain((await counting)[0]?.n)
    expect(await store.query('SELECT count(*) AS n FROM setting')).toEqual([{ n: 2 }])
  })
}

function crowds(on: On): void {
  on('using the store inside its own transaction is refused instead of waiting for ever', async (store) => {
    const wrong = store.transaction(async () => {
      await store.query('SELECT 1')
    })
    await expect(wrong).rejects.toMatchObject({ code: 'STORE_MISUSED' })
    await expect(store.transaction(() => store.transaction(async () => undefined))).rejects.toMatchObject({
      code: 'STORE_MISUSED',
    })
    expect(await store.query('SELECT count(*) AS n FROM setting')).toEqual([{ n: 0 }])
  })

  on('a hundred transactions at once all happen, each whole', async (store) => {
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        store.transaction(async (tx) => {
          await tx.query(INSERT, [`a${n}`, 'x'])
          await tx.query(INSERT, [`b${n}`, 'x'])
        }),
      ),
    )
    expect(await store.query('SELECT count(*) AS n FROM setting')).toEqual([{ n: 200 }])
  })
}

function entriesAtOnce(on: On): void {
  on(
    'entries written at the same time are each kept once, in their order, and a bad one harms no other',
    async (store) => {
      const log = journal(store, clock)
      const writes = Array.from({ length: 60 }, (_, n) => log.write(n === 30 ? 'a\u0000b' : 'many', 'note', { n }))
      const settled = await Promise.allSettled(writes)
      const kept = (await log.of('many')).map(({ body }) => body['n'])
      expect(kept.toSorted((a, b) => Number(a) - Number(b))).toEqual([
        ...Array(30).keys(),
        ...[...Array(29).keys()].map((n) => n + 31),
      ])
      expect(kept.slice(0, 20)).toEqual([...Array(20).keys()])
      // PostgreSQL takes no zero byte in a text.
      expect(settled[30]?.status).toBe(store.dialect === 'postgres' ? 'rejected' : 'fulfilled')
    },
  )
}

function manyAtOnce(on: On): void {
  on('many documents are read at once, and which of them were never touched since they were written', async (store) => {
    const kept = documents(store, clock)
    const keys = Array.from({ length: 1_200 }, (_, n) => `k${n}`)
    await store.transaction(async (tx) => {
      for (const key of keys) await documents(tx, clock).put('shelf', key, `{"key":"${key}"}`, '2030-01-01T00:00:00Z')
    })
    await kept.put('shelf', 'k1', '{"key":"k1"}', '2030-01-02T00:00:00Z')
    await store.query("UPDATE document SET body = '{}' WHERE key = $1", ['k2'])
    const found = await kept.many('shelf', [...keys, 'nobody'])
    expect(found.size).toBe(1_200)
    expect(found.get('k1199')).toMatchObject({ body: '{"key":"k1199"}', untouched: true })
    expect([found.get('k1')?.untouched, found.get('k2')?.untouched]).toEqual([false, false])
    expect((await kept.many('shelf', [])).size).toBe(0)
  })
}

function swaps(on: On): void {
  on('a document is swapped only for the one that was read', async (store) => {
    const kept = documents(store, clock)
    const swap = (before: Doc | undefined, body: string) =>
      kept.swap('l', before, { key: 'k', body, lastUpdated: '2026-01-01T00:00:00Z' })
    expect([await swap(undefined, 'a'), await swap(undefined, 'b')]).toEqual([true, false])
    const read = await kept.get('l', 'k')
    expect([await swap(read, 'c'), await swap(read, 'd')]).toEqual([true, false])
    expect(await kept.get('l', 'k')).toMatchObject({ body: 'c', revision: 2, createdSeq: read?.createdSeq })
    await kept.delete('l', 'k')
    expect([await swap(undefined, 'e'), await swap(read, 'f')]).toEqual([true, false])
    const appended = (n: number) =>
      change(kept, { shelf: 'l', key: 'k' }, async (doc) => ({ ...doc!, body: `${doc?.body}${n}` }))
    await Promise.all([1, 2, 3, 4].map(appended))
    expect((await kept.get('l', 'k'))?.body).toBe('e1234')
    expect(await change(kept, { shelf: 'l', key: 'k' }, async () => undefined)).toBe('left')
  })
}

function shelves(on: On): void {
  on('a document is created once, then updated in place, and comes back byte for byte', async (store) => {
    const kept = documents(store, clock)
    expect(await kept.put('tariffs', 'nl/abc/1', '{ "a" : 1 }', '2026-01-01T00:00:00Z')).toBe('created')
    expect(await kept.put('tariffs', 'nl/abc/1', '{"a":2}', '2026-01-02T00:00:00Z')).toBe('updated')
    expect(await kept.get('tariffs', 'nl/abc/1')).toEqual({
      key: 'nl/abc/1',
      body: '{"a":2}',
      lastUpdated: '2026-01-02T00:00:00Z',
      createdSeq: 1,
      updatedAt: 1_000,
      revision: 2,
    })
    expect(await kept.get('locations', 'nl/abc/1')).toBeUndefined()
    expect(await kept.delete('tariffs', 'nl/abc/1')).toBe(true)
    expect(await kept.delete('tariffs', 'nl/abc/1')).toBe(false)
  })

  on('pages keep the order of arrival while documents change', async (store) => {
    const kept = documents(store, clock)
    for (let n = 0; n < 7; n++) await kept.put('l', `nl/abc/${n}`, `${n}`, `2026-01-0${n + 1}T00:00:00Z`)
    await kept.put('l', 'nl/abc/0', 'changed', '2026-02-01T00:00:00Z')
    const page = await kept.page('l', { offset: 0, limit: 3 })
    expect([page.total, page.items.map((doc) => doc.body)]).toEqual([7, ['changed', '1', '2']])
    expect((await kept.page('l', { offset: 6, limit: 3 })).items.map((doc) => doc.body)).toEqual(['6'])
    expect((await kept.all('l')).map((doc) => doc.body)).toEqual(['changed', '1', '2', '3', '4', '5', '6'])
  })

  on('date_from counts, date_to does not, and both are instants, not texts', async (store) => {
    const kept = documents(store, clock)
    for (const at of [
      '2026-01-01T10:00:00Z',
      '2026-01-01T10:00:00.500Z',
      '2026-01-01T10:00:01',
      '2026-01-01T12:00:02+02:00',
    ])
      await kept.put('c', at, at, at)
    const between = (dateFrom: string, dateTo: string) => kept.page('c', { dateFrom, dateTo, offset: 0, limit: 9 })
    expect((await between('2026-01-01T10:00:00.500Z', '2026-01-01T10:00:02Z')).items.map((doc) => doc.body)).toEqual([
      '2026-01-01T10:00:00.500Z',
      '2026-01-01T10:00:01',
    ])
    expect((await between('2026-01-01T10:00:00Z', '2026-01-01T10:00:03Z')).total).toBe(4)
    await expect(kept.put('c', 'x', 'x', 'yesterday')).rejects.toMatchObject({ code: 'DOCUMENT_TIME' })
  })

  on('a prefix is a party, not a pattern', async (store) => {
    const kept = documents(store, clock)
    for (const key of ['nl/ab/1', 'nl/abc/1', 'nl/a%/1', 'nl/a_/1', 'de/abc/1', 'nl/ab/é'])
      await kept.put('l', key, key, '2026-01-01T00:00:00Z')
    expect((await kept.all('l', { prefix: 'nl/ab/' })).map((doc) => doc.key)).toEqual(['nl/ab/1', 'nl/ab/é'])
    expect((await kept.all('l', { prefix: 'nl/a%' })).map((doc) => doc.key)).toEqual(['nl/a%/1'])
    expect((await kept.page('l', { prefix: 'nl/', offset: 0, limit: 1 })).total).toBe(5)
  })
}
