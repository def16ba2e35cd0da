/** From a world in which a rule was broken to the few drivers and faults that break it. */
import { runWorld, type WorldReport } from './world.ts'

export interface Broken {
  readonly seed: number
  readonly sessions: number
  /** The line of the checker. */
  readonly rule: string
}

export interface Shrunk {
  readonly seed: number
  readonly rule: string
  readonly drivers: readonly number[]
  readonly faults: readonly string[]
  /** Steps of the shrunk world that are about the payment. */
  readonly trace: readonly string[]
  readonly runs: number
}

/** Worlds that may be run in search of a smaller one. */
const RUNS_AT_MOST = 120

const invariant = (rule: string) => rule.slice(0, rule.indexOf(':'))
const driverIn = (rule: string) => Number(/, s(\d+) /.exec(rule)?.[1] ?? 0)

export async function shrink({ seed, sessions, rule }: Broken): Promise<Shrunk> {
  const wanted = invariant(rule)
  const driver = driverIn(rule)
  let runs = 0
  const holds = (report: WorldReport) =>
    report.broken.find((line) => invariant(line) === wanted && (driver === 0 || driverIn(line) === driver))
  const attempt = async (only: ReadonlySet<number> | undefined, mute: ReadonlySet<string>, record = false) => {
    runs++
    const report = await runWorld({ seed, sessions, mute, record, ...(only && { only }) })
    return holds(report) === undefined ? undefined : report
  }

  const drivers = await fewDrivers({
    driver,
    sessions,
    attempt: async (only) => (await attempt(only, new Set())) !== undefined,
  })
  const first = await attempt(drivers, new Set())
  const mute = first
    ? await fewFaults(
        first,
        (muted) => attempt(drivers, muted).then((report) => report !== undefined),
        () => runs < RUNS_AT_MOST,
      )
    : new Set<string>()
  const last = (await attempt(drivers, mute, true)) ?? (await attempt(drivers, new Set(), true))
  const line = (last && holds(last)) ?? rule
  const reference = /\(([0-9a-f-]{36}),/.exec(line)?.[1]
  const about = (step: string) =>
    (reference !== undefined && step.includes(reference)) ||
    new RegExp(` s${driver}\\b|S-${driver}-|#${driver}\\b`).test(step) ||
    step.includes('the PTP')
  return {
    seed,
    rule: line,
    drivers: drivers ? [...drivers] : [],
    faults: last ? last.struck : [],
    trace: last ? last.lines.filter(about) : [],
    runs,
  }
}

/** The driver alone, else with ever more of those who came just before and after; undefined: all are needed. */
async function fewDrivers(parts: {
  readonly driver: number
  readonly sessions: number
  readonly attempt: (only: ReadonlySet<number>) => Promise<boolean>
}): Promise<ReadonlySet<number> | undefined> {
  const { driver, sessions, attempt } = parts
  if (driver === 0) return undefined
  for (const around of [0, 1, 3, 10, 30, 100]) {
    const from = Math.max(1, driver - around)
    const to = Math.min(sessions, driver + around)
    const only = new Set(Array.from({ length: to - from + 1 }, (_, index) => from + index))
    if (await attempt(only)) return only
  }
  return undefined
}

/** Takes out ever smaller parts of the faults for as long as the rule stays broken. */
async function fewFaults(
  { struck }: WorldReport,
  attempt: (mute: ReadonlySet<string>) => Promise<boolean>,
  mayGoOn: () => boolean,
): Promise<ReadonlySet<string>> {
  let left = struck.filter((name) => name.includes(' #'))
  const muted = new Set<string>()
  for (let size = Math.ceil(left.length / 2); size >= 1 && mayGoOn(); size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length && mayGoOn(); ) {
      const part = left.slice(at, at + size)
      if (await attempt(new Set([...muted, ...part]))) {
        for (const name of part) muted.add(name)
        left = [...left.slice(0, at), ...left.slice(at + size)]
      } else at += size
    }
  }
  return muted
}
