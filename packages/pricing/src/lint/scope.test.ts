import type { TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canMeet, clockRanges, coverAll, implies, neverMatches } from './scope.ts'

/** One moment of a session, with an amount of everything a bound can ask for; a power or current nobody knows is absent. */
interface Moment {
  readonly date: string
  readonly weekday: string
  readonly time: string
  readonly amounts: Readonly<Record<string, number | undefined>>
  readonly reservation: string | undefined
}

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
const dates = ['2026-03-09', '2026-04-06', '2026-06-01']
const clocks = ['00:00', '06:30', '12:15', '22:00']
const amounts = [0, 5, 10]
const kinds = ['kwh', 'duration', 'power', 'current'] as const
type Kind = (typeof kinds)[number]

/** One moment for every combination that the bounds above can tell apart. */
function momentsOf(kind: Kind): readonly Moment[] {
  const unknown = kind === 'power' || kind === 'current' ? [undefined] : []
  return ['2026-01-01', ...dates].flatMap((date) =>
    weekdays.flatMap((weekday) =>
      clocks.flatMap((time) =>
        [...amounts, ...unknown].flatMap((amount) =>
          [undefined, 'RESERVATION', 'RESERVATION_EXPIRES'].map((reservation) => ({
            ...{ date, weekday, time, reservation },
            amounts: { kwh: 0, duration: 0, [kind]: amount },
          })),
        ),
      ),
    ),
  )
}

const known = new Map(kinds.map((kind) => [kind, momentsOf(kind)]))
const moments = (kind: Kind): readonly Moment[] => known.get(kind) ?? []

/** The restrictions read a second time, straight from the specification's table. */
function applies(r: TariffRestrictions, moment: Moment): boolean {
  const [from, until] = [r.start_time ?? '00:00', r.end_time ?? '00:00']
  const inClock =
    from === until ||
    (from < until || until === '00:00'
      ? moment.time >= from && (until === '00:00' || moment.time < until)
      : moment.time >= from || moment.time < until)
  const inBounds = kinds.every((kind) => {
    const [min, max, amount] = [r[`min_${kind}`], r[`max_${kind}`], moment.amounts[kind]]
    if (min == null && max == null) return true
    return amount !== undefined && amount >= (min ?? 0) && amount < (max ?? Number.POSITIVE_INFINITY)
  })
  const days: readonly string[] = r.day_of_week ?? []
  return (
    inClock &&
    inBounds &&
    moment.date >= (r.start_date ?? '') &&
    moment.date < (r.end_date ?? '9') &&
    (days.length === 0 || days.includes(moment.weekday)) &&
    (r.reservation ?? undefined) === moment.reservation
  )
}

const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const clocked = fc.record({
  start_time: perhaps(fc.constantFrom(...clocks)),
  end_time: perhaps(fc.constantFrom(...clocks)),
  day_of_week: perhaps(fc.subarray([...weekdays])),
})
const bounded = (kind: Kind) =>
  fc.record({ [`min_${kind}`]: perhaps(fc.constantFrom(...amounts)), [`max_${kind}`]: perhaps(fc.constantFrom(5, 10)) })
const anyScope = (kind: Kind): fc.Arbitrary<TariffRestrictions> =>
  fc
    .tuple(
      clocked,
      fc.record({ start_date: perhaps(fc.constantFrom(...dates)), end_date: perhaps(fc.constantFrom(...dates)) }),
      fc.record({ reservation: fc.constantFrom(undefined, undefined, null, 'RESERVATION', 'RESERVATION_EXPIRES') }),
      bounded(kind),
      fc.subarray(['clock', 'date', 'amount', 'reservation'] as const),
    )
    .map(([clock, date, reservation, amount, parts]) => ({
      ...(parts.includes('clock') ? clock : {}),
      ...(parts.includes('date') ? date : {}),
      ...(parts.includes('amount') ? amount : {}),
      ...(parts.includes('reservation') ? (reservation as Pick<TariffRestrictions, 'reservation'>) : {}),
    }))
const anyKind = fc.constantFrom(...kinds)

test('two scopes meet, one implies the other, or one never matches: as looking at every moment says', () => {
  fc.assert(
    fc.property(
      anyKind.chain((kind) => fc.tuple(fc.constant(kind), anyScope(kind), anyScope(kind))),
      ([kind, a, b]) => {
        const all = moments(kind)
        const ofA = all.filter((moment) => applies(a, moment))
        expect(neverMatches(a) !== undefined).toBe(ofA.length === 0)
        if (ofA.length === 0 || neverMatches(b) !== undefined) return
        expect(canMeet(a, b)).toBe(ofA.some((moment) => applies(b, moment)))
        expect(implies(a, b)).toBe(ofA.every((moment) => applies(b, moment)))
      },
    ),
    { numRuns: 200 },
  )
})

test('no restrictions are a scope too, and hold for everything but reservations', () => {
  const [always, reserved] = [undefined, { reservation: 'RESERVATION' } as const]
  expect([implies({ min_kwh: 1 }, always), implies(reserved, null), implies(always, always)]).toEqual([
    true,
    false,
    true,
  ])
  expect([implies(always, { max_power: 5 }), implies(always, { min_kwh: 1 }), implies(null, {})]).toEqual([
    false,
    false,
    true,
  ])
  expect([implies(always, reserved), implies(reserved, { reservation: 'RESERVATION_EXPIRES' })]).toEqual([false, false])
  expect([canMeet(always, { min_kwh: 1 }), canMeet(null, reserved), canMeet(reserved, always)]).toEqual([
    true,
    false,
    false,
  ])
  expect([neverMatches(null), neverMatches(always)]).toEqual([undefined, undefined])
})

test('elements that cover everything by the clock or along one amount: as looking at every moment says', () => {
  const sets = fc.oneof(
    fc.tuple(fc.constant<Kind>('kwh'), fc.array(clocked, { minLength: 1, maxLength: 5 })),
    fc
      .constantFrom<Kind>('kwh', 'duration')
      .chain((kind) => fc.tuple(fc.constant(kind), fc.array(bounded(kind), { minLength: 1, maxLength: 4 }))),
  )
  fc.assert(
    fc.property(sets, ([kind, scopes]) => {
      const open = moments(kind).filter(
        (moment) =>
          moment.reservation === undefined && !scopes.some((one) => applies(one as TariffRestrictions, moment)),
      )
      expect(coverAll(scopes as TariffRestrictions[])).toBe(open.length === 0)
    }),
    { numRuns: 200 },
  )
})

test('what is said to cover everything does, whatever else the elements ask for', () => {
  fc.assert(
    fc.property(
      anyKind.chain((kind) => fc.tuple(fc.constant(kind), fc.array(anyScope(kind), { minLength: 1, maxLength: 4 }))),
      ([kind, scopes]) => {
        const plain = scopes.map(({ reservation: _, ...scope }) => scope)
        if (!coverAll(plain)) return
        const charging = moments(kind).filter(({ reservation }) => reservation === undefined)
        expect(charging.filter((moment) => !plain.some((one) => applies(one, moment)))).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
})

test('bounds on power never cover everything: what is not known matches none', () => {
  expect(coverAll([{ max_power: 5 }, { min_power: 5 }])).toBe(false)
  expect(coverAll([{ max_current: 5 }, { min_current: 5 }])).toBe(false)
  expect([coverAll([undefined]), coverAll([null])]).toEqual([true, true])
  expect(coverAll([])).toBe(false)
})

test('a window over midnight is two ranges of the day; 00:00 as its end is the end of the day (G-08)', () => {
  expect(clockRanges({ start_time: '22:30', end_time: '06:15' })).toEqual([
    [0, 375],
    [1350, 1440],
  ])
  expect(clockRanges({ start_time: '22:30', end_time: '00:00' })).toEqual([[1350, 1440]])
  expect(clockRanges({ end_time: '06:15' })).toEqual([[0, 375]])
  expect([clockRanges(null), clockRanges({ start_time: '08:00', end_time: '08:00' })]).toEqual([
    [[0, 1440]],
    [[0, 1440]],
  ])
})

test('dates meet on a day that both have: the last one of each is no more in it (G-10)', () => {
  const [from, before, after] = [{ start_date: '2026-06-01' }, { end_date: '2026-06-01' }, { end_date: '2026-06-02' }]
  expect([canMeet(from, before), canMeet(before, from)]).toEqual([false, false])
  expect([canMeet(from, after), canMeet(after, from)]).toEqual([true, true])
})

test('a window over midnight meets what meets one end of it, and implies what holds for both (G-08)', () => {
  const [night, late, early] = [
    { start_time: '22:00', end_time: '06:00' },
    { start_time: '23:00', end_time: '23:30' },
    { end_time: '06:00' },
  ]
  expect([canMeet(night, late), canMeet(late, night), canMeet(early, night)]).toEqual([true, true, true])
  expect([implies(night, early), implies(early, night), implies(late, night)]).toEqual([false, true, true])
})

test('at least 0 asks nothing of energy and time, but of a power or current that it is known', () => {
  expect([implies({}, { min_kwh: 0 }), implies({}, { min_duration: 0 })]).toEqual([true, true])
  for (const [min, max] of [
    ['min_power', 'max_power'],
    ['min_current', 'max_current'],
  ] as const) {
    expect([implies({}, { [min]: 0 }), implies(null, { [min]: 0 }), implies({ min_kwh: 1 }, { [min]: 0 })]).toEqual([
      false,
      false,
      false,
    ])
    expect([implies({ [min]: 1 }, { [min]: 0 }), implies({ [max]: 1 }, { [min]: 0 })]).toEqual([true, true])
  }
})

test('a restriction that is null, or names no days, is none', () => {
  expect(coverAll([{ start_date: null }])).toBe(true)
  expect([
    implies({}, { reservation: null }),
    implies({ reservation: null }, {}),
    implies({ min_kwh: null }, {}),
  ]).toEqual([true, true, true])
  expect([canMeet(null, { reservation: null }), canMeet({ reservation: null }, undefined)]).toEqual([true, true])
  expect(coverAll([{ max_kwh: 10, day_of_week: [] }, { min_kwh: 10 }])).toBe(true)
  expect(coverAll([{ max_kwh: 10 }, { min_kwh: 10, start_time: '08:00' }])).toBe(false)
})
