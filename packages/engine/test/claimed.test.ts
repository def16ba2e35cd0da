import { expect, test } from 'vitest'
import { unclaimEffect } from '../src/effects.ts'
import type { Store, Tx } from '../src/store.ts'
import { virtualClock } from '../src/virtual-clock.ts'
import { parcel } from './parcel.ts'
import { arrives, gate, START, setUp, until, watched } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('an order that finds a free place is claimed as it is stored, and nobody asks for it again', async (opened) => {
    const { store, statements } = watched(opened)
    const slow = gate()
    const { engine, parcels } = setUp(store, async () => {
      await slow.opened
      return { type: 'delivered' }
    })
    engine.start()
    await engine.idle()
    statements.length = 0
    await parcels.create(parcel('p1'), { type: 'ordered' })
    expect(await engine.pending('parcel', 'p1')).toMatchObject([{ name: 'send', attempts: 1 }])
    slow.open()
    await until(async () => (await parcels.find('p1'))?.state === 'arrived')
    expect(statements.filter((sql) => /WITH mine|DISTINCT lane/.test(sql))).toEqual([])
    await engine.stop()
  })

  if (place.shared)
    on('a place that an order cannot use is given to another only after the commit', async (opened) => {
      const [slow, other] = [gate(), gate()]
      // The order of p1 is stored while another one finds the lane full.
      const held: Store['transaction'] = (work) =>
        opened.transaction((tx: Tx) =>
          work({
            ...tx,
            query: async (sql, params) => {
              if (sql.startsWith('INSERT INTO effect') && params?.includes('ping')) await other.opened
              return tx.query<never>(sql, params)
            },
          }),
        )
      const send = async () => slow.opened
      const { engine, parcels, faults } = setUp({ ...opened, transaction: held }, send, { laneWidth: 2 })
      engine.start()
      await engine.idle()
      await parcels.create(parcel('p1'), { type: 'ordered' })
      const pinged = parcels.apply('p1', { type: 'pinged', times: 1 })
      await parcels.create(parcel('p2'), { type: 'ordered' })
      other.open()
      await pinged
      await until(async () => (await engine.pending('parcel', 'p2'))[0]?.attempts === 1)
      slow.open()
      await engine.idle()
      expect(faults).toEqual([])
      expect(await engine.effects({ status: 'pending', limit: 10 })).toEqual([])
      await engine.stop()
    })

  on('an order waits for an older one of its entity and lane, and runs at the end of that one', async (store) => {
    const slow = gate()
    const sent: string[] = []
    const { engine, parcels } = setUp(store, async (order) => {
      sent.push(order.do)
      if (order.do === 'send') await slow.opened
    })
    engine.start()
    await engine.idle()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.apply('p1', { type: 'pinged', times: 1 })
    expect(await engine.pending('parcel', 'p1')).toMatchObject([{ attempts: 1 }, { attempts: 0 }])
    expect(sent).toEqual(['send'])
    slow.open()
    await until(() => sent.length === 2)
    await engine.stop()
  })

  on('the place that was kept for a commit that failed is free again', async (store) => {
    const { engine, parcels } = setUp(store, arrives, { laneWidth: 1 })
    engine.start()
    await engine.idle()
    await parcels.create(parcel('p1', 'paris'), { type: 'ordered' })
    const within = async () => {
      throw new Error('not kept')
    }
    await expect(parcels.apply('p1', { type: 'pinged', times: 1 }, { within })).rejects.toThrow('not kept')
    await parcels.create(parcel('p2', 'paris'), { type: 'ordered' })
    await engine.idle()
    expect((await parcels.find('p2'))?.state).toBe('arrived')
    await engine.stop()
  })

  on('an order of a commit whose answer was lost runs all the same, and once', async (opened) => {
    let loses = false
    const transaction: Store['transaction'] = async (work) => {
      const done = await opened.transaction(work)
      if (!loses) return done
      loses = false
      throw new Error('no answer')
    }
    // What waits for the commit never hears of it.
    const deaf: Store['transaction'] = (work) =>
      transaction((tx) => work(loses ? { ...tx, afterCommit: () => undefined } : tx))
    const sent: number[] = []
    const { engine, parcels } = setUp({ ...opened, transaction: deaf }, async (_, { attempt }) => {
      sent.push(attempt)
      return { type: 'delivered' }
    })
    engine.start()
    await engine.idle()
    loses = true
    await expect(parcels.create(parcel('p1'), { type: 'ordered' })).rejects.toThrow('no answer')
    await engine.idle()
    expect(sent).toEqual([1])
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    await engine.stop()
  })

  on('only the claim that was not begun is taken back, never a later one of the same order', async (opened) => {
    const slow = gate()
    const { engine, parcels } = setUp(opened, async () => {
      await slow.opened
    })
    engine.start()
    await engine.idle()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    const [effect] = await engine.pending('parcel', 'p1')
    const lease = async () =>
      (
        await opened.query<{ readonly owner: string; readonly until: number }>(
          'SELECT lease_owner AS owner, lease_until AS until FROM effect WHERE seq = $1',
          [effect!.seq],
        )
      )[0]!
    const { owner, until: leaseUntil } = await lease()
    const claim = { effect: effect!, owner, leaseUntil }
    expect(await unclaimEffect(opened, { ...claim, leaseUntil: leaseUntil - 1 })).toBe(false)
    await opened.query('UPDATE effect SET attempts = 2 WHERE seq = $1', [effect!.seq])
    expect(await unclaimEffect(opened, claim)).toBe(false)
    expect(await lease()).toEqual({ owner, until: leaseUntil })
    slow.open()
    await engine.stop()
  })

  on('an order begins with its entity as the commits that shared its round left it', async (store) => {
    const seen: number[] = []
    const clock = virtualClock(START)
    const { parcels: elsewhere } = setUp(store, arrives, {}, clock)
    await elsewhere.create(parcel('p1'), { type: 'ordered' })
    const { engine, parcels } = setUp(
      store,
      async (order, { entity }) => {
        if (order.do === 'ping') seen.push(entity.notes)
      },
      {},
      clock,
    )
    engine.start()
    await engine.idle()
    await Promise.all([
      parcels.apply('p1', { type: 'pinged', times: 1 }),
      parcels.apply('p1', { type: 'noted', by: 5 }),
    ])
    await engine.idle()
    // Where each commit has a round of its own, the order may begin between them.
    if (place.name === 'sqlite in a file') expect(seen).toEqual([5])
    else expect([0, 5]).toContain(seen[0])
    await engine.stop()
  })

  on('what somebody else changed meanwhile is read before it is decided on', async (store) => {
    const clock = virtualClock(START)
    const [here, there] = [setUp(store, arrives, {}, clock), setUp(store, arrives, {}, clock)]
    await here.parcels.create(parcel('p1'), { type: 'ordered' })
    for (const { parcels } of [there, here, there, here]) await parcels.apply('p1', { type: 'noted', by: 1 })
    expect((await here.parcels.find('p1'))?.notes).toBe(4)
    expect((await here.parcels.history('p1')).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5])
  })

  on('what a restored backup holds is not taken for what was known, be its version the same', async (store) => {
    const { parcels, clock } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.apply('p1', { type: 'noted', by: 7 })
    const restored = JSON.stringify({ ...parcel('p1'), state: 'sending', notes: 100 })
    await store.query('UPDATE entity SET body = $1, updated_at = $2 WHERE id = $3', [restored, clock.now() + 1, 'p1'])
    await parcels.apply('p1', { type: 'noted', by: 1 })
    expect((await parcels.find('p1'))?.notes).toBe(101)
  })

  if (!place.shared) continue

  on(
    'an order whose commit is told only when its lease is nearly over is not begun with that lease',
    async (opened) => {
      const still = virtualClock(START)
      let [lateMs, ahead] = [0, 0]
      const clock = { ...still, now: () => still.now() + ahead }
      const late: Store['transaction'] = (work) =>
        opened.transaction((tx) =>
          work({
            ...tx,
            afterCommit: (task) =>
              tx.afterCommit(() => {
                ahead += lateMs
                lateMs = 0
                task()
              }),
          }),
        )
      const leases: number[] = []
      const { engine, parcels } = setUp(
        { ...opened, transaction: late },
        async (_, { attempt }) => {
          const rows = await opened.query<{ readonly until: number }>(
            "SELECT lease_until AS until FROM effect WHERE status = 'pending' AND name = 'send'",
          )
          leases.push((rows[0]?.until ?? 0) - clock.now(), attempt)
          return { type: 'delivered' }
        },
        {},
        clock,
      )
      engine.start()
      await engine.idle()
      lateMs = 12_000
      await parcels.create(parcel('p1'), { type: 'ordered' })
      await until(async () => (await parcels.find('p1'))?.state === 'arrived')
      expect(leases[0]).toBeGreaterThan(5_000)
      expect(leases[1]).toBe(1)
      await engine.stop()
    },
  )

  on('what another node ordered meanwhile runs at the end of what it waits for', async (store, again) => {
    const slow = gate()
    const sent: string[] = []
    const clock = virtualClock(START)
    const here = setUp(
      store,
      async (order) => {
        sent.push(order.do)
        if (order.do === 'send') await slow.opened
      },
      { node: 'here' },
      clock,
    )
    here.engine.start()
    await here.engine.idle()
    await here.parcels.create(parcel('p1'), { type: 'ordered' })
    const there = setUp(await again(), arrives, { node: 'there' }, clock)
    await there.parcels.apply('p1', { type: 'pinged', times: 1 })
    slow.open()
    await until(() => sent.length === 2)
    expect(sent).toEqual(['send', 'ping'])
    await here.engine.stop()
  })
}
