import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { add, compare, subtract, sum, toNumber, zero } from './decimal.ts'
import type { Circumstances, Miss } from './explain-miss.ts'
import { missOf } from './explain-miss.ts'
import type { Span } from './explain-spans.ts'
import { chargingStartOf, spansOf } from './explain-spans.ts'
import type { Breakdown, Finding, Line, Period, PricedSession } from './price.ts'
import { price } from './price.ts'
import { taxIncluded } from './taxes.ts'

/** Why another element of the tariff did not supply the price. (G-01) */
export type Other =
  | { readonly element: number; readonly why: 'no-component' }
  | { readonly element: number; readonly why: 'later-in-list' }
  | { readonly element: number; readonly why: 'restriction'; readonly at: string; readonly miss: Miss }

export interface ExplainedSpan {
  readonly from: string
  readonly to: string
  readonly quantity: number
}

export interface ExplainedLine {
  readonly dimension: Line['dimension']
  /** Id of the tariff; absent for a limit. */
  readonly tariff?: string
  readonly element: number
  readonly component: number
  readonly unit: Line['unit']
  /** What was used. */
  readonly quantity: number
  /** What is billed, step_size included. */
  readonly billedQuantity: number
  /** What step_size added; absent when nothing. (G-12, G-13) */
  readonly rounding?: { readonly added: number; readonly stepSize: number }
  readonly unitPrice: number
  readonly taxIncluded: 'YES' | 'NO' | 'N/A'
  readonly vat?: number
  readonly net: number
  readonly tax: number
  readonly gross: number
  /** Share of the rounded total. */
  readonly amountMinor: number
  /** When it applied. */
  readonly spans: readonly ExplainedSpan[]
  /** The line belongs to the reservation before charging. (G-17) */
  readonly reservation?: 'RESERVATION' | 'RESERVATION_EXPIRES'
  /** Which limit of the tariff this line stands for. (G-18) */
  readonly limit?: 'min_price' | 'max_price'
  readonly others: readonly Other[]
}

/** Something used that no element prices. (G-02) */
export interface Unpriced {
  readonly tariff?: string
  readonly dimension: Exclude<Line['dimension'], 'LIMIT' | 'FLAT'>
  readonly unit: Line['unit']
  readonly quantity: number
  readonly spans: readonly ExplainedSpan[]
  readonly others: readonly Other[]
}

/** A breakdown with its reasons, as plain data: ISO times, numbers with at most six decimals. */
export interface Explanation {
  readonly currency: string
  readonly timeZone: string
  readonly net: number
  readonly gross: number
  readonly totalMinor: number
  readonly taxes: readonly { readonly percentage?: number; readonly net: number; readonly amount: number }[]
  readonly lines: readonly ExplainedLine[]
  readonly unpriced: readonly Unpriced[]
  readonly findings: readonly Finding[]
}

const DIGITS = 6

/** What a session costs and why: which component applied when, what was rounded and taxed, and why not another. (G-01 to G-20) */
export function explain(
  tariff: Tariff | readonly Tariff[],
  session: PricedSession,
  options: { readonly breakdown?: Breakdown } = {},
): Explanation {
  const breakdown = options.breakdown ?? price(tariff, session)
  const tariffs = listOf(tariff)
  const spans = spansOf(tariffs, session)
  const { currency, net, gross, totalMinor, taxes, findings } = breakdown
  return {
    currency,
    timeZone: session.timeZone,
    net: toNumber(net, DIGITS),
    gross: toNumber(gross, DIGITS),
    totalMinor,
    taxes: taxes.map((tax) => ({ ...tax, net: toNumber(tax.net, DIGITS), amount: toNumber(tax.amount, DIGITS) })),
    lines: breakdown.lines.map((line) => explainedLine(tariffs, session, line, spans)),
    unpriced: unpricedOf(tariffs, spans),
    findings,
  }
}

export const listOf = (tariff: Tariff | readonly Tariff[]): readonly Tariff[] =>
  'elements' in tariff ? [tariff] : tariff

function explainedLine(
  tariffs: readonly Tariff[],
  session: PricedSession,
  line: Line,
  all: readonly Span[],
): ExplainedLine {
  const { dimension, element, component, unit, vat, reservation } = line
  // `price` has refused an empty list; a limit names no tariff.
  const tariff = (tariffs[line.tariff] ?? tariffs[0]) as Tariff
  const spans = all.filter(
    (span) => span.tariff === line.tariff && span.element === element && span.component === component,
  )
  const first = reservation === undefined ? spans[0]?.here : reservedHere(session)
  const added = subtract(line.billedQuantity, line.quantity)
  const stepSize = tariff.elements[element]?.price_components[component]?.step_size ?? 1
  return {
    dimension,
    ...(dimension === 'LIMIT' ? {} : { tariff: tariff.id }),
    element,
    component,
    unit,
    quantity: toNumber(line.quantity, DIGITS),
    billedQuantity: toNumber(line.billedQuantity, DIGITS),
    ...(compare(added, zero) === 0 ? {} : { rounding: { added: toNumber(added, DIGITS), stepSize } }),
    unitPrice: toNumber(line.unitPrice, DIGITS),
    taxIncluded: taxIncluded(tariff),
    ...(reservation === undefined ? {} : { reservation }),
    ...(vat === undefined ? {} : { vat }),
    net: toNumber(line.net, DIGITS),
    tax: toNumber(subtract(line.gross, line.net), DIGITS),
    gross: toNumber(line.gross, DIGITS),
    amountMinor: line.grossMinor,
    spans: reservation === undefined ? spans.map(shownSpan) : [reservedSpan(session, line)],
    ...(dimension === 'LIMIT'
      ? { limit: compare(add(line.net, line.gross), zero) < 0 ? 'max_price' : 'min_price' }
      : {}),
    others: first === undefined ? [] : othersOf(tariff, { dimension, element, reservation, first }),
  }
}

/** A reservation is one part, until charging begins. (G-17) */
const reservedSpan = ({ start, end, periods }: PricedSession, { quantity }: Line) =>
  shown(start, chargingStartOf(start, periods) ?? end, toNumber(quantity, DIGITS))

/** A reservation takes no power and no energy. It expired when told so, or when no charging follows. (G-17) */
function reservedHere({ start, timeZone, periods, reservationExpired }: PricedSession): Circumstances {
  const { minPowerKw = 0, maxPowerKw, minCurrentA = 0, maxCurrentA } = periods[0] as Period
  const expired = reservationExpired ?? chargingStartOf(start, periods) === undefined
  const phase = expired ? 'expired' : 'reservation'
  return {
    ...{ at: start, timeZone, phase, elapsedMs: 0, energyKwh: zero },
    ...{ minPowerKw, maxPowerKw, minCurrentA, maxCurrentA },
  }
}

const shown = (from: number, to: number, quantity: number): ExplainedSpan => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  quantity,
})

const shownSpan = ({ from, to, quantity }: Span) => shown(from, to, toNumber(quantity, DIGITS))

function othersOf(
  tariff: Tariff,
  chosen: Pick<Line, 'dimension' | 'element' | 'reservation'> & { readonly first: Circumstances },
): readonly Other[] {
  const { dimension, element: mine, reservation, first } = chosen
  return tariff.elements.flatMap((other, element): readonly Other[] => {
    if (element === mine) return []
    if (!other.price_components.some((each) => each.type === dimension)) return [{ element, why: 'no-component' }]
    const kind = other.restrictions?.reservation ?? undefined
    const miss = missOf(other, first) ?? (kind === reservation ? undefined : expiryMiss(dimension, reservation))
    if (miss !== undefined) return [{ element, why: 'restriction', at: new Date(first.at).toISOString(), miss }]
    return kind === reservation && element > mine ? [{ element, why: 'later-in-list' }] : []
  })
}

/** The price of time of an expired reservation stands instead of that of a reservation; fees of both are taken. (G-17) */
const expiryMiss = (dimension: Line['dimension'], reservation: Line['reservation']): Miss | undefined =>
  dimension === 'TIME' && reservation === 'RESERVATION_EXPIRES'
    ? { restriction: 'reservation', bound: 'RESERVATION', actual: 'expired' }
    : undefined

function unpricedOf(tariffs: readonly Tariff[], all: readonly Span[]): readonly Unpriced[] {
  return (['ENERGY', 'TIME', 'PARKING_TIME'] as const).flatMap((dimension) => {
    const spans = all.filter((span) => span.dimension === dimension && span.element < 0)
    const first = spans[0]
    if (first === undefined) return []
    const quantity = toNumber(sum(spans.map((span) => span.quantity)), DIGITS)
    const tariff = tariffs[first.tariff] as Tariff
    const others = othersOf(tariff, { dimension, element: -1, first: first.here })
    return [
      {
        tariff: tariff.id,
        dimension,
        unit: dimension === 'ENERGY' ? 'kWh' : 'h',
        quantity,
        spans: spans.map(shownSpan),
        others,
      },
    ]
  })
}
