/** What all reports for people say: the roots in order, what follows from each, what holds. */
import type { Evidence, Report, RuleReport } from '../report.ts'
import { type MarkedLine, markedLines } from './marked.ts'

export interface FindingReport {
  readonly rule: RuleReport
  /** What failed or could not be tested because of it. */
  readonly follows: readonly RuleReport[]
  readonly evidence: Evidence | undefined
  /** The message of the partner that is wrong, as it was sent, the field marked. */
  readonly lines: readonly MarkedLine[]
}

/** What has to be mended itself, the first thing first. */
export function findingsIn(report: Report): readonly FindingReport[] {
  const byId = new Map(report.rules.map((rule) => [rule.id, rule]))
  return report.roots.flatMap((id) => {
    const rule = byId.get(id)
    if (rule === undefined) return []
    const evidence = rule.evidence[0]
    return [
      {
        rule,
        follows: report.rules.filter((one) => one.cause === id),
        evidence,
        lines: evidence === undefined ? [] : linesOf(wrongMessage(evidence), rule.field),
      },
    ]
  })
}

/** Where nothing was said there is nothing to show. */
const linesOf = (message: unknown, field: string | null): readonly MarkedLine[] =>
  message === undefined || message === '' ? [] : markedLines(message, field)

/** Not failed, not tested, and nothing that failed explains why: nobody did what was needed. */
export const waitingIn = (report: Report): readonly RuleReport[] =>
  report.rules.filter(({ status, cause }) => status === 'untestable' && cause === null)

/** The partner's own words: its question, or its answer to ours. */
const wrongMessage = ({ request, response }: Evidence): unknown =>
  request.by === 'partner' ? request.body : response?.body

export interface Progress {
  readonly done: number
  readonly of: number
}

/** How many MUSTs of a milestone hold. */
export function progressOf(report: Report, milestone: string): Progress {
  const asked = report.rules.filter(
    (one) => one.milestone === milestone && one.keyword === 'must' && one.status !== 'not-applicable',
  )
  return { done: asked.filter(({ status }) => status === 'pass').length, of: asked.length }
}

const SOURCES = { specification: 'specification', payter: 'stated by Payter', ours: 'our default' } as const

export const sourceText = ({ source }: Pick<RuleReport, 'source'>): string => `${SOURCES[source.kind]}, ${source.at}`

/** How often, in words. */
export const timesText = ({ held, failed }: RuleReport): string =>
  failed === 1 && held === 0 ? 'once' : `${failed} of ${held + failed} times`
