import type { CarModel } from './car.ts'

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

const voltsPerPhase = 230
const dcVolts = 400
/** Power rises evenly to what the car takes. */
const rampMs = { AC: 5_000, DC: 20_000 } as const
/** Share of the metered energy that ends up in the battery: an on-board charger loses more than a DC cable. */
const efficiency = { AC: 0.9, DC: 0.95 } as const
/** DC above this percentage falls evenly to `taperFloor` of the full power at 100 %. */
const taperFromSoc = 80
const taperFloor = 0.15
const stepMs = 5_000
/** Longer gaps are walked in longer steps: the work stays bounded. */
const maxSteps = 2_000

function phasesOf(outlet: Outlet, car: CarModel): number {
  return Math.min(outlet.phases ?? 3, car.acPhases)
}

/** Power in W at one instant, without the speed of the station. */
export function powerAt(
  outlet: Outlet,
  car: CarModel,
  { soc, chargingMs }: Pick<MeterState, 'soc' | 'chargingMs'>,
): number {
  if (soc >= 100) return 0
  const ramp = Math.min(1, (chargingMs + 1_000) / rampMs[outlet.kind])
  if (outlet.kind === 'AC') {
    const carW = phasesOf(outlet, car) * voltsPerPhase * car.acMaxA
    return ramp * Math.min(outlet.maxPowerKw * 1_000, carW)
  }
  const taper = soc <= taperFromSoc ? 1 : 1 - ((1 - taperFloor) * (soc - taperFromSoc)) / (100 - taperFromSoc)
  return ramp * Math.min(outlet.maxPowerKw, car.dcMaxKw * taper) * 1_000
}

/** Lets `elapsedMs` of charging pass, up to `stopAtSoc`; energy beyond that is not taken. */
export function advance(
  state: MeterState,
  elapsedMs: number,
  { outlet, car, stopAtSoc }: { readonly outlet: Outlet; readonly car: CarModel; readonly stopAtSoc: number },
): MeterState {
  const step = Math.max(stepMs, elapsedMs / maxSteps)
  let { registerWh, soc, chargingMs } = state
  for (let left = elapsedMs; left > 0 && soc < stopAtSoc; ) {
    const ms = Math.min(step, left)
    const offeredWh = (powerAt(outlet, car, { soc, chargingMs }) * ms) / 3_600_000
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
