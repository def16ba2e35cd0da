/** A car as a charger sees it through the plug. */
export interface CarModel {
  readonly name: string
  readonly batteryKwh: number
  /** Share of the battery that is full on arrival, percent. */
  readonly soc: number
  readonly acPhases: 1 | 3
  readonly acMaxA: number
  readonly dcMaxKw: number
}

/** What the driver and the car do by themselves. `after` and `unplugAfterStopMs` are real time; what happens while charging runs at the station's speed. */
export interface CarPlan {
  /** How long after a remote start the car is plugged in; 'never' is a driver who walked away. */
  readonly after: number | 'never'
  /** The car takes no more at this percentage. */
  readonly stopAtSoc: number
  /** How long a car that is done stays plugged in. */
  readonly unplugAfterFullMs: number | 'never'
  /** Leaves this long after energy began to flow, done or not. */
  readonly leaveAfterMs: number | 'never'
  /** Leaves this long after its transaction was ended by the charger or from remote. */
  readonly unplugAfterStopMs: number | 'never'
}

export type CarName = 'city' | 'family' | 'long-range' | 'plug-in-hybrid'

/** Cars of the sandbox; figures of no particular make. */
export const cars: Readonly<Record<CarName, CarModel>> = {
  city: { name: 'city', batteryKwh: 36, soc: 30, acPhases: 1, acMaxA: 32, dcMaxKw: 50 },
  family: { name: 'family', batteryKwh: 60, soc: 35, acPhases: 3, acMaxA: 16, dcMaxKw: 120 },
  'long-range': { name: 'long-range', batteryKwh: 95, soc: 20, acPhases: 3, acMaxA: 32, dcMaxKw: 250 },
  'plug-in-hybrid': { name: 'plug-in-hybrid', batteryKwh: 12, soc: 10, acPhases: 1, acMaxA: 16, dcMaxKw: 0 },
}

/** A car that comes a few seconds after the remote start, fills up, waits a minute and makes room. */
export const usualPlan: CarPlan = {
  after: 3_000,
  stopAtSoc: 100,
  unplugAfterFullMs: 60_000,
  leaveAfterMs: 'never',
  unplugAfterStopMs: 5_000,
}
