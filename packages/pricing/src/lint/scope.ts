import type { TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'

/** When an element applies, as sets that can be compared. */
export type Scope = TariffRestrictions | null | undefined

type Range = readonly [from: number, until: number]

const infinity = Number.POSITIVE_INFINITY
const allDays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

/** The pairs of bounds: at least the first, below the second. (G-07) */
export const bounds = [
  ['min_kwh', 'max_kwh', 'kWh'],
  ['min_current', 'max_current', 'A'],
  ['min_power', 'max_power', 'kW'],
  ['min_duration', 'max_duration', 's'],
] as const

type Bounded = (typeof bounds)[number]

const rangeOf = (scope: Scope, [min, max]: Bounded): Range => [scope?.[min] ?? 0, scope?.[max] ?? infinity]

const dateRange = (scope: Scope): readonly [string, string] => [
  scope?.start_date ?? '',
  scope?.end_date ?? '9999-99-99',
]

const daysOf = (scope: Scope): readonly string[] => {
  const days: readonly string[] = scope?.day_of_week ?? []
  return days.length === 0 ? allDays : days
}

const minuteOf = (clock: string | null | undefined): number =>
  clock == null ? 0 : Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** Minutes of the day, wrapped over midnight into two ranges. (G-08) */
export function clockRanges(scope: Scope): readonly Range[] {
  const [from, until] = [minuteOf(scope?.start_time), minuteOf(scope?.end_time) || 1440]
  if (from < until) return [[from, until]]
  if (from === until) return [[0, 1440]]
  return [
    [0, until],
    [from, 1440],
  ]
}

const within = (inner: Range, outer: Range) => inner[0] >= outer[0] && inner[1] <= outer[1]
const meet = (a: Range, b: Range) => a[0] < b[1] && b[0] < a[1]

/** Whether nothing at all can match, and which pair of bounds says so. */
export function neverMatches(scope: Scope): { readonly field: string; readonly reason: string } | undefined {
  for (const pair of bounds) {
    const [from, until] = rangeOf(scope, pair)
    if (from >= until)
      return { field: pair[1], reason: `at least ${from} and below ${until} ${pair[2]} is never the case` }
  }
  const [first, last] = dateRange(scope)
  if (first >= last) return { field: 'end_date', reason: `from ${first} until before ${last} is no day at all` }
  return undefined
}

/** Whether at every moment at which `inner` applies `outer` applies too. */
export function implies(inner: Scope, outer: Scope): boolean {
  if (outer == null) return inner?.reservation == null
  if ((inner?.reservation ?? undefined) !== (outer.reservation ?? undefined)) return false
  const [innerDates, outerDates] = [dateRange(inner), dateRange(outer)]
  return (
    bounds.every(
      (pair) =>
        within(rangeOf(inner, pair), rangeOf(outer, pair)) && (!canBeUnknown(pair) || knownBy(inner, outer, pair)),
    ) &&
    innerDates[0] >= outerDates[0] &&
    innerDates[1] <= outerDates[1] &&
    daysOf(inner).every((day) => daysOf(outer).includes(day)) &&
    clockRanges(inner).every((range) => clockRanges(outer).some((wide) => within(range, wide)))
  )
}

/** What is not known matches no bound on power or current. */
const canBeUnknown = ([, , unit]: Bounded) => unit === 'A' || unit === 'kW'

/** Also a bound that nothing is below asks that the power or current is known: only another bound on it promises that. */
const knownBy = (inner: Scope, outer: TariffRestrictions, [min, max]: Bounded): boolean =>
  outer[min] == null || inner?.[min] != null || inner?.[max] != null

/** Whether there can be a moment at which both apply. */
export function canMeet(a: Scope, b: Scope): boolean {
  if ((a?.reservation ?? undefined) !== (b?.reservation ?? undefined)) return false
  const [aDates, bDates] = [dateRange(a), dateRange(b)]
  return (
    bounds.every((pair) => meet(rangeOf(a, pair), rangeOf(b, pair))) &&
    aDates[0] < bDates[1] &&
    bDates[0] < aDates[1] &&
    daysOf(a).some((day) => daysOf(b).includes(day)) &&
    clockRanges(a).some((one) => clockRanges(b).some((other) => meet(one, other)))
  )
}

const asked = (scope: Scope): readonly string[] =>
  Object.entries(scope ?? {}).flatMap(([name, value]) =>
    value == null || (Array.isArray(value) && value.length === 0) ? [] : [name],
  )

/** Whether elements with these restrictions together apply always: by the clock of every day of the week, or along one range. */
export function coverAll(scopes: readonly Scope[]): boolean {
  const clocked = scopes.filter((scope) =>
    asked(scope).every((name) => ['start_time', 'end_time', 'day_of_week'].includes(name)),
  )
  if (
    allDays.every((day) =>
      coversFrom(0, 1440, clocked.filter((scope) => daysOf(scope).includes(day)).flatMap(clockRanges)),
    )
  )
    return true
  return bounds.some((pair) => {
    if (canBeUnknown(pair)) return false
    const alone = scopes.filter((scope) => asked(scope).every((name) => name === pair[0] || name === pair[1]))
    return coversFrom(
      0,
      infinity,
      alone.map((scope) => rangeOf(scope, pair)),
    )
  })
}

function coversFrom(start: number, end: number, ranges: readonly Range[]): boolean {
  let reached = start
  for (const [from, until] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > reached) return false
    reached = Math.max(reached, until)
  }
  return reached >= end
}
