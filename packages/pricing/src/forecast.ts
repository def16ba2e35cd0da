import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, compare, decimal, fraction, larger, multiply, subtract, sum, toNumber, zero } from './decimal.ts'
import { missOf } from './explain-miss.ts'
import { chargingStartOf } from './explain-spans.ts'
import type { Outlook } from './forecast-windows.ts'
import { grossUnit, windowsOf } from './forecast-windows.ts'
import type { Known } from './forecast-worst.ts'
import { worstCase } from './forecast-worst.ts'
import { toMinor } from './money.ts'
import { instant, periodsOf } from './periods.ts'
import type { Period } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

/** A session that still runs, as far as it is known. */
export interface SoFar {
  readonly start: number
  /** Until when the periods tell. */
  readonly at: number
  readonly timeZone: string
  readonly periods: readonly Period[]
  /** Energy so far when it is known better than from the periods. */
  readonly energyKwh?: number | Decimal
}

export interface ForecastOptions {
  /** What is held, in minor units of the tariff's currency. */
  readonly holdMinor: number
  /** The most the connector gives. */
  readonly maxPowerKw: number
  /** How long charging may go on after the order to stop. */
  readonly reactionMs?: number
  /** How long the vehicle may stay connected after that. */
  readonly idleMs?: number
  /** How far to look; 48 hours. */
  readonly horizonMs?: number
}

export interface Forecast {
  readonly currency: string
  /** As if the session ended now, with tax. */
  readonly costMinor: number
  /** From now on, with tax: charging at full power, and connected without charging. Steps and limits not counted. */
  readonly perHourMinor: { readonly charging: number; readonly parking: number }
  /**
   * `now`: any longer and the hold may not be enough. `by`: the order to stop must be given at `stopAt` at the latest.
   * `not-needed`: within the horizon the hold is enough whatever happens.
   */
  readonly stop: 'now' | 'by' | 'not-needed'
  /** ms; the latest safe moment, the end of the horizon when no stop is needed. */
  readonly stopAt: number
  /** What the session costs at the worst when it is stopped then. */
  readonly worstMinor: number
  /** So much energy is safe however slowly it comes, until the end of the horizon; absent when time alone may cost too much. */
  readonly safeKwh?: number
}

const HOUR_MS = 3_600_000
const STEP_MS = 1000
const longestMs = 366 * 24 * HOUR_MS

/**
 * Until when a session may go on so that its final cost, with step_size, fees, limits, taxes and the time after the
 * stop, stays within the hold, whatever the power does up to the maximum of the connector. (E-25)
 */
export function forecast(tariff: Tariff, soFar: SoFar, options: ForecastOptions): Forecast {
  const { holdMinor, reactionMs = 0, idleMs = 0, horizonMs = 48 * HOUR_MS } = options
  checkOptions({ holdMinor, reactionMs, idleMs, horizonMs, maxPowerKw: options.maxPowerKw })
  const { currency } = tariff
  const longest = Math.max(0, Math.min(horizonMs, soFar.start + longestMs - soFar.at - reactionMs - idleMs))
  const known = knownOf(tariff, soFar, {
    maxPowerKw: options.maxPowerKw,
    until: soFar.at + longest + reactionMs + idleMs,
  })
  const costAfter = (ms: number) => {
    const chargingUntil = soFar.at + ms + reactionMs
    return toMinor(worstCase(known, { chargingUntil, leavesBy: chargingUntil + idleMs }), currency)
  }
  const safe = (ms: number) => costAfter(ms) <= holdMinor
  const latest = safe(longest) ? longest : safe(0) ? lastSafe(safe, longest) : -1
  const stop = latest < 0 ? 'now' : latest === longest ? 'not-needed' : 'by'
  const safeKwh = safeEnergy(known, { holdMinor, until: soFar.at + longest, idleMs, currency })
  return {
    currency,
    costMinor: costNow(tariff, soFar),
    perHourMinor: perHour(tariff, soFar, options.maxPowerKw),
    stop,
    stopAt: soFar.at + Math.max(0, latest),
    worstMinor: costAfter(Math.max(0, latest)),
    ...(safeKwh === undefined ? {} : { safeKwh }),
  }
}

/**
 * Whether the order to stop is due: going on for `withinMs` longer, until the next look and until the charger obeys, may
 * cost more than the hold. Not where ending now costs as much, as below a min_price. One step of the forecast. (E-25)
 */
export function stopDue(
  tariff: Tariff,
  soFar: SoFar,
  options: Pick<ForecastOptions, 'holdMinor' | 'maxPowerKw' | 'idleMs'> & { readonly withinMs: number },
): boolean {
  const { holdMinor, maxPowerKw, withinMs, idleMs = 0 } = options
  checkOptions({ holdMinor, maxPowerKw, withinMs, idleMs })
  const chargingUntil = soFar.at + withinMs
  const leavesBy = chargingUntil + idleMs
  const known = knownOf(tariff, soFar, { maxPowerKw, until: leavesBy })
  const worstMinor = toMinor(worstCase(known, { chargingUntil, leavesBy }), tariff.currency)
  return worstMinor > holdMinor && worstMinor > costNow(tariff, soFar)
}

/** A Session of OCPI as it was when it was last updated. */
export function soFarOf(session: Session, timeZone: string): SoFar {
  const start = instant(session.start_date_time, 'start_date_time')
  const periods = periodsOf(session)
  const updated = instant(session.last_updated, 'last_updated')
  const at = Math.max(updated, start, periods.at(-1)?.start ?? start)
  return { start, at, timeZone, periods, energyKwh: session.kwh }
}

function checkOptions(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isFinite(value) || value < 0) throw new PricingError(name, value, 'must be a number, 0 or more')
  }
}

const energyOf = (periods: readonly Period[]): Decimal =>
  sum(periods.map((period, index) => decimal(period.energyKwh ?? 0, `periods[${index}].energyKwh`)))

function knownOf(
  tariff: Tariff,
  soFar: SoFar,
  { maxPowerKw, until }: { readonly maxPowerKw: number; readonly until: number },
): Known {
  const { start, at, timeZone, periods } = soFar
  const energyNow = energyOf(periods)
  const told = soFar.energyKwh === undefined ? energyNow : decimal(soFar.energyKwh, 'energyKwh')
  const outlook: Outlook = {
    start: chargingStartOf(start, periods) ?? (periods.length === 0 ? start : at),
    timeZone,
    open: Math.min(at, periods.at(-1)?.start ?? start),
    at,
    until: until + 1,
    energyLow: energyOf(periods.slice(0, -1)),
    energyNow,
    energyTop: add(larger(told, energyNow), fraction(1, 1000)),
    maxPowerKw: decimal(maxPowerKw, 'maxPowerKw'),
  }
  const toldH = sum(
    periods
      .flatMap((period) => [period.timeH, period.parkingTimeH, period.reservationTimeH])
      .map((each) => decimal(each ?? 0, 'hours')),
  )
  const untold = subtract(fraction(Math.round(at - start), HOUR_MS), toldH)
  return {
    tariff,
    outlook,
    breakdown: price(tariff, { start, end: at, timeZone, periods }),
    windows: windowsOf(tariff, outlook),
    untoldMs: compare(untold, zero) <= 0 ? 0 : Math.ceil(toNumber(multiply(untold, fraction(HOUR_MS, 1)), 3)),
  }
}

/** The cost never falls with time, so halving finds the last safe second. */
function lastSafe(safe: (ms: number) => boolean, longest: number): number {
  let low = 0
  let high = Math.min(60 * STEP_MS, longest)
  while (high < longest && safe(high)) {
    low = high
    high = Math.min(high * 2, longest)
  }
  while (high - low > STEP_MS) {
    const middle = Math.floor((low + high) / 2 / STEP_MS) * STEP_MS
    if (middle <= low) break
    if (safe(middle)) low = middle
    else high = middle
  }
  return low
}

function safeEnergy(
  known: Known,
  {
    holdMinor,
    until,
    idleMs,
    currency,
  }: { readonly holdMinor: number; readonly until: number; readonly idleMs: number; readonly currency: string },
): number | undefined {
  const { energyNow, energyTop, maxPowerKw, at } = known.outlook
  const base = subtract(energyTop, energyNow)
  const safe = (wh: number) => {
    const moreKwh = add(base, fraction(wh, 1000))
    return toMinor(worstCase(known, { chargingUntil: until, leavesBy: until + idleMs, moreKwh }), currency) <= holdMinor
  }
  if (!safe(0)) return undefined
  const longest = Math.floor((toNumber(maxPowerKw, 3) * 1000 * (until - at)) / HOUR_MS)
  let [low, high] = [0, longest + 1]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (safe(middle)) low = middle
    else high = middle
  }
  return toNumber(add(subtract(energyTop, fraction(1, 1000)), fraction(low, 1000)), 3)
}

/** By the same calculation as the CDR; what no period tells yet counts as charging in the last one. */
function costNow(tariff: Tariff, { start, at, timeZone, periods, energyKwh }: SoFar): number {
  const missing = energyKwh === undefined ? zero : subtract(decimal(energyKwh, 'energyKwh'), energyOf(periods))
  const shown: readonly Period[] =
    periods.length === 0
      ? [{ start, energyKwh: missing, timeH: fraction(Math.round(at - start), HOUR_MS) }]
      : periods.map((period, index) =>
          index < periods.length - 1 || compare(missing, zero) <= 0
            ? period
            : { ...period, energyKwh: add(decimal(period.energyKwh ?? 0), missing) },
        )
  return price(tariff, { start, end: at, timeZone, periods: shown }).totalMinor
}

/** What one more hour costs at the prices that apply at this moment. (G-01) */
function perHour(tariff: Tariff, soFar: SoFar, maxPowerKw: number): Forecast['perHourMinor'] {
  const energyKwh = energyOf(soFar.periods)
  const at = (powerKw: number) => (dimension: TariffDimensionType) => {
    const here = {
      at: soFar.at,
      timeZone: soFar.timeZone,
      phase: 'charging' as const,
      elapsedMs: soFar.at - (chargingStartOf(soFar.start, soFar.periods) ?? soFar.start),
      energyKwh,
      minPowerKw: powerKw,
      maxPowerKw: powerKw,
      ...(powerKw === 0 ? { minCurrentA: 0, maxCurrentA: 0 } : {}),
    }
    const element = tariff.elements.findIndex(
      (each) => each.price_components.some(({ type }) => type === dimension) && missOf(each, here) === undefined,
    )
    const component = tariff.elements[element]?.price_components.findIndex(({ type }) => type === dimension) ?? -1
    return grossUnit(tariff, element, component)
  }
  const charging = add(multiply(at(maxPowerKw)('ENERGY'), decimal(maxPowerKw)), at(maxPowerKw)('TIME'))
  return { charging: toMinor(charging, tariff.currency), parking: toMinor(at(0)('PARKING_TIME'), tariff.currency) }
}
