/**
 * The time of the database, for all who share it: deadlines, leases and turns of several machines are by one time, whatever
 * the clock of each says. (reliability 3.2; F41, I17) Asked now and then; in between this machine only counts on.
 */
import { type Clock, clockBy, wallClock } from './clock.ts'
import type { Store } from './store.ts'

export interface DatabaseClock extends Clock {
  /** Asks again no more. */
  readonly stop: () => void
}

/** What this machine counts with. */
export interface Machine {
  /** Milliseconds that only ever go on, whatever somebody sets. */
  readonly steady: () => number
  /** What its own clock says. */
  readonly wall: Clock
}

const thisMachine: Machine = { steady: () => performance.now(), wall: wallClock }

const ASK_EVERY_MS = 60_000
/** The answer that came soonest tells the time best. */
const QUESTIONS = 3
/** So far apart, since they were last compared, the two clocks of a machine say that it slept, or that one was set. */
const DISTURBED_MS = 1_000

const NOW = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now'

/** The clock of an embedded database is this machine's own. Throws what the store throws when the first question has no answer. */
export async function databaseClock(
  store: Pick<Store, 'dialect' | 'query'>,
  { steady, wall }: Machine = thisMachine,
): Promise<DatabaseClock> {
  if (store.dialect !== 'postgres') return { ...wall, stop: () => undefined }
  let ahead = 0
  let apart = 0
  let latest = Number.NEGATIVE_INFINITY
  let asking = false
  let cancel: (() => void) | undefined
  let stopped = false

  const ask = async (): Promise<void> => {
    let best = Number.POSITIVE_INFINITY
    let found = 0
    for (let question = 0; question < QUESTIONS; question++) {
      const before = steady()
      const [row] = await store.query<{ now: number }>(NOW, [])
      const took = steady() - before
      if (row === undefined || took >= best) continue
      best = took
      found = row.now - before - took / 2
    }
    ahead = found
    apart = wall.now() - steady()
  }
  /** A database that does not answer is counted on from the last answer. */
  const askSoon = () => {
    if (asking) return
    asking = true
    const over = () => {
      asking = false
    }
    ask().then(over, over)
  }
  const now = (): number => {
    const count = steady()
    if (Math.abs(wall.now() - count - apart) > DISTURBED_MS) askSoon()
    const told = Math.floor(count + ahead)
    // Between two answers lie fractions of their way; nobody sees time go back for those.
    latest = told < latest && told > latest - DISTURBED_MS ? latest : told
    return latest
  }
  const plan = () => {
    cancel = wall.after(ASK_EVERY_MS, () => {
      askSoon()
      if (!stopped) plan()
    })
  }
  await ask()
  plan()
  return {
    ...clockBy(now),
    stop: () => {
      stopped = true
      cancel?.()
    },
  }
}
