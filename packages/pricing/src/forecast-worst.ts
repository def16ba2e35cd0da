import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, ceilTo, fraction, larger, multiply, smaller, subtract, sum, zero } from './decimal.ts'
import type { Candidate, Interval, Outlook, Window, Windows } from './forecast-windows.ts'
import { candidateOf } from './forecast-windows.ts'
import { grossLimit } from './limits.ts'
import type { Breakdown, Line } from './price.ts'

/** What a session can still do, at the worst. */
export interface Future {
  /** When charging ends at the latest. */
  readonly chargingUntil: number
  /** When the vehicle leaves at the latest; from the end of charging on it only stands there. */
  readonly leavesBy: number
  /** kWh beyond those of the reported periods, at most; full power when absent. */
  readonly moreKwh?: Decimal
}

export interface Known {
  readonly tariff: Tariff
  readonly outlook: Outlook
  readonly breakdown: Breakdown
  readonly windows: Windows
  /** Time no period tells about, in ms. */
  readonly untoldMs: number
}

// Numbers on the wire have four decimals: a Wh and a second are more than they can hide.
const wattHour = fraction(1, 1000)
const secondMs = 1000

/**
 * The most a session can cost with tax, whatever the power does below its maximum: dear components apply wherever they
 * may, steps are rounded up, every fee that may fall due falls due. Never falls when the future gets longer.
 */
export function worstCase(known: Known, future: Future): Decimal {
  const { tariff } = known
  const apart = add(energyCost(known, future), timeCost(known, future))
  const used = future.moreKwh === undefined ? smaller(apart, clockCost(known, future, { withEnergy: true })) : apart
  const raw = sum([reservedCost(known), flatCost(known, future), used])
  const low = tariff.min_price == null ? raw : larger(raw, grossLimit(tariff, tariff.min_price, 'min_price'))
  return tariff.max_price == null ? low : smaller(low, grossLimit(tariff, tariff.max_price, 'max_price'))
}

const isReserved = (line: Line) => line.reservation !== undefined

/** What a reservation has cost is known. (G-17) */
const reservedCost = (known: Known): Decimal =>
  sum(known.breakdown.lines.filter((line) => isReserved(line)).map((line) => line.gross))

/** The components of lines as candidates; a negative price counts as none. */
function usedOf(known: Known, dimension: Line['dimension']): readonly (Candidate & { readonly quantity: Decimal })[] {
  return known.breakdown.lines
    .filter((line) => line.dimension === dimension && !isReserved(line))
    .map(({ element, component, quantity }) => ({ ...candidateOf(known.tariff, element, component), quantity }))
}

const keyOf = ({ element, component }: Candidate) => `${element}/${component}`

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(candidates.map((candidate) => [keyOf(candidate), candidate])).values()]
}

const dearest = (candidates: readonly Candidate[]): Decimal => candidates.map((one) => one.gross).reduce(larger, zero)

const before = ({ windows }: Windows, end: number): readonly Window[] => windows.filter((window) => window.from < end)

const costOf = (used: readonly (Candidate & { readonly quantity: Decimal })[]): Decimal =>
  sum(used.map((one) => multiply(one.quantity, one.gross)))

/** What rounding up to one step can add, at the price of the component that happens to be last. (G-12, G-13) */
const roundingOf = (candidates: readonly Candidate[], perUnit: number): Decimal =>
  candidates.map((one) => multiply(fraction(one.step, perUnit), one.gross)).reduce(larger, zero)

/** Those of the intervals that can be reached by then. */
function reached<T>({ windows }: Known, byInterval: readonly T[], at: number): readonly T[] {
  return byInterval.filter((_, index) => (windows.intervals[index] as Interval).reachedAt < at)
}

function flatCost(known: Known, { leavesBy }: Future): Decimal {
  const used = usedOf(known, 'FLAT')
  const taken = new Set(used.map(keyOf))
  const possible = distinct(
    before(known.windows, leavesBy).flatMap((window) => reached(known, window.flat, leavesBy).flat()),
  )
  return sum([...used, ...possible.filter((one) => !taken.has(keyOf(one)))].map((one) => one.gross))
}

function energyCost(known: Known, future: Future): Decimal {
  const { outlook, windows } = known
  const used = usedOf(known, 'ENERGY')
  const more = future.moreKwh ?? add(untoldKwh(known), energyIn(known, outlook.at, future.chargingUntil))
  const mine = before(windows, future.chargingUntil)
  const possible = distinct([
    ...used,
    ...mine.flatMap((window) => reached(known, window.energy, future.chargingUntil).flat()),
  ])
  const only = onlyOf(possible)
  if (only !== undefined) {
    const total = add(sum(used.map((one) => one.quantity)), more)
    return multiply(ceilTo(total, fraction(only.step, 1000)), only.gross)
  }
  return sum([costOf(used), energyByInterval(known, mine, more), roundingOf(possible, 1000)])
}

/** The energy to come, each interval of it at the dearest price of any moment. */
function energyByInterval(
  { windows: { intervals }, outlook }: Known,
  windows: readonly Window[],
  more: Decimal,
): Decimal {
  const end = add(outlook.energyNow, more)
  return sum(
    intervals.map(({ begin }, index) => {
      const from = larger(begin, outlook.energyNow)
      const until = smaller(intervals[index + 1]?.begin ?? end, end)
      return multiply(
        larger(zero, subtract(until, from)),
        dearest(windows.flatMap((window) => window.energy[index] as readonly Candidate[])),
      )
    }),
  )
}

/** What no period holds yet, and what numbers may hide. */
const untoldKwh = ({ outlook }: Known): Decimal => add(subtract(outlook.energyTop, outlook.energyNow), wattHour)

const energyIn = ({ outlook }: Known, from: number, to: number): Decimal =>
  multiply(outlook.maxPowerKw, fraction(Math.max(0, Math.round(to - from)), 3_600_000))

function timeCost(known: Known, { chargingUntil, leavesBy }: Future): Decimal {
  const { outlook, windows } = known
  const untold = hours(known.untoldMs + secondMs)
  const timeUsed = usedOf(known, 'TIME')
  const parkingUsed = usedOf(known, 'PARKING_TIME')
  const charging = distinct([...timeUsed, ...before(windows, chargingUntil).flatMap((window) => window.time)])
  const parking = distinct([...parkingUsed, ...before(windows, leavesBy).flatMap((window) => window.parking)])
  const [onlyTime, onlyParking] = [onlyOf(charging), onlyOf(parking)]
  if (parking.length === 0 && onlyTime !== undefined) {
    const total = sum([...timeUsed.map((one) => one.quantity), untold, hours(chargingUntil - outlook.at)])
    return multiply(ceilTo(total, fraction(onlyTime.step, 3600)), onlyTime.gross)
  }
  if (charging.length === 0 && onlyParking !== undefined) {
    const total = sum([...parkingUsed.map((one) => one.quantity), untold, hours(leavesBy - outlook.at)])
    return multiply(ceilTo(total, fraction(onlyParking.step, 3600)), onlyParking.gross)
  }
  return clockCost(known, { chargingUntil, leavesBy }, { withEnergy: false })
}

const onlyOf = (candidates: readonly Candidate[]) => (candidates.length === 1 ? candidates[0] : undefined)

const hours = (ms: number): Decimal => fraction(Math.max(0, Math.round(ms)), 3_600_000)

/**
 * Window by window: at each moment the vehicle either charges, at full power, or stands there and takes nothing; the
 * dearer of the two counts. A period that began in an earlier window may reach into this one with the energy price of its
 * start. (G-22)
 */
function clockCost(
  known: Known,
  { chargingUntil, leavesBy }: Future,
  { withEnergy }: { readonly withEnergy: boolean },
): Decimal {
  const { outlook, windows } = known
  const mine = before(windows, leavesBy)
  const charging = before(windows, chargingUntil)
  const dearestBy: Decimal[] = []
  let energyPrice = zero
  let ahead = zero
  mine.forEach((window, index) => {
    const from = Math.max(window.from, outlook.at)
    const to = Math.min(mine[index + 1]?.from ?? leavesBy, leavesBy)
    const stop = Math.min(to, chargingUntil)
    if (withEnergy && window.from < chargingUntil) {
      window.energy.forEach((candidates, interval) => {
        dearestBy[interval] = larger(dearestBy[interval] ?? zero, dearest(candidates))
      })
      energyPrice = reached(known, dearestBy, stop).reduce(larger, zero)
    }
    const charged = add(multiply(outlook.maxPowerKw, energyPrice), dearest(window.time))
    const parked = dearest(window.parking)
    const afterwards = multiply(hours(to - Math.max(from, chargingUntil)), parked)
    ahead = sum([ahead, multiply(hours(stop - from), larger(charged, parked)), afterwards])
  })
  const untoldTime = mine
    .filter((window) => window.from <= outlook.at)
    .map((window) => dearest([...window.time, ...window.parking]))
    .reduce(larger, zero)
  const [energyUsed, timeUsed, parkingUsed] = [
    withEnergy ? usedOf(known, 'ENERGY') : [],
    usedOf(known, 'TIME'),
    usedOf(known, 'PARKING_TIME'),
  ]
  const time = [...timeUsed, ...charging.flatMap((window) => window.time)]
  const parking = [...parkingUsed, ...mine.flatMap((window) => window.parking)]
  const energy = [...energyUsed, ...(withEnergy ? charging.flatMap((window) => window.energy.flat()) : [])]
  return sum([
    ...[energyUsed, timeUsed, parkingUsed].map(costOf),
    ahead,
    multiply(untoldKwh(known), energyPrice),
    multiply(hours(known.untoldMs + secondMs), untoldTime),
    roundingOf(energy, 1000),
    // Once parking was priced only its total is rounded. (G-14)
    roundingOf(parkingUsed.length > 0 ? parking : [...time, ...parking], 3600),
  ])
}
