import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from './decimal.ts'
import { add, ceilTo, compare, fraction, larger, multiply, smaller, subtract, sum, zero } from './decimal.ts'
import type { Candidate, Outlook, Window, Windows } from './forecast-windows.ts'
import { grossUnit } from './forecast-windows.ts'
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
  const used = future.moreKwh === undefined ? smaller(apart, togetherCost(known, future)) : apart
  const raw = sum([reservedCost(known), flatCost(known, future), used])
  const low = tariff.min_price == null ? raw : larger(raw, grossLimit(tariff, tariff.min_price, 'min_price'))
  return tariff.max_price == null ? low : smaller(low, grossLimit(tariff, tariff.max_price, 'max_price'))
}

const isReserved = (line: Line) => line.reservation !== undefined

/** What a reservation has cost is known. (G-17) */
const reservedCost = (known: Known): Decimal =>
  sum(known.breakdown.lines.filter((line) => isReserved(line)).map((line) => line.gross))

/** The component of a line as a candidate; a negative price counts as none. */
function usedOf(known: Known, dimension: Line['dimension']): readonly (Candidate & { readonly quantity: Decimal })[] {
  return known.breakdown.lines
    .filter((line) => line.dimension === dimension && !isReserved(line))
    .map(({ element, component, quantity }) => ({
      element,
      component,
      dimension: dimension as Candidate['dimension'],
      gross: larger(zero, grossUnit(known.tariff, element, component)),
      step: Math.max(1, known.tariff.elements[element]?.price_components[component]?.step_size ?? 1),
      quantity,
    }))
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

/** Those of the intervals that can be reached by then; the first always is. */
function reached<T>({ windows }: Known, byInterval: readonly T[], at: number): readonly T[] {
  return byInterval.filter((_, index) => index === 0 || (windows.intervals[index]?.reachedAt ?? at) < at)
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
  const untold = add(subtract(outlook.energyTop, outlook.energyNow), wattHour)
  const more = future.moreKwh ?? add(untold, energyIn(known, outlook.at, future.chargingUntil))
  const mine = before(windows, future.chargingUntil)
  const possible = distinct([
    ...used,
    ...mine.flatMap((window) => reached(known, window.energy, future.chargingUntil).flat()),
  ])
  const only = possible.length === 1 ? possible[0] : undefined
  if (only !== undefined) {
    const total = add(sum(used.map((one) => one.quantity)), more)
    return multiply(ceilTo(total, fraction(only.step, 1000)), only.gross)
  }
  const byEnergy = energyByInterval(known, mine, more)
  const worst =
    future.moreKwh === undefined ? smaller(byEnergy, energyByWindow(known, mine, { untold, future })) : byEnergy
  return sum([costOf(used), worst, roundingOf(possible, 1000)])
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
      if (compare(until, from) <= 0) return zero
      return multiply(subtract(until, from), dearest(windows.flatMap((window) => window.energy[index] ?? [])))
    }),
  )
}

/**
 * The energy to come, in each window at the dearest price of any interval it may lie in. A period that began in an
 * earlier window may reach into this one and keeps the price of its start. (G-22)
 */
function energyByWindow(
  known: Known,
  windows: readonly Window[],
  { untold, future }: { readonly untold: Decimal; readonly future: Future },
): Decimal {
  const dearestBy = known.windows.intervals.map(() => zero)
  let total = zero
  let price = zero
  windows.forEach((window, index) => {
    const from = Math.max(window.from, known.outlook.at)
    const to = Math.min(windows[index + 1]?.from ?? future.chargingUntil, future.chargingUntil)
    window.energy.forEach((candidates, interval) => {
      dearestBy[interval] = larger(dearestBy[interval] ?? zero, dearest(candidates))
    })
    price = reached(known, dearestBy, Math.max(to, window.from + 1)).reduce(larger, zero)
    if (to > from) total = add(total, multiply(energyIn(known, from, to), price))
  })
  return add(total, multiply(untold, price))
}

const energyIn = ({ outlook }: Known, from: number, to: number): Decimal =>
  multiply(outlook.maxPowerKw, fraction(Math.max(0, Math.round(to - from)), 3_600_000))

function timeCost(known: Known, { chargingUntil, leavesBy }: Future): Decimal {
  const { outlook, windows } = known
  const untold = hours(known.untoldMs + secondMs)
  const timeUsed = usedOf(known, 'TIME')
  const parkingUsed = usedOf(known, 'PARKING_TIME')
  const charging = distinct([...timeUsed, ...before(windows, chargingUntil).flatMap((window) => window.time)])
  const parking = distinct([...parkingUsed, ...before(windows, leavesBy).flatMap((window) => window.parking)])
  const [onlyTime, onlyParking] = [charging[0], parking[0]]
  if (parking.length === 0 && charging.length === 1 && onlyTime !== undefined) {
    const total = sum([...timeUsed.map((one) => one.quantity), untold, hours(chargingUntil - outlook.at)])
    return multiply(ceilTo(total, fraction(onlyTime.step, 3600)), onlyTime.gross)
  }
  if (charging.length === 0 && parking.length === 1 && onlyParking !== undefined) {
    const total = sum([...parkingUsed.map((one) => one.quantity), untold, hours(leavesBy - outlook.at)])
    return multiply(ceilTo(total, fraction(onlyParking.step, 3600)), onlyParking.gross)
  }
  // Once parking was priced only its total is rounded. (G-14)
  const rounded = parkingUsed.length > 0 ? parking : [...charging, ...parking]
  const mine = before(windows, leavesBy)
  const open = mine.filter((window) => window.from <= outlook.at)
  const perHour = (window: Window) => dearest([...window.time, ...window.parking])
  const gone = multiply(untold, open.map(perHour).reduce(larger, zero))
  const ahead = mine.map((window, index) => {
    const from = Math.max(window.from, outlook.at)
    const to = Math.min(mine[index + 1]?.from ?? leavesBy, leavesBy)
    const charged = hours(Math.min(to, chargingUntil) - from)
    const parked = hours(to - Math.max(from, chargingUntil))
    return add(multiply(charged, perHour(window)), multiply(parked, dearest(window.parking)))
  })
  return sum([costOf(timeUsed), costOf(parkingUsed), gone, ...ahead, roundingOf(rounded, 3600)])
}

const hours = (ms: number): Decimal => fraction(Math.max(0, Math.round(ms)), 3_600_000)

/**
 * Energy and time at once: at each moment the vehicle either charges, at full power, or stands there and takes nothing;
 * the dearer of the two counts.
 */
function togetherCost(known: Known, { chargingUntil, leavesBy }: Future): Decimal {
  const { outlook, windows } = known
  const energyUsed = usedOf(known, 'ENERGY')
  const timeUsed = usedOf(known, 'TIME')
  const parkingUsed = usedOf(known, 'PARKING_TIME')
  const mine = before(windows, leavesBy)
  const charging = before(windows, chargingUntil)
  const dearestBy = windows.intervals.map(() => zero)
  let energyPrice = zero
  let ahead = zero
  mine.forEach((window, index) => {
    const from = Math.max(window.from, outlook.at)
    const to = Math.min(mine[index + 1]?.from ?? leavesBy, leavesBy)
    const stop = Math.min(to, chargingUntil)
    if (window.from < chargingUntil) {
      window.energy.forEach((candidates, interval) => {
        dearestBy[interval] = larger(dearestBy[interval] ?? zero, dearest(candidates))
      })
      energyPrice = reached(known, dearestBy, Math.max(stop, window.from + 1)).reduce(larger, zero)
    }
    const charged = add(multiply(outlook.maxPowerKw, energyPrice), dearest(window.time))
    const parked = dearest(window.parking)
    const afterwards = multiply(hours(to - Math.max(from, chargingUntil)), parked)
    ahead = sum([ahead, multiply(hours(stop - from), larger(charged, parked)), afterwards])
  })
  const untoldKwh = add(subtract(outlook.energyTop, outlook.energyNow), wattHour)
  const untoldTime = mine
    .filter((window) => window.from <= outlook.at)
    .map((window) => dearest([...window.time, ...window.parking]))
    .reduce(larger, zero)
  const time = distinct([...timeUsed, ...charging.flatMap((window) => window.time)])
  const parking = distinct([...parkingUsed, ...mine.flatMap((window) => window.parking)])
  const energy = distinct([...energyUsed, ...charging.flatMap((window) => window.energy.flat())])
  return sum([
    ...[energyUsed, timeUsed, parkingUsed].map(costOf),
    ahead,
    multiply(untoldKwh, energyPrice),
    multiply(hours(known.untoldMs + secondMs), untoldTime),
    roundingOf(energy, 1000),
    // Once parking was priced only its total is rounded. (G-14)
    roundingOf(parkingUsed.length > 0 ? parking : [...time, ...parking], 3600),
  ])
}
