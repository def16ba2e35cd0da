/** Something to mend: `error` breaks a rule or cannot be meant, `warning` is probably not meant, `hint` could be better. */
export type Severity = 'error' | 'warning' | 'hint'

/** One thing that is wrong with an object of OCPI. */
export interface LintFinding {
  readonly id: string
  readonly severity: Severity
  /** JSON pointer into the object; "" for the whole. */
  readonly path: string
  /** What is the case and why it matters. */
  readonly reason: string
  readonly fix: string
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, hint: 2 }

/** The worst first, then by place. */
export function bySeverity(a: LintFinding, b: LintFinding): number {
  return rank[a.severity] - rank[b.severity] || a.path.localeCompare(b.path, 'en', { numeric: true })
}
