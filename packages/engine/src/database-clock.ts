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

/** Much less than a lease lasts: after a failover the time may be another one, by which each node judges the leases of all. */
const ASK_EVERY_MS = 5_000
const ASK_AGAIN_MS = 1_000
/** The answer that came soonest tells the time best. */
const QUESTIONS = 3
/** So far apart, since they were last compared, the two clocks of a machine say that it slept, or that one was set. */
const DISTURBED_MS = 1_000

const NOW = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now'

/** How far back the clock of a machine is set without being followed at once. */
const SET_BACK_MAX_MS = 2 * 3_600_000

/**
 * The clock of this machine. Where that is set back it goes on at half the pace until the machine has caught up: a deadline takes
 * twice its time at most, and not an hour more. Further back, it had been wrong before: nobody waits for years.
 */
function ownClock({ steady, wall }: Machine): Clock {
  let told = wall.now()
  let counted = steady()
  const now = () => {
    const [says, count] = [wall.now(), steady()]
    const slowed = told + (count - counted) / 2
    told = slowed - says > SET_BACK_MAX_MS ? says : Math.max(says, slowed)
    counted = count
    return Math.floor(told)
  }
  return { now, after: wall.after }
}

/** How much further the database is than this machine has counted. */
async function aheadOf(steady: Machine['steady'], store: Pick<Store, 'query'>): Promise<number> {
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
  return found
}

/** The clock of an embedded database is this machine's own. Throws what the store throws when the first question has no answer. */
export async function databaseClock(
  store: Pick<Store, 'dialect' | 'query'>,
  machine: Machine = thisMachine,
): Promise<DatabaseClock> {
  if (store.dialect !== 'postgres') return { ...ownClock(machine), stop: () => undefined }
  const { steady, wall } = machine
  let ahead = 0
  let apart = 0
  let latest = Number.NEGATIVE_INFINITY
  let asking = false
  let isAway = false
  let cancel: (() => void) | undefined
  let stopped = false

  const ask = async (): Promise<void> => {
    ahead = await aheadOf(steady, store)
    apart = wall.now() - steady()
  }
  /** A database that does not answer is counted on from the last answer. */
  const askSoon = () => {
    if (asking) return
    asking = true
    const over = (answered: boolean) => {
      asking = false
      isAway = !answered
    }
    ask().then(
      () => over(true),
      () => over(false),
    )
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
    cancel = wall.after(isAway ? ASK_AGAIN_MS : ASK_EVERY_MS, () => {
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
