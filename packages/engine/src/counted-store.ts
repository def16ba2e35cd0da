/** A store that knows how many of its statements are under way: the virtual clock must not move before they are done. */
import type { Db, Store, Tx } from './store.ts'

export interface Counter {
  open: number
}

export function countedStore(store: Store, counter: Counter): Store {
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    counter.open++
    try {
      return await work()
    } finally {
      counter.open--
    }
  }
  const query =
    (db: Db): Db['query'] =>
    (sql, params) =>
      counted(() => db.query(sql, params))
  return {
    dialect: store.dialect,
    query: query(store),
    // Counted as a whole: between two statements of one transaction nothing else may happen to time.
    transaction: (work) =>
      counted(() =>
        store.transaction((tx: Tx) => work({ dialect: tx.dialect, query: query(tx), afterCommit: tx.afterCommit })),
      ),
    refuseInside: store.refuseInside,
    close: () => store.close(),
  }
}

/** Lets everything that needs no time finish: several quiet turns of the event loop with no statement open. */
export function settleWith(counter: Counter): () => Promise<void> {
  return async () => {
    for (let quiet = 0; quiet < 3; quiet = counter.open === 0 ? quiet + 1 : 0)
      await new Promise<void>((done) => setImmediate(done))
  }
}
