import type { Behaviour, FaultCode } from './behaviour.ts'
import type { CarModel, CarPlan } from './car.ts'
import type { Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import { advance, currentOf, type MeterState, type Outlet, powerAt } from './meter.ts'
import type { Outbox } from './outbox.ts'
import type { SampleContext, Snapshot } from './samples.ts'
import { type StopReason, Transaction } from './transaction.ts'

/** (OCPP 1.6, 7.7 ChargePointStatus) the ones a station of this kind comes to. */
export type ConnectorStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'Finishing'
  | 'Unavailable'
  | 'Faulted'

export interface ConnectorParts {
  readonly connectorId: number
  readonly outlet: Outlet
  readonly registerWh: number
  readonly clock: Clock
  /** How many times faster than real time energy flows. */
  readonly speed: number
  readonly configuration: Configuration
  readonly behaviour: () => Behaviour
  readonly outbox: Outbox
  /** Asks the central system about a tag. */
  readonly authorize: (idTag: string) => Promise<boolean>
  readonly dropLink: (ms: number) => void
  readonly onChange: () => void
}

interface PluggedCar {
  readonly model: CarModel
  readonly plan: CarPlan
}

/** A tag that may charge here, waiting for its car. */
interface Claim {
  readonly idTag: string
  readonly cancel: (() => void)[]
  /** The tag needs no (more) asking; only the car is missing. */
  allowed: boolean
}

/** One socket or cable of the station: who is plugged in, who may charge, what flows. */
export class Connector {
  readonly parts: ConnectorParts
  private car: PluggedCar | undefined
  private claim: Claim | undefined
  private transaction: Transaction | undefined
  private meter: MeterState
  private meterAt: number
  private fault: FaultCode | undefined
  private operative = true
  private operativeLater: boolean | undefined
  private finishing = false
  private noticedFull = false
  private told: ConnectorStatus | undefined
  private cancelArrival: (() => void) | undefined
  private cancelLeaving: (() => void) | undefined

  constructor(parts: ConnectorParts) {
    this.parts = parts
    this.meter = { registerWh: parts.registerWh, soc: 0, chargingMs: 0 }
    this.meterAt = parts.clock.now()
  }

  get status(): ConnectorStatus {
    if (this.fault) return 'Faulted'
    if (this.transaction) return this.isFull() ? 'SuspendedEV' : 'Charging'
    if (!this.operative) return 'Unavailable'
    if (this.finishing) return 'Finishing'
    return this.car || this.claim ? 'Preparing' : 'Available'
  }

  get errorCode(): FaultCode | 'NoError' {
    return this.fault ?? 'NoError'
  }

  get charging(): Transaction | undefined {
    return this.transaction
  }

  get pluggedCar(): CarModel | undefined {
    return this.car?.model
  }

  /** Nobody charges, waits or stands here, or only a car that waits for its driver to pay. */
  get free(): boolean {
    return (this.status === 'Available' || this.status === 'Preparing') && !this.claim && !this.transaction
  }

  /** Takes a remote start that was accepted; the answer goes out first. */
  remoteStart(idTag: string): void {
    const claim: Claim = { idTag, cancel: [], allowed: false }
    this.claim = claim
    claim.cancel.push(this.parts.clock.after(0, () => void this.beginRemoteStart(claim)))
  }

  plugIn(model: CarModel, plan: CarPlan): void {
    if (this.car) return
    this.cancelArrival?.()
    this.car = { model, plan }
    this.meter = { ...this.meter, soc: model.soc, chargingMs: 0 }
    this.finishing = false
    if (this.claim?.allowed) this.start(this.claim.idTag)
    else this.report()
  }

  /** Pulls the plug; ends the transaction, if one runs. (OCPP 1.6, 9.1 StopTransactionOnEVSideDisconnect) */
  unplug(): void {
    if (!this.car) return
    this.cancelLeaving?.()
    this.finishing = false
    this.finish('EVDisconnected')
    this.car = undefined
    this.report()
  }

  stop(reason: StopReason): void {
    const car = this.car
    if (!this.transaction || !car) return
    this.finish(reason)
    this.finishing = true
    this.leaveIn(car.plan.unplugAfterStopMs)
    this.report()
  }

  /** Ends what runs or waits here; used where the station itself goes down. */
  halt(reason: StopReason): void {
    this.dropClaim()
    this.stop(reason)
  }

  /** The simulation ends here: nothing more happens by itself. */
  rest(): void {
    this.dropClaim()
    this.cancelArrival?.()
    this.cancelLeaving?.()
    this.transaction?.rest()
  }

  fail(code: FaultCode): void {
    this.fault = code
    this.halt('Other')
    this.report()
  }

  recover(): void {
    this.fault = undefined
    this.report()
  }

  /** (OCPP 1.6, 5.2 ChangeAvailability) */
  makeOperative(operative: boolean): 'Accepted' | 'Scheduled' {
    if (this.transaction) {
      this.operativeLater = operative
      return 'Scheduled'
    }
    this.operative = operative
    if (!operative) this.dropClaim()
    this.parts.clock.after(0, () => this.report())
    return 'Accepted'
  }

  /** Tells the status; without `always` only when it is a new one. */
  report(options: { readonly always?: boolean } = {}): void {
    const status = this.status
    if (status === this.told && !options.always) return
    this.told = status
    const payload = {
      connectorId: this.parts.connectorId,
      errorCode: this.errorCode,
      status,
      timestamp: new Date(this.parts.clock.now()).toISOString(),
    }
    this.parts.outbox.push({ action: 'StatusNotification', importance: 'news', make: () => payload })
    this.parts.onChange()
  }

  sendMeterValues(context: SampleContext): void {
    this.transaction?.sample(context)
  }

  /** What the meter shows now. Power is what the register and the clock say: at speed 60, sixty times what the car takes. */
  snapshot(): Snapshot {
    this.settle()
    const model = this.car?.model
    const flows = this.transaction && model && !this.isFull()
    const powerW = flows ? powerAt(this.parts.outlet, model, this.meter) * this.parts.speed : 0
    return {
      at: this.meterAt,
      registerWh: this.meter.registerWh,
      powerW,
      currentA: flows ? currentOf(this.parts.outlet, model, powerW) : 0,
      soc: model ? this.meter.soc : undefined,
    }
  }

  private async beginRemoteStart(claim: Claim): Promise<void> {
    const { configuration, clock, behaviour } = this.parts
    if (configuration.flag('AuthorizeRemoteTxRequests') && !(await this.parts.authorize(claim.idTag))) {
      if (this.claim === claim) this.dropClaim()
      this.report()
      return
    }
    if (this.claim !== claim) return
    claim.allowed = true
    this.report()
    if (this.car) return this.start(claim.idTag)
    const { car, plan } = behaviour()
    this.cancelArrival?.()
    if (plan.after !== 'never') this.cancelArrival = clock.after(plan.after, () => this.arrive(car, plan))
    claim.cancel.push(
      clock.after(configuration.number('ConnectionTimeOut') * 1_000, () => {
        this.claim = undefined
        this.report()
      }),
    )
  }

  /** The car of a remote start. One that comes too late finds nothing to charge for and leaves. */
  private arrive(model: CarModel, plan: CarPlan): void {
    if (this.car) return
    this.plugIn(model, plan)
    if (!this.transaction) this.leaveIn(plan.unplugAfterStopMs)
  }

  private start(idTag: string): void {
    this.dropClaim()
    this.cancelLeaving?.()
    this.noticedFull = false
    this.meterAt = this.parts.clock.now()
    this.meter = { ...this.meter, chargingMs: 0 }
    this.transaction = new Transaction(this, idTag)
    this.transaction.open()
    this.report()
  }

  private finish(reason: StopReason): void {
    const transaction = this.transaction
    if (!transaction) return
    this.settle()
    this.transaction = undefined
    transaction.close(reason, this.snapshot())
    if (this.operativeLater !== undefined) this.operative = this.operativeLater
    this.operativeLater = undefined
  }

  /** After a tick: a car that is done waits for its driver. */
  noticeFull(): void {
    if (!this.car || !this.transaction || this.noticedFull || !this.isFull()) return
    this.noticedFull = true
    const { unplugAfterFullMs } = this.car.plan
    this.leaveIn(unplugAfterFullMs === 'never' ? 'never' : unplugAfterFullMs / this.parts.speed)
    this.report()
  }

  leaveIn(ms: number | 'never'): void {
    this.cancelLeaving?.()
    this.cancelLeaving = ms === 'never' ? undefined : this.parts.clock.after(ms, () => this.unplug())
  }

  get plan(): CarPlan | undefined {
    return this.car?.plan
  }

  private isFull(): boolean {
    return this.car !== undefined && this.meter.soc >= Math.min(100, this.car.plan.stopAtSoc)
  }

  private dropClaim(): void {
    for (const cancel of this.claim?.cancel ?? []) cancel()
    this.claim = undefined
  }

  /** Brings the meter up to now. */
  private settle(): void {
    const now = this.parts.clock.now()
    if (this.transaction && this.car) {
      this.meter = advance(this.meter, Math.max(0, now - this.meterAt) * this.parts.speed, {
        outlet: this.parts.outlet,
        car: this.car.model,
        stopAtSoc: Math.min(100, this.car.plan.stopAtSoc),
      })
    }
    this.meterAt = now
  }
}
