import { expect, test } from 'vitest'
import { Fault } from '../src/fault.ts'
import type { Store } from '../src/store.ts'
import { virtualClock } from '../src/virtual-clock.ts'
import { parcel } from './parcel.ts'
import { gate, START, setUp, until } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('a poisoned effect blocks only its entity, and keeps its order', async (store) => {
    let healed = false
    const sent: string[] = []
    const { engine, parcels, clock } = setUp(store, async (order, { entity }) => {
      if (entity.id === 'bad' && !healed) throw new Fault('POISON', 'cannot', { retry: true })
      sent.push(`${entity.id} ${order.do}${order.do === 'ping' ? order.n : ''}`)
    })
    engine.start()
    for (const id of ['bad', 'good']) {
      await parcels.create(parcel(id), { type: 'ordered' })
      await parcels.apply(id, { type: 'pinged', times: 3 })
    }
    await engine.idle()
    expect(sent).toEqual(['good send', 'good ping0', 'good ping1', 'good ping2'])

    healed = true
    await clock.advanceBy(3_600_000)
    await engine.idle()
    expect(sent.slice(4)).toEqual(['bad send', 'bad ping0', 'bad ping1', 'bad ping2'])
    await engine.stop()
  })

  on('the lane of a dead destination does not delay another lane', async (store) => {
    const dead = gate()
    const sent: string[] = []
    const { engine, parcels } = setUp(
      store,
      async (_, { entity }) => {
        if (entity.to === 'nowhere') await dead.opened
        sent.push(entity.id)
      },
      { laneWidth: 2 },
    )
    engine.start()
    for (let n = 0; n < 5; n++) await parcels.create(parcel(`d${n}`, 'nowhere'), { type: 'ordered' })
    for (let n = 0; n < 5; n++) await parcels.create(parcel(`l${n}`, 'berlin'), { type: 'ordered' })
    await until(() => sent.length === 5)
    expect([...sent].sort()).toEqual(['l0', 'l1', 'l2', 'l3', 'l4'])
    dead.open()
    await engine.idle()
    expect(sent).toHaveLength(10)
    await engine.stop()
  })

  on('a lane serves at most its width side by side', async (store) => {
    const full = gate()
    let running = 0
    let most = 0
    const { engine, parcels } = setUp(
      store,
      async () => {
        most = Math.max(most, ++running)
        await full.opened
        running--
      },
      { laneWidth: 3 },
    )
    for (let n = 0; n < 12; n++) await parcels.create(parcel(`p${n}`), { type: 'ordered' })
    engine.start()
    await until(() => running === 3)
    full.open()
    await engine.idle()
    expect(most).toBe(3)
    await engine.stop()
  })

  on('a deadline fires at its time, not before, and survives a restart', async (store) => {
    const first = setUp(store, async () => undefined)
    first.engine.start()
    await first.parcels.create(parcel('p1'), { type: 'ordered', deadlineMs: 60_000 })
    await first.engine.idle()
    expect(await first.engine.pending('parcel', 'p1')).toMatchObject([{ name: 'watch', dueAt: START + 60_000 }])
    await first.clock.advanceBy(59_999)
    await first.engine.idle()
    expect((await first.parcels.find('p1'))?.state).toBe('sending')
    await first.engine.stop()

    const second = setUp(store, async () => undefined, {}, virtualClock(START + 59_999))
    second.engine.start()
    await second.engine.idle()
    await second.clock.advanceBy(1)
    await second.engine.idle()
    expect((await second.parcels.find('p1'))?.state).toBe('lost')
    await second.engine.stop()
  })

  on('an effect under a key that is still open is ordered once; a closed key may be ordered again', async (store) => {
    let pings = 0
    const { engine, parcels } = setUp(
      store,
      async (order) => {
        if (order.do === 'ping') pings++
      },
      { key: (order, { id }) => `${id}/${order.do}` },
    )
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.apply('p1', { type: 'pinged', times: 3 })
    engine.start()
    await engine.idle()
    expect(pings).toBe(1)
    await parcels.apply('p1', { type: 'pinged', times: 1 })
    await engine.idle()
    expect(pings).toBe(2)
    await engine.stop()
  })

  on('stop finishes what runs and takes no more', async (store) => {
    const slow = gate()
    const sent: string[] = []
    const { engine, parcels } = setUp(
      store,
      async (_, { entity }) => {
        sent.push(entity.id)
        await slow.opened
        return { type: 'delivered' }
      },
      { laneWidth: 1 },
    )
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.create(parcel('p2'), { type: 'ordered' })
    await until(() => sent.length === 1)
    const stopped = engine.stop()
    slow.open()
    await stopped
    expect(sent).toEqual(['p1'])
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    expect((await parcels.find('p2'))?.state).toBe('sending')
  })
}
