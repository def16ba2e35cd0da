/** Battery percent and the most the car takes there, kW. */
export type CurvePoint = readonly [soc: number, kw: number]

/** A car as a charger sees it through the plug. */
export interface CarModel {
  readonly name: string
  readonly batteryKwh: number
  /** Share of the battery that is full on arrival, percent. */
  readonly soc: number
  readonly acPhases: 1 | 2 | 3
  readonly acMaxA: number
  /** DC power by battery percent, straight lines between the points; empty for a car without DC. */
  readonly dcCurve: readonly CurvePoint[]
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

/** Steady up to 80 %, then falling evenly to 15 % of it. */
const steady = (kw: number): readonly CurvePoint[] => [
  [0, kw],
  [80, kw],
  [100, kw * 0.15],
]

/** Cars by kind; figures of no particular make. */
export const cars = {
  city: { name: 'city', batteryKwh: 36, soc: 30, acPhases: 1, acMaxA: 32, dcCurve: steady(50) },
  family: { name: 'family', batteryKwh: 60, soc: 35, acPhases: 3, acMaxA: 16, dcCurve: steady(120) },
  'long-range': { name: 'long-range', batteryKwh: 95, soc: 20, acPhases: 3, acMaxA: 32, dcCurve: steady(250) },
  'plug-in-hybrid': { name: 'plug-in-hybrid', batteryKwh: 12, soc: 10, acPhases: 1, acMaxA: 16, dcCurve: [] },
  // Takes its peak only low in the battery and falls in stairs, as most cars of 400 V do.
  compact: {
    name: 'compact',
    batteryKwh: 50,
    soc: 20,
    acPhases: 2,
    acMaxA: 16,
    dcCurve: [
      [0, 60],
      [5, 100],
      [30, 100],
      [31, 78],
      [55, 70],
      [56, 55],
      [80, 32],
      [100, 5],
    ],
  },
  // 800 V: a high plateau up to the middle of the battery.
  touring: {
    name: 'touring',
    batteryKwh: 84,
    soc: 10,
    acPhases: 3,
    acMaxA: 16,
    dcCurve: [
      [0, 120],
      [4, 240],
      [52, 235],
      [56, 180],
      [70, 165],
      [80, 110],
      [90, 45],
      [100, 8],
    ],
  },
  van: {
    name: 'van',
    batteryKwh: 75,
    soc: 25,
    acPhases: 3,
    acMaxA: 16,
    dcCurve: [
      [0, 90],
      [15, 100],
      [50, 95],
      [80, 50],
      [100, 8],
    ],
  },
  truck: {
    name: 'truck',
    batteryKwh: 450,
    soc: 20,
    acPhases: 3,
    acMaxA: 63,
    dcCurve: [
      [0, 350],
      [70, 350],
      [85, 200],
      [100, 40],
    ],
  },
} as const satisfies Readonly<Record<string, CarModel>>

export type CarName = keyof typeof cars

/** A car that comes a few seconds after the remote start, fills up, waits a minute and makes room. */
export const usualPlan: CarPlan = {
  after: 3_000,
  stopAtSoc: 100,
  unplugAfterFullMs: 60_000,
  leaveAfterMs: 'never',
  unplugAfterStopMs: 5_000,
}
