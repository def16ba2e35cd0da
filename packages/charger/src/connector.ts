import type { FaultCode } from './behaviour.ts'
import { CableLock } from './cable-lock.ts'
import type { CarModel, CarPlan } from './car.ts'
import { Charge } from './charge.ts'
import type { Claim, ConnectorParts, ConnectorStatus, OpenClaim } from './connector-parts.ts'
import type { IdTag, StopReason } from './dialect.ts'
import { Metering } from './metering.ts'
import { type Reservation, Reservations } from './reservation.ts'

const flowing: readonly ConnectorStatus[] = ['Charging', 'SuspendedEV', 'SuspendedEVSE']

/** One socket or cable of the station: who is plugged in, who may charge, what flows. */
export class Connector {
  readonly parts: ConnectorParts
  readonly metering: Metering
  readonly lock: CableLock
  readonly reservations: Reservations
  private claim: OpenClaim | undefined
  private charge: Charge | undefined
  private fault: FaultCode | undefined
  private operative = true
  private operativeLater: boolean | undefined
  private finishing = false
  private noticedFull = false
  private told: ConnectorStatus | undefined
  private toldPlugged = false
  private heldPlug = false
  private cancelArrival: (() => void) | undefined
  private cancelLeaving: (() => void) | undefined

  constructor(parts: ConnectorParts) {
    this.parts = parts
    this.metering = new Metering(parts)
    this.lock = new CableLock()
    this.reservations = new Reservations(parts.clock, (id) => {
      parts.dialect().reservationEnded(this, id)
      this.report()
    })
  }

  get status(): ConnectorStatus {
    if (this.fault) return 'Faulted'
    if (this.charge) return this.metering.full ? 'SuspendedEV' : this.metering.paused ? 'SuspendedEVSE' : 'Charging'
    if (!this.operative) return 'Unavailable'
    if (this.finishing) return 'Finishing'
    if (this.metering.plugged || this.claim) return 'Preparing'
    return this.reservations.current ? 'Reserved' : 'Available'
  }

  get errorCode(): FaultCode | 'NoError' {
    return this.fault ?? 'NoError'
  }

  get charging(): Charge | undefined {
    return this.charge
  }

  /** Who may charge as soon as there is a car. */
  get waiting(): Claim | undefined {
    return this.claim?.allowed ? this.claim : undefined
  }

  /** Nobody charges, waits or stands here, or only a car that waits for its driver to pay; a reservation lets only its own tag in. */
  freeFor(idTag: string): boolean {
    if (this.claim || this.charge) return false
    if (this.status === 'Reserved') return this.reservations.isFor(idTag)
    return this.status === 'Available' || (this.status === 'Preparing' && this.reservations.isFor(idTag))
  }

  /** Takes a remote start that was accepted; the answer goes out first. */
  remoteStart(start: Omit<Claim, 'via' | 'reservationId'>): void {
    const claim = this.openClaim({ ...start, via: 'remote' })
    claim.cancel.push(this.parts.clock.after(0, () => void this.beginRemoteStart(claim)))
  }

  /** A driver holds a card to the station: the same card once more ends what it began. */
  present(tag: IdTag): void {
    if (this.charge?.claim.idTag === tag.idTag) {
      this.stop('Local')
      return
    }
    const { connectorId } = this.parts
    if (!this.freeFor(tag.idTag))
      throw new RangeError(`Connector ${connectorId} takes no card now: it is ${this.status}. End that first.`)
    const claim = this.openClaim({ ...tag, via: 'card' })
    void this.parts.allowed(tag).then((allowed) => {
      if (this.claim !== claim) return
      if (allowed) this.grant(claim)
      else {
        this.dropClaim()
        this.report()
      }
    })
  }

  plugIn(model: CarModel, plan: CarPlan): void {
    if (this.metering.plugged) return
    this.cancelArrival?.()
    this.metering.plug({ model, plan })
    this.finishing = false
    this.parts.dialect().plugged(this)
    if (this.claim?.allowed) this.start(this.claim)
    else this.report()
  }

  /** Pulls the plug; ends the transaction, if one runs. A jammed lock holds it. */
  unplug(): void {
    if (!this.metering.plugged) return
    this.cancelLeaving?.()
    this.heldPlug = this.lock.holds
    if (this.heldPlug) return
    this.finishing = false
    this.finish('EVDisconnected')
    this.metering.unplug()
    this.lock.open()
    this.parts.dialect().unplugged(this)
    this.report()
  }

  stop(reason: StopReason): void {
    const car = this.metering.plugged
    if (!this.charge || !car) return
    this.finish(reason)
    this.finishing = true
    this.lock.open()
    this.leaveIn(car.plan.unplugAfterStopMs)
    this.report()
  }

  /** A plug that was held meanwhile goes, if its driver left. */
  freeLock(): void {
    this.lock.free()
    if (this.heldPlug) this.unplug()
  }

  /** Ends what runs or waits here; used where the station itself goes down. */
  halt(reason: StopReason): void {
    const waited = this.waiting !== undefined
    this.dropClaim()
    if (waited) this.parts.dialect().released(this, 'halted')
    this.stop(reason)
  }

  /** The simulation ends here: nothing more happens by itself. */
  rest(): void {
    this.dropClaim()
    this.cancelArrival?.()
    this.cancelLeaving?.()
    this.reservations.rest()
    this.charge?.rest()
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
    if (this.charge) {
      this.operativeLater = operative
      return 'Scheduled'
    }
    this.operative = operative
    if (!operative) this.halt('Other')
    this.parts.clock.after(0, () => this.report())
    return 'Accepted'
  }

  /** (OCPP 1.6, 5.13 ReserveNow) The same reservation again changes it. */
  reserve(reservation: Reservation): 'Accepted' | 'Faulted' | 'Occupied' | 'Unavailable' {
    if (this.status === 'Faulted' || this.status === 'Unavailable') return this.status
    const again = this.status === 'Reserved' && this.reservations.current?.id === reservation.id
    if (this.status !== 'Available' && !again) return 'Occupied'
    this.reservations.take(reservation)
    this.parts.clock.after(0, () => this.report())
    return 'Accepted'
  }

  /** Tells the status; without `always` only when it is a new one. */
  report(options: { readonly always?: boolean } = {}): void {
    const always = options.always ?? false
    const isNew = this.status !== this.told || (this.metering.plugged !== undefined) !== this.toldPlugged
    if (!isNew && !always) return
    this.told = this.status
    this.toldPlugged = this.metering.plugged !== undefined
    this.parts.dialect().status(this, { always })
    this.parts.onChange()
  }

  sendMeterValues(context: 'Sample.Clock' | 'Trigger'): void {
    if (this.charge) this.charge.sample(context)
    else this.parts.dialect().metered(this, context)
  }

  /** After a tick: a car that is done waits for its driver. */
  noticeFull(): void {
    const car = this.metering.plugged
    if (!car || !this.charge || this.noticedFull || !this.metering.full) return
    this.noticedFull = true
    const { unplugAfterFullMs } = car.plan
    this.leaveIn(unplugAfterFullMs === 'never' ? 'never' : unplugAfterFullMs / this.parts.speed)
    this.noticeFlow()
  }

  /** After the limit changed, or the car had enough: the charge pauses or goes on. */
  noticeFlow(): void {
    if (!this.charge || this.told === undefined || !flowing.includes(this.told) || this.status === this.told) return
    this.parts.dialect().flowChanged(this, this.charge)
    this.report()
  }

  private openClaim(claim: Claim): OpenClaim {
    const { current } = this.reservations
    const open = { ...claim, ...(current && { reservationId: current.id }), cancel: [], allowed: false }
    this.claim = open
    return open
  }

  private async beginRemoteStart(claim: OpenClaim): Promise<void> {
    const { configuration, clock, behaviour } = this.parts
    if (configuration.flag('AuthorizeRemoteTxRequests') && !(await this.parts.allowed(claim))) {
      if (this.claim === claim) this.dropClaim()
      this.report()
      return
    }
    if (this.claim !== claim) return
    const { car, plan } = behaviour()
    this.grant(claim)
    if (this.charge) return
    this.cancelArrival?.()
    if (plan.after !== 'never') this.cancelArrival = clock.after(plan.after, () => this.arrive(car, plan))
  }

  private grant(claim: OpenClaim): void {
    claim.allowed = true
    this.report()
    this.parts.dialect().granted(this)
    if (this.metering.plugged) {
      this.start(claim)
      return
    }
    const timeoutMs = this.parts.configuration.number('ConnectionTimeOut') * 1_000
    claim.cancel.push(
      this.parts.clock.after(timeoutMs, () => {
        this.claim = undefined
        this.parts.power.transactionEnded(this.parts.connectorId)
        this.parts.dialect().released(this, 'timeout')
        this.report()
      }),
    )
  }

  /** The car of a remote start. One that comes too late finds nothing to charge for and leaves. */
  private arrive(model: CarModel, plan: CarPlan): void {
    if (this.metering.plugged) return
    this.plugIn(model, plan)
    if (!this.charge) this.leaveIn(plan.unplugAfterStopMs)
  }

  private start(claim: Claim): void {
    this.dropClaim()
    this.reservations.use()
    this.cancelLeaving?.()
    this.noticedFull = false
    this.metering.begin()
    this.lock.close()
    this.charge = new Charge(this, claim)
    this.parts.power.rebalance()
    this.charge.open()
    this.report()
  }

  private finish(reason: StopReason): void {
    const charge = this.charge
    if (!charge) return
    this.metering.end()
    this.charge = undefined
    charge.rest()
    this.parts.dialect().ended(this, charge, { reason, snapshot: this.metering.snapshot() })
    this.parts.power.transactionEnded(this.parts.connectorId)
    if (this.operativeLater !== undefined) this.operative = this.operativeLater
    this.operativeLater = undefined
  }

  private leaveIn(ms: number | 'never'): void {
    this.cancelLeaving?.()
    this.cancelLeaving = ms === 'never' ? undefined : this.parts.clock.after(ms, () => this.unplug())
  }

  private dropClaim(): void {
    for (const cancel of this.claim?.cancel ?? []) cancel()
    this.claim = undefined
  }
}
