/** The judgement as a document: what `plugtill check --json` prints and all other reports are made from. */
import type { Keyword, MilestoneId, Source, Target, Version } from './catalogue.ts'
import type { Judgement, Outcome, Status } from './judge.ts'
import type { Seen } from './seen.ts'
import type { Pace } from './view.ts'

export interface Evidence {
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: unknown
    /** `us`: the judge asked; `partner`: the platform under test did. */
    readonly by: 'us' | 'partner'
    readonly at: string
  }
  /** null: no answer came. */
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: unknown
  } | null
}

export interface RuleReport {
  readonly id: string
  readonly module: string
  readonly role: 'SENDER' | 'RECEIVER' | null
  readonly milestone: MilestoneId
  readonly keyword: Keyword
  readonly status: Status
  readonly text: string
  readonly why: string
  readonly source: Source
  readonly message: string
  readonly expected: string | null
  readonly actual: string | null
  /** JSON pointer into the body of the message that is wrong. */
  readonly field: string | null
  readonly held: number
  readonly failed: number
  /** The rule whose failure explains this one; null for what has to be mended itself. */
  readonly cause: string | null
  readonly fix: string
  readonly example: string | null
  readonly evidence: readonly Evidence[]
}

export interface Report {
  readonly partner: {
    readonly name: string
    readonly country_code: string
    readonly party_id: string
    readonly versions_url: string
  }
  readonly role: Target
  readonly version: Version
  readonly started_at: string
  readonly duration_ms: number
  readonly milestones: readonly {
    readonly id: MilestoneId
    readonly title: string
    readonly status: 'pass' | 'fail' | 'untestable'
    readonly blocked_by: readonly string[]
  }[]
  /** Ids of what has to be mended, the first thing first. */
  readonly roots: readonly string[]
  readonly rules: readonly RuleReport[]
  readonly summary: Readonly<Record<Status, number>> & { readonly exchanges: number }
  readonly note: string
}

/** Said in every report. */
export const INDEPENDENT =
  'This is an independent judgement by Plugtill. It is no certificate and no validation of any terminal maker, payment provider or standards body.'

export interface ReportParts {
  readonly partner: Report['partner']
  readonly startedAt: number
}

export function reportOf(judgement: Judgement, { partner, startedAt }: ReportParts): Report {
  const { record, outcomes, milestones, roots } = judgement
  const count = (status: Status) => outcomes.filter((one) => one.status === status).length
  return {
    partner,
    role: record.target,
    version: record.version,
    started_at: new Date(startedAt).toISOString(),
    duration_ms: record.now - startedAt,
    milestones: milestones.map(({ milestone, status, blockedBy }) => ({
      id: milestone.id,
      title: milestone.title,
      status,
      blocked_by: blockedBy,
    })),
    roots: roots.map(({ requirement }) => requirement.id),
    rules: outcomes.map(ruleReport),
    summary: {
      pass: count('pass'),
      fail: count('fail'),
      warn: count('warn'),
      untestable: count('untestable'),
      'not-applicable': count('not-applicable'),
      exchanges: record.seen.length,
    },
    note: record.pace === undefined ? INDEPENDENT : `${INDEPENDENT} ${hurried(record.pace)}`,
  }
}

const hurried = ({ speed }: Pace): string =>
  `Simulated chargers: energy may flow ${speed} times as fast as their connectors say.`

function ruleReport(outcome: Outcome): RuleReport {
  const { requirement, status, message, wrong, held, failed, cause, evidence } = outcome
  const { id, module, role, milestone, keyword, text, why, source, fix, example } = requirement
  return {
    id,
    module,
    role: role ?? null,
    milestone,
    keyword,
    status,
    text,
    why,
    source,
    message,
    expected: wrong?.expected ?? null,
    actual: wrong?.actual ?? null,
    field: wrong?.field ?? null,
    held,
    failed,
    cause: cause ?? null,
    fix,
    example: example ?? null,
    evidence: evidence.map(evidenceOf),
  }
}

export function evidenceOf({ by, at, method, url, request, response, question, reply }: Seen): Evidence {
  return {
    request: {
      by,
      at: new Date(at).toISOString(),
      method,
      url,
      headers: request.headers,
      body: question ?? request.body,
    },
    response:
      response === undefined
        ? null
        : { status: response.status, headers: response.headers, body: reply ?? response.body },
  }
}

/** Exit 0: every MUST holds; with `strict` every SHOULD as well. */
export function isGood(report: Report, { strict = false }: { readonly strict?: boolean } = {}): boolean {
  return report.rules.every(({ keyword, status }) => {
    if (status === 'pass' || status === 'not-applicable') return true
    return keyword === 'advice' || (keyword === 'should' && !strict)
  })
}
