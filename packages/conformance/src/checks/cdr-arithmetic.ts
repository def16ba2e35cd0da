/** Whether a CDR adds up, held against its own periods, its tariff and its session. (G-22, G-23; E-65, E-83) */
import { type Audit, auditCdr } from '@plugtill/pricing/audit'
import { powerLimitOf } from '@plugtill/pricing/audit-periods'
import { toNumber } from '@plugtill/pricing/decimal'
import type { Check, Ruling } from '../check.ts'
import type { Seen } from '../seen.ts'
import type { View } from '../view.ts'
import { type Billed, lastSession, ofCdr } from './cdrs-cpo.ts'
import { offeredTo, speedAt } from './offer.ts'
import { grossNumber } from './session-costs.ts'

const audits = new WeakMap<Seen, Map<string, Audit>>()

function auditOf(cdr: Billed, view: View): Audit {
  const known = audits.get(cdr.seen) ?? new Map<string, Audit>()
  audits.set(cdr.seen, known)
  const before = known.get(cdr.pointer)
  if (before !== undefined) return before
  const { location, tariff } = offeredTo(cdr.purchase, view)
  const carried = cdr.value.tariffs ?? []
  const given = carried.length > 0 ? carried : tariff === undefined ? [] : [tariff]
  const made = auditCdr(cdr.value, {
    tariff: given,
    timeZone: location?.time_zone ?? 'UTC',
    ...mostOf(cdr, view),
  })
  known.set(cdr.pointer, made)
  return made
}

/** What its connector gives at most, where that is said or where its chargers are faster than their kind. */
function mostOf(cdr: Billed, view: View): { readonly maxPowerKw?: number } {
  const { connector } = offeredTo(cdr.purchase, view)
  const { cdr_location } = cdr.value
  const speed = speedAt(view, cdr_location.evse_uid)
  const told = connector?.max_electric_power == null ? undefined : connector.max_electric_power / 1000
  const kw = told ?? (speed === 1 ? undefined : powerLimitOf(cdr_location)?.kw)
  return kw === undefined ? {} : { maxPowerKw: kw * speed }
}

/** Findings of the audit that a requirement is about; the first one is told. */
function audited(rule: string, ids: readonly string[], after: readonly string[] = []): Check {
  return ofCdr(
    rule,
    (cdr, view): Ruling => {
      const finding = auditOf(cdr, view).findings.find(
        ({ id, path }) => ids.includes(id) || ids.includes(`${id} ${path}`),
      )
      if (finding === undefined) return 'ok'
      return {
        message: finding.reason,
        expected: finding.fix,
        actual: valueAt(cdr.value, finding.path),
        field: `${cdr.pointer}${finding.path}`,
      }
    },
    after,
  )
}

function valueAt(value: unknown, path: string): string {
  const found = path
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | null | undefined)?.[name], value)
  const text = JSON.stringify(found) ?? 'nothing'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

const SHAPES = ['cdrs.object/2', 'cdrs.object/5', 'cdrs.object/6', 'cdrs.object/8']
const UNITS = ['cdrs.periods/1', 'cdrs.periods/2']
const PERIODS = ['cdrs.periods/4', 'cdrs.periods/5', 'cdrs.periods/7']
const TIMES = ['cdrs.times/1', 'cdrs.times/2']
const BASES = [...SHAPES, ...UNITS, ...PERIODS, ...TIMES, 'cdrs.totals/1', 'cdrs.currency/1', 'cdrs.tariff/4']

const periods: readonly Check[] = [
  audited('cdrs.periods/1', ['wh-for-kwh'], SHAPES),
  audited('cdrs.periods/2', ['hours-unit'], [...SHAPES, ...TIMES]),
  audited('cdrs.periods/3', ['period-gap'], [...SHAPES, ...UNITS, ...PERIODS, ...TIMES, 'cdrs.periods/6']),
  audited('cdrs.periods/4', ['period-outside'], [...SHAPES, ...TIMES]),
  audited('cdrs.periods/5', ['period-overlap'], [...SHAPES, ...TIMES, 'cdrs.periods/4']),
  audited('cdrs.periods/6', ['time-beyond-period'], [...SHAPES, ...UNITS, ...PERIODS, ...TIMES]),
  audited('cdrs.periods/7', ['dimension-twice', 'negative-volume'], SHAPES),
  audited('cdrs.periods/8', ['period-spans-change'], [...SHAPES, ...UNITS, ...PERIODS]),
  audited(
    'cdrs.periods/9',
    ['energy-beyond-max-power', 'power-beyond-connector', 'power-unknown'],
    [...SHAPES, ...UNITS, ...PERIODS, ...TIMES, 'cdrs.energy/1'],
  ),
]

const totals: readonly Check[] = [
  audited('cdrs.totals/1', ['energy-sum'], [...SHAPES, ...UNITS, ...PERIODS]),
  audited('cdrs.totals/2', ['time-sum /total_time'], [...SHAPES, ...TIMES]),
  audited('cdrs.totals/3', ['time-sum /total_parking_time', 'parking-time-missing'], [...SHAPES, ...UNITS]),
  audited(
    'cdrs.energy/1',
    ['energy-beyond-power'],
    [...SHAPES, ...UNITS, ...PERIODS, ...TIMES, 'locations.connector/6'],
  ),
  ofCdr(
    'cdrs.session/1',
    (cdr) => {
      const session = lastSession(cdr)
      if (session?.status !== 'COMPLETED') return undefined
      if (Math.abs(cdr.value.total_energy - session.kwh) <= 0.01) return 'ok'
      return {
        message: `The CDR bills ${cdr.value.total_energy} kWh, the session ended with ${session.kwh} kWh.`,
        expected: String(session.kwh),
        actual: String(cdr.value.total_energy),
        field: `${cdr.pointer}/total_energy`,
      }
    },
    [...SHAPES, ...UNITS, 'cdrs.totals/1', 'sessions.kwh/1', 'sessions.kwh/2', 'sessions.status/2'],
  ),
  ofCdr(
    'cdrs.session/2',
    (cdr) => {
      const session = lastSession(cdr)
      if (session?.status !== 'COMPLETED' || session.total_cost == null) return 'ok'
      const [told, billed] = [grossNumber(session.total_cost), grossNumber(cdr.value.total_cost)]
      if (Math.abs(told - billed) <= 0.01 + billed * 0.005) return 'ok'
      return {
        message: `The CDR asks for ${billed}, the session ended with a cost of ${told}.`,
        expected: String(told),
        actual: String(billed),
        field: `${cdr.pointer}/total_cost`,
      }
    },
    [...BASES, 'cdrs.price/1', 'cdrs.tax/1', 'cdrs.tax/2', 'sessions.cost/2', 'sessions.status/2', 'cdrs.session/1'],
  ),
]

const prices: readonly Check[] = [
  ofCdr(
    'cdrs.price/1',
    (cdr, view) => {
      const audit = auditOf(cdr, view)
      // Whoever sold nothing may ask for nothing, whatever the fixed fee is.
      if (cdr.value.total_energy < 0.001 && grossNumber(cdr.value.total_cost) === 0) return 'ok'
      const finding = audit.findings.find(({ id }) => id === 'total-cost' || id === 'not-priceable')
      if (finding === undefined) return audit.breakdown === undefined ? undefined : 'ok'
      const expected = audit.breakdown === undefined ? finding.fix : String(toNumber(audit.breakdown.gross, 4))
      const actual = String(grossNumber(cdr.value.total_cost))
      return { message: finding.reason, expected, actual, field: `${cdr.pointer}/total_cost` }
    },
    [...BASES, 'cdrs.price/5', 'cdrs.tax/1', 'cdrs.tax/2', 'cdrs.tariff/2'],
  ),
  audited('cdrs.price/2', ['partial-cost'], [...BASES, 'cdrs.price/3', 'cdrs.price/1', 'cdrs.tax/1', 'cdrs.tax/2']),
  audited('cdrs.price/3', ['sum-of-costs'], [...BASES, 'cdrs.price/1', 'cdrs.price/5', 'cdrs.tax/1', 'cdrs.tax/2']),
  audited('cdrs.price/4', ['reading-2021'], [...BASES]),
  audited('cdrs.price/5', ['credit-sign', 'credit-reference'], SHAPES),
  audited('cdrs.tax/1', ['tax-missing', 'wrong-tax'], [...BASES, 'cdrs.tax/2', 'cdrs.price/5']),
  audited('cdrs.tax/2', ['gross-as-net'], [...BASES]),
  audited('cdrs.tax/3', ['tax-rate'], [...BASES, 'cdrs.tax/1', 'cdrs.tax/2', 'cdrs.price/1']),
]

export const cdrArithmeticChecks: readonly Check[] = [
  audited('cdrs.id/1', ['id-length'], SHAPES),
  audited('cdrs.tariff/3', ['unknown-tariff'], ['cdrs.tariff/1', 'cdrs.tariff/2']),
  ...periods,
  ...totals,
  ...prices,
]
