import type { Decimal } from './decimal.ts'
import { decimal, fraction, isZero, multiply, scaled, sign } from './decimal.ts'
import { zoneOf } from './local-time.ts'
import type { Finding, Period, PricedSession } from './price.ts'
import { PricingError } from './pricing-error.ts'

/** A period with its place in the session. Instants and durations in ms. */
export interface Phase {
  readonly index: number
  readonly period: Period
  readonly start: number
  readonly end: number
  readonly timeMs: number
  readonly parkingMs: number
  /** Above 0 only in the reservation phase. (G-17) */
  readonly reservationMs: number
  readonly reserved: boolean
}

export interface Timeline {
  readonly phases: readonly Phase[]
  readonly reservationStart: number
  /** Where durations begin to count. (G-07) */
  readonly chargingStart: number
  /** The reservation ended unused. */
  readonly expired: boolean
  /** Grows while the session is priced. */
  readonly findings: Finding[]
}

const longestMs = 366 * 86_400_000
const mostPeriods = 50_000
/** Before and after 1970, a year and more within what a Date can tell. */
const mostMs = 8e15

/** Checks a session and puts reservation before charging. (G-17) */
export function timelineOf(session: PricedSession): Timeline {
  const { start, end, periods, timeZone } = session
  checkSpan(start, end)
  // Asked also when no restriction looks at the clock: a wrong zone should not wait for the tariff that does.
  zoneOf(timeZone)
  if (periods.length > mostPeriods)
    throw new PricingError('periods', periods.length, `must be at most ${mostPeriods} periods`)
  const phases: Phase[] = []
  const findings: Finding[] = []
  let earliest = start
  let chargingStart: number | undefined
  let reserved = false
  for (let index = 0; index < periods.length; index++) {
    const period = periods[index] as Period
    checkStart(index, period, earliest, end)
    earliest = period.start
    const next = periods[index + 1]?.start ?? end
    const whole = phaseOf(index, period, next)
    if (whole.reservationMs === 0) {
      // A session whose first period starts late has still begun at its start.
      chargingStart ??= reserved ? period.start : start
      phases.push(whole)
      continue
    }
    if (chargingStart !== undefined)
      throw new PricingError(
        `periods[${index}].reservationTimeH`,
        shown(period.reservationTimeH),
        'must come before charging',
      )
    reserved = true
    if (isOnlyReservation(whole)) {
      phases.push({ ...whole, reserved: true })
      continue
    }
    const change = Math.min(period.start + whole.reservationMs, next)
    chargingStart = change
    phases.push({ ...whole, end: change, timeMs: 0, parkingMs: 0, reserved: true })
    phases.push({ ...whole, start: change, reservationMs: 0 })
    findings.push({
      code: 'reservation-mixed',
      message: `The period that starts at ${new Date(period.start).toISOString()} holds a reservation and charging; the reservation is taken to come first.`,
    })
  }
  if (session.reservationExpired === true && !(reserved && chargingStart === undefined))
    throw new PricingError('reservationExpired', true, 'must only be set for a reservation without charging')
  const expired = reserved && (session.reservationExpired ?? chargingStart === undefined)
  return { phases, reservationStart: start, chargingStart: chargingStart ?? end, expired, findings }
}

function phaseOf(index: number, period: Period, end: number): Phase {
  const { start, timeH, parkingTimeH, reservationTimeH } = period
  return {
    index,
    period,
    start,
    end,
    timeMs: timeH === undefined ? 0 : hoursToMs(timeH, index, 'timeH'),
    parkingMs: parkingTimeH === undefined ? 0 : hoursToMs(parkingTimeH, index, 'parkingTimeH'),
    reservationMs: reservationTimeH === undefined ? 0 : hoursToMs(reservationTimeH, index, 'reservationTimeH'),
    reserved: false,
  }
}

function isOnlyReservation({ period, timeMs, parkingMs }: Phase): boolean {
  const { energyKwh = 0 } = period
  return timeMs === 0 && parkingMs === 0 && (typeof energyKwh === 'number' ? energyKwh === 0 : isZero(energyKwh))
}

function checkSpan(start: number, end: number): void {
  if (!Number.isSafeInteger(start)) throw new PricingError('start', start, 'must be an instant in whole milliseconds')
  if (!Number.isSafeInteger(end) || end < start)
    throw new PricingError('end', end, 'must be an instant in whole milliseconds, not before the start')
  if (end - start > longestMs) throw new PricingError('end', end, 'must be at most 366 days after the start')
  if (start < -mostMs) throw new PricingError('start', start, 'must be an instant that a calendar knows')
  if (end > mostMs) throw new PricingError('end', end, 'must be an instant that a calendar knows')
}

function checkStart(index: number, { start }: Period, earliest: number, end: number): void {
  if (Number.isSafeInteger(start) && start >= earliest && start <= end) return
  const path = `periods[${index}].start`
  if (!Number.isSafeInteger(start)) throw new PricingError(path, start, 'must be an instant in whole milliseconds')
  if (start < earliest) throw new PricingError(path, start, 'must not be before the period or session before it')
  throw new PricingError(path, start, 'must not be after the end of the session')
}

/**
 * Hours on the wire have four decimals, each 360 ms, so a millisecond is finer than what they can tell.
 */
function hoursToMs(
  hours: number | Decimal,
  index: number,
  name: 'timeH' | 'parkingTimeH' | 'reservationTimeH',
): number {
  if (typeof hours === 'number') {
    const parts = Math.round(hours * 1e4)
    if (parts / 1e4 === hours && parts >= 0 && parts * 360 <= longestMs) return parts * 360
  }
  const path = `periods[${index}].${name}`
  const exact = decimal(hours, path)
  if (sign(exact) < 0) throw new PricingError(path, shown(hours), 'must not be negative')
  const ms = Number(scaled(multiply(exact, hourMs), 0))
  if (ms > longestMs) throw new PricingError(path, shown(hours), 'must be at most 366 days')
  return ms
}

const hourMs = fraction(3_600_000, 1)

const shown = (value: number | Decimal | undefined) =>
  typeof value === 'object' ? `${value.numerator}/${value.denominator}` : value
