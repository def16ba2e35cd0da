import { expect, test } from 'vitest'
import type { Store } from '../src/store.ts'
import { virtualClock } from '../src/virtual-clock.ts'
import { parcel } from './parcel.ts'
import { arrives, gate, START, setUp, until } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('a crash between effect and result runs the effect again with the same key', async (store) => {
    const keys: string[] = []
    const never = new Promise<never>(() => undefined)
    const clock = virtualClock(START)
    const before = setUp(
      store,
      async (_, { key }) => {
        keys.push(key)
        return never
      },
      { node: 'a' },
      clock,
    )
    before.engine.start()
    await before.parcels.create(parcel('p1'), { type: 'ordered' })
    await until(() => keys.length === 1)

    const attempts: number[] = []
    const after = setUp(
      store,
      async (_, { key, attempt }) => {
        keys.push(key)
        attempts.push(attempt)
        return { type: 'delivered' }
      },
      { node: 'a' },
      clock,
    )
    after.engine.start()
    await after.engine.idle()

    expect(keys).toEqual([keys[0], keys[0]])
    expect(attempts).toEqual([2])
    expect((await after.parcels.find('p1'))?.state).toBe('arrived')
    await after.engine.stop()
  })

  on('a run that lost its lease must not report', async (store) => {
    const late = gate()
    const clock = virtualClock(START)
    const zombie = setUp(
      store,
      async () => {
        await late.opened
        return { type: 'failed' }
      },
      { node: 'a' },
      clock,
    )
    zombie.engine.start()
    await zombie.parcels.create(parcel('p1'), { type: 'ordered' })
    await until(async () => (await zombie.engine.pending('parcel', 'p1'))[0]?.attempts === 1)
    const { engine, parcels } = setUp(store, arrives, { node: 'a' }, clock)
    engine.start()
    await engine.idle()

    late.open()
    await zombie.engine.stop()

    expect((await parcels.history('p1')).map((event) => event.type)).toEqual(['created', 'ordered', 'delivered'])
    await engine.stop()
  })

  if (!place.shared) continue

  on('several nodes on one database never run one effect twice at the same time', async (_, again) => {
    const sent = new Map<string, number>()
    const clock = virtualClock(START)
    const nodes = await Promise.all(
      [0, 1, 2, 3].map(async (n) =>
        setUp(
          await again(),
          async (_order, { entity }) => void sent.set(entity.id, (sent.get(entity.id) ?? 0) + 1),
          { node: `n${n}` },
          clock,
        ),
      ),
    )
    for (let n = 0; n < 40; n++) await nodes[0]?.parcels.create(parcel(`p${n}`), { type: 'ordered' })
    for (const { engine } of nodes) engine.start()
    await Promise.all(nodes.map(({ engine }) => engine.idle()))
    await Promise.all(nodes.map(({ engine }) => engine.stop()))
    expect(sent.size).toBe(40)
    expect([...sent.values()].every((times) => times === 1)).toBe(true)
  })

  on('the lease of a dead node runs out, that of a slow one is renewed', async (store, again) => {
    const clock = virtualClock(START)
    const runs: string[] = []
    const slow = gate()
    const dead = setUp(
      store,
      async () => {
        runs.push('dead')
        return slow.opened
      },
      { node: 'dead' },
      clock,
    )
    dead.engine.start()
    await dead.parcels.create(parcel('p1'), { type: 'ordered' })
    await until(() => runs.length === 1)
    const other = setUp(
      await again(),
      async () => void runs.push('other'),
      { node: 'other' },
      virtualClock(START + 60_000),
    )

    for (let n = 0; n < 12; n++) {
      await clock.advanceBy(5_000)
      await until(async () => leaseOf(await store.query('SELECT lease_until FROM effect')) === clock.now() + 15_000)
    }
    other.engine.start()
    await other.engine.idle()
    expect(runs).toEqual(['dead'])

    await other.clock.advanceBy(20_000)
    await until(() => runs.length === 2)
    expect(runs).toEqual(['dead', 'other'])
    slow.open()
    await dead.engine.stop()
    await other.engine.idle()
    await other.engine.stop()
  })
}

const leaseOf = (rows: readonly unknown[]): number => (rows[0] as { lease_until: number }).lease_until
