import type { Component } from './compiled-tariff.ts'
import type { Decimal, Whole } from './decimal.ts'
import { add, compare, divide, floorScaled, fraction, multiply, one, subtract, zero } from './decimal.ts'
import { plus } from './energy-units.ts'
import type { Breakdown, Line } from './price.ts'
import { PricingError } from './pricing-error.ts'
import type { Addition } from './step-size.ts'
import { ocpiPrice, taxLines } from './taxes.ts'
import type { Usage, Used } from './usage.ts'

/** A line before the rounded total is shared out. */
export type Unshared = Omit<Line, 'grossMinor'>

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
  }
}

/** Gives each line its share of the rounded total: rounded down first, the rest to the largest remainders. */
export function shareOut(lines: readonly Unshared[], totalMinor: number, digits: number): readonly Line[] {
  const [only] = lines
  if (only !== undefined && lines.length === 1) return [{ ...only, grossMinor: totalMinor }]
  const scale = fraction(10 ** digits, 1)
  const shares = lines.map((line, index) => {
    const floor = Number(floorScaled(line.gross, digits))
    if (!Number.isSafeInteger(floor)) throw new PricingError('amount', floor, 'is too large to be kept exactly')
    return { index, floor, rest: subtract(multiply(line.gross, scale), fraction(floor, 1)) }
  })
  let missing = totalMinor
  for (const { floor } of shares) missing -= floor
  const grossMinors = shares.map((share) => share.floor)
  const byRest = missing === 0 ? [] : shares.sort((a, b) => compare(b.rest, a.rest) || a.index - b.index)
  for (const { index, floor } of byRest.slice(0, missing)) grossMinors[index] = floor + 1
  return lines.map((line, index) => ({ ...line, grossMinor: grossMinors[index] ?? 0 }))
}

export function totalOf(lines: readonly Unshared[], side: 'net' | 'gross'): Decimal {
  let total = zero
  for (const line of lines) total = add(total, line[side])
  return total
}

/** The partial costs of a CDR. (cdrs › CDR) */
export function costsByKind(lines: readonly Unshared[]): Pick<Breakdown, 'perDimension' | 'reservation'> {
  const perDimension: { -readonly [K in keyof Breakdown['perDimension']]: Breakdown['perDimension'][K] } = {}
  const reserved: Unshared[] = []
  for (const line of lines) {
    if (line.reservation !== undefined) reserved.push(line)
    else if (line.dimension !== 'LIMIT')
      perDimension[line.dimension] ??= costOf(
        lines.filter((one) => one.dimension === line.dimension && one.reservation === undefined),
      )
  }
  return reserved.length === 0 ? { perDimension } : { perDimension, reservation: costOf(reserved) }
}

const costOf = (lines: readonly Unshared[]) => ocpiPrice(totalOf(lines, 'net'), taxLines(lines))
