/** Findings of one file: its JSON, its shape, and what its content says. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { auditCdr } from '@plugtill/pricing/audit'
import { periodFindings } from '@plugtill/pricing/audit-periods'
import { bySeverity, type LintFinding } from '@plugtill/pricing/lint/finding'
import { lintTariff } from '@plugtill/pricing/lint/lint-tariff'
import { type Item, itemsOf, parsedOf } from './read-json.ts'
import { type Recognised, readAs, recognise } from './recognise.ts'
import { needZone, zoneOfCountry } from './zones.ts'

export interface LintedItem {
  readonly path: string
  /** undefined: nothing that OCPI knows. */
  readonly kind?: string
  readonly version?: string
  readonly findings: readonly LintFinding[]
}

export interface LintOptions {
  readonly at: number
  readonly timeZone?: string
}

const MOST_ITEMS = 10_000

/** What a file is, object by object, and what is wrong with each. */
export function lintText(text: string, options: LintOptions): readonly LintedItem[] {
  const read = parsedOf(text)
  if ('refused' in read)
    return [
      {
        path: '',
        findings: [
          {
            id: 'not-json',
            severity: 'error',
            path: '',
            reason: read.refused,
            fix: 'Send JSON as RFC 8259 defines it.',
          },
        ],
      },
    ]
  const { items, statusCode } = itemsOf(read.value)
  if (statusCode !== undefined && items.length === 0)
    return [{ path: '', kind: `answer with status code ${statusCode}`, findings: [] }]
  if (items.length === 0) return [{ path: '', kind: 'empty list', findings: [] }]
  return items.slice(0, MOST_ITEMS).map((item) => lintItem(item, options))
}

function lintItem({ path, value }: Item, options: LintOptions): LintedItem {
  const seen = recognise(value)
  if (seen === undefined)
    return {
      path,
      findings: [
        {
          id: 'not-ocpi',
          severity: 'error',
          path,
          reason: 'This is no object of OCPI that is known here.',
          fix: 'Lint one object, a list of them, or the answer of an OCPI endpoint.',
        },
      ],
    }
  const findings = [
    ...shapeFindings(seen),
    ...(seen.partial ? [] : contentFindings(seen.kind, contentOf(seen, value), options)),
  ]
  return {
    path,
    kind: seen.partial ? `part of a ${seen.kind}` : seen.kind,
    version: seen.version,
    findings: findings.map((one) => ({ ...one, path: `${path}${one.path}` })).toSorted(bySeverity),
  }
}

function shapeFindings({ findings, unknown, version, kind }: Recognised): readonly LintFinding[] {
  const old: readonly LintFinding[] =
    version === '2.1.1'
      ? [
          {
            id: 'old-version',
            severity: 'error',
            path: '',
            reason: 'It has fields of OCPI 2.1.1, which has no direct payment.',
            fix: 'Use 2.2.1 or 2.3.0.',
          },
        ]
      : []
  return [
    ...old,
    ...findings.map(
      ({ path, value, rule }): LintFinding => ({
        id: 'shape',
        severity: 'error',
        path,
        reason: rule.startsWith('required') ? `${rule}.` : `It has to be ${rule}; it is ${value}.`,
        fix: `Follow the field table of ${kind}.`,
      }),
    ),
    ...unknown.map(
      (name): LintFinding => ({
        id: 'unknown-field',
        severity: 'hint',
        path: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        reason: `${kind} has no field ${name}.`,
        fix: 'Check the spelling; fields of your own are allowed, partners ignore them.',
      }),
    ),
  ]
}

// What a price does not depend on may be missing, and the rest is looked at all the same.
const HARMLESS = ['/last_updated', '/id', '/country_code', '/party_id', '/tariff_alt_url', '/energy_mix']

/** The value in the words of 2.3.0, also when it is only right in the other version or wrong where it does not matter. */
function contentOf({ kind, value, findings }: Recognised, raw: unknown): unknown {
  if (value !== undefined) return value
  const other = readAs(kind, raw)
  if ('value' in other) return other.value
  return kind === 'Tariff' && findings.every(({ path }) => HARMLESS.includes(path)) ? raw : undefined
}

const noZone = (country: string): LintFinding => ({
  id: 'zone-unknown',
  severity: 'warning',
  path: '/cdr_location/country',
  reason: `The price depends on the local time and the zone of ${country} is not known: the costs are not checked.`,
  fix: 'Name the zone, as in --time-zone Europe/Amsterdam.',
})

function contentFindings(kind: string, value: unknown, { at, timeZone }: LintOptions): readonly LintFinding[] {
  if (value === undefined) return []
  if (kind === 'Tariff') return lintTariff(value as Tariff, { at })
  if (kind === 'CDR') {
    const cdr = value as Cdr
    const zone = timeZone ?? zoneOfCountry(cdr.cdr_location.country)
    if (zone === undefined && needZone(cdr.tariffs ?? []))
      return [noZone(cdr.cdr_location.country), ...contentFindings(kind, { ...cdr, tariffs: [] }, { at })]
    const carried = (cdr.tariffs ?? []).flatMap((tariff, index) =>
      lintTariff(tariff).flatMap((one) =>
        one.severity === 'hint' ? [] : [{ ...one, path: `/tariffs/${index}${one.path}` }],
      ),
    )
    // A CDR need not carry its tariff; without one only its own numbers can be compared.
    const findings = auditCdr(cdr, { timeZone: zone ?? 'UTC' }).findings
    return [
      ...findings.map((one) => (one.id === 'no-tariff' ? { ...one, severity: 'hint' as const } : one)),
      ...carried,
    ]
  }
  if (kind === 'Session') {
    const session = value as Session
    const measured = {
      ...session,
      end: session.end_date_time ?? session.last_updated,
      energyKwh: session.kwh,
      energyPath: '/kwh',
    }
    const found = periodFindings(measured, undefined)
    // While it runs, the last period and the kWh are ahead of each other.
    return session.status === 'ACTIVE'
      ? found.filter((one) => one.id !== 'energy-sum' && one.id !== 'period-gap')
      : found
  }
  return []
}
