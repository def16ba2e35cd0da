/** From what was seen to one outcome per requirement, and from those to the milestones. */
import type { Catalogue, Milestone, Requirement } from './catalogue.ts'
import type { Check, Ruled, Wrong } from './check.ts'
import { causesOf } from './fold.ts'
import type { Seen } from './seen.ts'
import type { Record, View } from './view.ts'
import { viewOf } from './view.ts'

/** `untestable` counts as failed: what was skipped must not look green. */
export type Status = 'pass' | 'fail' | 'warn' | 'untestable' | 'not-applicable'

export interface Outcome {
  readonly requirement: Requirement
  readonly status: Status
  /** How often it was seen to hold, and to fail. */
  readonly held: number
  readonly failed: number
  readonly message: string
  readonly wrong: Wrong | undefined
  /** The exchanges that show it, at most three; with a failure the failing ones. */
  readonly evidence: readonly Seen[]
  /** All exchanges in which it failed, by their position. */
  readonly failedIn: ReadonlySet<number>
  /** Rows of the endpoint tables in which it failed. */
  readonly failedPlaces: ReadonlySet<string>
  /** What was there instead, per exchange: two requirements with the same symptom tell of the same thing. */
  readonly symptoms: ReadonlySet<string>
  /** Requirements whose failure would explain this one. */
  readonly after: readonly string[]
  /** The requirement whose failure explains this one; absent for what has to be mended itself. */
  readonly cause?: string
}

export interface MilestoneOutcome {
  readonly milestone: Milestone
  readonly status: 'pass' | 'fail' | 'untestable'
  /** The requirements that have to be mended first, the one that leads first. */
  readonly blockedBy: readonly string[]
}

export interface Judgement {
  readonly record: Record
  /** In the order of the milestones and the catalogue. */
  readonly outcomes: readonly Outcome[]
  readonly milestones: readonly MilestoneOutcome[]
  /** What has to be mended, the first thing first; everything else that failed follows from these. */
  readonly roots: readonly Outcome[]
}

const MOST_EVIDENCE = 3

/** Judges everything asked of the platform in `record`; `only` narrows it to some requirements. */
export function judge(
  catalogue: Catalogue,
  checks: readonly Check[],
  { record, only = () => true }: { readonly record: Record; readonly only?: (requirement: Requirement) => boolean },
): Judgement {
  const view = viewOf(record)
  const byRule = Map.groupBy(checks, ({ rule }) => rule)
  const asked = catalogue.milestones.flatMap(({ id }) =>
    catalogue.requirements.filter((one) => one.milestone === id && one.against.includes(record.target) && only(one)),
  )
  const plain = asked.map((requirement) => outcomeOf(requirement, byRule.get(requirement.id) ?? [], view))
  const { outcomes, roots } = causesOf(plain)
  const watching = record.watching === true
  const milestones = catalogue.milestones.map((milestone) => milestoneOutcome(milestone, { outcomes, roots, watching }))
  return { record, outcomes, milestones, roots }
}

const NOWHERE = { failedIn: new Set<number>(), failedPlaces: new Set<string>(), symptoms: new Set<string>() } as const

function outcomeOf(requirement: Requirement, checks: readonly Check[], view: View): Outcome {
  const after = [...new Set(checks.flatMap((check) => check.after))]
  const none = { requirement, held: 0, failed: 0, wrong: undefined, evidence: [], ...NOWHERE, after }
  if (!requirement.versions.includes(view.version)) {
    return { ...none, status: 'not-applicable', message: `Not asked for in OCPI ${view.version}.` }
  }
  const reasons = checks.map((check) => check.unless?.(view))
  if (reasons.length > 0 && reasons.every((reason) => reason !== undefined)) {
    return { ...none, status: 'not-applicable', message: reasons[0] ?? '' }
  }
  const { eyes, tried } = attentive(view)
  const ruled = checks.filter((_, index) => reasons[index] === undefined).flatMap((check) => check.look(eyes))
  if (ruled.length === 0 && view.watching && tried()) {
    return { ...none, status: 'not-applicable', message: 'Only a run of "plugtill check" asks for this.' }
  }
  if (ruled.length === 0) {
    const needs = [...new Set(checks.map((check) => check.needs))].join('; ')
    return { ...none, status: 'untestable', message: `Not testable: ${needs}.` }
  }
  const failing = ruled.filter(isFailing)
  const [first] = failing
  const shown = (first === undefined ? ruled : failing).flatMap(({ seen }) => seen ?? [])
  return {
    ...none,
    status: first === undefined ? 'pass' : requirement.keyword === 'must' ? 'fail' : 'warn',
    held: ruled.length - failing.length,
    failed: failing.length,
    message: first?.ruling.message ?? requirement.text,
    wrong: first?.ruling,
    evidence: [...new Set(shown)].slice(0, MOST_EVIDENCE),
    failedIn: new Set(failing.flatMap(({ seen }) => seen?.index ?? [])),
    failedPlaces: new Set(failing.flatMap(({ seen }) => seen?.place ?? [])),
    symptoms: new Set(
      failing.map(({ seen, ruling }) => `${seen?.index ?? ''} ${ruling.field ?? ''} ${ruling.actual ?? ''}`),
    ),
  }
}

/** The view, and whether a check looked in it for what only a run brings about: odd questions and vain waits. */
function attentive(view: View): { readonly eyes: View; readonly tried: () => boolean } {
  let tried = false
  const noted = <A extends readonly unknown[], V>(look: (...args: A) => V) => {
    return (...args: A): V => {
      tried = true
      return look(...args)
    }
  }
  return { eyes: { ...view, probes: noted(view.probes), fact: noted(view.fact) }, tried: () => tried }
}

const isFailing = (one: Ruled): one is Ruled & { readonly ruling: Wrong } => one.ruling !== 'ok'

/**
 * Who only looks on never sees everything: on a board a milestone is reached when nothing it asks for failed and more
 * than this share of it was seen to hold. What is left stays on show as not seen.
 */
const SEEN_SHARE = 2 / 3

interface Judged {
  readonly outcomes: readonly Outcome[]
  readonly roots: readonly Outcome[]
  readonly watching: boolean
}

function milestoneOutcome(milestone: Milestone, { outcomes, roots, watching }: Judged): MilestoneOutcome {
  const musts = outcomes.filter(
    ({ requirement, status }) =>
      requirement.milestone === milestone.id && requirement.keyword === 'must' && status !== 'not-applicable',
  )
  const bad = musts.filter(({ status }) => status === 'fail' || status === 'untestable')
  const names = new Set(bad.map(({ requirement, cause }) => cause ?? requirement.id))
  const blockedBy = [
    ...roots.map(({ requirement }) => requirement.id).filter((id) => names.has(id)),
    ...[...names].filter((id) => !roots.some(({ requirement }) => requirement.id === id)),
  ]
  // A milestone of which nothing was asked is not reached by that.
  const reached = watching
    ? bad.every((one) => one.status === 'untestable') && musts.length - bad.length > musts.length * SEEN_SHARE
    : musts.length > 0 && bad.length === 0
  const status = reached ? 'pass' : bad.some((one) => one.status === 'fail') ? 'fail' : 'untestable'
  return { milestone, status, blockedBy }
}
