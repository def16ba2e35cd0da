import type { Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Price } from '@plugtill/ocpi/types'
import type { Decimal } from './decimal.ts'
import { compare, decimal, floorScaled, fraction, isZero, multiply, one, subtract, sum } from './decimal.ts'
import { applyLimits } from './limits.ts'
import { currencyDigits, toMinor } from './money.ts'
import { PricingError } from './pricing-error.ts'
import type { Billed } from './step-size.ts'
import { applyStepSize } from './step-size.ts'
import { ocpiPrice, spread, taxed, taxIncluded, taxLines } from './taxes.ts'
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
  /** Hours of a reservation. */
  readonly reservationTimeH?: number | Decimal
  readonly minPowerKw?: number
  readonly maxPowerKw?: number
  /** Amperes, sum over the phases. */
  readonly minCurrentA?: number
  readonly maxCurrentA?: number
}

export interface PricedSession {
  readonly start: number
  readonly end: number
  /** IANA time zone of the Location. */
  readonly timeZone: string
  readonly periods: readonly Period[]
}

export interface Line {
  readonly dimension: TariffDimensionType | 'LIMIT'
  /** Index in tariff.elements; -1 for LIMIT. */
  readonly element: number
  /** Index in element.price_components; -1 for LIMIT. */
  readonly component: number
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

export interface Finding {
  readonly code: string
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
  readonly findings: readonly Finding[]
}

export interface PriceOptions {
  /** `together` is the reading of the first 2.2.1 text: charging and parking time rounded as one. (E-83) */
  readonly timeRounding?: 'parking-only' | 'together'
}

/**
 * What a session costs under a tariff, with every step visible. Exact until the end: the total is rounded once. One and
 * the same calculation for the estimate, the running cost, the CDR and its check. (G-01 to G-23)
 */
export function price(tariff: Tariff, session: PricedSession, options: PriceOptions = {}): Breakdown {
  const digits = currencyDigits(tariff.currency)
  const used = usageOf(tariff, session)
  const billed = applyStepSize(used, options.timeRounding ?? 'parking-only')
  const lines = billed.map((one) => lineOf(one, tariff))
  const net = sum(lines.map((line) => line.net))
  const gross = sum(lines.map((line) => line.gross))
  const total = applyLimits(tariff, { net, gross })
  const limited = !isZero(subtract(total.net, net)) || !isZero(subtract(total.gross, gross))
  const all = limited ? [...lines, limitLine(subtract(total.net, net), subtract(total.gross, gross))] : lines
  const taxes = limited ? spread(taxLines(lines), total.net, subtract(total.gross, total.net)) : taxLines(lines)
  const totalMinor = toMinor(total.gross, tariff.currency)
  return {
    currency: tariff.currency,
    lines: shareOut(all, totalMinor, digits),
    net: total.net,
    gross: total.gross,
    taxes,
    totalMinor,
    price: ocpiPrice(total.net, taxes),
    perDimension: perDimension(lines),
    findings: [...used.findings, ...taxFindings(tariff, lines)],
  }
}

type Unshared = Omit<Line, 'grossMinor'>

function lineOf(billed: Billed, tariff: Tariff): Unshared {
  const { dimension, element, component, quantity, billedQuantity, priced } = billed
  const path = `elements[${element}].price_components[${component}]`
  const unitPrice = decimal(priced.price, `${path}.price`)
  const unit = dimension === 'ENERGY' ? 'kWh' : dimension === 'FLAT' ? 'session' : 'h'
  const amounts = taxed(multiply(billedQuantity, unitPrice), priced, tariff, path)
  return { dimension, element, component, unit, quantity, billedQuantity, unitPrice, ...amounts }
}

/** What min_price adds or max_price takes away. (G-18) */
function limitLine(net: Decimal, gross: Decimal): Unshared {
  const once = { unit: 'session', quantity: one, billedQuantity: one } as const
  return { dimension: 'LIMIT', element: -1, component: -1, ...once, unitPrice: gross, net, gross }
}

/** Gives each line its share of the rounded total: rounded down first, the rest to the largest remainders. */
function shareOut(lines: readonly Unshared[], totalMinor: number, digits: number): readonly Line[] {
  const scale = fraction(10 ** digits, 1)
  const shares = lines.map((line, index) => {
    const floor = Number(floorScaled(line.gross, digits))
    if (!Number.isSafeInteger(floor)) throw new PricingError('amount', floor, 'is too large to be kept exactly')
    return { index, floor, rest: subtract(multiply(line.gross, scale), fraction(floor, 1)) }
  })
  const missing = totalMinor - shares.reduce((total, share) => total + share.floor, 0)
  const rounded = new Set(
    [...shares]
      .sort((a, b) => compare(b.rest, a.rest) || a.index - b.index)
      .slice(0, missing)
      .map((share) => share.index),
  )
  return lines.map((line, index) => ({
    ...line,
    grossMinor: (shares[index]?.floor ?? 0) + (rounded.has(index) ? 1 : 0),
  }))
}

function perDimension(lines: readonly Unshared[]): Breakdown['perDimension'] {
  const dimensions: readonly TariffDimensionType[] = ['FLAT', 'ENERGY', 'TIME', 'PARKING_TIME']
  const priced = dimensions.flatMap((dimension) => {
    const mine = lines.filter((line) => line.dimension === dimension)
    return mine.length === 0 ? [] : [[dimension, ocpiPrice(sum(mine.map((line) => line.net)), taxLines(mine))] as const]
  })
  return Object.fromEntries(priced)
}

function taxFindings(tariff: Tariff, lines: readonly Unshared[]): readonly Finding[] {
  const bare = lines.filter((line) => line.vat === undefined && !isZero(line.gross))
  const included = taxIncluded(tariff)
  if (included === 'YES' && bare.length > 0) {
    return [
      {
        code: 'net-unknown',
        message: 'Prices contain tax, but no rate is given: the net is shown equal to the gross.',
      },
    ]
  }
  // Beside a stated rate an absent one means that no VAT applies; alone it may as well be forgotten. (E-73)
  if (included === 'NO' && bare.length > 0 && lines.every((line) => line.vat === undefined)) {
    return [{ code: 'tax-unknown', message: 'Prices are before taxes, but no rate is given: no tax is added.' }]
  }
  return []
}
