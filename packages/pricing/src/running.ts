import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, compare, decimal, fraction, sign, subtract, zero } from './decimal.ts'
import { instant, periodsOf } from './periods.ts'
import type { Breakdown, Period } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

/** `totalMinor` and `currency` are the cost so far, gross. */
export interface RunningCost extends Breakdown {
  readonly energyKwh: number
  /** `periods` when the CPO sent charging periods, else `kwh`: energy and elapsed time as one period. */
  readonly from: 'periods' | 'kwh'
}

type SoFar = Pick<Session, 'start_date_time' | 'end_date_time' | 'kwh' | 'charging_periods' | 'last_updated'>

/** What a session costs so far, by the same calculation as its CDR. Gross, rounded once. (G-23) */
export function runningCost(
  tariff: Tariff,
  session: SoFar,
  options: {
    readonly timeZone: string /** Until when (ms); else until the session was last updated. */
    readonly at?: number
  },
): RunningCost {
  const start = instant(session.start_date_time, 'start_date_time')
  const sent = periodsOf(session)
  const lastStart = sent.at(-1)?.start ?? start
  const asked = options.at ?? instant(session.last_updated, 'last_updated')
  const stated = session.end_date_time == null ? asked : instant(session.end_date_time, 'end_date_time')
  // The clocks of two companies differ: a session that starts "in a moment" has lasted no time yet.
  const end = Math.max(stated, lastStart, start)
  const total = decimal(session.kwh, 'kwh')
  if (sign(total) < 0) throw new PricingError('kwh', session.kwh, 'must not be negative')
  const periods = sent.length === 0 ? [onePeriod(start, end, total)] : withMissingEnergy(sent, total)
  const breakdown = price(tariff, { start, end, timeZone: options.timeZone, periods })
  return { ...breakdown, energyKwh: session.kwh, from: sent.length === 0 ? 'kwh' : 'periods' }
}

/** Without periods all time counts as charging: nothing says that the vehicle only stood there. */
function onePeriod(start: number, end: number, energyKwh: Decimal): Period {
  return { start, energyKwh, timeH: fraction(end - start, 3_600_000) }
}

/** `kwh` is often sent more often than the periods: what they do not hold yet belongs to the last one. */
function withMissingEnergy(periods: readonly Period[], total: Decimal): readonly Period[] {
  const inPeriods = periods.reduce((sum, period) => add(sum, decimal(period.energyKwh ?? 0)), zero)
  if (compare(total, inPeriods) <= 0) return periods
  return periods.map((period, index) =>
    index < periods.length - 1
      ? period
      : { ...period, energyKwh: add(decimal(period.energyKwh ?? 0), subtract(total, inPeriods)) },
  )
}
