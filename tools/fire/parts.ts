/** A trial in parts: each is audited by itself and leaves one line in a file; their sum is the figure that counts. */
import { appendFileSync, readFileSync } from 'node:fs'
import { POINTS } from './points.ts'
import type { TrialReport } from './trial.ts'

/** What is kept of a part; its books lie elsewhere. */
export interface Part extends TrialReport {
  readonly seed: number
}

export function keepPart(file: string, part: Part): void {
  appendFileSync(file, `${JSON.stringify(part)}\n`)
}

export const readParts = (file: string): readonly Part[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Part)

type Counts = Readonly<Record<string, number>>

function added(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {}
  for (const counts of all) for (const [name, n] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + n
  return sums
}

/** The smallest value that at least this share of all is not above. */
export const quantile = (all: readonly number[], share: number): number | null => {
  const sorted = [...all].sort((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  return found === undefined ? null : Math.round(found)
}

const spread = (all: readonly number[]) => ({
  p50: quantile(all, 0.5),
  p99: quantile(all, 0.99),
  max: quantile(all, 1),
  count: all.length,
})

/** A kill of the server: at a named point, or at a moment that chance chose. */
const OTHERS = new Set(['PostgreSQL', 'paused, another took over', 'database connections cut'])

export function sumOf(parts: readonly Part[]) {
  const kills = added(parts.map((part) => part.kills))
  const total = (pick: (part: Part) => number) => parts.reduce((sum, part) => sum + pick(part), 0)
  const [seconds, payments] = [total((part) => part.seconds), total((part) => part.payments)]
  const missed = POINTS.filter(({ name }) => (kills[name] ?? 0) === 0).map(({ name }) => name)
  return {
    parts: parts.length,
    seeds: parts.map(({ seed }) => seed),
    seconds: Math.round(seconds),
    payments,
    paymentsPerSecond: Math.round((payments / seconds) * 10) / 10,
    serverKills: Object.entries(kills).reduce((sum, [name, n]) => sum + (OTHERS.has(name) ? 0 : n), 0),
    databaseKills: kills['PostgreSQL'] ?? 0,
    kills,
    points: `${POINTS.length - missed.length} of ${POINTS.length} named points reached`,
    missed,
    cuts: added(parts.map((part) => part.cuts)),
    states: added(parts.map((part) => part.states)),
    firstTapAfterServerKillMs: spread(parts.flatMap((part) => part.backMs.server)),
    firstTapAfterDatabaseKillMs: spread(parts.flatMap((part) => part.backMs.database)),
    findings: total((part) => part.findings.length),
  }
}
