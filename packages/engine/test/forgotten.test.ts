/** An embedded engine asks nobody but its own timers: whoever is not woken by them waits for ever. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../src/fault.ts'
import type { Store, Tx } from '../src/store.ts'
import { virtualClock } from '../src/virtual-clock.ts'
import { parcel, type Send } from './parcel.ts'
import { START, setUp } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

type Dice = (sides: number) => number

/** Time that also goes on while a store is asked, and timers that ring up to a millisecond early, as those of Node do. */
function livelyTime(store: Store, dice: Dice) {
  const timers = virtualClock(START)
  let asking = 0
  const clock = {
    ...timers,
    now: () => timers.now() + asking,
    after: (delayMs: number, task: () => void) => timers.after(Math.max(0, delayMs - dice(2)), task),
  }
  const slow =
    (db: Pick<Store, 'query'>): Store['query'] =>
    async (sql, params) => {
      asking += dice(2)
      const rows = await db.query<never>(sql, params)
      asking += dice(2)
      return rows
    }
  const transaction: Store['transaction'] = (work) => store.transaction((tx: Tx) => work({ ...tx, query: slow(tx) }))
  return { clock, timers, store: { ...store, query: slow(store), transaction } satisfies Store }
}

/** Fails up to three times, sometimes with the wish to be left alone for a while, and takes its time. */
function unsteady(dice: Dice, besideAnother: string[]): Send {
  const failed = new Map<string, number>()
  const underway = new Set<string>()
  return async ({ do: what }, { entity }) => {
    if (underway.has(entity.id)) besideAnother.push(`${what} of ${entity.id}`)
    underway.add(entity.id)
    for (let turns = dice(4); turns > 0; turns--) await turn()
    underway.delete(entity.id)
    const times = failed.get(entity.id) ?? 0
    if (times < 3 && dice(2) === 0) {
      failed.set(entity.id, times + 1)
      throw Object.assign(new Fault('AWAY', 'not now', { retry: true }), dice(3) === 0 ? { retryAfterMs: dice(4) } : {})
    }
    return what === 'send' ? { type: 'delivered' } : undefined
  }
}

const turn = () => new Promise<void>((done) => setImmediate(done))

const deed = fc.record({ to: fc.nat(2), pings: fc.nat(2), deadlineMs: fc.option(fc.nat(20), { nil: undefined }) })
const story = fc.record({
  deeds: fc.array(deed, { minLength: 1, maxLength: 8 }),
  laneWidth: fc.integer({ min: 1, max: 3 }),
  // All orders in one: deadlines before what is sent.
  isOneLane: fc.boolean(),
  fate: fc.infiniteStream(fc.nat(11)),
})

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

for (const place of storePlaces().filter(({ shared, name }) => !shared && !name.includes('file')))
  test(`${place.name}: whatever time passes at whatever moment, no order is forgotten, and none runs beside another of its entity`, async () => {
    const told = async ({ deeds, laneWidth, isOneLane, fate }: Story) => {
      const dice: Dice = (sides) => Number(fate.next().value) % sides
      await withStore(place, async (opened) => {
        const { clock, timers, store } = livelyTime(opened, dice)
        const besideAnother: string[] = []
        const { engine, parcels } = setUp(
          store,
          unsteady(dice, besideAnother),
          { laneWidth, retry: () => dice(6), ...(isOneLane && { lane: () => 'one' }) },
          clock,
        )
        engine.start()
        const given = deeds.map(async ({ to, pings, deadlineMs }, number) => {
          for (let turns = dice(12); turns > 0; turns--) await turn()
          const id = `p${number}`
          await parcels.create(parcel(id, `to-${to}`), {
            type: 'ordered',
            ...(deadlineMs !== undefined && { deadlineMs }),
          })
          if (pings > 0) await parcels.apply(id, { type: 'pinged', times: pings })
        })
        await Promise.all(given)
        const waiting = () => engine.effects({ status: 'pending', limit: 100 })
        for (let quiet = 0; quiet < 3; ) {
          for (let turns = 0; turns < 10; turns++) await turn()
          const next = timers.nextAt()
          if (next === undefined) quiet++
          else await timers.advanceTo(next)
        }
        expect(await waiting()).toEqual([])
        expect(besideAnother).toEqual([])
        await engine.stop()
      })
    }
    await fc.assert(fc.asyncProperty(story, told), { numRuns: 150 })
  })
