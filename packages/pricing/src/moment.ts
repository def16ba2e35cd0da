import type { Moment } from './compiled-restrictions.ts'
import { holds } from './compiled-restrictions.ts'
import type { Component, Switches } from './compiled-tariff.ts'
import { dayOf, minuteOfDay, offsetAt, weekdayOf, zoneOf } from './local-time.ts'
import { PricingError } from './pricing-error.ts'
import type { Phase } from './timeline.ts'

/**
 * One for all calls, which spares each of them nine boxed numbers: pricing never waits for anything, and whatever is read of it has
 * been set for the same phase.
 */
export const moment: Moment = {
  elapsedMs: 0,
  energyRank: 0,
  minute: 0,
  day: 0,
  weekday: 0,
  minPower: Number.NaN,
  maxPower: Number.NaN,
  minCurrent: Number.NaN,
  maxCurrent: Number.NaN,
}

export function setClock(switches: Switches, timeZone: string, at: number, origin: number): void {
  moment.elapsedMs = at - origin
  if (switches.minutes.length === 0) return
  const local = at + offsetAt(at, zoneOf(timeZone))
  moment.day = dayOf(local)
  moment.weekday = weekdayOf(moment.day)
  moment.minute = minuteOfDay(local)
}

/** A vehicle that takes nothing takes 0 kW: there is nothing to measure then, so it is often not reported. */
export function setPower({ period, index }: Phase, idle: boolean): void {
  const unknown = idle ? 0 : Number.NaN
  const minPower = measured(period.minPowerKw, index, 'minPowerKw')
  const maxPower = measured(period.maxPowerKw, index, 'maxPowerKw')
  const minCurrent = measured(period.minCurrentA, index, 'minCurrentA')
  const maxCurrent = measured(period.maxCurrentA, index, 'maxCurrentA')
  moment.minPower = minPower ?? (idle ? 0 : (maxPower ?? unknown))
  moment.maxPower = maxPower ?? minPower ?? unknown
  moment.minCurrent = minCurrent ?? (idle ? 0 : (maxCurrent ?? unknown))
  moment.maxCurrent = maxCurrent ?? minCurrent ?? unknown
}

function measured(value: number | undefined, index: number, name: string): number | undefined {
  if (value !== undefined && !Number.isFinite(value))
    throw new PricingError(`periods[${index}].${name}`, value, 'must be a finite number')
  return value
}

/** The first component in list order that applies now. (G-01) */
export function active(candidates: readonly Component[]): Component | undefined {
  for (const candidate of candidates)
    if (candidate.when === undefined || holds(candidate.when, moment)) return candidate
  return undefined
}
