/** A database inside this process: one transaction after the other, first come first served. */
import { Fault } from './fault.ts'
import { transactionGuard } from './open-transaction.ts'
import type { Db, SqlValue, Store, Tx } from './store.ts'

export interface Inside {
  readonly dialect: Db['dialect']
  /** For the message of a closed store. */
  readonly name: string
  readonly query: <Row>(sql: string, params?: readonly SqlValue[]) => readonly Row[]
  readonly begin: () => void
  readonly commit: () => void
  /** False after an error with which the database took back everything since `begin` (disk full). */
  readonly isOpen: () => boolean
  /** Must not throw. */
  readonly rollBack: () => void
  readonly close: () => void
}

export function oneAtATime(inside: Inside): Store {
  const { dialect, name, query } = inside
  const guard = transactionGuard()
  const turn = fairMutex()
  let closed = false

  function refuseClosed(): void {
    if (closed) throw new Fault('STORE_CLOSED', `The store ${name} is closed.`)
  }

  return {
    dialect,
    async query<Row>(sql: string, params?: readonly SqlValue[]) {
      guard.refuseInside()
      const leave = turn.free() ? undefined : await turn.enter()
      try {
        refuseClosed()
        return query<Row>(sql, params)
      } finally {
        leave?.()
      }
    },
    async transaction<T>(work: (tx: Tx) => Promise<T>) {
      guard.refuseInside()
      const leave = await turn.enter()
      const committed: (() => void)[] = []
      let result: T
      try {
        refuseClosed()
        result = await guard.run(() => commit(inside, work, committed))
      } finally {
        leave()
      }
      for (const task of committed) task()
      return result
    },
    refuseInside: guard.refuseInside,
    async close() {
      guard.refuseInside()
      const leave = await turn.enter()
      if (!closed) inside.close()
      closed = true
      leave()
    },
  }
}

async function commit<T>(inside: Inside, work: (tx: Tx) => Promise<T>, committed: (() => void)[]): Promise<T> {
  inside.begin()
  const { tx, end } = openTx(inside, committed)
  try {
    const result = await work(tx)
    end()
    inside.commit()
    return result
  } catch (error) {
    end()
    inside.rollBack()
    throw error
  }
}

/** What a transaction is handed, and what closes its door. */
export function openTx(
  { dialect, query, isOpen }: Inside,
  committed: (() => void)[] = [],
): { readonly tx: Tx; readonly committed: readonly (() => void)[]; readonly end: () => void } {
  let open = true
  let lost: { readonly error: unknown } | undefined
  const tx: Tx = {
    dialect,
    async query<Row>(sql: string, params?: readonly SqlValue[]) {
      if (!open)
        throw new Fault('STORE_MISUSED', 'A transaction was used after its end. Await everything done through tx.')
      if (lost !== undefined) throw lost.error
      try {
        return query<Row>(sql, params)
      } catch (error) {
        // What a caller who overlooks this would still write must not be kept by itself.
        if (!isOpen()) lost = { error }
        throw error
      }
    },
    afterCommit: (task) => committed.push(task),
  }
  return {
    tx,
    committed,
    end: () => {
      open = false
    },
  }
}

interface Mutex {
  readonly free: () => boolean
  /** Waits for its turn, first come first served; call the answer to leave. */
  readonly enter: () => Promise<() => void>
}

function fairMutex(): Mutex {
  const waiting: (() => void)[] = []
  let taken = false
  let head = 0

  function leave(): void {
    const next = waiting[head]
    if (next === undefined) {
      taken = false
      return
    }
    head++
    // The served part is cut off now and then: shift() on every step would cost a copy each.
    if (head > 1_000) {
      waiting.splice(0, head)
      head = 0
    }
    next()
  }

  return {
    free: () => !taken,
    enter() {
      if (!taken) {
        taken = true
        return Promise.resolve(leave)
      }
      return new Promise((resolveTurn) => waiting.push(() => resolveTurn(leave)))
    },
  }
}
