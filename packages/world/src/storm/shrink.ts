/** From a world in which a rule was broken to the few drivers, faults and oddities that break it. */
import { ADVICES, BILLS, CARDS, DRIVERS, type Script, SESSIONS, STARTS, STOPS } from './script.ts'
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
  /** What `replay` needs to run the smaller world again. */
  readonly less: Cut
}

/** What is left out of a world, and what is made as usual, in words that can be written down. */
export interface Cut {
  /** The drivers who stay; absent: all. */
  readonly only?: readonly number[]
  readonly mute: readonly string[]
  readonly plain: readonly string[]
}

/** Worlds that may be run in search of a smaller one. */
const RUNS_AT_MOST = 200

const invariant = (rule: string) => rule.slice(0, rule.indexOf(':'))
const driverIn = (rule: string) => Number(/, s(\d+) /.exec(rule)?.[1] ?? 0)

/** What is left out of a world, and what is made as usual: `12 bill` is the bill of driver 12. */
interface Less {
  readonly only?: ReadonlySet<number>
  readonly mute: ReadonlySet<string>
  readonly plain: ReadonlySet<string>
}

const USUAL = {
  driver: Object.keys(DRIVERS)[0],
  start: Object.keys(STARTS)[0],
  session: Object.keys(SESSIONS)[0],
  stop: Object.keys(STOPS)[0],
  bill: Object.keys(BILLS)[0],
  advice: Object.keys(ADVICES)[0],
  cardKind: Object.keys(CARDS)[0],
} as const
type Part = keyof typeof USUAL
const PARTS = Object.keys(USUAL) as readonly Part[]

/** The script with the named parts as usual. */
function plainer(script: Script, plain: ReadonlySet<string>): Script {
  const parts = PARTS.filter((part) => plain.has(`${script.n} ${part}`))
  const usual = Object.fromEntries(parts.map((part) => [part, USUAL[part]]))
  const card = parts.includes('cardKind') ? { card: `${USUAL.cardKind}#${script.n}` } : {}
  return { ...script, ...usual, ...card }
}

export async function shrink({ seed, sessions, rule }: Broken): Promise<Shrunk> {
  const driver = driverIn(rule)
  const search = searchFor({ seed, sessions, rule })
  let least: Less = { mute: new Set(), plain: new Set() }
  const only = await around({ driver, sessions }, (some) => search.breaks({ ...least, only: some }))
  if (only) {
    const others = [...only].filter((n) => n !== driver)
    const kept = await fewest(others, search, (some) => ({ ...least, only: new Set([driver, ...some]) }))
    least = { ...least, only: new Set([driver, ...kept].sort((a, b) => a - b)) }
    least = await fewerOddities(least, search)
  }
  least = await fewerFaults(least, search)
  const last = (await search.run(least, true)) ?? (await search.run({ mute: new Set(), plain: new Set() }, true))
  const line = (last && search.line(last)) ?? rule
  return {
    seed,
    rule: line,
    drivers: least.only ? [...least.only] : [],
    faults: last ? last.struck : [],
    trace: last ? last.lines.filter(about(line, driver)) : [],
    runs: search.runs(),
    less: { ...(least.only && { only: [...least.only] }), mute: [...least.mute], plain: [...least.plain] },
  }
}

/** The smaller world once more, with every step of it. */
export function replay(
  { seed, sessions }: Pick<Broken, 'seed' | 'sessions'>,
  { only, mute, plain }: Cut,
): Promise<WorldReport> {
  const less: Less = { ...(only && { only: new Set(only) }), mute: new Set(mute), plain: new Set(plain) }
  return lesser({ seed, sessions }, less, true)
}

function lesser(
  { seed, sessions }: Pick<Broken, 'seed' | 'sessions'>,
  { only, mute, plain }: Less,
  record: boolean,
): Promise<WorldReport> {
  return runWorld({ seed, sessions, mute, record, script: (drawn) => plainer(drawn, plain), ...(only && { only }) })
}

const about = (line: string, driver: number) => {
  const reference = /\(([0-9a-f-]{36}),/.exec(line)?.[1]
  const names = new RegExp(` s${driver}\\b|S-${driver}-|#${driver}\\b`)
  return (step: string) =>
    (reference !== undefined && step.includes(reference)) || names.test(step) || step.includes('the PTP')
}

interface Search {
  readonly run: (less: Less, record?: boolean) => Promise<WorldReport | undefined>
  readonly breaks: (less: Less) => Promise<boolean>
  readonly line: (report: WorldReport) => string | undefined
  readonly mayGoOn: () => boolean
  readonly runs: () => number
}

/** Runs ever smaller worlds and says whether the same rule is broken for the same driver. */
function searchFor({ seed, sessions, rule }: Broken): Search {
  const [wanted, driver] = [invariant(rule), driverIn(rule)]
  let runs = 0
  const line = (report: WorldReport) =>
    report.broken.find((one) => invariant(one) === wanted && (driver === 0 || driverIn(one) === driver))
  const run: Search['run'] = async (less, record = false) => {
    runs++
    const report = await lesser({ seed, sessions }, less, record)
    return line(report) === undefined ? undefined : report
  }
  return {
    run,
    line,
    breaks: async (less) => (await run(less)) !== undefined,
    mayGoOn: () => runs < RUNS_AT_MOST,
    runs: () => runs,
  }
}

/** The driver alone, else with ever more of those who came just before and after; undefined: all are needed. */
async function around(
  { driver, sessions }: { readonly driver: number; readonly sessions: number },
  breaks: (only: ReadonlySet<number>) => Promise<boolean>,
): Promise<ReadonlySet<number> | undefined> {
  if (driver === 0) return undefined
  for (const distance of [0, 1, 3, 10, 30, 100]) {
    const from = Math.max(1, driver - distance)
    const to = Math.min(sessions, driver + distance)
    const only = new Set(Array.from({ length: to - from + 1 }, (_, index) => from + index))
    if (await breaks(only)) return only
  }
  return undefined
}

/** What each driver, card and CPO does oddly, made as usual as long as the rule stays broken. */
async function fewerOddities(least: Less, search: Search): Promise<Less> {
  const odd = [...(least.only ?? [])].flatMap((n) => PARTS.map((part) => `${n} ${part}`))
  const plainWithout = (kept: readonly string[]) => new Set(odd.filter((one) => !kept.includes(one)))
  const kept = await fewest(odd, search, (some) => ({ ...least, plain: plainWithout(some) }))
  return { ...least, plain: plainWithout(kept) }
}

async function fewerFaults(least: Less, search: Search): Promise<Less> {
  const first = await search.run(least)
  const struck = first?.struck.filter((name) => name.includes(' #')) ?? []
  const muteWithout = (kept: readonly string[]) => new Set(struck.filter((one) => !kept.includes(one)))
  const kept = await fewest(struck, search, (some) => ({ ...least, mute: muteWithout(some) }))
  return { ...least, mute: muteWithout(kept) }
}

/** Takes out ever smaller parts for as long as the rule stays broken. */
async function fewest<T>(
  all: readonly T[],
  { breaks, mayGoOn }: Pick<Search, 'breaks' | 'mayGoOn'>,
  less: (kept: readonly T[]) => Less,
): Promise<readonly T[]> {
  let left = all
  for (let size = left.length; size >= 1 && mayGoOn(); size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length && mayGoOn(); ) {
      const without = [...left.slice(0, at), ...left.slice(at + size)]
      if (await breaks(less(without))) left = without
      else at += size
    }
  }
  return left
}
