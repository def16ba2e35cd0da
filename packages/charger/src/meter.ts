import type { CarModel, CurvePoint } from './car.ts'

/** What one connector can give. */
export interface Outlet {
  readonly kind: 'AC' | 'DC'
  readonly maxPowerKw: number
  /** AC only; three unless said otherwise. */
  readonly phases?: 1 | 3
}

/** A meter and the battery behind it. The register never goes back and outlives transactions. */
export interface MeterState {
  readonly registerWh: number
  /** Percent; of the car that is plugged in. */
  readonly soc: number
  /** Milliseconds of charging so far, at the speed of the station. */
  readonly chargingMs: number
}

export const voltsPerPhase = 230
export const dcVolts = 400
/** Below this an AC car may not charge at all. (IEC 61851-1) */
const leastAmps = 6
/** Power rises evenly to what the car takes. */
const rampMs = { AC: 5_000, DC: 20_000 } as const
/** Share of the metered energy that ends up in the battery: an on-board charger loses more than a DC cable. */
const efficiency = { AC: 0.9, DC: 0.95 } as const
const stepMs = 5_000
/** Longer gaps are walked in longer steps: the work stays bounded. */
const maxSteps = 2_000

/** How many phases car and outlet have in common. */
export function phasesOf(outlet: Outlet, car: CarModel): number {
  return Math.min(outlet.phases ?? 3, car.acPhases)
}

export function onCurve(curve: readonly CurvePoint[], soc: number): number {
  const above = curve.findIndex(([at]) => at >= soc)
  const [first, last] = [curve[0], curve.at(-1)]
  if (!first || !last) return 0
  if (above < 0) return last[1]
  const [toSoc, toKw] = curve[above] ?? last
  const [fromSoc, fromKw] = curve[above - 1] ?? first
  return toSoc === fromSoc ? toKw : fromKw + ((toKw - fromKw) * (soc - fromSoc)) / (toSoc - fromSoc)
}

/** Power in W at one instant, without the speed of the station. `limitW` is what the station allows at most. */
export function powerAt(
  outlet: Outlet,
  car: CarModel,
  {
    soc,
    chargingMs,
    limitW = Number.POSITIVE_INFINITY,
  }: Pick<MeterState, 'soc' | 'chargingMs'> & {
    readonly limitW?: number | undefined
  },
): number {
  if (soc >= 100) return 0
  const ramp = Math.min(1, (chargingMs + 1_000) / rampMs[outlet.kind])
  if (outlet.kind === 'DC') {
    return Math.min(ramp * Math.min(outlet.maxPowerKw, onCurve(car.dcCurve, soc)) * 1_000, limitW)
  }
  const phases = phasesOf(outlet, car)
  if (limitW < leastAmps * voltsPerPhase * phases) return 0
  // What an outlet has, it has in equal parts on each of its phases: a car on one of three gets a third.
  const outletW = (outlet.maxPowerKw * 1_000 * phases) / (outlet.phases ?? 3)
  return Math.min(ramp * Math.min(outletW, phases * voltsPerPhase * car.acMaxA), limitW)
}

export interface Charging {
  readonly outlet: Outlet
  readonly car: CarModel
  readonly stopAtSoc: number
  readonly limitW?: number
}

/** Lets `elapsedMs` of charging pass, up to `stopAtSoc`; energy beyond that is not taken. */
export function advance(state: MeterState, elapsedMs: number, charging: Charging): MeterState {
  const { outlet, car, stopAtSoc, limitW } = charging
  const step = Math.max(stepMs, elapsedMs / maxSteps)
  let { registerWh, soc, chargingMs } = state
  for (let left = elapsedMs; left > 0 && soc < stopAtSoc; ) {
    const ms = Math.min(step, left)
    const offeredWh = (powerAt(outlet, car, { soc, chargingMs, limitW }) * ms) / 3_600_000
    const roomWh = (((stopAtSoc - soc) / 100) * (car.batteryKwh * 1_000)) / efficiency[outlet.kind]
    const takenWh = Math.min(offeredWh, roomWh)
    registerWh += takenWh
    soc = takenWh === roomWh ? stopAtSoc : soc + ((takenWh * efficiency[outlet.kind]) / (car.batteryKwh * 1_000)) * 100
    chargingMs += ms
    left -= ms
    if (takenWh <= 0) break
  }
  return { registerWh, soc, chargingMs }
}

/** Amperes per phase behind a power. */
export function currentOf(outlet: Outlet, car: CarModel, powerW: number): number {
  return outlet.kind === 'DC' ? powerW / dcVolts : powerW / (voltsPerPhase * phasesOf(outlet, car))
}
