import type { CarModel, CarPlan } from './car.ts'
import type { Clock } from './clock.ts'
import { advance, currentOf, dcVolts, type MeterState, type Outlet, phasesOf, powerAt, voltsPerPhase } from './meter.ts'
import type { Phase, Snapshot } from './samples.ts'

export interface MeteringParts {
  readonly outlet: Outlet & { readonly rotation?: Rotation }
  readonly registerWh: number
  readonly clock: Clock
  /** How many times faster than real time energy flows. */
  readonly speed: number
}

/** To which phases of the grid the three of the connector are wired: S is L2. (OCPP 1.6, 9.1 ConnectorPhaseRotation) */
export type Rotation = 'RST' | 'RTS' | 'SRT' | 'STR' | 'TRS' | 'TSR'

export interface PluggedCar {
  readonly model: CarModel
  readonly plan: CarPlan
}

const lines: Readonly<Record<string, Phase>> = { R: 'L1', S: 'L2', T: 'L3' }

/** The meter of one connector and what flows through it: brought up to now whenever somebody looks. */
export class Metering {
  readonly parts: MeteringParts
  private state: MeterState
  private at: number
  private car: PluggedCar | undefined
  private flowing = false
  private limit = Number.POSITIVE_INFINITY

  constructor(parts: MeteringParts) {
    this.parts = parts
    this.state = { registerWh: parts.registerWh, soc: 0, chargingMs: 0 }
    this.at = parts.clock.now()
  }

  get plugged(): PluggedCar | undefined {
    return this.car
  }

  plug(car: PluggedCar): void {
    this.car = car
    this.state = { ...this.state, soc: car.model.soc, chargingMs: 0 }
  }

  unplug(): void {
    this.car = undefined
  }

  begin(): void {
    this.settle()
    this.flowing = true
    this.state = { ...this.state, chargingMs: 0 }
  }

  end(): void {
    this.settle()
    this.flowing = false
  }

  /** The car takes no more. */
  get full(): boolean {
    return this.car !== undefined && this.state.soc >= Math.min(100, this.car.plan.stopAtSoc)
  }

  /** The station lets nothing through. */
  get paused(): boolean {
    if (!this.car || this.full) return false
    const { model } = this.car
    return this.wanted(model) > 0 && this.power(model) === 0
  }

  /** What the car would take if nothing but the outlet held it back, W without the speed of the station. */
  get demandW(): number {
    this.settle()
    return this.flowing && this.car && !this.full ? this.wanted(this.car.model) : 0
  }

  /** Phases the plugged car uses; without a car those of the outlet. */
  get phaseCount(): number {
    const { outlet } = this.parts
    if (outlet.kind === 'DC') return 3
    return this.car ? phasesOf(outlet, this.car.model) : (outlet.phases ?? 3)
  }

  get limitW(): number {
    return this.limit
  }

  set limitW(watts: number) {
    if (watts === this.limit) return
    this.settle()
    this.limit = watts
  }

  /** A meter that jumps, or runs backwards. */
  shift(wh: number): void {
    this.settle()
    this.state = { ...this.state, registerWh: Math.max(0, this.state.registerWh + wh) }
  }

  /** What the meter shows now. Power is what the register and the clock say: at speed 60, sixty times what the car takes. */
  snapshot(): Snapshot {
    this.settle()
    const { outlet, speed } = this.parts
    const model = this.car?.model
    const powerW = this.flowing && model && !this.full ? this.power(model) * speed : 0
    const offeredW = Math.min(outlet.maxPowerKw * 1_000, this.limit)
    const volts = outlet.kind === 'DC' ? dcVolts : voltsPerPhase
    return {
      at: this.at,
      registerWh: this.state.registerWh,
      powerW,
      currentA: powerW > 0 && model ? currentOf(outlet, model, powerW) : 0,
      soc: model ? this.state.soc : undefined,
      volts,
      phases: this.loadedPhases(),
      offeredW,
      offeredA: outlet.kind === 'DC' ? offeredW / volts : offeredW / (volts * this.phaseCount),
    }
  }

  private wanted(model: CarModel): number {
    return powerAt(this.parts.outlet, model, this.state)
  }

  private power(model: CarModel): number {
    return powerAt(this.parts.outlet, model, { ...this.state, limitW: this.limit })
  }

  private loadedPhases(): readonly Phase[] {
    const { kind, rotation = 'RST' } = this.parts.outlet
    if (kind === 'DC') return []
    return [...rotation].slice(0, this.phaseCount).flatMap((letter) => lines[letter] ?? [])
  }

  private settle(): void {
    const now = this.parts.clock.now()
    if (this.flowing && this.car) {
      this.state = advance(this.state, Math.max(0, now - this.at) * this.parts.speed, {
        outlet: this.parts.outlet,
        car: this.car.model,
        stopAtSoc: Math.min(100, this.car.plan.stopAtSoc),
        limitW: this.limit,
      })
    }
    this.at = now
  }
}
