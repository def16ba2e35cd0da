import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Hit, Rule } from './rule.ts'
import { chargingComponents, componentsOf, dimensionName } from './rule.ts'
import { bounds, canMeet, clockRanges, coverAll, implies, neverMatches } from './scope.ts'

const types = ['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'] as const

/** What elements and restrictions do to each other. */
export const elementRules: readonly Rule[] = [
  {
    id: 'unreachable-element',
    severity: 'error',
    about: 'A price that an earlier element always takes first.',
    cites: 'G-01',
    find: (tariff) =>
      componentsOf(tariff).flatMap((placed): readonly Hit[] => {
        if (!placed.isFirst || neverMatches(placed.restrictions) !== undefined) return []
        const earlier = tariff.elements.findIndex(
          (element, index) =>
            index < placed.element &&
            element.price_components.some((one) => one.type === placed.priced.type) &&
            implies(placed.restrictions, element.restrictions),
        )
        if (earlier < 0) return []
        const what = dimensionName[placed.priced.type]
        return [
          {
            path: placed.path,
            reason: `This price for ${what} is never used: whenever it could apply, elements[${earlier}] applies first.`,
            fix: `Move this element in front of elements[${earlier}], or remove it.`,
          },
        ]
      }),
  },
  {
    id: 'double-component',
    severity: 'error',
    about: 'Two components of one dimension in one element: which of them counts is undefined.',
    cites: 'G-04',
    find: (tariff) =>
      componentsOf(tariff).flatMap((placed): readonly Hit[] =>
        placed.isFirst
          ? []
          : [
              {
                path: placed.path,
                reason: `A second ${placed.priced.type} in one element; the specification does not say which one counts.`,
                fix: 'Keep one, or put the other into an element of its own with restrictions.',
              },
            ],
      ),
  },
  {
    id: 'never-matches',
    severity: 'error',
    about: 'Restrictions that nothing can meet.',
    cites: 'G-03, G-07, G-10',
    find: (tariff) =>
      tariff.elements.flatMap(({ restrictions }, index): readonly Hit[] => {
        const never = neverMatches(restrictions)
        if (never === undefined) return []
        return [
          {
            path: `/elements/${index}/restrictions/${never.field}`,
            reason: `The element never applies: ${never.reason}.`,
            fix: 'The minimum belongs to the price, the maximum no more: let the minimum be the smaller one.',
          },
        ]
      }),
  },
  {
    id: 'outside-validity',
    severity: 'warning',
    about: 'Dates of an element outside the time in which the tariff is valid.',
    cites: 'G-10',
    find: (tariff) =>
      tariff.elements.flatMap(({ restrictions: r }, index): readonly Hit[] => {
        const path = `/elements/${index}/restrictions`
        const [start, end] = [tariff.start_date_time?.slice(0, 10), tariff.end_date_time?.slice(0, 10)]
        if (r?.end_date != null && start != null && r.end_date < start)
          return [
            {
              path: `${path}/end_date`,
              reason: `The element ends on ${r.end_date}, before the tariff starts on ${start}.`,
              fix: 'Remove the element or correct its dates.',
            },
          ]
        if (r?.start_date != null && end != null && r.start_date > end)
          return [
            {
              path: `${path}/start_date`,
              reason: `The element starts on ${r.start_date}, after the tariff ends on ${end}.`,
              fix: 'Remove the element or correct its dates.',
            },
          ]
        return []
      }),
  },
  {
    id: 'no-default-component',
    severity: 'warning',
    about: 'A dimension that is priced at some times only, and is free at all others.',
    cites: 'C-203, G-02',
    find: (tariff) =>
      types.flatMap((type): readonly Hit[] => {
        const mine = chargingComponents(tariff).filter(({ priced }) => priced.type === type)
        const last = mine.at(-1)
        if (last === undefined || coverAll(mine.map(({ restrictions }) => restrictions))) return []
        return [
          {
            path: last.path,
            reason: `Outside the restrictions ${dimensionName[type]} costs nothing: no element prices it without restrictions.`,
            fix: `Add a last element without restrictions for ${type}; if free is meant, with price 0.`,
          },
        ]
      }),
  },
  {
    id: 'overlapping-restrictions',
    severity: 'hint',
    about: 'Two elements that can both apply, where only their order decides.',
    cites: 'G-01',
    find: (tariff) => overlaps(tariff),
  },
  {
    id: 'weekday-over-midnight',
    severity: 'warning',
    about: 'A window over midnight together with weekdays: the day is that of the moment, not of the evening.',
    cites: 'G-09',
    find: (tariff) =>
      tariff.elements.flatMap(({ restrictions }, index): readonly Hit[] => {
        const r = restrictions ?? {}
        const days = r.day_of_week ?? []
        if (days.length === 0 || days.length >= 7 || clockRanges(r).length < 2) return []
        return [
          {
            path: `/elements/${index}/restrictions/day_of_week`,
            reason: `${r.start_time}–${r.end_time} on ${days.join(', ')} ends at midnight and begins at 00:00 of the same day: the morning after the last day is not in it, the morning of the first is.`,
            fix: 'Make two elements: until 00:00 on these days, and from 00:00 on the days after them.',
          },
        ]
      }),
  },
  {
    id: 'whole-day-window',
    severity: 'hint',
    about: 'start_time and end_time alike.',
    cites: 'G-08, E-80',
    find: (tariff) =>
      tariff.elements.flatMap(({ restrictions: r }, index): readonly Hit[] =>
        r?.start_time != null && r.start_time === r.end_time
          ? [
              {
                path: `/elements/${index}/restrictions/end_time`,
                reason: `Start and end are both ${r.start_time}; that is read as the whole day here, elsewhere perhaps as never.`,
                fix: 'Leave both out for the whole day.',
              },
            ]
          : [],
      ),
  },
  {
    id: 'half-window',
    severity: 'hint',
    about: 'Only start_time or only end_time.',
    cites: 'G-08, E-80',
    find: (tariff) =>
      tariff.elements.flatMap(({ restrictions }, index): readonly Hit[] => {
        const { start_time: start, end_time: end } = restrictions ?? {}
        if ((start == null) === (end == null)) return []
        return [
          {
            path: `/elements/${index}/restrictions`,
            reason: `Only ${start == null ? 'end_time' : 'start_time'} is given; the other side is read as midnight.`,
            fix: 'Give both; 00:00 as end_time is the end of the day.',
          },
        ]
      }),
  },
  {
    id: 'day-twice',
    severity: 'hint',
    about: 'A weekday named twice, or all seven.',
    cites: 'tariffs › TariffRestrictions',
    find: (tariff) =>
      tariff.elements.flatMap(({ restrictions: r }, index): readonly Hit[] => {
        const days = r?.day_of_week
        if (days == null) return []
        const path = `/elements/${index}/restrictions/day_of_week`
        if (new Set(days).size < days.length)
          return [{ path, reason: 'A day is named twice.', fix: 'Name each day once.' }]
        return days.length === 7
          ? [{ path, reason: 'All seven days are named, which restricts nothing.', fix: 'Leave day_of_week out.' }]
          : []
      }),
  },
  {
    id: 'reservation-dimension',
    severity: 'error',
    about: 'An element for reservations may only price FLAT and TIME.',
    cites: 'G-17',
    find: (tariff) =>
      componentsOf(tariff).flatMap(({ priced, restrictions, path }): readonly Hit[] =>
        restrictions?.reservation != null && (priced.type === 'ENERGY' || priced.type === 'PARKING_TIME')
          ? [
              {
                path,
                reason: `${priced.type} cannot be used up by a reservation.`,
                fix: 'Use FLAT or TIME, or remove the restriction reservation.',
              },
            ]
          : [],
      ),
  },
  {
    id: 'unit-of-restriction',
    severity: 'warning',
    about: 'Bounds that look like W, Wh or minutes.',
    cites: 'G-07',
    find: (tariff) =>
      tariff.elements.flatMap(({ restrictions: r }, index) => suspiciousBounds(r, `/elements/${index}/restrictions`)),
  },
]

function overlaps(tariff: Tariff): readonly Hit[] {
  const hits: Hit[] = []
  tariff.elements.forEach((later, index) => {
    if (neverMatches(later.restrictions) !== undefined) return
    tariff.elements.slice(0, index).forEach((earlier, first) => {
      const shared = types.filter((type) =>
        [earlier, later].every((one) => one.price_components.some((each) => each.type === type)),
      )
      if (shared.length === 0 || !canMeet(earlier.restrictions, later.restrictions)) return
      // A narrower element in front of a wider one is how exceptions are written.
      if (implies(earlier.restrictions, later.restrictions) || implies(later.restrictions, earlier.restrictions)) return
      hits.push({
        path: `/elements/${index}/restrictions`,
        reason: `It can apply together with elements[${first}]; then that one supplies ${shared.join(', ')}, because it comes first.`,
        fix: 'Make the restrictions exclude each other, if that order is not meant.',
      })
    })
  })
  return hits
}

const largest: Readonly<Record<(typeof bounds)[number][2], number>> = { kWh: 1000, A: 5000, kW: 2000, s: 31 * 86_400 }

function suspiciousBounds(r: Tariff['elements'][number]['restrictions'], path: string): readonly Hit[] {
  return bounds.flatMap(([min, max, unit]) =>
    [min, max].flatMap((name): readonly Hit[] => {
      const value = r?.[name]
      if (value == null) return []
      if (value < 0) return [{ path: `${path}/${name}`, reason: `${name} is ${value}.`, fix: 'Bounds are 0 or more.' }]
      if (value > largest[unit])
        return [
          {
            path: `${path}/${name}`,
            reason: `${value} ${unit} is beyond any charging session.`,
            fix: `Check the unit: ${name} is in ${unit}.`,
          },
        ]
      if (unit === 's' && value > 0 && value < 60)
        return [
          {
            path: `${path}/${name}`,
            reason: `${value} s is very short; durations are in seconds, not in minutes or hours.`,
            fix: 'Write seconds: 3600 for an hour.',
          },
        ]
      return []
    }),
  )
}
