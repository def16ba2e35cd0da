/** Many worlds, each fresh, so that memory stays flat; on as many threads as are given, with the same result. */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { LEAST_FAULTS } from './deal.ts'
import { ORDERS } from './orders.ts'
import { runWorld, type WorldReport } from './world.ts'

export const SESSIONS_IN_A_WORLD = 1000

export interface RunParts {
  readonly seed: number
  readonly sessions: number
  /** Sessions in one world; it is part of what the seed means. */
  readonly worldSize?: number
  readonly threads?: number
  /** Ends after the first world in which a rule was broken. */
  readonly stopAtFirst?: boolean
  /** Ends after the worlds that are under way. */
  readonly stopped?: AbortSignal
  readonly onWorld?: (report: WorldReport, done: number, of: number) => void
}

export interface RunReport {
  readonly seed: number
  readonly sessions: number
  readonly worlds: number
  readonly faults: number
  /** Drivers who came to a payment, the faults that touched their sessions, and sessions with fewer than five. */
  readonly begun: number
  readonly ownFaults: number
  readonly fewFaults: number
  readonly messages: number
  readonly steps: number
  /** SHA-256 over the hashes of the worlds, in their order. */
  readonly hash: string
  readonly rows: Readonly<Record<string, number>>
  readonly missed: readonly string[]
  readonly orders: readonly string[]
  /** Orders of messages that could have been met. */
  readonly ordersMissed: readonly string[]
  readonly broken: readonly { readonly world: number; readonly rule: string }[]
}

/** Cases that no storm can show, and why. */
export const NOT_SIMULATED: Readonly<Record<string, string>> = {}

export const ROWS: readonly string[] = Array.from(
  { length: 80 },
  (_, index) => `F${String(index + 1).padStart(2, '0')}`,
)

/** Cases that no session was, of those that can be shown. */
export const missedIn = (rows: Readonly<Record<string, number>>): readonly string[] =>
  ROWS.filter((row) => rows[row] === undefined && NOT_SIMULATED[row] === undefined)

/** What a large run lacks although no rule was broken: it has not looked everywhere. Empty when it has. */
export function lacksOf(report: RunReport): readonly string[] {
  const { missed, ordersMissed, faults, sessions, fewFaults } = report
  return [
    ...(missed.length > 0 ? [`cases of the failure model were not met: ${missed.join(' ')}`] : []),
    ...(ordersMissed.length > 0 ? [`orders of messages were not met: ${ordersMissed.join(', ')}`] : []),
    ...(faults < LEAST_FAULTS * sessions
      ? [`${(faults / sessions).toFixed(2)} faults for each session are fewer than ${LEAST_FAULTS}`]
      : []),
    ...(fewFaults > 0 ? [`${fewFaults} sessions were touched by fewer than ${LEAST_FAULTS} faults`] : []),
  ]
}

export interface WorldTask {
  readonly seed: number
  readonly sessions: number
  /** Runs on the real database too. */
  readonly twin: boolean
}

/** One world in so many is run on both databases: the one in memory may never drift from the real one. */
const TWIN_EVERY = 50
/** A world makes much that lives for a moment only: with more room for it there is less to clear away. */
const YOUNG_MB = 64

/** The worlds of a run, by seeds that follow from the one given. */
export function worldsOf({
  seed,
  sessions,
  worldSize = SESSIONS_IN_A_WORLD,
}: Pick<RunParts, 'seed' | 'sessions' | 'worldSize'>): readonly WorldTask[] {
  return Array.from({ length: Math.ceil(sessions / worldSize) }, (_, index) => ({
    seed: seed * 100_003 + index,
    sessions: Math.min(worldSize, sessions - index * worldSize),
    twin: index % TWIN_EVERY === TWIN_EVERY - 1,
  }))
}

/** One world of a run, on whichever thread. */
export async function runTask({ seed, sessions, twin }: WorldTask): Promise<WorldReport> {
  const report = await runWorld({ seed, sessions })
  if (!twin) return report
  const real = await runWorld({ seed, sessions, database: 'sqlite' })
  if (real.hash === report.hash) return report
  return { ...report, broken: [...report.broken, 'the database in memory and the real one tell different stories'] }
}

export async function runWorlds(parts: RunParts): Promise<RunReport> {
  const tasks = worldsOf(parts)
  // What takes longest begins first: else one thread would wait for the other at the end.
  const turns = [...tasks.keys()].sort((a, b) => Number(tasks[b]?.twin) - Number(tasks[a]?.twin))
  const reports: WorldReport[] = []
  let next = 0
  let done = 0
  let over = false
  const take = async (run: (task: WorldTask) => Promise<WorldReport>) => {
    while (!over && !parts.stopped?.aborted && next < turns.length) {
      const index = turns[next++] ?? 0
      const report = await run(tasks[index] as WorldTask)
      reports[index] = report
      parts.onWorld?.(report, ++done, tasks.length)
      // A world leaves no turn to the event loop: whoever wants to stop is heard between two of them.
      await new Promise<void>((turn) => setImmediate(turn))
      if (parts.stopAtFirst && report.broken.length > 0) over = true
    }
  }
  const threads = Math.min(parts.threads ?? 1, tasks.length)
  if (threads <= 1) await take(runTask)
  else await Promise.all(Array.from({ length: threads }, () => onThread(take)))
  return summed(
    parts,
    reports.filter((report) => report !== undefined),
  )
}

async function onThread(take: (run: (task: WorldTask) => Promise<WorldReport>) => Promise<void>): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  // Once for the thread, not once for each of its worlds.
  const broken = new Promise<never>((_, reject) => worker.once('error', reject))
  broken.catch(() => undefined)
  try {
    await take((task) => {
      const report = new Promise<WorldReport>((resolve) => worker.once('message', resolve))
      worker.postMessage(task)
      return Promise.race([report, broken])
    })
  } finally {
    await worker.terminate()
  }
}

function summed({ seed }: RunParts, reports: readonly WorldReport[]): RunReport {
  const sum = (of: (report: WorldReport) => number) => reports.reduce((all, report) => all + of(report), 0)
  const rows: Record<string, number> = {}
  for (const report of reports)
    for (const [row, times] of Object.entries(report.rows)) rows[row] = (rows[row] ?? 0) + times
  const orders = new Set(reports.flatMap((report) => report.orders))
  const hash = createHash('sha256')
  for (const report of reports) hash.update(report.hash)
  return {
    seed,
    sessions: sum((report) => report.sessions),
    worlds: reports.length,
    faults: sum((report) => report.faults),
    begun: sum((report) => report.begun),
    ownFaults: sum((report) => report.ownFaults),
    fewFaults: sum((report) => report.fewFaults),
    messages: sum((report) => report.messages),
    steps: sum((report) => report.steps),
    hash: hash.digest('hex'),
    rows: Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1))),
    missed: missedIn(rows),
    orders: [...orders].sort(),
    ordersMissed: ORDERS.filter((order) => !orders.has(order)),
    broken: reports.flatMap((report) => report.broken.map((rule) => ({ world: report.seed, rule }))),
  }
}
