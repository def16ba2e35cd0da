/** The hours and kWh a CDR states, beside those of its periods; and in which unit its periods meant them. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { parseDateTime } from '@plugtill/ocpi/types'
import type { TotalCheck } from './audit-costs.ts'
import type { LintFinding } from './lint/finding.ts'

/** Hours and kWh of the CDR beside those of its periods. (C-609) */
export function amountChecks(cdr: Cdr): readonly TotalCheck[] {
  const sumOf = (type: string) =>
    cdr.charging_periods
      .flatMap((period) => period.dimensions)
      .filter((one) => one.type === type)
      .reduce((total, one) => total + one.volume, 0)
  const lasts = (parseDateTime(cdr.end_date_time) - parseDateTime(cdr.start_date_time)) / 3_600_000
  const rows = [
    { name: 'total_energy', unit: 'kWh', claimed: cdr.total_energy, expected: sumOf('ENERGY') },
    { name: 'total_time', unit: 'h', claimed: cdr.total_time, expected: lasts },
    {
      name: 'total_parking_time',
      unit: 'h',
      claimed: cdr.total_parking_time ?? undefined,
      expected: sumOf('PARKING_TIME'),
    },
  ]
  const told = cdr.charging_periods.some((period) => period.dimensions.some((one) => one.type === 'ENERGY'))
  return rows
    .filter((row) => (row.name === 'total_energy' ? told : row.claimed !== undefined || row.expected > 0))
    .map((row) => {
      const expected = round(row.expected)
      if (row.claimed === undefined) return { ...row, expected, tolerance: 0.01, ok: true }
      return {
        ...row,
        expected,
        by: round(row.claimed - row.expected),
        tolerance: 0.01,
        ok: Math.abs(row.claimed - row.expected) <= 0.01 + cdr.charging_periods.length * 0.0005,
      }
    })
}

export function hoursFindings(cdr: Cdr): readonly LintFinding[] {
  return amountChecks(cdr).flatMap(({ name, claimed, expected, ok }): readonly LintFinding[] => {
    if (claimed === undefined)
      return [
        {
          id: 'parking-time-missing',
          severity: 'warning',
          path: '',
          reason: `total_parking_time is missing, the periods hold ${expected} h of it.`,
          fix: 'Send total_parking_time; charging time is total_time minus it.',
        },
      ]
    if (ok || name === 'total_energy') return []
    const what = name === 'total_time' ? 'from start to end it lasted' : 'the periods add up to'
    return [
      {
        id: 'time-sum',
        severity: 'error',
        path: `/${name}`,
        reason: `It is ${claimed} h, ${what} ${expected} h.`,
        fix:
          name === 'total_time'
            ? 'total_time is the whole session, parking included, in hours.'
            : 'Send the sum of the PARKING_TIME of all periods, in hours.',
      },
    ]
  })
}

/** With a wrong unit the cost would be wrong by its factor and nothing else could be seen: it is mended before pricing. */
export function inUnits(cdr: Cdr, own: readonly LintFinding[]): Cdr {
  const energy = own.some((one) => one.id === 'wh-for-kwh') ? 1000 : 1
  const hours = own.find((one) => one.id === 'hours-unit')
  const time = hours === undefined ? 1 : hours.reason.includes('seconds') ? 3600 : 60
  if (energy === 1 && time === 1) return cdr
  const factor = (type: string) => (type === 'ENERGY' ? energy : type === 'TIME' || type === 'PARKING_TIME' ? time : 1)
  const charging_periods = cdr.charging_periods.map((period) => ({
    ...period,
    dimensions: period.dimensions.map((one) => ({ ...one, volume: round(one.volume / factor(one.type)) })),
  }))
  return { ...cdr, charging_periods }
}

const round = (value: number) => Number(value.toFixed(4))
