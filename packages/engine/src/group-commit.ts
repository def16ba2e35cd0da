/**
 * A database file: one transaction after the other, as in memory, but a commit waits for the disk, so those that come
 * while others wait share it. Nobody is told before the disk has it: neither what was written, nor what was read of it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Fault } from './fault.ts'
import { type Inside, openTx } from './one-at-a-time.ts'
import { transactionGuard } from './open-transaction.ts'
import type { SqlValue, Store, Tx } from './store.ts'

/** What one commit may hold: whoever came first does not wait for everybody. */
const TOGETHER_MAX = 200

/** Something to be done before the next commit. */
interface Job {
  /** Must not reject for a mistake of the caller: that is its outcome. */
  readonly attempt: () => Promise<Outcome>
  /** Nothing of it was kept. */
  readonly lose: (error: unknown) => void
}
/** Tells the caller, after the commit. */
type Outcome = () => void

export function groupCommits(inside: Inside): Store {
  const guard = transactionGuard()
  const rounds = createRounds(inside)
  let closed: Promise<void> | undefined
  const refuse = () => {
    guard.refuseInside()
    if (closed !== undefined) throw new Fault('STORE_CLOSED', `The store ${inside.name} is closed.`)
  }

  return {
    dialect: inside.dialect,
    async query<Row>(sql: string, params?: readonly SqlValue[]) {
      refuse()
      // With nothing uncommitted there is nothing that a reader could learn too early.
      if (rounds.areIdle() && /^\s*SELECT\b/i.test(sql)) return inside.query<Row>(sql, params)
      // A statement that fails takes back itself and nothing else. (sqlite.org, ON CONFLICT, ABORT)
      return rounds.join(async () => ({ value: statement<Row>(inside, sql, params), committed: [] }))
    },
    async transaction<T>(work: (tx: Tx) => Promise<T>) {
      refuse()
      return rounds.join(() => guard.run(() => alone(inside, work)))
    },
    refuseInside: guard.refuseInside,
    async close() {
      guard.refuseInside()
      closed ??= rounds.idle().then(() => inside.close())
      return closed
    },
  }
}

interface Done<T> {
  readonly value: T
  readonly committed: readonly (() => void)[]
}

function statement<Row>(inside: Inside, sql: string, params?: readonly SqlValue[]): readonly Row[] {
  try {
    return inside.query<Row>(sql, params)
  } catch (error) {
    throw inside.isOpen() ? error : new RoundLost(error)
  }
}

/** Within the transaction that everybody shares, a part that can be taken back by itself. */
async function alone<T>(inside: Inside, work: (tx: Tx) => Promise<T>): Promise<Done<T>> {
  const { tx, committed, end } = openTx(inside)
  inside.query('SAVEPOINT job')
  try {
    const value = await work(tx)
    end()
    inside.query('RELEASE job')
    return { value, committed }
  } catch (error) {
    end()
    if (!inside.isOpen()) throw new RoundLost(error)
    inside.query('ROLLBACK TO job')
    inside.query('RELEASE job')
    throw error
  }
}

/** The database took back by itself what others had written before the same commit. */
class RoundLost extends Error {
  constructor(cause: unknown) {
    super('Everything that was not committed is lost.', { cause })
  }
}

function createRounds(inside: Inside) {
  let waiting: Job[] = []
  let running: Promise<void> | undefined
  // Whoever comes first works for the others too: not within whatever surrounds that caller.
  const outside = AsyncLocalStorage.snapshot()

  async function run(): Promise<void> {
    while (waiting.length > 0) await round(inside, take)
    running = undefined
  }
  /** The first ones that wait. */
  function take(most: number): readonly Job[] {
    const some = waiting.slice(0, most)
    waiting = waiting.slice(most)
    return some
  }

  return {
    areIdle: () => running === undefined,
    idle: async () => {
      while (running !== undefined) await running
    },
    join<T>(work: () => Promise<Done<T>>): Promise<T> {
      const told = Promise.withResolvers<T>()
      const within = AsyncLocalStorage.snapshot()
      const attempt = () =>
        within(work).then(
          ({ value, committed }) =>
            () => {
              for (const task of committed) within(task)
              told.resolve(value)
            },
          (error: unknown) => {
            if (error instanceof RoundLost) throw error
            return () => told.reject(error)
          },
        )
      waiting.push({ attempt, lose: told.reject })
      running ??= outside(run)
      return told.promise
    },
  }
}

async function round(inside: Inside, take: (most: number) => readonly Job[]): Promise<void> {
  const taken: Job[] = []
  const outcomes: Outcome[] = []
  const more = async () => {
    const jobs = take(TOGETHER_MAX - taken.length)
    taken.push(...jobs)
    for (const job of jobs) outcomes.push(await job.attempt())
    return jobs.length > 0
  }
  try {
    inside.begin()
    while (await more());
    // What this turn of the process still brings would wait for the disk a second time.
    await new Promise<void>((done) => void setImmediate(done))
    while (await more());
    inside.commit()
  } catch (error) {
    inside.rollBack()
    if (taken.length === 0) taken.push(...take(1))
    for (const job of taken) job.lose(error instanceof RoundLost ? error.cause : error)
    return
  }
  for (const tell of outcomes) tell()
}
