import type { Connector } from './connector.ts'
import type { Claim } from './connector-parts.ts'
import type { SampleContext, Snapshot } from './samples.ts'

/** Samples closer together than this would only heat the wire. */
const shortestSampleMs = 500
/** How often the meter is looked at when no samples are wanted. */
const watchMs = 60_000

/** Energy under one authorisation: from the moment it may flow to the moment it may not, with what is scripted for it. */
export class Charge {
  readonly claim: Claim
  readonly begin: Snapshot
  /** The central system did not take its begin: there is nothing to say of its end. */
  refused = false
  private readonly connector: Connector
  private readonly timers = new Set<() => void>()
  private done = false

  constructor(connector: Connector, claim: Claim) {
    this.connector = connector
    this.claim = claim
    this.begin = connector.metering.snapshot()
  }

  get ended(): boolean {
    return this.done
  }

  open(): void {
    this.connector.parts.dialect().began(this.connector, this)
    this.watch()
    this.followScript()
  }

  sample(context: SampleContext): void {
    this.connector.parts.dialect().sampled(this.connector, this, context)
  }

  /** The central system does not want it: the tag is not accepted, or the begin was refused again and again. */
  stopUnwanted(reason: 'DeAuthorized' | 'Other'): void {
    if (!this.done) this.connector.stop(reason)
  }

  /** No more samples and scripted events. */
  rest(): void {
    this.done = true
    for (const cancel of this.timers) cancel()
    this.timers.clear()
  }

  private watch(): void {
    const { configuration, speed } = this.connector.parts
    const sampleMs = configuration.number('MeterValueSampleInterval') * 1_000
    this.later(Math.max(shortestSampleMs, (sampleMs || watchMs) / speed), () => {
      if (sampleMs > 0) this.sample('Sample.Periodic')
      else this.connector.metering.snapshot()
      this.connector.noticeFull()
      this.connector.parts.power.rebalance()
      this.watch()
    })
  }

  private followScript(): void {
    const { speed, behaviour, dropLink } = this.connector.parts
    const { faultAfterMs, faultCode, linkDropsAfterMs, linkDropsForMs } = behaviour()
    const leaveAfterMs = this.connector.metering.plugged?.plan.leaveAfterMs ?? 'never'
    if (leaveAfterMs !== 'never') this.later(leaveAfterMs / speed, () => this.connector.unplug())
    if (faultAfterMs !== 'never') this.later(faultAfterMs, () => this.connector.fail(faultCode))
    if (linkDropsAfterMs !== 'never') this.later(linkDropsAfterMs, () => dropLink(linkDropsForMs))
  }

  private later(ms: number, task: () => void): void {
    if (this.done) return
    const cancel = this.connector.parts.clock.after(ms, () => {
      this.timers.delete(cancel)
      task()
    })
    this.timers.add(cancel)
  }
}
