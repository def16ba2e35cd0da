/** F41, I17: several machines on one database go by its time, whatever their own clocks say. */
import { performance } from 'node:perf_hooks'
import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../src/clock.ts'
import { databaseClock } from '../src/database-clock.ts'
import { createEngine } from '../src/engine.ts'
import type { Store } from '../src/store.ts'
import { virtualClock } from '../src/virtual-clock.ts'
import { parcel, parcelKind } from './parcel.ts'
import { databaseUrl, storePlaces, withStore } from './stores.ts'

const HOUR = 3_600_000
const never: Clock['after'] = () => () => undefined

test('a real database: a machine whose clock is wrong by an hour tells the time of the database, as does every other', async () => {
  expect(databaseUrl, 'PLUGTILL_TEST_DATABASE_URL').toBeDefined()
  const place = storePlaces().find(({ name }) => name === 'postgres')
  await withStore(place!, async (store) => {
    const machine = (wrongMs: number) => ({
      steady: () => performance.now() + wrongMs,
      wall: { now: () => Date.now() + wrongMs, after: never },
    })
    const clocks = [await databaseClock(store, machine(HOUR)), await databaseClock(store, machine(-HOUR))]
    const [row] = await store.query<{ now: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now',
      [],
    )
    for (const clock of clocks) expect(Math.abs(clock.now() - row!.now)).toBeLessThan(1_000)
  })
})

/** A database and a machine whose times are what a test says. */
function scene() {
  const world = { database: 5 * HOUR, steady: 100, wall: 2 * HOUR, wayMs: 0, away: false, questions: 0 }
  const timers = virtualClock(0)
  const pass = async (ms: number, { asleep = false } = {}) => {
    world.database += ms
    world.wall += ms
    if (asleep) return
    world.steady += ms
    await timers.advanceBy(ms)
    await new Promise((done) => setImmediate(done))
  }
  const store: Pick<Store, 'dialect' | 'query'> = {
    dialect: 'postgres',
    query: async <Row>() => {
      world.questions++
      if (world.away) throw new Error('away')
      world.steady += world.wayMs
      world.database += world.wayMs
      world.wall += world.wayMs
      const now = world.database
      world.steady += world.wayMs
      world.database += world.wayMs
      world.wall += world.wayMs
      return [{ now }] as Row[]
    },
  }
  const machine = { steady: () => world.steady, wall: { now: () => world.wall, after: timers.after } }
  const open = async () => {
    const clock = await databaseClock(store, machine)
    onTestFinished(clock.stop)
    return clock
  }
  return { world, pass, open }
}

test('the way of question and answer counts half', async () => {
  const { world, open } = scene()
  world.wayMs = 40
  const clock = await open()
  expect(clock.now()).toBe(world.database)
})

test('between two questions the machine counts on; what has drifted meanwhile is seen at the next one', async () => {
  const { world, pass, open } = scene()
  const clock = await open()
  await pass(4_000)
  expect([clock.now() - world.database, world.questions]).toEqual([0, 3])
  world.database += 400
  expect(clock.now() - world.database).toBe(-400)
  await pass(1_100)
  expect([clock.now() - world.database, world.questions]).toEqual([0, 6])
})

test.each(['slept', 'was set'] as const)('a machine that %s asks at once', async (what) => {
  const { world, pass, open } = scene()
  const clock = await open()
  if (what === 'slept') await pass(2 * HOUR, { asleep: true })
  else world.wall -= HOUR
  clock.now()
  await new Promise((done) => setImmediate(done))
  expect(clock.now()).toBe(world.database)
})

test('time does not go back by the fractions of an answer, and does where the database goes back for good', async () => {
  const { world, pass, open } = scene()
  const clock = await open()
  const before = clock.now()
  world.database -= 500
  await pass(60_000)
  expect(clock.now()).toBe(world.database)
  expect(clock.now()).toBeGreaterThan(before)
  const told = clock.now()
  world.database -= 900
  world.wall -= 2_000
  clock.now()
  await new Promise((done) => setImmediate(done))
  expect(clock.now()).toBe(told)
  world.database -= HOUR
  await pass(60_000)
  expect(clock.now()).toBe(world.database)
})

test('a database that is away is counted on from its last answer, and asked again', async () => {
  const { world, pass, open } = scene()
  const clock = await open()
  world.away = true
  await pass(10 * 60_000)
  expect(clock.now()).toBe(world.database)
  world.away = false
  world.database += 700
  await pass(60_000)
  expect(clock.now()).toBe(world.database)
})

test('after a failover every machine goes by the time of the new database within seconds: leases are judged by one time', async () => {
  const { world, pass, open } = scene()
  const clock = await open()
  world.away = true
  await pass(20_000)
  world.away = false
  world.database += 30_000
  await pass(1_100)
  expect(clock.now()).toBe(world.database)
  // One that was over before anybody asked.
  world.database += 30_000
  await pass(5_000)
  expect(clock.now()).toBe(world.database)
})

test('an embedded database has the time of its machine, and is not asked', async () => {
  const wall: Clock = { now: () => 17, after: never }
  const query = () => Promise.reject(new Error('asked'))
  const clock = await databaseClock({ dialect: 'sqlite', query }, { steady: () => 0, wall })
  expect(clock.now()).toBe(17)
})

/** An embedded database on a machine whose clock is set while time passes. */
async function embedded() {
  const machine = { steady: 100.5, wall: 5 * HOUR }
  const timers = virtualClock(0)
  const parts = { steady: () => machine.steady, wall: { now: () => machine.wall, after: timers.after } }
  const clock = await databaseClock({ dialect: 'memory', query: () => Promise.reject(new Error('asked')) }, parts)
  const pass = async (ms: number) => {
    machine.steady += ms
    machine.wall += ms
    await timers.advanceBy(ms)
  }
  return { clock, machine, pass }
}

test('where an embedded database lives on a machine that is set back, time goes on at half the pace until that has caught up', async () => {
  const { clock, machine, pass } = await embedded()
  const before = clock.now()
  machine.wall -= HOUR
  expect(clock.now()).toBe(before)
  await pass(60_000)
  expect(clock.now()).toBe(before + 30_000)
  await pass(2 * HOUR)
  expect(clock.now()).toBe(machine.wall)
  await pass(60_000)
  expect(clock.now()).toBe(machine.wall)
})

test('a machine that is set forward, or back by more than two hours because it had been wrong, is followed at once', async () => {
  const { clock, machine, pass } = await embedded()
  machine.wall += 73 * 365 * 24 * HOUR
  expect(clock.now()).toBe(machine.wall)
  await pass(60_000)
  machine.wall -= 73 * 365 * 24 * HOUR
  expect(clock.now()).toBe(machine.wall)
})

test('a deadline of ten minutes is kept within twenty on a machine that is set back by an hour', async () => {
  const { clock, machine, pass } = await embedded()
  await withStore(storePlaces()[0]!, async (store) => {
    const kind = parcelKind(async () => undefined)
    const engine = createEngine({ store, clock, random: () => 0.5, kinds: [kind] })
    const parcels = engine.of(kind)
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered', deadlineMs: 10 * 60_000 })
    await engine.idle()
    machine.wall -= HOUR
    const stateAfter = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute++) {
        await pass(60_000)
        await engine.idle()
      }
      return (await parcels.find('p1'))?.state
    }
    expect([await stateAfter(9), await stateAfter(12)]).toEqual(['sending', 'lost'])
    await engine.stop()
  })
})
