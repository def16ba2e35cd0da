import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import type { TotalCheck } from './audit-costs.ts'
import { claimedGross, costChecks, costFindings, likelyMistakes } from './audit-costs.ts'
import { periodFindings, powerLimitOf } from './audit-periods.ts'
import { near } from './audit-tolerance.ts'
import { zero } from './decimal.ts'
import { listOf } from './explain.ts'
import type { LintFinding } from './lint/finding.ts'
import { bySeverity } from './lint/finding.ts'
import { sessionOf } from './periods.ts'
import type { Breakdown } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

/**
 * Which text of the specification the total follows: that of edition 2, that of the first 2.2.1 of 2021, which rounded
 * charging and parking time together, both when they agree for this session, or neither. (E-83)
 */
export type Reading = 'edition-2' | '2021' | 'both' | 'neither'

export interface Audit {
  /** Whether the total agrees within the tolerance and nothing contradicts itself. */
  readonly ok: boolean
  readonly reading: Reading
  readonly totals: readonly TotalCheck[]
  /** The worst first. */
  readonly findings: readonly LintFinding[]
  /** By the reading that fits; absent when the CDR cannot be priced. */
  readonly breakdown?: Breakdown
}

export interface AuditOptions {
  /** The tariff of the session, or all that its periods name; else those the CDR carries. */
  readonly tariff?: Tariff | readonly Tariff[]
  /** IANA zone of the Location. */
  readonly timeZone: string
  /** What the connector gives at most; without it the kind of the connector is the measure. */
  readonly maxPowerKw?: number
}

/** A CDR against its own periods and its tariff: what it costs, and everything in it that contradicts itself. (G-22, G-23, C-601 to C-610) */
export function auditCdr(cdr: Cdr, options: AuditOptions): Audit {
  const given = options.tariff === undefined ? (cdr.tariffs ?? []) : listOf(options.tariff)
  const tariffs = namedOf(cdr, given)
  const measured = { ...cdr, end: cdr.end_date_time, energyKwh: cdr.total_energy, energyPath: '/total_energy' }
  const own = [
    ...periodFindings(measured, powerLimitOf(cdr.cdr_location, options.maxPowerKw)),
    ...timeFindings(cdr),
    ...creditFindings(cdr),
    ...tariffFindings(cdr, tariffs),
  ]
  if (tariffs.length === 0 || tariffs.some((one) => one.currency !== cdr.currency)) return unpriced(own)
  try {
    return priced(cdr, { tariffs, timeZone: options.timeZone, own })
  } catch (error) {
    if (!(error instanceof PricingError)) throw error
    const reason = `It cannot be priced: ${error.message}.`
    return unpriced([
      ...own,
      { id: 'not-priceable', severity: 'error', path: '', reason, fix: 'Mend what is named, then calculate again.' },
    ])
  }
}

/** Of several only those that periods name; when they name none of them, the first. */
function namedOf(cdr: Cdr, given: readonly Tariff[]): readonly Tariff[] {
  const named = given.filter((one) =>
    cdr.charging_periods.some(({ tariff_id: id }) => id != null && sameCi(id, one.id)),
  )
  return named.length > 0 ? named : given.slice(0, 1)
}

const unpriced = (findings: readonly LintFinding[]): Audit => ({
  ok: false,
  reading: 'neither',
  totals: [],
  findings: findings.toSorted(bySeverity),
})

function priced(
  cdr: Cdr,
  {
    tariffs,
    timeZone,
    own,
  }: { readonly tariffs: readonly Tariff[]; readonly timeZone: string; readonly own: readonly LintFinding[] },
): Audit {
  const session = sessionOf(inUnits(cdr, own), timeZone)
  // A single tariff prices all periods, whatever they name; that they name another is a finding.
  const tariff = tariffs.length === 1 ? (tariffs[0] as Tariff) : tariffs
  const current = price(tariff, session)
  const old = price(tariff, session, { timeRounding: 'together' })
  const claimed = claimedGross(cdr, 'total_cost') ?? zero
  const reading = readingOf(near(claimed, current.gross), near(claimed, old.gross))
  const breakdown = reading === '2021' ? old : current
  const totals = [...costChecks(cdr, breakdown), ...amountChecks(cdr)]
  const likely = reading === 'neither' ? likelyMistakes(tariffs, cdr, session) : []
  const findings = [
    ...own,
    ...costFindings(
      cdr,
      totals.filter((check) => check.unit === cdr.currency),
      { breakdown, likely },
    ),
    ...readingFindings(reading),
    ...current.findings.map(
      ({ code, message }): LintFinding => ({
        id: code,
        severity: 'hint',
        path: '',
        reason: message,
        fix: advice[code] ?? 'See the rules of pricing.',
      }),
    ),
  ].toSorted(bySeverity)
  return { ok: findings.every((one) => one.severity !== 'error'), reading, totals, findings, breakdown }
}

/** With a wrong unit the cost would be wrong by its factor and nothing else could be seen: it is mended before pricing. */
function inUnits(cdr: Cdr, own: readonly LintFinding[]): Cdr {
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

const advice: Readonly<Record<string, string>> = {
  'period-spans-change': 'Begin a new charging period wherever another price applies.',
  'double-component': 'Keep one component of each dimension in an element.',
  'tax-unknown': 'Give each component its vat, or set tax_included to N/A.',
  'net-unknown': 'Give each component its vat, so that the net can be told.',
  'reservation-mixed': 'Begin a new charging period where the reservation ends.',
  'power-unknown': 'Send MIN_POWER and MAX_POWER with each period.',
  'current-unknown': 'Send MIN_CURRENT and MAX_CURRENT with each period.',
}

function readingOf(current: boolean, old: boolean): Reading {
  if (current) return old ? 'both' : 'edition-2'
  return old ? '2021' : 'neither'
}

function readingFindings(reading: Reading): readonly LintFinding[] {
  if (reading !== '2021') return []
  return [
    {
      id: 'reading-2021',
      severity: 'warning',
      path: '/total_cost',
      reason: 'The total matches the first text of 2.2.1 (2021): charging and parking time were rounded up together.',
      fix: 'Round only the parking time when some was billed, as 2.3.0 edition 2 does.',
    },
  ]
}

/** Hours and kWh of the CDR beside those of its periods. (C-609) */
function amountChecks(cdr: Cdr): readonly TotalCheck[] {
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

const round = (value: number) => Number(value.toFixed(4))

function timeFindings(cdr: Cdr): readonly LintFinding[] {
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

/** (C-601, C-610, E-67) */
function creditFindings(cdr: Cdr): readonly LintFinding[] {
  const negative = cdr.total_cost.before_taxes < 0
  const findings: LintFinding[] = []
  const add = (id: string, path: string, reason: string, fix: string) =>
    findings.push({ id, severity: 'error', path, reason, fix })
  if (cdr.credit === true && cdr.total_cost.before_taxes > 0)
    add(
      'credit-sign',
      '/total_cost',
      'A Credit CDR has a positive total.',
      'The total of a Credit CDR is that of the original with its sign turned.',
    )
  if (cdr.credit !== true && negative)
    add(
      'credit-sign',
      '/total_cost',
      'The total is negative, but this is no Credit CDR.',
      'Set credit and credit_reference_id, or send a total of 0 or more.',
    )
  if (cdr.credit === true && cdr.credit_reference_id == null)
    add(
      'credit-reference',
      '',
      'A Credit CDR does not say which CDR it takes back.',
      'Set credit_reference_id to the id of the original CDR.',
    )
  if (cdr.credit !== true && cdr.id.length > 36)
    add('id-length', '/id', `The id has ${cdr.id.length} characters.`, 'Only Credit CDRs may have more than 36.')
  return findings
}

function tariffFindings(cdr: Cdr, tariffs: readonly Tariff[]): readonly LintFinding[] {
  const [first] = tariffs
  if (first === undefined) {
    const reason = 'There is no tariff to check the costs with.'
    return [
      {
        id: 'no-tariff',
        severity: 'error',
        path: '/tariffs',
        reason,
        fix: 'Send the tariff of the session in tariffs.',
      },
    ]
  }
  const foreign = tariffs.find((one) => one.currency !== cdr.currency)
  const currency: readonly LintFinding[] =
    foreign === undefined
      ? []
      : [
          {
            id: 'currency',
            severity: 'error',
            path: '/currency',
            reason: `The CDR is in ${cdr.currency}, tariff ${foreign.id} in ${foreign.currency}.`,
            fix: 'Bill in the currency of the tariff.',
          },
        ]
  const unknown = cdr.charging_periods.flatMap(({ tariff_id: id }, index): readonly LintFinding[] =>
    id == null || tariffs.some((one) => sameCi(one.id, id))
      ? []
      : [
          {
            id: 'unknown-tariff',
            severity: 'warning',
            path: `/charging_periods/${index}/tariff_id`,
            reason: `The period names tariff ${id}, which is not there; ${first.id} is used.`,
            fix: 'Send every tariff that a period names.',
          },
        ],
  )
  return [...currency, ...unknown]
}
