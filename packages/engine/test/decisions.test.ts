import { expect, test } from 'vitest'
import { journal } from '../src/journal.ts'
import type { Store } from '../src/store.ts'
import { type Parcel, parcel } from './parcel.ts'
import { arrives, setUp } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on(
    'the names of an entity are worked out once for each of its versions, also where it is read in between',
    async (store) => {
      const asked: string[] = []
      const keys = ({ notes, label = '' }: Parcel) => {
        asked.push(`${notes}${label}`)
        return [`notes ${notes}`]
      }
      const { parcels } = setUp(store, arrives, { keys })
      await parcels.create(parcel('p1'), { type: 'ordered' })
      await parcels.apply('p1', { type: 'noted', by: 1 })
      expect(await parcels.find('notes 1')).toMatchObject({ id: 'p1', notes: 1 })
      await parcels.apply('p1', { type: 'noted', by: 1 })
      await parcels.apply('p1', { type: 'ordered' })
      expect(await parcels.find('notes 1')).toBeUndefined()
      expect(await parcels.find('notes 2')).toMatchObject({ id: 'p1', notes: 2 })
      expect(asked).toEqual(['0', '1', '2'])
    },
  )

  on('an event is decided, stored, its effect run, and what it learned applied', async (store) => {
    const { engine, parcels } = setUp(store, arrives)
    engine.start()

    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()

    expect((await parcels.find('p1'))?.state).toBe('arrived')
    expect(
      (await parcels.history('p1')).map(({ seq, type, from, to, verdict }) => [seq, type, from, to, verdict]),
    ).toEqual([
      [0, 'created', 'new', 'new', 'created'],
      [1, 'ordered', 'new', 'sending', 'moved'],
      [2, 'delivered', 'sending', 'arrived', 'moved'],
    ])
    expect(await engine.pending('parcel', 'p1')).toEqual([])
    await engine.stop()
  })

  on('many entities are found by their ids at once, and by nothing else', async (store) => {
    const { parcels } = setUp(store, arrives)
    const ids = Array.from({ length: 520 }, (_, n) => `p${n}`)
    for (const id of ids) await parcels.create(parcel(id), { type: 'ordered' })
    const found = await parcels.many([...ids, 'nobody'])
    expect([found.size, found.get('p519')?.state, found.has('nobody')]).toEqual([520, 'sending', false])
    expect((await parcels.many([])).size).toBe(0)
  })

  on('nothing runs before start', async (store) => {
    let sent = 0
    const { engine, parcels } = setUp(store, async () => {
      sent++
    })
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()
    expect(sent).toBe(0)

    engine.start()
    await engine.idle()
    expect(sent).toBe(1)
    await engine.stop()
  })

  on(
    'entities are found by the beginnings of their words, all of them; a word that was lost finds nothing',
    async (store) => {
      const { parcels, engine } = setUp(store, arrives)
      for (const [id, to] of [
        ['p1', 'berlin'],
        ['p2', 'bern'],
        ['p3', 'oslo'],
      ] as const)
        await parcels.create(parcel(id, to), { type: 'ordered' })
      await parcels.apply('p1', { type: 'labelled', label: 'red%' })
      const found = async (...words: readonly string[]) => (await parcels.list({ limit: 9, words })).map(({ id }) => id)

      expect(await found('ber')).toEqual(['p2', 'p1'])
      expect(await found('ber', 'red')).toEqual(['p1'])
      expect(await found('%')).toEqual([])
      expect(await parcels.list({ limit: 9, words: ['ber'], before: 'p2' })).toMatchObject([{ id: 'p1' }])

      await parcels.apply('p1', { type: 'labelled', label: 'blue' })
      expect(await found('red')).toEqual([])
      expect(await found('blue')).toEqual(['p1'])
      expect(await engine.counts('parcel')).toEqual({ sending: 3 })
    },
  )

  on('a refusal changes nothing, is logged, kept in the journal and told', async (store) => {
    const { engine, parcels, clock, faults } = setUp(store, arrives)
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()

    const { verdict, entity } = await parcels.apply('p1', { type: 'noted', by: 1 })

    expect(verdict).toEqual({ refuse: 'this parcel is closed' })
    expect(entity.notes).toBe(0)
    expect((await parcels.history('p1')).at(-1)).toMatchObject({
      verdict: 'refused',
      reason: 'this parcel is closed',
      to: 'arrived',
    })
    expect(faults.map((fault) => fault.code)).toEqual(['EVENT_REFUSED'])
    expect((await journal(store, clock).of('p1')).map((entry) => entry.kind)).toEqual(['fault'])
    await engine.stop()
  })

  on('an entity is found under its other names, and a name has one owner', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.create(parcel('p2'), { type: 'ordered' })

    await parcels.apply('p1', { type: 'labelled', label: 'red' })
    expect((await parcels.find('red'))?.id).toBe('p1')
    await expect(parcels.apply('p2', { type: 'labelled', label: 'red' })).rejects.toMatchObject({ code: 'KEY_TAKEN' })
    expect((await parcels.find('p2'))?.label).toBeUndefined()

    await parcels.apply('red', { type: 'labelled', label: 'blue' })
    expect(await parcels.find('red')).toBeUndefined()
    await parcels.apply('p2', { type: 'labelled', label: 'red' })
    expect((await parcels.find('red'))?.id).toBe('p2')
  })

  on('an unknown entity and a second one of the same id are faults', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await expect(parcels.create(parcel('p1'), { type: 'ordered' })).rejects.toMatchObject({ code: 'ENTITY_EXISTS' })
    await expect(parcels.apply('p9', { type: 'delivered' })).rejects.toMatchObject({ code: 'ENTITY_UNKNOWN' })
  })

  on('the inbox recognises repeats and refuses other content under the same name', async (store) => {
    const { parcels } = setUp(store, arrives)
    const delivery = { source: 'nl/abc', key: 'cdr-1', hash: 'h1' }
    await parcels.create(parcel('p1'), { type: 'ordered' })

    const first = await parcels.apply('p1', { type: 'noted', by: 5 }, { dedupe: delivery })
    const second = await parcels.apply('p1', { type: 'noted', by: 5 }, { dedupe: delivery })
    const conflict = parcels.apply('p1', { type: 'noted', by: 7 }, { dedupe: { ...delivery, hash: 'h2' } })

    expect([first.seen, second.seen]).toEqual([false, true])
    await expect(conflict).rejects.toMatchObject({ code: 'INBOX_CONFLICT' })
    expect((await parcels.find('p1'))?.notes).toBe(5)
    expect(await parcels.history('p1')).toHaveLength(3)
  })

  on('creating twice from one delivery gives one entity', async (store) => {
    const { parcels } = setUp(store, arrives)
    const dedupe = { source: 'terminal', key: 'tap-1', hash: 'x' }
    const first = await parcels.create(parcel('p1'), { type: 'ordered' }, { dedupe })
    const second = await parcels.create(parcel('p2'), { type: 'ordered' }, { dedupe })
    expect([first.id, second.id]).toEqual(['p1', 'p1'])
    expect(await parcels.find('p2')).toBeUndefined()
  })

  on('what happens within the commit is undone with it', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    const failing = parcels.apply(
      'p1',
      { type: 'noted', by: 1 },
      {
        dedupe: { source: 's', key: 'k', hash: 'h' },
        within: async (tx) => {
          await tx.query(`INSERT INTO setting (key, value) VALUES ('a', 'b')`)
          throw new Error('no')
        },
      },
    )
    await expect(failing).rejects.toThrow('no')
    expect(await store.query('SELECT * FROM setting')).toEqual([])
    expect((await parcels.find('p1'))?.notes).toBe(0)
    expect(
      (await parcels.apply('p1', { type: 'noted', by: 1 }, { dedupe: { source: 's', key: 'k', hash: 'h' } })).seen,
    ).toBe(false)
  })

  on('many at once on one entity: every event counts once', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await Promise.all(Array.from({ length: 12 }, () => parcels.apply('p1', { type: 'noted', by: 1 })))
    expect((await parcels.find('p1'))?.notes).toBe(12)
    expect((await parcels.history('p1')).map((event) => event.seq)).toEqual(Array.from({ length: 14 }, (_, seq) => seq))
  })

  on('the list is newest first and pages do not repeat', async (store) => {
    const { parcels, clock } = setUp(store, arrives)
    for (let n = 0; n < 5; n++) {
      await parcels.create(parcel(`p${n}`), { type: 'ordered' })
      if (n % 2 === 0) await clock.advanceBy(1)
    }
    const first = await parcels.list({ limit: 3 })
    const rest = await parcels.list({ limit: 3, before: first[2]?.id ?? '' })
    expect([...first, ...rest].map(({ id }) => id)).toEqual(['p4', 'p3', 'p2', 'p1', 'p0'].sort().reverse())
    expect(await parcels.list({ limit: 3, states: ['arrived'] })).toEqual([])
    expect(await parcels.list({ limit: 9, states: ['sending', 'arrived'] })).toHaveLength(5)
  })

  on('the list can be of those whose name begins so, of those since a moment, or of both', async (store) => {
    const { parcels, clock } = setUp(store, arrives)
    const first = clock.now()
    for (const [n, label] of ['red/1', 'blue/1', 'red/2', 'redder/1', 'red%'].entries()) {
      await parcels.create({ ...parcel(`p${n}`), label }, { type: 'ordered' })
      await clock.advanceBy(10)
    }
    const labels = async (options: { readonly named?: string; readonly since?: number; readonly limit?: number }) =>
      (await parcels.list({ limit: 9, ...options })).map(({ label }) => label)
    expect(await labels({ named: 'red/' })).toEqual(['red/2', 'red/1'])
    expect(await labels({ named: 'red/', limit: 1 })).toEqual(['red/2'])
    expect(await labels({ named: 'red%' })).toEqual(['red%'])
    expect(await labels({ since: first + 30 })).toEqual(['red%', 'redder/1'])
    expect(await labels({ named: 'red', since: first + 20 })).toEqual(['red%', 'redder/1', 'red/2'])
  })
}
