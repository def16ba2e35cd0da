import type { Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Price } from '@plugtill/ocpi/types'
import type { CompiledTariff } from './compiled-tariff.ts'
import { compiled } from './compiled-tariff.ts'
import type { Decimal } from './decimal.ts'
import { compare, subtract } from './decimal.ts'
import { applyLimits } from './limits.ts'
import type { Unshared } from './lines.ts'
import { costsByKind, limitLine, lineOf, shareOut, totalOf } from './lines.ts'
import { toMinor } from './money.ts'
import { PricingError } from './pricing-error.ts'
import { stepAdditions } from './step-size.ts'
import { ocpiPrice, spread, taxFindings, taxLines } from './taxes.ts'
import { usageOf } from './usage.ts'

/** One stretch of a session in which nothing that matters for the price changes. (cdrs › ChargingPeriod, C-606) */
export interface Period {
  /** ms since 1970. The period ends where the next one starts. */
  readonly start: number
  readonly energyKwh?: number | Decimal
  /** Hours in which the vehicle charges. */
  readonly timeH?: number | Decimal
  /** Hours in which the vehicle asks for no power. */
  readonly parkingTimeH?: number | Decimal
  /** Hours of a reservation; the charging of a period that has both comes after it. (G-17) */
  readonly reservationTimeH?: number | Decimal
  readonly minPowerKw?: number
  readonly maxPowerKw?: number
  /** Amperes, sum over the phases. */
  readonly minCurrentA?: number
  readonly maxCurrentA?: number
  /** Which of several tariffs prices it. (cdrs › ChargingPeriod, tariff_id) */
  readonly tariffId?: string
}

export interface PricedSession {
  readonly start: number
  readonly end: number
  /** IANA time zone of the Location. */
  readonly timeZone: string
  readonly periods: readonly Period[]
  /** Whether a reservation expired unused; when not told, one that no charging follows did. (G-17) */
  readonly reservationExpired?: boolean
}

export interface Line {
  readonly dimension: TariffDimensionType | 'LIMIT'
  /** Index in the list of tariffs, 0 for a single one; -1 for LIMIT. */
  readonly tariff: number
  /** Index in tariff.elements; -1 for LIMIT. */
  readonly element: number
  /** Index in element.price_components; -1 for LIMIT. */
  readonly component: number
  /** The restriction of an element that prices a reservation. (G-17) */
  readonly reservation?: 'RESERVATION' | 'RESERVATION_EXPIRES'
  readonly unit: 'kWh' | 'h' | 'session'
  readonly quantity: Decimal
  /** With what step_size added. (G-12) */
  readonly billedQuantity: Decimal
  /** As in the tariff: with or without tax by its tax_included. */
  readonly unitPrice: Decimal
  /** Percent; undefined = no VAT stated. */
  readonly vat?: number
  readonly net: Decimal
  readonly gross: Decimal
  /** Share of totalMinor: the lines' shares add up to totalMinor exactly. */
  readonly grossMinor: number
}

export interface TaxLine {
  readonly percentage?: number
  readonly net: Decimal
  readonly amount: Decimal
}

export type FindingCode =
  | 'double-component'
  | 'period-without-tariff'
  | 'power-unknown'
  | 'current-unknown'
  | 'period-spans-change'
  | 'reservation-mixed'
  | 'net-unknown'
  | 'tax-unknown'

export interface Finding {
  readonly code: FindingCode
  readonly message: string
}

export interface Breakdown {
  readonly currency: string
  readonly lines: readonly Line[]
  readonly net: Decimal
  readonly gross: Decimal
  readonly taxes: readonly TaxLine[]
  /** Gross, rounded once. (G-19) */
  readonly totalMinor: number
  /** For OCPI: 4 decimals. */
  readonly price: Price
  /** For CDR total_fixed_cost, total_energy_cost, total_time_cost, total_parking_cost; absent when not priced. */
  readonly perDimension: { readonly [D in TariffDimensionType]?: Price }
  /** For CDR total_reservation_cost, fixed fees included; absent when not priced. (cdrs › CDR) */
  readonly reservation?: Price
  readonly findings: readonly Finding[]
}

export interface PriceOptions {
  /** `together` is the reading of the first 2.2.1 text: charging and parking time rounded as one. (E-83) */
  readonly timeRounding?: 'parking-only' | 'together'
}

/**
 * What a session costs under a tariff, with every step visible. Exact until the end: the total is rounded once. One and
 * the same calculation for the estimate, the running cost, the CDR and its check. A list of tariffs prices each period by
 * the one it names. (G-01 to G-23)
 */
export function price(
  tariff: Tariff | readonly Tariff[],
  session: PricedSession,
  options: PriceOptions = {},
): Breakdown {
  const byName = isList(tariff)
  const tariffs = byName ? tariff.map(compiled) : [compiled(tariff)]
  const { digits, currency } = currencyOf(tariffs)
  const used = usageOf(tariffs, session, byName)
  const additions = stepAdditions(used, options.timeRounding)
  const lines: Unshared[] = []
  for (const usage of used.usages) lines.push(lineOf(usage, used, additions))
  const net = totalOf(lines, 'net')
  const gross = totalOf(lines, 'gross')
  const total = applyLimits(used.tariffs, { net, gross })
  const limited = compare(total.net, net) !== 0 || compare(total.gross, gross) !== 0
  if (limited) lines.push(limitLine(subtract(total.net, net), subtract(total.gross, gross)))
  const untaxed = taxLines(lines)
  const taxes = limited ? spread(untaxed, total.net, subtract(total.gross, total.net)) : untaxed
  const totalMinor = toMinor(total.gross, currency)
  shareOut(lines, totalMinor, digits)
  const wire = ocpiPrice(total.net, taxes)
  const { perDimension, reservation } = costsByKind(lines, wire)
  return {
    currency,
    lines,
    net: total.net,
    gross: total.gross,
    taxes,
    totalMinor,
    price: wire,
    perDimension,
    reservation,
    findings: [...used.findings, ...taxFindings(tariffs, lines)],
  }
}

const isList = (tariff: Tariff | readonly Tariff[]): tariff is readonly Tariff[] => Array.isArray(tariff)

/** One session is paid in one currency. */
function currencyOf([first, ...others]: readonly CompiledTariff[]): {
  readonly digits: number
  readonly currency: string
} {
  if (first === undefined) throw new PricingError('tariffs', 0, 'must be at least one tariff')
  const { currency } = first.tariff
  for (const { tariff } of others)
    if (tariff.currency !== currency)
      throw new PricingError('currency', tariff.currency, `must be ${currency} as of the first tariff`)
  return { digits: first.digits, currency }
}
