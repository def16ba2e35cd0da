/** One life of a process: after `kill` nothing it began goes on, as after kill -9. What was committed stays. */
import type { Clock } from '@plugtill/engine/clock'
import type { Db, Store, Tx } from '@plugtill/engine/store'
import { Fault } from '@plugtill/ocpi/errors'
import type { Send } from '@plugtill/ocpi/wire'
import type { Psp } from '@plugtill/psp/psp'

export interface Life {
  readonly clock: Clock
  readonly store: Store
  readonly send: Send
  readonly psp: Psp
  readonly alive: () => boolean
  readonly kill: () => void
  /** Suspends the process: what comes back to it, and its timers, wait until it wakes up. */
  readonly sleep: () => void
  readonly wake: () => void
}

/** What the dead ask for never comes. */
const silence = () => new Promise<never>(() => undefined)

export function life(parts: {
  readonly clock: Clock
  readonly store: Store
  readonly send: Send
  readonly psp: Psp
}): Life {
  let dead = false
  let awake: Promise<void> | undefined
  let wake = () => undefined as void
  const told = <T>(value: T): T | Promise<never> => (dead ? silence() : value)
  const refused = (error: unknown): Promise<never> => (dead ? silence() : Promise.reject(error))
  /** Whatever comes back to a process that sleeps waits until it wakes up. */
  const heard = <T>(value: T): T | Promise<T> => (awake ? awake.then(() => told(value)) : told(value))
  const failed = (error: unknown): Promise<never> => (awake ? awake.then(() => refused(error)) : refused(error))
  const living = <T>(work: () => Promise<T>): Promise<T> => {
    if (awake) return awake.then(() => (dead ? silence() : work().then(heard<T>, failed)))
    return dead ? silence() : work().then(heard<T>, failed)
  }
  const ring = (task: () => void) => {
    if (awake) void awake.then(() => ring(task))
    else if (!dead) task()
  }
  const query =
    (db: Db): Db['query'] =>
    (sql, params) =>
      living(() => db.query(sql, params))
  return {
    alive: () => !dead,
    kill: () => {
      dead = true
    },
    clock: { now: parts.clock.now, after: (delayMs, task) => parts.clock.after(delayMs, () => ring(task)) },
    sleep: () => {
      awake ??= new Promise((resolve) => {
        wake = () => {
          awake = undefined
          resolve()
        }
      })
    },
    wake: () => wake(),
    send: (request, options) =>
      living(async () => {
        // Frozen before it looked at the time: a sleeper that wakes up looks then.
        if (parts.clock.now() > (options?.notAfter ?? Number.POSITIVE_INFINITY))
          throw new Fault('PEER_UNREACHABLE', `${request.method} ${request.url} was not sent. Its time was over.`)
        return parts.send(request, options)
      }),
    psp: mortalPsp(parts.psp, living),
    store: {
      dialect: parts.store.dialect,
      query: query(parts.store),
      transaction: (work) => living(() => parts.store.transaction((tx) => untilDeath(work, tx, () => dead))),
      refuseInside: parts.store.refuseInside,
      close: () => parts.store.close(),
    },
  }
}

/** A transaction that was open at the moment of death is rolled back: a database sees the connection go. */
async function untilDeath<T>(work: (tx: Tx) => Promise<T>, tx: Tx, dead: () => boolean): Promise<T> {
  const killed = () => new Error('the process was killed in mid-transaction')
  const result = await work({
    dialect: tx.dialect,
    query: (sql, params) => (dead() ? Promise.reject(killed()) : tx.query(sql, params)),
    afterCommit: tx.afterCommit,
  })
  if (dead()) throw killed()
  return result
}

function mortalPsp(psp: Psp, living: <T>(work: () => Promise<T>) => Promise<T>): Psp {
  return {
    name: psp.name,
    capabilities: psp.capabilities,
    authorize: (o) => living(() => psp.authorize(o)),
    increment: (o) => living(() => psp.increment(o)),
    reduce: (o) => living(() => psp.reduce(o)),
    capture: (o) => living(() => psp.capture(o)),
    void: (o) => living(() => psp.void(o)),
    refund: (o) => living(() => psp.refund(o)),
    query: (o) => living(() => psp.query(o)),
    list: (o) => living(() => psp.list(o)),
    ingest: (o) => living(() => psp.ingest(o)),
    identify: (card, at) => living(() => psp.identify(card, at)),
    settlement: (o) => living(() => psp.settlement(o)),
  }
}
