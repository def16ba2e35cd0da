/** A lane whose orders hang keeps some of its places for what was never begun. */
import { expect, test } from 'vitest'
import { Fault } from '../src/fault.ts'
import type { Store } from '../src/store.ts'
import { parcel, type Send } from './parcel.ts'
import { gate, setUp, until } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('an order that comes new begins at once in a lane where fifty hang at every attempt', async (store) => {
    const { engine, parcels, order, hanging } = await fiftyHang(store)
    await order('fresh')
    await until(async () => (await parcels.find('fresh'))?.state === 'arrived')
    expect(hanging.now).toBe(6)
    hanging.endAll()
    await engine.stop()
  })

  on('two of its eight places are for what was never begun; all others go to whoever is first', async (store) => {
    const { engine, order, hanging } = await fiftyHang(store)
    for (const id of ['new 1', 'new 2', 'new 3']) await order(id, 'hangs')
    await until(() => hanging.now === 8)
    expect(hanging.who().slice(6)).toEqual(['new 1', 'new 2'])
    await hanging.end('new 1')
    await until(() => hanging.who().includes('new 3'))
    await hanging.end(hanging.who()[0]!)
    await until(() => hanging.now === 8)
    expect(hanging.who().map((id) => id.slice(0, 3))).toEqual([...Array(5).fill('old'), 'new', 'new', 'old'])
    hanging.endAll()
    await engine.stop()
  })

  on('a narrow lane keeps no place free', async (store) => {
    const { engine, hanging } = await fiftyHang(store, 3)
    expect(hanging.now).toBe(3)
    hanging.endAll()
    await engine.stop()
  })
}

/** Fifty orders of one lane have failed once, and hang at the next attempt. */
async function fiftyHang(store: Store, laneWidth?: number) {
  const hanging = waitingRoom()
  const failed = new Set<string>()
  const send: Send = async (_, { entity: { id, notes }, attempt }) => {
    if (id === 'fresh') return { type: 'delivered' }
    if (attempt === 1 && notes === 0) failed.add(id)
    else await hanging.wait(id)
    throw new Fault('AWAY', 'no answer', { retry: true })
  }
  const width = laneWidth === undefined ? {} : { laneWidth }
  const { engine, parcels, clock } = setUp(store, send, { ...width, retry: () => 600_000 })
  engine.start()
  await engine.idle()
  const order = (id: string, how?: 'hangs') =>
    parcels.create({ ...parcel(id), notes: how === 'hangs' ? 1 : 0 }, { type: 'ordered' })
  for (let n = 10; n < 60; n++) await order(`old ${n}`)
  await until(() => failed.size === 50)
  await engine.idle()
  await clock.advanceBy(600_000)
  await until(() => hanging.now >= (laneWidth ?? 6))
  // Whatever else would begin has had its time.
  for (let turns = 0; turns < 100; turns++) await new Promise<void>((later) => setImmediate(later))
  return { engine, parcels, order, hanging }
}

/** Those who wait until they are let go, in the order in which they came. */
function waitingRoom() {
  const gates = new Map<string, ReturnType<typeof gate>>()
  let isOver = false
  const end = async (id: string) => {
    gates.get(id)?.open()
    await until(() => !gates.has(id))
  }
  return {
    wait: async (id: string) => {
      if (isOver) return
      const mine = gate()
      gates.set(id, mine)
      await mine.opened
      gates.delete(id)
    },
    get now() {
      return gates.size
    },
    who: () => [...gates.keys()],
    end,
    endAll: () => {
      isOver = true
      for (const one of gates.values()) one.open()
    },
  }
}
