import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Fault } from '../src/fault.ts'
import { journal } from '../src/journal.ts'
import type { Store } from '../src/store.ts'
import { parcel } from './parcel.ts'
import { gate, START, setUp, until, watched } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('a failing effect is tried again with growing delays, then succeeds', async (store) => {
    const at: number[] = []
    const { engine, parcels, clock } = setUp(store, async () => {
      at.push(clock.now() - START)
      if (at.length < 4) throw new Fault('AWAY', 'nobody there', { retry: true })
      return { type: 'delivered' }
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    for (let n = 0; n < 10; n++) {
      await engine.idle()
      await clock.advanceBy(500)
    }
    await engine.idle()
    expect(at).toEqual([0, 500, 1500, 3500])
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    await engine.stop()
  })

  on('a deadline that came due behind an effect that fails is begun as soon as that has failed', async (store) => {
    const slow = gate()
    const send = async () => {
      await slow.opened
      throw new Fault('AWAY', 'nobody there', { retry: true })
    }
    const { engine, parcels, clock } = setUp(store, send, { lane: () => 'one', retry: () => 600_000 })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered', deadlineMs: 10_000 })
    await clock.advanceBy(12_000)
    expect((await parcels.find('p1'))?.state).toBe('sending')
    slow.open()
    await until(async () => (await parcels.find('p1'))?.state === 'lost')
    await engine.stop()
  })

  on('a deadline that comes due while the effect before it is being closed is begun at once', async (opened) => {
    const commit = gate()
    let isSent = false
    let isClosing = false
    let vain = 0
    const store: Store = {
      ...opened,
      query: async (sql, params) => {
        const rows = await opened.query<never>(sql, params)
        if (isClosing && sql.startsWith('WITH mine') && rows.length === 0) vain++
        return rows
      },
      transaction: (work) =>
        opened.transaction(async (tx) => {
          const done = await work(tx)
          isClosing = isSent
          if (isClosing) await commit.opened
          return done
        }),
    }
    const send = async () => {
      isSent = true
      return { type: 'delivered' } as const
    }
    const { engine, parcels, clock } = setUp(store, send, { lane: () => 'one' })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered', deadlineMs: 1_000 })
    await until(() => isClosing)
    await clock.advanceBy(2_000)
    // Where it is one transaction after the other, whoever looks waits for this one.
    if (place.shared) await until(() => vain > 0)
    commit.open()
    await until(async () => (await engine.pending('parcel', 'p1')).length === 0)
    expect((await parcels.history('p1')).map(({ type }) => type)).toEqual([
      'created',
      'ordered',
      'delivered',
      'overdue',
    ])
    await engine.stop()
  })

  on('nobody asks for more work when an effect that nothing waits for is put off', async (opened) => {
    const { store, statements } = watched(opened)
    let tries = 0
    const send = async () => {
      if (++tries < 3) throw new Fault('AWAY', 'nobody there', { retry: true })
    }
    const { engine, parcels, clock } = setUp(store, send, { retry: () => 5_000 })
    engine.start()
    await engine.idle()
    statements.length = 0
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()
    for (const again of [2, 3]) {
      await clock.advanceBy(5_000)
      await until(() => tries === again)
      await engine.idle()
    }
    // Once each time it is due again; in a database that others share, all look now and then what they left.
    const asked = statements.filter((sql) => sql.startsWith('WITH mine'))
    if (!place.shared) expect(asked).toHaveLength(2)
    await engine.stop()
  })

  on('a store that blinks while a failure is noted puts nothing off: its kind says when', async (store) => {
    let tries = 0
    let blinks = 0
    const blinking: Store = {
      ...store,
      query: (sql, params) => {
        if (blinks === 0 || !sql.includes('FROM entity')) return store.query(sql, params)
        blinks--
        return Promise.reject(new Fault('STORE_UNREACHABLE', 'cut', { retry: true }))
      },
    }
    const send = async () => {
      // At the beginning of the attempt after this one, and when its failure is noted.
      if (++tries === 12) blinks = 2
      if (tries < 13) throw new Fault('AWAY', 'nobody there', { retry: true })
      return { type: 'delivered' } as const
    }
    const { engine, parcels, clock, faults } = setUp(blinking, send, { retry: () => 2_000 })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    while (tries < 11) {
      await engine.idle()
      await clock.advanceBy(2_000)
    }
    // Not until it is idle: that waits for the clock to bring the store back.
    for (let n = 0; n < 30 && tries < 13; n++) {
      await sleep(20)
      await clock.advanceBy(500)
    }
    expect(tries).toBe(13)
    expect(faults.filter(({ code }) => code === 'EFFECT_NOT_NOTED')).toHaveLength(1)
    await engine.idle()
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    await engine.stop()
  })

  on('an effect that must not be tried again is parked, told and written down', async (store) => {
    const { engine, parcels, clock, faults } = setUp(store, async () => {
      throw new Fault('REFUSED', 'they said no', { retry: false })
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()
    expect((await parcels.find('p1'))?.state).toBe('lost')
    expect(faults.map((fault) => fault.code)).toEqual(['EFFECT_PARKED'])
    expect(
      (await engine.effects({ status: 'parked', limit: 10 })).map((effect) => [effect.name, effect.lastError]),
    ).toEqual([['send', 'they said no']])
    expect((await journal(store, clock).recent(5, { kinds: ['fault'] })).map((entry) => entry.body['code'])).toEqual([
      'EFFECT_PARKED',
    ])
    await engine.stop()
  })

  on('an error nobody foresaw is parked after ten tries', async (store) => {
    let tries = 0
    const { engine, parcels, clock } = setUp(store, async () => {
      tries++
      throw new TypeError('undefined is not a function')
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    for (let n = 0; n < 12; n++) {
      await engine.idle()
      await clock.advanceBy(500 * 2 ** n)
    }
    await engine.idle()
    expect(tries).toBe(10)
    expect((await parcels.find('p1'))?.state).toBe('lost')
    await engine.stop()
  })

  on(
    'A-16: who asks for a pause gets it: nothing of its lane is begun earlier, and other lanes go on',
    async (store) => {
      const asked: string[] = []
      let busy = true
      const { engine, parcels, clock } = setUp(
        store,
        async (_, { entity }) => {
          asked.push(`${entity.id} after ${(clock.now() - START) / 1000} s`)
          if (entity.to === 'busy' && busy)
            throw Object.assign(new Fault('REFUSED', 'HTTP 503', { retry: true }), { retryAfterMs: 90_000 })
          return { type: 'delivered' }
        },
        { laneWidth: 1, lane: (_order, { to }) => to },
      )
      engine.start()
      for (const id of ['b1', 'b2']) await parcels.create(parcel(id, 'busy'), { type: 'ordered' })
      await engine.idle()
      busy = false
      await clock.advanceBy(60_000)
      await parcels.create(parcel('b3', 'busy'), { type: 'ordered' })
      await parcels.create(parcel('other', 'free'), { type: 'ordered' })
      await engine.idle()
      expect(asked).toEqual(['b1 after 0 s', 'other after 60 s'])

      await clock.advanceBy(29_999)
      await engine.idle()
      expect(asked).toHaveLength(2)
      await clock.advanceBy(1)
      await engine.idle()
      expect(asked.slice(2).sort()).toEqual(['b1 after 90 s', 'b2 after 90 s', 'b3 after 90 s'])
      await engine.stop()
    },
  )

  on(
    'a pause that ends between two milliseconds ends with the later one: the database counts whole ones',
    async (store) => {
      const at: number[] = []
      const { engine, parcels, clock } = setUp(store, async () => {
        at.push(clock.now() - START)
        if (at.length < 2)
          throw Object.assign(new Fault('REFUSED', 'HTTP 429', { retry: true }), { retryAfterMs: 60_000.5 })
        return { type: 'delivered' }
      })
      engine.start()
      await parcels.create(parcel('p1'), { type: 'ordered' })
      await engine.idle()
      await clock.advanceBy(60_001)
      await engine.idle()
      expect(at).toEqual([0, 60_001])
      await engine.stop()
    },
  )

  on(
    'nobody is left alone for longer than an hour at a time, and whoever is asked for by hand not at all',
    async (store) => {
      const at: number[] = []
      const { engine, parcels, clock } = setUp(store, async () => {
        at.push((clock.now() - START) / 1000)
        if (at.length < 3)
          throw Object.assign(new Fault('REFUSED', 'HTTP 429', { retry: true }), { retryAfterMs: 86_400_000 })
        return { type: 'delivered' }
      })
      engine.start()
      await parcels.create(parcel('p1'), { type: 'ordered' })
      await engine.idle()
      await clock.advanceBy(3_600_000)
      await engine.idle()
      await clock.advanceBy(60_000)
      await engine.retryNow()
      await engine.idle()
      expect(at).toEqual([0, 3600, 3660])
      expect((await parcels.find('p1'))?.state).toBe('arrived')
      await engine.stop()
    },
  )

  on('an operator brings retries forward', async (store) => {
    let away = true
    const { engine, parcels } = setUp(store, async () => {
      if (away) throw new Fault('AWAY', 'away', { retry: true })
      return { type: 'delivered' }
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()
    away = false
    await engine.retryNow('to:elsewhere')
    await engine.idle()
    expect((await parcels.find('p1'))?.state).toBe('sending')
    await engine.retryNow('to:berlin')
    await engine.idle()
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    await engine.stop()
  })
}
