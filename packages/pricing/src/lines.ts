import type { Price } from '@plugtill/ocpi/types'
import type { Component } from './compiled-tariff.ts'
import type { Decimal, Whole } from './decimal.ts'
import { add, compare, divide, floorScaled, fraction, multiply, one, subtract, zero } from './decimal.ts'
import { plus } from './energy-units.ts'
import type { Breakdown, Line } from './price.ts'
import { PricingError } from './pricing-error.ts'
import type { Addition } from './step-size.ts'
import { ocpiPrice, taxLines } from './taxes.ts'
import type { Usage, Used } from './usage.ts'

/** A line whose share of the rounded total is still to be set. */
export type Unshared = Omit<Line, 'grossMinor'> & { grossMinor: number }

export function lineOf(usage: Usage, used: Used, additions: readonly Addition[]): Unshared {
  const { component, tariff } = usage
  const perUnit = component.dimension === 'ENERGY' ? used.perKwh : component.dimension === 'FLAT' ? 1 : hourMs
  const quantity = fraction(usage.quantity, perUnit)
  const added = additions.find((addition) => addition.usage === usage)
  const billedQuantity = added === undefined ? quantity : fraction(plus(usage.quantity, added.quantity), perUnit)
  const amount = multiply(billedQuantity, component.price)
  return {
    dimension: component.dimension,
    tariff,
    element: component.element,
    component: component.component,
    reservation: component.reservation,
    unit: component.dimension === 'ENERGY' ? 'kWh' : component.dimension === 'FLAT' ? 'session' : 'h',
    quantity,
    billedQuantity,
    unitPrice: component.price,
    vat: component.vat,
    net: netOf(amount, component),
    gross: grossOf(amount, component),
    grossMinor: 0,
  }
}

const hourMs: Whole = 3_600_000

/** (G-20, E-72) */
function netOf(amount: Decimal, { taxIncluded, taxFactor }: Component): Decimal {
  return taxFactor !== undefined && taxIncluded === 'YES' ? divide(amount, taxFactor) : amount
}

function grossOf(amount: Decimal, { taxIncluded, taxFactor }: Component): Decimal {
  return taxFactor !== undefined && taxIncluded === 'NO' ? multiply(amount, taxFactor) : amount
}

/** What min_price adds or max_price takes away. (G-18) */
export function limitLine(net: Decimal, gross: Decimal): Unshared {
  return {
    dimension: 'LIMIT',
    tariff: -1,
    element: -1,
    component: -1,
    reservation: undefined,
    unit: 'session',
    quantity: one,
    billedQuantity: one,
    unitPrice: gross,
    vat: undefined,
    net,
    gross,
    grossMinor: 0,
  }
}

/** Gives each line its share of the rounded total: rounded down first, the rest to the largest remainders. */
export function shareOut(lines: readonly Unshared[], totalMinor: number, digits: number): void {
  const [only] = lines
  if (only !== undefined && lines.length === 1) {
    only.grossMinor = totalMinor
    return
  }
  let missing = totalMinor
  for (const line of lines) {
    line.grossMinor = Number(floorScaled(line.gross, digits))
    if (!Number.isSafeInteger(line.grossMinor))
      throw new PricingError('amount', line.grossMinor, 'is too large to be kept exactly')
    missing -= line.grossMinor
  }
  if (missing === 0) return
  const scale = fraction(10 ** digits, 1)
  const rests = lines.map((line) => ({
    line,
    rest: subtract(multiply(line.gross, scale), fraction(line.grossMinor, 1)),
  }))
  // Sorting keeps the order of equals.
  for (const { line } of rests.sort((a, b) => compare(b.rest, a.rest)).slice(0, missing)) line.grossMinor += 1
}

export function totalOf(lines: readonly Unshared[], side: 'net' | 'gross'): Decimal {
  let total = zero
  for (const line of lines) total = add(total, line[side])
  return total
}

/** The partial costs of a CDR; `whole` is the cost of all lines. (cdrs › CDR) */
export function costsByKind(lines: readonly Unshared[], whole: Price): Pick<Breakdown, 'perDimension' | 'reservation'> {
  const perDimension: { -readonly [K in keyof Breakdown['perDimension']]: Breakdown['perDimension'][K] } = {}
  let reserved = false
  for (const { dimension, reservation } of lines) {
    if (reservation !== undefined) reserved = true
    else if (dimension !== 'LIMIT' && perDimension[dimension] === undefined) {
      const mine = lines.filter((line) => line.dimension === dimension && line.reservation === undefined)
      perDimension[dimension] = lines.length === 1 ? whole : costOf(mine)
    }
  }
  if (!reserved) return { perDimension, reservation: undefined }
  return { perDimension, reservation: costOf(lines.filter((line) => line.reservation !== undefined)) }
}

const costOf = (lines: readonly Unshared[]) => ocpiPrice(totalOf(lines, 'net'), taxLines(lines))
