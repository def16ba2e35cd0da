/** What a run found, held against what a package promises. */
import type { Verdict } from './harness.ts'
import type { Mutant } from './instrument.ts'

export interface Settings {
  /** Least share of killed mutants in percent, of those in a file that can be killed. */
  readonly bar: number
  /** Files that do not come up to it yet, by the end of their path, with what they reach. Only ever raised. */
  readonly lower?: readonly { readonly files: readonly string[]; readonly bar: number }[]
  /** Files that are left as they are, by the end of their path. */
  readonly unmutated: readonly { readonly files: readonly string[]; readonly reason: string }[]
  /** Tests that are too slow to be run for each mutant: a pattern of their names. */
  readonly without: string
  /** Mutants that no test can notice, by file and name, and why. */
  readonly survivors: readonly { readonly reason: string; readonly mutants: readonly string[] }[]
}

interface FileResult {
  readonly path: string
  killed: number
  /** Survived, and the list says why. */
  explained: number
  all: number
}

export interface Report {
  readonly byFile: readonly FileResult[]
  readonly complaints: readonly string[]
}

const isKilled = ({ result }: Verdict) => result === 'killed' || result === 'endless'

/** `price.ts price: a < b -> a <= b`: the file below `src` and the mutant's own name. */
export const keyOf = ({ path, name }: Pick<Mutant, 'path' | 'name'>): string =>
  `${path.replace(/^.*\/src\//, '')} ${name}`

/** `isSample`: too few mutants of each file for a share of them to mean anything. */
export function judge(
  settings: Settings,
  mutants: readonly Mutant[],
  { verdicts, isSample }: { readonly verdicts: readonly Verdict[]; readonly isSample: boolean },
): Report {
  const listed = new Set(settings.survivors.flatMap((group) => group.mutants))
  const files = new Map<string, FileResult>()
  const complaints: string[] = []
  for (const verdict of verdicts) {
    const mutant = mutants[verdict.id]
    if (mutant === undefined) continue
    const file = files.get(mutant.path) ?? { path: mutant.path, killed: 0, explained: 0, all: 0 }
    files.set(mutant.path, file)
    file.all++
    const isListed = listed.has(keyOf(mutant))
    if (isKilled(verdict)) file.killed++
    else if (isListed) file.explained++
    if (isKilled(verdict) && isListed)
      complaints.push(`Killed by ${verdict.by ?? 'time'}, but listed: ${keyOf(mutant)}`)
  }
  const known = new Set(mutants.map(keyOf))
  for (const key of listed) if (!known.has(key)) complaints.push(`Listed, but no more there: ${key}`)
  const byFile = [...files.values()].sort((a, b) => a.path.localeCompare(b.path))
  for (const { path, killed, explained, all } of isSample ? [] : byFile) {
    const bar = settings.lower?.find((one) => one.files.some((end) => path.endsWith(end)))?.bar ?? settings.bar
    const share = percent(killed, all - explained)
    if (share < bar) complaints.push(`${path}: ${share.toFixed(1)} % are below ${bar} %.`)
  }
  return { byFile, complaints }
}

const percent = (part: number, all: number) => (all === 0 ? 100 : (100 * part) / all)

export function text({ byFile, complaints }: Report): string {
  const row = ({ path, killed, explained, all }: FileResult) => {
    const rest = all - killed - explained
    return `${percent(killed, all - explained)
      .toFixed(1)
      .padStart(6)} %  ${path}: ${killed} of ${all} killed, ${explained} cannot be, ${rest} survive\n`
  }
  const sumOf = (side: 'killed' | 'explained' | 'all') => byFile.reduce((total, file) => total + file[side], 0)
  const total = { path: 'together', killed: sumOf('killed'), explained: sumOf('explained'), all: sumOf('all') }
  return [...complaints.map((one) => `${one}\n`), ...byFile.map(row), row(total)].join('')
}
