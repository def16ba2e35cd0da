/** What a run found, held against what a package promises. */
import type { Cells } from './cells.ts'
import type { Verdict } from './harness.ts'
import type { Mutant } from './instrument.ts'

export interface Settings {
  /** Least share of killed mutants in percent, of those in a file that can be killed. */
  readonly bar: number
  /** The same of all mutants of the package, those that cannot be killed among them. */
  readonly barOfAll?: number
  /** What the last whole run came to, by file; `--record` writes it. */
  readonly figures?: Readonly<Record<string, string>>
  /** Files that do not come up to it yet, by the end of their path, with what they reach. Only ever raised. */
  readonly lower?: readonly { readonly files: readonly string[]; readonly bar: number }[]
  /** What is mutated and which tests are run, by the beginnings of paths below the package; absent: all of it. */
  readonly only?: readonly string[]
  readonly tests?: readonly string[]
  /** Files that are left as they are, by the end of their path. */
  readonly unmutated: readonly { readonly files: readonly string[]; readonly reason: string }[]
  /** Rows of state tables: each of their cells is exchanged too. */
  readonly cells?: Cells
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
  readonly figures: Readonly<Record<string, string>>
}

/** Which mutants were looked at; of a sample a share means nothing, of some files that of the package does not. */
export type Extent = 'whole' | 'files' | 'sample'

const isKilled = ({ result }: Verdict) => result === 'killed' || result === 'endless'

/** `price.ts price: a < b -> a <= b`: the file below `src` and the mutant's own name. */
export const keyOf = ({ path, name }: Pick<Mutant, 'path' | 'name'>): string =>
  `${path.replace(/^.*\/src\//, '')} ${name}`

export function judge(
  settings: Settings,
  mutants: readonly Mutant[],
  { verdicts, extent }: { readonly verdicts: readonly Verdict[]; readonly extent: Extent },
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
  for (const { path, killed, explained, all } of extent === 'sample' ? [] : byFile) {
    const bar = settings.lower?.find((one) => one.files.some((end) => path.endsWith(end)))?.bar ?? settings.bar
    const share = percent(killed, all - explained)
    if (share < bar) complaints.push(`${path}: ${share.toFixed(1)} % are below ${bar} %.`)
  }
  const figures = figuresOf(byFile)
  if (extent === 'whole') complaints.push(...ofPackage(settings, together(byFile), figures))
  return { byFile, complaints, figures }
}

function ofPackage(
  { barOfAll = 0, figures: recorded }: Settings,
  { killed, all }: FileResult,
  figures: Report['figures'],
): readonly string[] {
  const share = percent(killed, all)
  return [
    ...(share < barOfAll ? [`Of all mutants ${share.toFixed(1)} % are killed, below ${barOfAll} %.`] : []),
    ...(recorded === undefined || isSame(recorded, figures)
      ? []
      : ['The figures are not those of the list: --record.']),
  ]
}

const isSame = (a: Report['figures'], b: Report['figures']) =>
  JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b))

function together(byFile: readonly FileResult[]): FileResult {
  const sumOf = (side: 'killed' | 'explained' | 'all') => byFile.reduce((total, file) => total + file[side], 0)
  return { path: 'together', killed: sumOf('killed'), explained: sumOf('explained'), all: sumOf('all') }
}

const figuresOf = (byFile: readonly FileResult[]): Report['figures'] =>
  Object.fromEntries(
    [together(byFile), ...byFile].map((one) => [one.path.replace(/^.*\/src\//, ''), figureOf(one)] as const),
  )

/** Of all, and what is left of it is told apart: cannot be killed, or survives. */
function figureOf({ killed, explained, all }: FileResult): string {
  const rest = all - killed - explained
  return `${killed} of ${all} killed (${percent(killed, all).toFixed(1)} %), ${explained} cannot be, ${rest} survive`
}

const percent = (part: number, all: number) => (all === 0 ? 100 : (100 * part) / all)

/** In front stands the share of those that can be killed. */
export function text({ byFile, complaints }: Report): string {
  const row = (one: FileResult) =>
    `${percent(one.killed, one.all - one.explained)
      .toFixed(1)
      .padStart(6)} %  ${one.path}: ${figureOf(one)}\n`
  return [...complaints.map((one) => `${one}\n`), ...byFile.map(row), row(together(byFile))].join('')
}

/** The text of a list with these figures in it; the rest of it stays as somebody has written it. */
export function recorded(list: string, figures: Report['figures']): string {
  const lines = Object.entries(figures).map(
    ([path, figure]) => `    ${JSON.stringify(path)}: ${JSON.stringify(figure)}`,
  )
  return list.replace(/("figures": )\{[^}]*\}/, (_, name: string) => `${name}{\n${lines.join(',\n')}\n  }`)
}
