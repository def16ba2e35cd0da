/** How figures are taken and told: alternating rounds, medians, and each one beside the machine's own limit. */
import { cpus } from 'node:os'
import process from 'node:process'

export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What this machine can do at all, measured in the same run, in the same unit. */
  readonly limit?: { readonly what: string; readonly value: number }
}

export interface Report {
  readonly bench: string
  readonly figures: readonly Figure[]
  /** What was left out, and why. */
  readonly notes?: readonly string[]
  readonly postgres?: string | undefined
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]]
  return (low + high) / 2
}

/** The value below which `share` of all values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Runs the variants in turn, `rounds` times, so that a slow minute of the machine meets all of them; medians. */
export async function alternate<Name extends string>(
  rounds: number,
  variants: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(variants) as Name[]
  const taken = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse()
    for (const name of order) taken.get(name)?.push(await variants[name]())
  }
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name) ?? [])])) as Record<Name, number>
}

/** How often per second `work` gets done within `ms`. */
export async function perSecond(ms: number, work: () => unknown): Promise<number> {
  const began = performance.now()
  let done = 0
  for (; performance.now() - began < ms; done++) await work()
  return (done * 1000) / (performance.now() - began)
}

/** The same for work that never waits; `batch` calls between two looks at the clock. */
export function perSecondSync(ms: number, batch: number, work: () => void): number {
  const began = performance.now()
  let done = 0
  for (; performance.now() - began < ms; done += batch) for (let n = 0; n < batch; n++) work()
  return (done * 1000) / (performance.now() - began)
}

/** CPU time this process used since, in ms. */
export function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

export const isQuick = (): boolean => process.argv.includes('--quick')

function machine(postgres: string | undefined) {
  const all = cpus()
  return {
    date: new Date().toISOString(),
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    node: process.version,
    ...(postgres === undefined ? {} : { postgres }),
  }
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3).replace(/\.?0+$/, '')

/** A table for people, then one JSON line for programs; only the line with `--json`. */
export function tell({ bench, figures, notes = [], postgres }: Report): void {
  const on = machine(postgres)
  const ratio = ({ value, limit }: Figure) => (limit === undefined ? undefined : value / limit.value)
  if (!process.argv.includes('--json')) {
    const versions = [`node ${on.node}`, ...(postgres === undefined ? [] : [`PostgreSQL ${postgres}`])]
    console.log(`\n${bench} · ${on.cpu}, ${on.cores} cores · ${versions.join(' · ')} · ${on.date}`)
    const rows = figures.map((figure) => [
      figure.what,
      `${number(figure.value)} ${figure.unit}`,
      figure.limit === undefined ? '' : `${(ratio(figure) ?? 0).toFixed(3)} of ${number(figure.limit.value)}`,
      figure.limit?.what ?? '',
    ])
    const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    for (const row of rows) console.log(`  ${row.map((text, n) => text.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd())
    for (const note of notes) console.log(`  (${note})`)
  }
  const told = figures.map((figure) => ({ ...figure, ratio: ratio(figure) }))
  console.log(JSON.stringify({ bench, ...on, figures: told, ...(notes.length > 0 ? { notes } : {}) }))
}
