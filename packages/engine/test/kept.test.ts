/** What an effect has learned is kept, also where the store does not take it at once. */
import { expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { Fault } from '../src/fault.ts'
import type { Store, Tx } from '../src/store.ts'
import { virtualClock } from '../src/virtual-clock.ts'
import { parcel } from './parcel.ts'
import { arrives, START, setUp, until } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

const away = () => new Fault('STORE_UNREACHABLE', 'cut', { retry: true })

/** The next `times` commits that close an effect fail: they are not kept, or only nobody is told that they are. */
function unsteady(opened: Store) {
  const trouble = { times: 0, isKept: false }
  const closes = (sql: string) => sql.startsWith('UPDATE effect SET status')
  const fails = () => trouble.times > 0 && trouble.times-- > 0
  const store: Store = {
    ...opened,
    query: async (sql, params) => {
      if (!closes(sql) || !fails()) return opened.query<never>(sql, params)
      if (trouble.isKept) await opened.query(sql, params)
      throw away()
    },
    transaction: async (work) => {
      let isClose = false
      const told: (() => void)[] = []
      const done = await opened.transaction(async (tx: Tx) => {
        const query: Tx['query'] = (sql, params) => {
          isClose ||= closes(sql)
          return tx.query(sql, params)
        }
        const result = await work({ ...tx, query, afterCommit: (task) => told.push(task) })
        if (isClose && !trouble.isKept && fails()) throw away()
        return result
      })
      if (isClose && trouble.isKept && fails()) throw away()
      for (const task of told) task()
      return done
    },
  }
  return { store, trouble }
}

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  for (const isKept of [false, true])
    on(
      `an effect whose result the store ${isKept ? 'took without saying so' : 'did not take at once'} is not done again, and its result counts once`,
      async (opened) => {
        const { store, trouble } = unsteady(opened)
        const attempts: number[] = []
        const { engine, parcels, clock, faults } = setUp(store, async (order, { attempt }) => {
          attempts.push(attempt)
          Object.assign(trouble, { times: order.do === 'send' ? 3 : 0, isKept })
          if (isKept) trouble.times = 1
          return order.do === 'send' ? { type: 'noted', by: 7 } : undefined
        })
        engine.start()
        await parcels.create(parcel('p1'), { type: 'ordered' })
        await passing(clock, async () => faults.length > 0 && (await engine.pending('parcel', 'p1')).length === 0)
        await stopped(engine, clock)
        expect(attempts).toEqual([1])
        expect((await parcels.find('p1'))?.notes).toBe(7)
        expect(faults.map(({ code }) => code)).toEqual(['EFFECT_NOT_NOTED'])
      },
    )

  on('an effect that learned nothing is not done again either', async (opened) => {
    const { store, trouble } = unsteady(opened)
    const attempts: number[] = []
    const { engine, parcels, clock } = setUp(store, async (_, { attempt }) => {
      attempts.push(attempt)
      trouble.times = 2
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await passing(clock, async () => (await engine.pending('parcel', 'p1')).length === 0)
    expect(attempts).toEqual([1])
    await engine.stop()
  })

  on('what a commit ordered of which nobody was told is begun all the same', async (opened) => {
    const { store, trouble } = unsteady(opened)
    const sent: string[] = []
    const { engine, parcels, clock } = setUp(
      store,
      async ({ do: what }) => {
        sent.push(what)
        if (what === 'ping') return
        Object.assign(trouble, { times: 1, isKept: true })
        return { type: 'pinged', times: 1 }
      },
      { lane: ({ do: what }) => what },
    )
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await passing(clock, () => sent.length === 2)
    expect(sent).toEqual(['send', 'ping'])
    await engine.stop()
  })

  on('an effect that is given up tells its entity, also when the store is away just then', async (opened) => {
    const { store, trouble } = unsteady(opened)
    const { engine, parcels, clock, faults } = setUp(store, async () => {
      trouble.times = 1
      throw new Fault('REFUSED', 'they said no', { retry: false })
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await passing(clock, async () => (await engine.effects({ status: 'parked', limit: 9 })).length === 1)
    await passing(clock, async () => (await parcels.find('p1'))?.state === 'lost')
    await engine.stop()
    expect(faults.map(({ code }) => code)).toEqual(['EFFECT_NOT_NOTED', 'EFFECT_PARKED'])
  })

  on('an engine that stops waits only a moment for a store that is away', async (opened) => {
    const { store, trouble } = unsteady(opened)
    const { engine, parcels, clock } = setUp(store, async () => {
      trouble.times = 1_000_000
      return { type: 'delivered' }
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await until(() => trouble.times < 1_000_000 && trouble.times > 0)
    await stopped(engine, clock)
  })

  on('a result that comes when another node runs the effect by now is not applied', async (opened) => {
    const { store, trouble } = unsteady(opened)
    const clock = virtualClock(START)
    const first = setUp(
      store,
      async () => {
        trouble.times = 3
        return { type: 'failed' }
      },
      { node: 'a' },
      clock,
    )
    first.engine.start()
    await first.parcels.create(parcel('p1'), { type: 'ordered' })
    await until(() => trouble.times === 2)
    const { engine, parcels } = setUp(opened, arrives, { node: 'a' }, clock)
    engine.start()
    await until(async () => (await parcels.find('p1'))?.state === 'arrived')
    await stopped(first.engine, clock)
    expect((await parcels.history('p1')).map(({ type }) => type)).toEqual(['created', 'ordered', 'delivered'])
    await engine.stop()
  })
}

/** Whatever it still waits for. */
async function stopped(engine: Engine, clock: Clock): Promise<void> {
  let isOver = false
  const stop = engine.stop().then(() => (isOver = true))
  await passing(clock, () => isOver)
  await stop
}

type Clock = ReturnType<typeof virtualClock>

/** Time goes on until something has come to pass. */
async function passing(clock: Clock, done: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    if (await done()) return true
    await clock.advanceBy(100)
    return false
  })
}
