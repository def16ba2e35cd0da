import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, decimal, fraction, larger, multiply, subtract, sum, toNumber, zero } from './decimal.ts'
import { activeAt, chargingStartOf } from './explain-spans.ts'
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
const SECOND_MS = 1000
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
  const lastSecond = () => lastSafe((s) => safe(s * SECOND_MS), Math.ceil(longest / SECOND_MS)) * SECOND_MS
  const latest = safe(longest) ? longest : safe(0) ? lastSecond() : -1
  const stop = latest < 0 ? 'now' : latest === longest ? 'not-needed' : 'by'
  const safeKwh = safeEnergy(known, { holdMinor, until: soFar.at + longest, idleMs, currency })
  return {
    currency,
    costMinor: costNow(tariff, soFar),
    perHourMinor: perHour(known),
    stop,
    stopAt: soFar.at + Math.max(0, latest),
    worstMinor: costAfter(Math.max(0, latest)),
    ...(safeKwh === undefined ? {} : { safeKwh }),
  }
}

type Going = Pick<ForecastOptions, 'maxPowerKw' | 'idleMs'> & { readonly withinMs: number }

/** As if the session ended now, and at the worst when it goes on for `withinMs` longer; with tax. One step of the forecast. */
export function costAhead(
  tariff: Tariff,
  soFar: SoFar,
  { maxPowerKw, withinMs, idleMs = 0 }: Going,
): { readonly nowMinor: number; readonly worstMinor: number } {
  checkOptions({ maxPowerKw, withinMs, idleMs })
  const chargingUntil = soFar.at + withinMs
  const leavesBy = chargingUntil + idleMs
  const known = knownOf(tariff, soFar, { maxPowerKw, until: leavesBy })
  const worstMinor = toMinor(worstCase(known, { chargingUntil, leavesBy }), tariff.currency)
  return { nowMinor: costNow(tariff, soFar), worstMinor }
}

/**
 * Whether the order to stop is due: going on for `withinMs` longer, until the next look and until the charger obeys, may
 * cost more than the hold. Not where ending now costs as much, as below a min_price. (E-25)
 */
export function stopDue(tariff: Tariff, soFar: SoFar, options: Going & Pick<ForecastOptions, 'holdMinor'>): boolean {
  checkOptions({ holdMinor: options.holdMinor })
  const { nowMinor, worstMinor } = costAhead(tariff, soFar, options)
  return worstMinor > options.holdMinor && worstMinor > nowMinor
}

/**
 * How long after the last word the order to stop may still be given, at full power and silent as it is; no further than
 * `horizonMs`. `spentMinor`: what it has cost by then, where that is known better than from the periods. (E-25)
 */
export function safeForMs(
  tariff: Tariff,
  soFar: SoFar,
  options: Pick<ForecastOptions, 'holdMinor' | 'maxPowerKw'> & {
    readonly reactionMs: number
    readonly horizonMs: number
    readonly spentMinor?: number
  },
): number {
  const { holdMinor, maxPowerKw, reactionMs, horizonMs, spentMinor = 0 } = options
  checkOptions({ holdMinor, maxPowerKw, reactionMs, horizonMs, spentMinor })
  const known = knownOf(tariff, soFar, { maxPowerKw, until: soFar.at + horizonMs + reactionMs })
  const nowMinor = costNow(tariff, soFar)
  const most = Math.max(nowMinor, holdMinor - Math.max(0, spentMinor - nowMinor))
  const safe = (ms: number) => {
    const end = soFar.at + ms + reactionMs
    return toMinor(worstCase(known, { chargingUntil: end, leavesBy: end }), tariff.currency) <= most
  }
  if (safe(horizonMs)) return horizonMs
  if (!safe(0)) return 0
  return lastSafe((s) => safe(s * SECOND_MS), Math.ceil(horizonMs / SECOND_MS)) * SECOND_MS
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

const energyOf = (periods: readonly Period[]): Decimal => sum(periods.map((period) => decimal(period.energyKwh ?? 0)))

function knownOf(
  tariff: Tariff,
  soFar: SoFar,
  { maxPowerKw, until }: { readonly maxPowerKw: number; readonly until: number },
): Known {
  const { start, at, timeZone, periods } = soFar
  // First, because it refuses what cannot be priced.
  const breakdown = price(tariff, { start, end: at, timeZone, periods })
  const energyNow = energyOf(periods)
  const told = soFar.energyKwh === undefined ? energyNow : decimal(soFar.energyKwh, 'energyKwh')
  const outlook: Outlook = {
    start: chargingStartOf(start, periods) ?? (periods.length === 0 ? start : at),
    timeZone,
    open: Math.min(at, periods.at(-1)?.start ?? start),
    at,
    until,
    energyLow: energyOf(periods.slice(0, -1)),
    energyNow,
    energyTop: add(larger(told, energyNow), fraction(1, 1000)),
    maxPowerKw: decimal(maxPowerKw),
  }
  const toldH = sum(
    periods
      .flatMap((period) => [period.timeH, period.parkingTimeH, period.reservationTimeH])
      .map((each) => decimal(each ?? 0)),
  )
  const untold = subtract(fraction(Math.round(at - start), HOUR_MS), toldH)
  return {
    tariff,
    outlook,
    breakdown,
    windows: windowsOf(tariff, outlook),
    untoldMs: Math.max(0, Math.round(toNumber(multiply(untold, fraction(HOUR_MS, 1)), 3))),
  }
}

/** The cost never falls with time or energy, so halving finds the last safe count below this bound; 0 is safe. */
function lastSafe(safe: (count: number) => boolean, bound: number): number {
  let [low, high] = [0, bound]
  while (high - low > 1) {
    const middle = Math.trunc((low + high) / 2)
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
  const more = fraction(lastSafe(safe, longest + 1), 1000)
  return toNumber(add(subtract(energyTop, fraction(1, 1000)), more), 3)
}

/** By the same calculation as the CDR; what no period tells yet counts as charging in the last one. */
function costNow(tariff: Tariff, { start, at, timeZone, periods, energyKwh }: SoFar): number {
  const missing = energyKwh === undefined ? zero : larger(zero, subtract(decimal(energyKwh), energyOf(periods)))
  const last = periods.at(-1)
  const shown: readonly Period[] =
    last === undefined
      ? [{ start, energyKwh: missing, timeH: fraction(Math.round(at - start), HOUR_MS) }]
      : [...periods.slice(0, -1), { ...last, energyKwh: add(decimal(last.energyKwh ?? 0), missing) }]
  return price(tariff, { start, end: at, timeZone, periods: shown }).totalMinor
}

/** What one more hour costs at the prices that apply at this moment. (G-01) */
function perHour({ tariff, outlook }: Known): Forecast['perHourMinor'] {
  const { at, timeZone, maxPowerKw, energyNow } = outlook
  const unit = (dimension: TariffDimensionType, powerKw: number) => {
    const { element, component } = activeAt(tariff, dimension, {
      ...{ at, timeZone, phase: 'charging', elapsedMs: at - outlook.start, energyKwh: energyNow },
      ...{ minPowerKw: powerKw, maxPowerKw: powerKw },
      ...(powerKw === 0 ? { minCurrentA: 0 } : {}),
    })
    return grossUnit(tariff, element, component)
  }
  const kw = toNumber(maxPowerKw, 9)
  const charging = add(multiply(unit('ENERGY', kw), maxPowerKw), unit('TIME', kw))
  return { charging: toMinor(charging, tariff.currency), parking: toMinor(unit('PARKING_TIME', 0), tariff.currency) }
}
