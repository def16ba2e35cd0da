/**
 * Finds which failures are only consequences of others, so that one root cause leads and not forty lines: what a check
 * names as its prerequisite, a general requirement that fails only where a more exact one does, and milestones that
 * could not be reached because an earlier one failed.
 */
import { MILESTONES } from './catalogue.ts'
import type { Outcome } from './judge.ts'

/** Requirements about every message: they lead only when they fail in many places, else the exact one does. */
const GENERAL =
  /^(transport\.(answer|question|datetime|routing)|security\.(url|https|redirect|answer)|paging\.(count|limit|link))\//
const MANY_PLACES = 3

/** Modules of the catalogue that are about no step of the way but about all of it. */
const COMMON = new Set(['transport', 'security', 'paging'])

const KEYWORDS = ['must', 'should', 'advice']

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
    const met: string[] = []
    let at: string | undefined = id
    while (at !== undefined && !met.includes(at)) {
      met.push(at)
      at = direct.get(at)
    }
    // Where two explain each other the one to mend first is the root.
    const circle = at === undefined ? [] : met.slice(met.indexOf(at)).flatMap((one) => byId.get(one) ?? [])
    return circle.sort(firstToMend)[0]?.requirement.id ?? met.at(-1)
  }
  const outcomes = plain.map((one) => {
    const cause = isBad(one) ? rootOf(one.requirement.id) : undefined
    return cause === undefined || cause === one.requirement.id ? one : { ...one, cause }
  })
  const roots = outcomes.filter((one) => isShown(one) && one.cause === undefined).sort(firstToMend)
  return { outcomes, roots }
}

function causeOf(one: Outcome, all: readonly Outcome[], byId: ReadonlyMap<string, Outcome>): string | undefined {
  const before = one.after.flatMap((id) => byId.get(id) ?? [])
  // What was never seen explains no failure, only another silence.
  const named = before.find((other) => explains(other, one)) ?? (isShown(one) ? undefined : before.find(isBad))
  if (named !== undefined) return named.requirement.id
  if (isShown(one)) return (isGeneral(one) ? exactOf(one, all) : generalOf(one, all))?.requirement.id
  return earlierOf(one, all)?.requirement.id
}

/**
 * A prerequisite explains what comes after it when it never held, or when both failed in the same exchange. One that held
 * in between has stopped nothing, and what fails after it is a finding of its own. Flaws that all lists or all messages
 * have show in other exchanges than their consequences.
 */
const explains = (other: Outcome, one: Outcome): boolean =>
  isShown(other) &&
  (other.held === 0 ||
    (COMMON.has(one.requirement.module) && one.requirement.module === other.requirement.module) ||
    [...one.failedIn].some((index) => other.failedIn.has(index)))

const isGeneral = ({ requirement }: Outcome): boolean => GENERAL.test(requirement.id)

/** Where a general requirement fails in few places and more exact ones fail in all its exchanges, the first of those. */
function exactOf(one: Outcome, all: readonly Outcome[]): Outcome | undefined {
  if (one.failedIn.size === 0 || one.failedPlaces.size >= MANY_PLACES) return undefined
  const indexes = [...one.failedIn]
  const exact = all.filter(
    (other) =>
      isShown(other) &&
      !isGeneral(other) &&
      !other.after.includes(one.requirement.id) &&
      KEYWORDS.indexOf(other.requirement.keyword) <= KEYWORDS.indexOf(one.requirement.keyword) &&
      indexes.some((index) => other.failedIn.has(index)),
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

/**
 * What was never seen is blamed on a MUST that failed on the way there: the one that most others wait for and that never
 * held, else the first exact one. A flaw of every message, such as a header too many, stops nobody and takes the blame last.
 */
function earlierOf(one: Outcome, all: readonly Outcome[]): Outcome | undefined {
  const reached = MILESTONES.indexOf(one.requirement.milestone)
  const failed = all
    .filter(
      (other) =>
        other.status === 'fail' &&
        other.requirement.keyword === 'must' &&
        MILESTONES.indexOf(other.requirement.milestone) <= reached,
    )
    .sort(firstToMend)
  const waiting = (id: string) => all.filter(({ after }) => after.includes(id)).length
  const [gate] = failed
    .filter(({ requirement, held }) => held === 0 && waiting(requirement.id) > 0)
    .sort((a, b) => waiting(b.requirement.id) - waiting(a.requirement.id))
  return gate ?? failed.find((other) => !isGeneral(other)) ?? failed[0]
}

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
