/** What was found of the planted bugs when they were run the last time; `npm run planted -- --record` writes it. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { BUGS } from './bugs.ts'

export interface Shown {
  /** Seed of the world that showed the bug. */
  readonly seed: number
  /** Sessions that were run until then. */
  readonly sessions: number
  /** The line of the checker, without the payment it is about. */
  readonly rule: string
  /** Of the changed texts: a bug that is planted anew has to be found anew. */
  readonly plant: string
  /** Of the sources it was found in; records of earlier days do not say. */
  readonly product?: string
}

const FILE = new URL('../../../../docs/reference/planted-bugs.json', import.meta.url)

export const plantOf = (row: string): string =>
  createHash('sha256')
    .update(JSON.stringify(BUGS[row] ?? []))
    .digest('hex')
    .slice(0, 12)

export const readShown = (): Readonly<Record<string, Shown>> =>
  JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, Shown>>

/** Several runs may write one after the other. */
export function record(row: string, shown: Omit<Shown, 'plant'>): void {
  const all = { ...readShown(), [row]: { ...shown, plant: plantOf(row) } }
  const lines = Object.keys(all)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(all[name])}`)
  writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`)
}

/** `I10: captured 5000, due 605 (…)` without the reference. */
export const ruleOf = (found: string): string => found.replace(/ \([0-9a-f-]{36},.*$/s, '')
