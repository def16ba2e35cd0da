import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Price } from '@plugtill/ocpi/types'
import { near, toleranceOf, within } from './audit-tolerance.ts'
import type { Decimal } from './decimal.ts'
import {
  add,
  compare,
  decimal,
  divide,
  fraction,
  isZero,
  multiply,
  negate,
  subtract,
  sum,
  toNumber,
  zero,
} from './decimal.ts'
import type { LintFinding } from './lint/finding.ts'
import { grossOf } from './money.ts'
import type { Breakdown, PricedSession } from './price.ts'
import { price } from './price.ts'

/** One total of a CDR beside what its periods and tariff give. Costs with tax, four decimals. */
export interface TotalCheck {
  readonly name: string
  readonly unit: string
  /** Absent when the CDR does not say it. */
  readonly claimed?: number
  readonly expected: number
  /** claimed - expected: above zero the CDR asks too much. */
  readonly by?: number
  readonly tolerance: number
  readonly ok: boolean
}

export const costs = [
  ['total_fixed_cost', 'FLAT'],
  ['total_energy_cost', 'ENERGY'],
  ['total_time_cost', 'TIME'],
  ['total_parking_cost', 'PARKING_TIME'],
] as const

type CostName = (typeof costs)[number][0] | 'total_reservation_cost' | 'total_cost'

const unit = (cdr: Pick<Cdr, 'currency'>) => cdr.currency

/** Of a Credit CDR only total_cost is negative; partial costs are accepted with either sign. (E-67) */
export function claimedGross(cdr: Cdr, name: CostName): Decimal | undefined {
  const claimed = cdr[name]
  if (claimed == null) return undefined
  const gross = grossOf(claimed, name)
  if (cdr.credit !== true) return gross
  return name === 'total_cost' || compare(gross, zero) < 0 ? negate(gross) : gross
}

/** Each cost the CDR states beside the calculated one. (G-23) */
export function costChecks(cdr: Cdr, breakdown: Breakdown): readonly TotalCheck[] {
  const reserved = breakdown.lines.filter((line) => line.reservation !== undefined)
  const charging = breakdown.lines.filter((line) => line.reservation === undefined)
  const parts = costs.map(([name, dimension]) =>
    checkOf(cdr, name, sum(charging.filter((line) => line.dimension === dimension).map((line) => line.gross))),
  )
  const reservation = checkOf(cdr, 'total_reservation_cost', sum(reserved.map((line) => line.gross)))
  return [...parts, reservation, checkOf(cdr, 'total_cost', breakdown.gross)].filter(
    (check) => check.claimed !== undefined || check.expected !== 0,
  )
}

function checkOf(cdr: Cdr, name: CostName, expected: Decimal): TotalCheck {
  const claimed = claimedGross(cdr, name)
  const shown = {
    name,
    unit: unit(cdr),
    expected: toNumber(expected, 4),
    tolerance: toNumber(toleranceOf(expected), 4),
  }
  if (claimed === undefined) return { ...shown, ok: true }
  const by = toNumber(subtract(claimed, expected), 4)
  return { ...shown, claimed: toNumber(claimed, 4), by, ok: near(claimed, expected) }
}

/** Findings about the costs; `reading` says that the total fits the text of 2021, which is no mistake of its own. (E-83) */
export function costFindings(
  cdr: Cdr,
  checks: readonly TotalCheck[],
  context: { readonly breakdown: Breakdown; readonly likely: readonly string[] },
): readonly LintFinding[] {
  const { currency } = cdr
  const wrong = checks.flatMap(({ name, claimed, expected, by, tolerance, ok }): readonly LintFinding[] => {
    if (claimed === undefined)
      return [
        {
          id: 'cost-missing',
          severity: 'hint',
          path: '',
          reason: `${name} is missing; the tariff gives ${expected} ${currency}.`,
          fix: `Send ${name}, so that the driver's receipt can show it.`,
        },
      ]
    if (ok) return []
    const fits =
      name === 'total_cost' && context.likely.length > 0
        ? ` It would fit a calculation ${context.likely.join(', or ')}.`
        : ''
    return [
      {
        id: name === 'total_cost' ? 'total-cost' : 'partial-cost',
        severity: 'error',
        path: `/${name}`,
        reason: `It claims ${claimed} ${currency} with tax, periods and tariff give ${expected}: ${more(by ?? 0, currency)}, beyond the tolerance of ${tolerance}.${fits}`,
        fix: 'Calculate it from the charging periods with the tariff of the session. A sent CDR is corrected by a Credit CDR and a new one.',
      },
    ]
  })
  return [...wrong, ...partsFindings(cdr, context.breakdown), ...taxFindings(cdr, context.breakdown)]
}

const more = (by: number, currency: string) =>
  by > 0 ? `${by} ${currency} too much` : `${Math.abs(by)} ${currency} too little`

/** The stated parts have to add up to the stated total, unless a limit moved it. */
function partsFindings(cdr: Cdr, { lines }: Breakdown): readonly LintFinding[] {
  const names = [
    'total_fixed_cost',
    'total_energy_cost',
    'total_time_cost',
    'total_parking_cost',
    'total_reservation_cost',
  ] as const
  const parts = names.map((name) => claimedGross(cdr, name)).filter((part) => part !== undefined)
  const whole = claimedGross(cdr, 'total_cost') ?? zero
  const limited = lines.some((line) => line.dimension === 'LIMIT')
  if (parts.length === 0 || limited || within(sum(parts), whole, fraction(parts.length + 1, 100))) return []
  // A part that is not stated may hold the rest.
  const unstated = lines.some((line) =>
    line.reservation === undefined
      ? !costs.some(([name, dimension]) => dimension === line.dimension && cdr[name] != null)
      : cdr.total_reservation_cost == null,
  )
  if (unstated && compare(sum(parts), whole) < 0) return []
  return [
    {
      id: 'sum-of-costs',
      severity: 'error',
      path: '/total_cost',
      reason: `The parts add up to ${toNumber(sum(parts), 4)} ${cdr.currency} with tax, the total is ${toNumber(whole, 4)}.`,
      fix: 'Fixed, energy, time, parking and reservation cost together are the total, unless min_price or max_price applies.',
    },
  ]
}

function taxFindings(cdr: Cdr, breakdown: Breakdown): readonly LintFinding[] {
  const stated = [...costs.map(([name]) => name), 'total_reservation_cost' as const, 'total_cost' as const]
  return [...stated.flatMap((name) => rateFindings(cdr[name], `/${name}`)), ...totalTaxFindings(cdr, breakdown)]
}

/** A tax that names its rate has to be that share of the net, or of a part of it. */
function rateFindings(stated: Price | null | undefined, path: string): readonly LintFinding[] {
  if (stated?.taxes == null) return []
  const { taxes } = stated
  const net = decimal(stated.before_taxes)
  return taxes.flatMap(({ percentage, amount }, index): readonly LintFinding[] => {
    if (percentage == null) return []
    const most = divide(multiply(net, decimal(percentage)), fraction(100, 1))
    const alone = taxes.length === 1
    const claimed = decimal(amount)
    const wrong = alone
      ? !within(claimed, most, fraction(1, 100))
      : compare(abs(claimed), add(abs(most), fraction(1, 100))) > 0
    if (!wrong) return []
    return [
      {
        id: 'tax-rate',
        severity: 'error',
        path: `${path}/taxes/${index}/amount`,
        reason: `${percentage} % of ${stated.before_taxes} is ${toNumber(most, 4)}, stated is ${amount}.`,
        fix: 'Send the tax that belongs to the rate, or the rate that was used.',
      },
    ]
  })
}

const abs = (value: Decimal) => (compare(value, zero) < 0 ? negate(value) : value)

function totalTaxFindings(cdr: Cdr, breakdown: Breakdown): readonly LintFinding[] {
  const net = abs(decimal(cdr.total_cost.before_taxes))
  const claimed = subtract(abs(grossOf(cdr.total_cost)), net)
  const expected = subtract(breakdown.gross, breakdown.net)
  const path = '/total_cost/taxes'
  const currency = cdr.currency
  if (!near(net, breakdown.net)) {
    if (!isZero(expected) && near(net, breakdown.gross) && isZero(claimed))
      return [
        {
          id: 'gross-as-net',
          severity: 'error',
          path: '/total_cost/before_taxes',
          reason: `${cdr.total_cost.before_taxes} ${currency} is the amount with tax; without tax it is ${toNumber(breakdown.net, 4)}.`,
          fix: 'before_taxes is the net amount, the tax goes into taxes.',
        },
      ]
    return []
  }
  if (near(claimed, expected)) return []
  if (isZero(claimed))
    return [
      {
        id: 'tax-missing',
        severity: 'error',
        path,
        reason: `The tariff gives a tax of ${toNumber(expected, 4)} ${currency}, the CDR states none.`,
        fix: 'Add the tax with its name, percentage and amount.',
      },
    ]
  return [
    {
      id: 'wrong-tax',
      severity: 'error',
      path,
      reason: `The taxes are ${toNumber(claimed, 4)} ${currency}, the rates of the tariff give ${toNumber(expected, 4)}.`,
      fix: 'Use the vat of the price components, as tax_included says.',
    },
  ]
}

/** Mistakes that would explain a total, tried one by one, in words that follow "a calculation". */
export function likelyMistakes(tariffs: readonly Tariff[], cdr: Cdr, session: PricedSession): readonly string[] {
  const claimed = claimedGross(cdr, 'total_cost') ?? zero
  const asGiven = (list: readonly Tariff[]) => (list.length === 1 ? (list[0] as Tariff) : list)
  const cost = (change: (tariff: Tariff) => Tariff, more: Partial<PricedSession> = {}) =>
    price(asGiven(tariffs.map(change)), { ...session, ...more }).gross
  const same = (tariff: Tariff) => tariff
  const { gross, net } = price(asGiven(tariffs), session)
  const tries: readonly (readonly [string, () => Decimal])[] = [
    ['without taxes', () => net],
    ['without step_size', () => cost(withoutSteps)],
    ['with the clock in UTC instead of local time', () => cost(same, { timeZone: 'UTC' })],
    [
      'that forgets min_price and max_price',
      () => cost((one) => ({ ...one, min_price: undefined, max_price: undefined })),
    ],
    ['with the bounds on kWh ignored', () => cost(withoutEnergyBounds)],
  ]
  return tries.flatMap(([words, calculate]) => {
    const value = calculate()
    return near(value, gross) || !near(claimed, value) ? [] : [words]
  })
}

const withoutSteps = (tariff: Tariff): Tariff => ({
  ...tariff,
  elements: tariff.elements.map((element) => ({
    ...element,
    price_components: element.price_components.map((component) => ({ ...component, step_size: 1 })),
  })),
})

const withoutEnergyBounds = (tariff: Tariff): Tariff => ({
  ...tariff,
  elements: tariff.elements.map((element) => ({
    ...element,
    restrictions: { ...element.restrictions, min_kwh: undefined, max_kwh: undefined },
  })),
})
