/** One random session, looked at in the middle, continued with fluctuating power and stopped when the forecast says so. */
import fc from 'fast-check'
import { add, decimal, fraction } from '../src/decimal.ts'
import { forecast } from '../src/forecast.ts'
import type { Period, PricedSession } from '../src/price.ts'
import { price } from '../src/price.ts'
import { anyStages, anyStart, anyTariff, sessionOfStages } from './any-session.ts'

const MAX_KW = 22

const scenario = fc.record({
  tariff: anyTariff,
  start: anyStart,
  past: anyStages(MAX_KW, 3),
  coming: anyStages(MAX_KW, 8),
  /** A CPO that extends its last period instead of beginning a new one. */
  lazy: fc.boolean(),
  /** Above the cost so far. */
  roomMinor: fc.integer({ min: 0, max: 2500 }),
  reactionMs: fc.constantFrom(0, 0, 30_000),
  idleMs: fc.constantFrom(0, 0, 900_000),
  early: fc.integer({ min: 0, max: 5 }),
})

/** fast-check property; `seen` is told what each forecast said. */
export function forecastHolds(seen: (stop: 'now' | 'by' | 'not-needed') => void) {
  return fc.property(scenario, ({ tariff, start, past, coming, lazy, early, roomMinor, reactionMs, idleMs }) => {
    const known = sessionOfStages(start, past)
    const holdMinor = price(tariff, known).totalMinor + roomMinor
    const options = { holdMinor, reactionMs, idleMs }
    const horizonMs = 24 * 3_600_000
    const soFar = { start, at: known.end, timeZone: known.timeZone, periods: known.periods }
    const said = forecast(tariff, soFar, { ...options, maxPowerKw: MAX_KW, horizonMs })
    seen(said.stop)
    if (said.stop === 'now') return
    const chargingEnds = said.stopAt - (early === 1 ? 1_000 : 0) + options.reactionMs
    const all = continued(known, coming, { until: chargingEnds, idleMs: early === 0 ? options.idleMs : 0, lazy })
    const { totalMinor } = price(tariff, all)
    if (totalMinor > options.holdMinor) {
      throw new Error(
        `${said.stop} ${new Date(said.stopAt).toISOString()} (worst ${said.worstMinor}): costs ${totalMinor} of ${options.holdMinor}`,
      )
    }
  })
}

/** The stages again and again until the end, then the time in which the vehicle only stands there. */
function continued(
  known: PricedSession,
  stages: readonly { readonly seconds: number; readonly powerKw: number }[],
  { until, idleMs, lazy }: { readonly until: number; readonly idleMs: number; readonly lazy: boolean },
): PricedSession {
  const periods: Period[] = [...known.periods]
  let at = known.end
  for (let index = 0; at < until; index++) {
    const { seconds, powerKw } = stages[index % stages.length] ?? { seconds: 60, powerKw: MAX_KW }
    const end = Math.min(until, at + Math.max(seconds, 60) * 1000)
    const power = { minPowerKw: powerKw, maxPowerKw: powerKw }
    const hours = fraction(end - at, 3_600_000)
    // Rounded down: many periods must not bring more than full power.
    const energyKwh = Math.floor((Math.round(powerKw * 100) * (end - at)) / 360_000) / 1000
    const part = { energyKwh, ...(powerKw > 0 ? { timeH: hours } : { parkingTimeH: hours }) }
    const last = periods.at(-1)
    const extends_ = lazy && index === 0 && last !== undefined && (last.timeH !== undefined) === powerKw > 0
    if (extends_ && last !== undefined) periods[periods.length - 1] = joined(last, part)
    else periods.push({ start: at, ...power, ...part })
    at = end
  }
  const leaves = Math.max(at, until) + idleMs
  if (idleMs > 0)
    periods.push({
      start: Math.max(at, until),
      minPowerKw: 0,
      maxPowerKw: 0,
      parkingTimeH: fraction(idleMs, 3_600_000),
    })
  return { ...known, end: leaves, periods }
}

function joined(last: Period, part: Pick<Period, 'energyKwh' | 'timeH' | 'parkingTimeH'>): Period {
  const plus = (a: Period['timeH'], b: Period['timeH']) =>
    a === undefined && b === undefined ? undefined : sumOf(a ?? 0, b ?? 0)
  return {
    ...last,
    energyKwh: plus(last.energyKwh, part.energyKwh),
    timeH: plus(last.timeH, part.timeH),
    parkingTimeH: plus(last.parkingTimeH, part.parkingTimeH),
  }
}

const sumOf = (a: NonNullable<Period['timeH']>, b: NonNullable<Period['timeH']>) => add(decimal(a), decimal(b))
