/** What waits for what in a database that is shared: whoever decides on an entity and whoever closes an effect of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Fault } from '../src/fault.ts'
import type { Store, Tx } from '../src/store.ts'
import { parcel } from './parcel.ts'
import { gate, setUp, until } from './set-up.ts'
import { storePlaces, withStore } from './stores.ts'

for (const place of storePlaces().filter(({ shared }) => shared))
  for (const how of ['learned', 'gave up'] as const)
    test(`${place.name}: what an effect ${how} is written while a decision orders the effect anew: neither waits for the other in a ring`, () =>
      withStore(place, async (opened) => {
        const [answer, closing] = [gate(), gate()]
        let isDeciding = false
        const { store, failures } = watchedTransactions(opened, (sql) => {
          if (sql.startsWith('UPDATE effect SET status')) closing.open()
          if (!isDeciding || !sql.startsWith('INSERT INTO effect')) return undefined
          // The decision has its entity; now the effect is closed, or waits for that.
          answer.open()
          return closing.opened.then(() => sleep(200))
        })
        const { engine, parcels } = setUp(
          store,
          async (order) => {
            if (order.do === 'send') return
            await answer.opened
            if (how === 'gave up') throw new Fault('REFUSED', 'they said no', { retry: false })
            return { type: 'noted', by: 1 }
          },
          { key: ({ do: what }, { id }) => `${id}|${what}`, gaveUp: () => ({ type: 'noted', by: 1 }) },
        )
        engine.start()
        await parcels.create(parcel('p1'), { type: 'ordered' })
        await parcels.apply('p1', { type: 'pinged', times: 1 })
        await until(async () => (await engine.pending('parcel', 'p1')).every(({ attempts }) => attempts === 1))
        isDeciding = true
        await parcels.apply('p1', { type: 'pinged', times: 1 })
        await until(async () => (await parcels.find('p1'))?.notes === 1)
        await engine.stop()
        expect(failures.filter((code) => code === 'STORE_CONFLICT')).toEqual([])
      }))

/** What is waited for before a statement of a transaction; and how those fail that do. */
function watchedTransactions(opened: Store, before: (sql: string) => Promise<void> | undefined) {
  const failures: unknown[] = []
  const transaction: Store['transaction'] = async (work) => {
    try {
      return await opened.transaction((tx: Tx) =>
        work({
          ...tx,
          query: (sql, params) => {
            // At once where nothing is waited for: statements that leave together keep their order.
            const wait = before(sql)
            return wait ? wait.then(() => tx.query<never>(sql, params)) : tx.query<never>(sql, params)
          },
        }),
      )
    } catch (error) {
      failures.push(error instanceof Fault ? error.code : error)
      throw error
    }
  }
  return { store: { ...opened, transaction } satisfies Store, failures }
}
