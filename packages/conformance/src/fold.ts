/**
 * Finds which failures are only consequences of others, so that one root cause leads and not forty lines: what a check
 * names as its prerequisite, a general requirement that fails only where a more exact one does, and milestones that
 * could not be reached because an earlier one failed.
 */
import { MILESTONES } from './catalogue.ts'
import type { Outcome } from './judge.ts'

/** Requirements about every message: they lead only when they fail in many places, else the exact one does. */
const GENERAL = new Set(['transport', 'security', 'paging'])
const MANY_PLACES = 3

const isBad = ({ status }: Outcome): boolean => status === 'fail' || status === 'warn' || status === 'untestable'
const isShown = ({ status }: Outcome): boolean => status === 'fail' || status === 'warn'

/** The outcomes with their causes, and what is left as a cause itself, the first to mend first. */
export function causesOf(plain: readonly Outcome[]): {
  readonly outcomes: readonly Outcome[]
  readonly roots: readonly Outcome[]
} {
  const byId = new Map(plain.map((one) => [one.requirement.id, one]))
  const direct = new Map(plain.filter(isBad).map((one) => [one.requirement.id, causeOf(one, plain, byId)]))
  const rootOf = (id: string): string | undefined => {
    const met = new Set([id])
    let at = direct.get(id)
    for (let next = at; next !== undefined && !met.has(next); next = direct.get(next)) {
      met.add(next)
      at = next
    }
    return at
  }
  const outcomes = plain.map((one) => {
    const cause = isBad(one) ? rootOf(one.requirement.id) : undefined
    return cause === undefined || cause === one.requirement.id ? one : { ...one, cause }
  })
  const roots = outcomes.filter((one) => isShown(one) && one.cause === undefined).sort(firstToMend)
  return { outcomes, roots }
}

function causeOf(one: Outcome, all: readonly Outcome[], byId: ReadonlyMap<string, Outcome>): string | undefined {
  const named = one.after.map((id) => byId.get(id)).find((other) => other !== undefined && isBad(other))
  if (named !== undefined) return named.requirement.id
  if (isShown(one)) return (isGeneral(one) ? exactOf(one, all) : generalOf(one, all))?.requirement.id
  return earlierOf(one, all)?.requirement.id
}

const isGeneral = ({ requirement }: Outcome): boolean => GENERAL.has(requirement.module)

/** Where a general requirement fails in few places and more exact ones fail in all its exchanges, the first of those. */
function exactOf(one: Outcome, all: readonly Outcome[]): Outcome | undefined {
  if (one.failedIn.size === 0 || one.failedPlaces.size >= MANY_PLACES) return undefined
  const indexes = [...one.failedIn]
  const exact = all.filter(
    (other) => isShown(other) && !isGeneral(other) && indexes.some((index) => other.failedIn.has(index)),
  )
  const covered = indexes.every((index) => exact.some((other) => other.failedIn.has(index)))
  return covered ? exact.sort(firstToMend)[0] : undefined
}

/** A general requirement that leads and saw the very same wherever this exact one failed. */
function generalOf(one: Outcome, all: readonly Outcome[]): Outcome | undefined {
  if (one.symptoms.size === 0) return undefined
  return all.find(
    (other) =>
      isGeneral(other) &&
      isShown(other) &&
      [...one.symptoms].every((symptom) => other.symptoms.has(symptom)) &&
      exactOf(other, all) === undefined,
  )
}

/** What was never seen is blamed on the first MUST that failed on the way there. */
function earlierOf(one: Outcome, all: readonly Outcome[]): Outcome | undefined {
  const reached = MILESTONES.indexOf(one.requirement.milestone)
  return all
    .filter(
      (other) =>
        other.status === 'fail' &&
        other.requirement.keyword === 'must' &&
        MILESTONES.indexOf(other.requirement.milestone) <= reached,
    )
    .sort(firstToMend)[0]
}

const KEYWORDS = ['must', 'should', 'advice']

/** MUST before SHOULD, the earlier milestone, then what happened first. */
export function firstToMend(a: Outcome, b: Outcome): number {
  const rank = ({ requirement, failedIn }: Outcome) => [
    KEYWORDS.indexOf(requirement.keyword),
    MILESTONES.indexOf(requirement.milestone),
    Math.min(...failedIn, Number.MAX_SAFE_INTEGER),
  ]
  const [left, right] = [rank(a), rank(b)]
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0
    if (value !== other) return value - other
  }
  return 0
}
