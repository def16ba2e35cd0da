import { expect, test } from 'vitest'
import { countedStore } from '../src/counted-store.ts'
import { Fault } from '../src/fault.ts'
import type { Store } from '../src/store.ts'
import { virtualClock } from '../src/virtual-clock.ts'
import { parcel, type Send } from './parcel.ts'
import { START, setUp, until } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

const RETRY_MS = 600_000

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('a clock that is set forward past a timer of before keeps nobody waiting for it', (store) =>
    keptWaiting(store, 1_800_000),
  )
  on('a clock that is set forward to just before a timer keeps nobody waiting for it', (store) =>
    keptWaiting(store, RETRY_MS - 200),
  )
}

async function keptWaiting(store: Store, setForwardMs: number): Promise<void> {
  // Time stands while the store works: a minute would pass in the middle of a statement, and with it the lease of what runs.
  const statements = { open: 0 }
  const real = virtualClock(START)
  let aheadMs = 0
  const clock = { ...real, now: () => real.now() + aheadMs }
  const tries = new Map<string, number>()
  const send: Send = async (_, { entity }) => {
    const count = (tries.get(entity.id) ?? 0) + 1
    tries.set(entity.id, count)
    if (count === 1) throw new Fault('AWAY', 'nobody there', { retry: true })
    return { type: 'delivered' }
  }
  const { engine, parcels } = setUp(
    countedStore(store, statements),
    send,
    { retry: () => (aheadMs === 0 ? RETRY_MS : 500) },
    clock,
  )
  engine.start()
  await parcels.create(parcel('before'), { type: 'ordered' })
  // Its failure is written down, and the timer is set.
  await engine.idle()
  expect(tries.get('before')).toBe(1)
  aheadMs = setForwardMs
  await parcels.create(parcel('after'), { type: 'ordered' })
  // A minute is far less than the ten for which the timer of before was set.
  let passedMs = 0
  await until(async () => {
    if (passedMs < 60_000 && statements.open === 0) {
      await real.advanceBy(500)
      passedMs += 500
    }
    return (await parcels.find('after'))?.state === 'arrived'
  })
  await until(async () => (await parcels.find('before'))?.state === 'arrived')
  await engine.stop()
}
