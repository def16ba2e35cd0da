/**
 * Failures that a partner knows of and has not mended yet. They do not fail a run; an entry whose rule holds by now
 * does, so that the list never lies.
 */
import { parse } from 'yaml'
import { isGood, type Report } from './report.ts'

export interface ExpectedFailure {
  readonly rule: string
  readonly reason: string
}

/** A YAML list of `{rule, reason}`. Throws an error that names the place. */
export function readExpectedFailures(text: string, known: ReadonlySet<string>): readonly ExpectedFailure[] {
  const list: unknown = parse(text) ?? []
  if (!Array.isArray(list)) throw new Error('The file of expected failures has to be a list of {rule, reason}.')
  return list.map((entry, index) => {
    const { rule, reason, ...odd } = (entry ?? {}) as Readonly<Record<string, unknown>>
    const at = `Expected failure ${index + 1}`
    if (typeof rule !== 'string' || !known.has(rule))
      throw new Error(`${at} names the rule "${String(rule)}", which there is not.`)
    if (typeof reason !== 'string' || reason.trim() === '') throw new Error(`${at} (${rule}) gives no reason.`)
    const [more] = Object.keys(odd)
    if (more !== undefined) throw new Error(`${at} (${rule}) has "${more}"; only rule and reason are known.`)
    return { rule, reason }
  })
}

export interface Verdict {
  readonly good: boolean
  /** Expected to fail, and holding. */
  readonly stale: readonly ExpectedFailure[]
}

/** With an expected failure everything that only follows from it is expected too. */
export function verdictOf(
  report: Report,
  expected: readonly ExpectedFailure[],
  options: { readonly strict?: boolean } = {},
): Verdict {
  const excused = new Set(expected.map(({ rule }) => rule))
  const rules = report.rules.filter(({ id, cause }) => !excused.has(id) && !(cause !== null && excused.has(cause)))
  const stale = expected.filter(({ rule }) => report.rules.some(({ id, status }) => id === rule && status === 'pass'))
  return { good: stale.length === 0 && isGood({ ...report, rules }, options), stale }
}
