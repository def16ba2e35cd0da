import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, decimal, fraction, multiply, scaled, toNumber, zero } from './decimal.ts'
import { localCuts } from './local-time.ts'
import type { Period, PricedSession } from './price.ts'
import { PricingError } from './pricing-error.ts'
import { clockCuts, durationCuts } from './restrictions.ts'

/** A period, or a part of one between two instants at which the tariff may change. */
export interface Stretch {
  readonly start: number
  /** Energy of the session before this stretch. */
  readonly energyBefore: Decimal
  /** All of a period's energy is in its first part: a period is priced as at its start. (G-22) */
  readonly energyKwh: Decimal
  /** Energy of the whole period, so that the first and the later parts can be told apart. */
  readonly periodEnergyKwh: Decimal
  readonly timeMs: number
  readonly parkingMs: number
  readonly period: Period
}

const longestMs = 366 * 86_400_000

/** Checks a session and cuts its periods where the clock or the duration may change the price. (G-08 to G-11) */
export function stretchesOf(tariff: Tariff, session: PricedSession): readonly Stretch[] {
  checkSession(session)
  const minutes = clockCuts(tariff.elements)
  const durations = durationCuts(tariff.elements).map((ms) => session.start + ms)
  const stretches: Stretch[] = []
  let energyBefore = zero
  session.periods.forEach((period, index) => {
    const path = `periods[${index}]`
    const end = session.periods[index + 1]?.start ?? session.end
    const energyKwh = quantity(period.energyKwh, `${path}.energyKwh`)
    const whole = {
      timeMs: hoursToMs(period.timeH, `${path}.timeH`),
      parkingMs: hoursToMs(period.parkingTimeH, `${path}.parkingTimeH`),
    }
    const cuts = [
      ...(minutes.length === 0 ? [] : localCuts(period.start, end, session.timeZone, minutes)),
      ...durations.filter((at) => at > period.start && at < end),
    ]
    const starts = [...new Set([period.start, ...cuts])].sort((a, b) => a - b)
    starts.forEach((start, part) => {
      const share = (ms: number) =>
        upTo(ms, starts[part + 1] ?? end, period.start, end) - (part === 0 ? 0 : upTo(ms, start, period.start, end))
      stretches.push({
        start,
        energyBefore,
        energyKwh: part === 0 ? energyKwh : zero,
        periodEnergyKwh: energyKwh,
        timeMs: share(whole.timeMs),
        parkingMs: share(whole.parkingMs),
        period,
      })
    })
    energyBefore = add(energyBefore, energyKwh)
  })
  return stretches
}

/** How much of `ms`, spread evenly from `start` to `end`, lies before `at`. Whole milliseconds, all of it at the end. */
function upTo(ms: number, at: number, start: number, end: number): number {
  return at >= end ? ms : Math.round((ms * (at - start)) / (end - start))
}

function checkSession({ start, end, periods, timeZone }: PricedSession): void {
  if (!Number.isFinite(start)) throw new PricingError('start', start, 'must be an instant in milliseconds')
  if (!Number.isFinite(end) || end < start)
    throw new PricingError('end', end, 'must be an instant not before the start')
  if (end - start > longestMs) throw new PricingError('end', end, 'must be at most 366 days after the start')
  // Asked once here, so that a wrong zone is found also when no restriction looks at the clock.
  localCuts(start, start + 1, timeZone, [])
  let earliest = start
  periods.forEach((period, index) => {
    const path = `periods[${index}].start`
    if (!Number.isFinite(period.start)) throw new PricingError(path, period.start, 'must be an instant in milliseconds')
    if (period.start < earliest)
      throw new PricingError(path, period.start, 'must not be before the period or session before it')
    if (period.start > end) throw new PricingError(path, period.start, 'must not be after the end of the session')
    earliest = period.start
  })
}

function quantity(value: number | Decimal | undefined, path: string): Decimal {
  const amount = value === undefined ? zero : decimal(value, path)
  if (amount.numerator < 0n) throw new PricingError(path, value, 'must not be negative')
  return amount
}

/** Hours on the wire have four decimals, so a millisecond is finer than what they can tell. */
function hoursToMs(hours: number | Decimal | undefined, path: string): number {
  const ms = Number(scaled(multiply(quantity(hours, path), fraction(3_600_000, 1)), 0))
  if (ms > longestMs)
    throw new PricingError(
      path,
      typeof hours === 'number' ? hours : toNumber(hours ?? zero, 4),
      'must be at most 366 days',
    )
  return ms
}
