/** What was true of a payment when: by the provider’s ledger and the CPO’s bills, all amounts in minor units. */
import type { Asked } from './asked.ts'
import type { Booked, CpoCdr } from './books.ts'

type Facts = Pick<Asked, 'lines' | 'cdrs'>

export interface Moment {
  readonly at: number
  readonly captured: number
  /** What was captured less what was paid back. */
  readonly net: number
  /** What the bill asks that stands; 0 when every bill was taken back, undefined when there was none yet. */
  readonly due: number | undefined
}

/** The bills that ask at that time: those that no credit CDR has taken back. */
export function standingAt(cdrs: readonly CpoCdr[], at = Number.POSITIVE_INFINITY): readonly CpoCdr[] {
  const known = cdrs.filter((one) => one.at <= at)
  const back = new Set(known.map(({ creditOf }) => creditOf?.toLowerCase()))
  return known.filter(({ id, creditOf }) => creditOf === undefined && !back.has(id.toLowerCase()))
}

export const doneOf = (lines: readonly Booked[], operation: string): readonly Booked[] =>
  lines.filter((one) => one.operation === operation && one.status === 'done' && one.amountMinor > 0)

function momentAt({ lines, cdrs }: Facts, at: number): Moment {
  const sum = (operation: string) =>
    doneOf(lines, operation).reduce((all, one) => (one.at <= at ? all + one.amountMinor : all), 0)
  const captured = sum('capture')
  const none = cdrs.some((one) => one.at <= at) ? 0 : undefined
  return { at, captured, net: captured - sum('refund'), due: standingAt(cdrs, at)[0]?.dueMinor ?? none }
}

/** Nothing, and then one for each time at which something changed, in order. */
export function momentsOf({ lines, cdrs }: Facts): readonly Moment[] {
  const changes = [...doneOf(lines, 'capture'), ...doneOf(lines, 'refund'), ...cdrs].map(({ at }) => at)
  const times = [...new Set(changes)].sort((a, b) => a - b)
  return [Number.NEGATIVE_INFINITY, ...times].map((at) => momentAt({ lines, cdrs }, at))
}

/** How it stands in the end. */
export const lastOf = (facts: Facts): Moment => momentAt(facts, Number.POSITIVE_INFINITY)
