import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { sameCi } from '@plugtill/ocpi/types'
import { amountChecks, hoursFindings, inUnits } from './audit-amounts.ts'
import type { TotalCheck } from './audit-costs.ts'
import { claimedGross, costChecks, costFindings, likelyMistakes } from './audit-costs.ts'
import { periodFindings, powerLimitOf } from './audit-periods.ts'
import { near } from './audit-tolerance.ts'
import { zero } from './decimal.ts'
import { listOf } from './explain.ts'
import type { LintFinding } from './lint/finding.ts'
import { bySeverity } from './lint/finding.ts'
import { sessionOf } from './periods.ts'
import type { Breakdown, FindingCode } from './price.ts'
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
    ...hoursFindings(cdr),
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
        fix: advice[code],
      }),
    ),
  ].toSorted(bySeverity)
  return { ok: findings.every((one) => one.severity !== 'error'), reading, totals, findings, breakdown }
}

const advice: Readonly<Record<FindingCode, string>> = {
  'period-without-tariff': 'Name in tariff_id of every period the tariff that prices it.',
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
