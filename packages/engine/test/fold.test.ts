import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LoggedEvent } from '../src/engine.ts'
import { decide } from '../src/machine.ts'
import { type Parcel, type ParcelEvent, parcel, parcelMachine } from './parcel.ts'
import { setUp } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

const event: fc.Arbitrary<ParcelEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -9, max: 9 }).map((by) => ({ type: 'noted' as const, by })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('red', 'blue', 'green').map((label) => ({ type: 'labelled' as const, label })),
  },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }).map((times) => ({ type: 'pinged' as const, times })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('ordered' as const, 'delivered' as const, 'failed' as const, 'overdue' as const)
      .map((type) => ({ type })),
  },
)

/** Deliveries with repeats: each message has a number; the same number may come several times, anywhere later. */
const deliveries = fc
  .array(event, { maxLength: 12 })
  .chain((events) =>
    fc
      .array(fc.nat({ max: Math.max(0, events.length - 1) }), { maxLength: 10 })
      .map((repeats) => ({ events, order: [...events.keys(), ...repeats.filter((n) => n < events.length)] })),
  )

const fold = ([created, ...log]: readonly LoggedEvent[]): Parcel =>
  log.reduce(
    (entity, line) => decide(parcelMachine, entity, line.body as unknown as ParcelEvent).entity,
    created?.body as unknown as Parcel,
  )

for (const place of storePlaces()) {
  test(`${place.name}: applied with repeats, the state is the fold of the log, which is whole and holds each message once`, () =>
    withStore(place, async (store) => {
      const { engine, parcels } = setUp(store, async () => undefined)
      engine.start()
      let made = 0
      await fc.assert(
        fc.asyncProperty(deliveries, async ({ events, order }) => {
          const id = `p${made++}`
          await parcels.create(parcel(id), { type: 'ordered' })
          const apply = (n: number) => {
            const message = events[n] as ParcelEvent
            // Labels are unique over all parcels: make them this one's own.
            const own = message.type === 'labelled' ? { ...message, label: `${id}-${message.label}` } : message
            return parcels.apply(id, own, { dedupe: { source: id, key: `${n}`, hash: JSON.stringify(own) } })
          }
          await Promise.all(order.map(apply))
          await engine.idle()

          const log = await parcels.history(id)
          expect(log).toHaveLength(2 + events.length)
          expect(await parcels.find(id)).toEqual(fold(log))
          expect(await parcels.brokenChains([id])).toEqual(new Map())
        }),
        { numRuns: place.shared ? 15 : 60 },
      )
      await engine.stop()
    }))
}
