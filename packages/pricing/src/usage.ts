import type { PriceComponent, Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, compare, fraction, isZero, one, subtract, zero } from './decimal.ts'
import type { Finding, PricedSession } from './price.ts'
import { PricingError } from './pricing-error.ts'
import type { Moment } from './restrictions.ts'
import { elementMatches, energyCuts } from './restrictions.ts'
import type { Stretch } from './stretches.ts'
import { stretchesOf } from './stretches.ts'

/** How much of one price component a session has used. */
export interface Usage {
  readonly dimension: TariffDimensionType
  readonly element: number
  readonly component: number
  readonly priced: PriceComponent
  /** kWh, hours, or 1 for FLAT. */
  readonly quantity: Decimal
}

export interface Used {
  /** In the order in which they were used first. */
  readonly usages: readonly Usage[]
  /** The component of each dimension that was active last. (G-12) */
  readonly last: ReadonlyMap<TariffDimensionType, Usage>
  /** Whichever of TIME and PARKING_TIME was active last. */
  readonly lastTime?: TariffDimensionType
  readonly findings: readonly Finding[]
}

interface Active {
  readonly element: number
  readonly component: number
  readonly priced: PriceComponent
}

/** Which components a session uses, and how much of each. (G-01, G-02, G-05, G-06) */
export function usageOf(tariff: Tariff, session: PricedSession): Used {
  const usages = new Map<string, Usage>()
  const last = new Map<TariffDimensionType, string>()
  const findings = new Map<string, Finding>()
  const thresholds = energyCuts(tariff.elements)
  let lastTime: TariffDimensionType | undefined

  const use = (dimension: TariffDimensionType, moment: Moment, quantity: Decimal) => {
    const active = activeComponent(tariff, dimension, moment)
    if (active === undefined) return
    const key = `${active.element}/${active.component}`
    const before = usages.get(key)
    if (dimension === 'FLAT' && before !== undefined) return
    usages.set(key, { dimension, ...active, quantity: add(before?.quantity ?? zero, quantity) })
    last.set(dimension, key)
    if (dimension === 'TIME' || dimension === 'PARKING_TIME') lastTime = dimension
  }

  for (const finding of tariffFindings(tariff)) findings.set(finding.code, finding)
  for (const stretch of stretchesOf(tariff, session)) {
    const moment = momentOf(session, stretch)
    use('FLAT', moment, one)
    for (const piece of energyPieces(stretch, thresholds)) {
      const within = { ...moment, energyKwh: piece.from }
      use('FLAT', within, one)
      use('ENERGY', within, piece.kwh)
    }
    if (stretch.timeMs > 0) use('TIME', moment, fraction(stretch.timeMs, 3_600_000))
    if (stretch.parkingMs > 0) use('PARKING_TIME', moment, fraction(stretch.parkingMs, 3_600_000))
    for (const finding of stretchFindings(tariff, stretch, moment, thresholds)) findings.set(finding.code, finding)
  }
  const lastUsages = [...last].flatMap(([dimension, key]) => {
    const usage = usages.get(key)
    return usage === undefined ? [] : [[dimension, usage] as const]
  })
  return {
    usages: [...usages.values()],
    last: new Map(lastUsages),
    ...(lastTime === undefined ? {} : { lastTime }),
    findings: [...findings.values()],
  }
}

/** The first element in list order that prices this dimension and applies now. (G-01, G-04) */
function activeComponent(tariff: Tariff, dimension: TariffDimensionType, moment: Moment): Active | undefined {
  for (const [element, one] of tariff.elements.entries()) {
    const component = one.price_components.findIndex((candidate) => candidate.type === dimension)
    const priced = one.price_components[component]
    if (priced !== undefined && elementMatches(one, element, moment)) return { element, component, priced }
  }
  return undefined
}

function momentOf(session: PricedSession, stretch: Stretch): Moment {
  const { minPowerKw, maxPowerKw, minCurrentA, maxCurrentA } = stretch.period
  const idle = stretch.timeMs === 0 && isZero(stretch.periodEnergyKwh)
  for (const [name, value] of Object.entries({ minPowerKw, maxPowerKw, minCurrentA, maxCurrentA })) {
    if (value !== undefined && !Number.isFinite(value))
      throw new PricingError(`periods.${name}`, value, 'must be finite')
  }
  // A vehicle that takes nothing takes 0 kW: there is nothing to measure then, so it is often not reported.
  const power = idle ? { minPowerKw: minPowerKw ?? 0, minCurrentA: minCurrentA ?? 0 } : { minPowerKw, minCurrentA }
  return {
    at: stretch.start,
    timeZone: session.timeZone,
    elapsedMs: stretch.start - session.start,
    energyKwh: stretch.energyBefore,
    ...power,
    maxPowerKw,
    maxCurrentA,
  }
}

/** The energy of a stretch, cut where a restriction on kWh begins or ends: the price there depends on nothing else. */
function energyPieces(stretch: Stretch, thresholds: readonly Decimal[]): readonly { from: Decimal; kwh: Decimal }[] {
  if (isZero(stretch.energyKwh)) return []
  const end = add(stretch.energyBefore, stretch.energyKwh)
  const starts = [stretch.energyBefore, ...inside(thresholds, stretch.energyBefore, end)]
  return starts.map((from, index) => ({ from, kwh: subtract(starts[index + 1] ?? end, from) }))
}

function inside(thresholds: readonly Decimal[], from: Decimal, to: Decimal): readonly Decimal[] {
  const within = thresholds.filter((one) => compare(one, from) > 0 && compare(one, to) < 0)
  return within.filter((one, index) => index === 0 || compare(one, within[index - 1] ?? one) !== 0)
}

function tariffFindings(tariff: Tariff): readonly Finding[] {
  const double = tariff.elements.findIndex(
    ({ price_components: all }) => new Set(all.map((one) => one.type)).size < all.length,
  )
  if (double < 0) return []
  const message = `Element ${double} has two components of one dimension; the first one is used.`
  return [{ code: 'double-component', message }]
}

/** What makes a period hard to price: a new period should start wherever another component becomes active. (G-22, C-606) */
function stretchFindings(
  tariff: Tariff,
  stretch: Stretch,
  moment: Moment,
  thresholds: readonly Decimal[],
): readonly Finding[] {
  const findings: Finding[] = []
  const at = new Date(stretch.period.start).toISOString()
  const start = {
    ...moment,
    at: stretch.period.start,
    elapsedMs: moment.elapsedMs - (stretch.start - stretch.period.start),
  }
  const dimensions = [
    ...(isZero(stretch.periodEnergyKwh) ? [] : (['ENERGY'] as const)),
    ...(stretch.timeMs > 0 ? (['TIME'] as const) : []),
    ...(stretch.parkingMs > 0 ? (['PARKING_TIME'] as const) : []),
  ]
  const end = add(stretch.energyBefore, stretch.periodEnergyKwh)
  const others = [
    moment,
    ...inside(thresholds, stretch.energyBefore, end).map((energyKwh) => ({ ...moment, energyKwh })),
  ]
  const changes = dimensions.some((dimension) => {
    const first = activeComponent(tariff, dimension, start)?.priced
    return others.some((other) => activeComponent(tariff, dimension, other)?.priced !== first)
  })
  if (changes) {
    findings.push({ code: 'period-spans-change', message: `The price changes within the period that starts at ${at}.` })
  }
  if (stretch.period.reservationTimeH !== undefined) {
    findings.push({ code: 'reservation-not-priced', message: `The reservation in the period of ${at} is not priced.` })
  }
  if (needsPower(tariff) && moment.minPowerKw === undefined && moment.maxPowerKw === undefined) {
    findings.push({ code: 'power-unknown', message: `The tariff asks for the power, the period of ${at} has none.` })
  }
  if (needsCurrent(tariff) && moment.minCurrentA === undefined && moment.maxCurrentA === undefined) {
    findings.push({
      code: 'current-unknown',
      message: `The tariff asks for the current, the period of ${at} has none.`,
    })
  }
  return findings
}

const needsPower = (tariff: Tariff) =>
  tariff.elements.some(({ restrictions: r }) => r?.min_power != null || r?.max_power != null)

const needsCurrent = (tariff: Tariff) =>
  tariff.elements.some(({ restrictions: r }) => r?.min_current != null || r?.max_current != null)
