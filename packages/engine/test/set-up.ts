import { setTimeout as sleep } from 'node:timers/promises'
import { createEngine, type Kind } from '../src/engine.ts'
import type { Fault } from '../src/fault.ts'
import type { Store, Tx } from '../src/store.ts'
import { type VirtualClock, virtualClock } from '../src/virtual-clock.ts'
import { type Parcel, type ParcelEvent, type ParcelOrder, parcelKind, type Send } from './parcel.ts'

export const START = Date.UTC(2026, 10, 23, 10)

type More = Partial<Kind<Parcel, ParcelEvent, ParcelOrder>> & { readonly laneWidth?: number; readonly node?: string }

/** An engine of parcels on a virtual clock; `send` is the world outside. */
export function setUp(
  store: Store,
  send: Send,
  { laneWidth, node, ...more }: More = {},
  clock: VirtualClock = virtualClock(START),
) {
  const kind = parcelKind(send, more)
  const faults: Fault[] = []
  const engine = createEngine({
    store,
    clock,
    random: () => 0.5,
    kinds: [kind],
    onFault: (fault) => faults.push(fault),
    ...(laneWidth === undefined ? {} : { laneWidth }),
    ...(node === undefined ? {} : { node }),
  })
  return { engine, parcels: engine.of(kind), clock, faults }
}

export const arrives: Send = async () => ({ type: 'delivered' })

/** The same store, with every statement written down. */
export function watched(store: Store): { readonly store: Store; readonly statements: string[] } {
  const statements: string[] = []
  const query =
    (db: Pick<Store, 'query'>): Store['query'] =>
    (sql, params) => {
      statements.push(sql)
      return db.query(sql, params)
    }
  const transaction: Store['transaction'] = (work) => store.transaction((tx: Tx) => work({ ...tx, query: query(tx) }))
  return { store: { ...store, query: query(store), transaction }, statements }
}

/** Holds effects back until the test lets them go. */
export function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Waits for work that another engine does on its own: the event loop's turns are too short for a busy database. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (await done()) return
    await (turn < 1_000 ? new Promise((resolve) => setImmediate(resolve)) : sleep(1))
  }
  throw new Error('It did not happen.')
}
