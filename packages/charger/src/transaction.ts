import type { Connector } from './connector.ts'
import type { Payload } from './link.ts'
import { meterValueOf, type SampleContext, type Snapshot } from './samples.ts'

/** (OCPP 1.6, 7.36 Reason) the ones a station of this kind gives. */
export type StopReason =
  | 'DeAuthorized'
  | 'EVDisconnected'
  | 'HardReset'
  | 'Local'
  | 'Other'
  | 'Remote'
  | 'SoftReset'
  | 'UnlockCommand'

/** Samples closer together than this would only heat the wire. */
const shortestSampleMs = 500
/** How often the meter is looked at when no samples are wanted. */
const watchMs = 60_000

/** One transaction: StartTransaction, samples, StopTransaction, all through the station's outbox and so in order. */
export class Transaction {
  readonly idTag: string
  private readonly connector: Connector
  private readonly begin: Snapshot
  private readonly timers = new Set<() => void>()
  private givenId: number | undefined
  private refused = false
  private ended = false

  constructor(connector: Connector, idTag: string) {
    this.connector = connector
    this.idTag = idTag
    this.begin = connector.snapshot()
  }

  /** Known once the central system answered. */
  get id(): number | undefined {
    return this.givenId
  }

  open(): void {
    const { connectorId, outbox } = this.connector.parts
    const payload = {
      connectorId,
      idTag: this.idTag,
      meterStart: Math.floor(this.begin.registerWh),
      timestamp: new Date(this.begin.at).toISOString(),
    }
    outbox.push({
      action: 'StartTransaction',
      importance: 'transaction',
      make: () => payload,
      onAnswer: (answer) => this.started(answer),
      onGivenUp: () => {
        this.refused = true
        if (!this.ended) this.connector.stop('Other')
      },
    })
    this.watch()
    this.followScript()
  }

  sample(context: SampleContext): void {
    const { connectorId, outbox, configuration } = this.connector.parts
    const value = meterValueOf(this.connector.snapshot(), context, configuration.text('MeterValuesSampledData'))
    outbox.push({
      action: 'MeterValues',
      importance: 'sample',
      make: () => (this.id === undefined ? undefined : { connectorId, transactionId: this.id, meterValue: [value] }),
    })
  }

  close(reason: StopReason, end: Snapshot): void {
    this.rest()
    const { outbox, configuration } = this.connector.parts
    const measurands = configuration.text('StopTxnSampledData')
    const transactionData = [
      meterValueOf(this.begin, 'Transaction.Begin', measurands),
      meterValueOf(end, 'Transaction.End', measurands),
    ]
    const payload = {
      meterStop: Math.floor(end.registerWh),
      timestamp: new Date(end.at).toISOString(),
      reason,
      ...(measurands === '' ? {} : { transactionData }),
    }
    outbox.push({
      action: 'StopTransaction',
      importance: 'transaction',
      make: () => (this.refused ? undefined : { transactionId: this.id ?? -1, ...payload }),
    })
  }

  /** No more samples and scripted events. */
  rest(): void {
    this.ended = true
    for (const cancel of this.timers) cancel()
    this.timers.clear()
  }

  private started(answer: Payload): void {
    if (typeof answer['transactionId'] === 'number') this.givenId = answer['transactionId']
    this.connector.parts.onChange()
    const info = answer['idTagInfo'] as { readonly status?: string } | undefined
    const { configuration } = this.connector.parts
    if (info?.status !== 'Accepted' && configuration.flag('StopTransactionOnInvalidId') && !this.ended)
      this.connector.stop('DeAuthorized')
  }

  private watch(): void {
    const { configuration, speed } = this.connector.parts
    const sampleMs = configuration.number('MeterValueSampleInterval') * 1_000
    this.later(Math.max(shortestSampleMs, (sampleMs || watchMs) / speed), () => {
      if (sampleMs > 0) this.sample('Sample.Periodic')
      else this.connector.snapshot()
      this.connector.noticeFull()
      this.watch()
    })
  }

  private followScript(): void {
    const { speed, behaviour, dropLink } = this.connector.parts
    const { faultAfterMs, faultCode, linkDropsAfterMs, linkDropsForMs } = behaviour()
    const leaveAfterMs = this.connector.plan?.leaveAfterMs ?? 'never'
    if (leaveAfterMs !== 'never') this.later(leaveAfterMs / speed, () => this.connector.unplug())
    if (faultAfterMs !== 'never') this.later(faultAfterMs, () => this.connector.fail(faultCode))
    if (linkDropsAfterMs !== 'never') this.later(linkDropsAfterMs, () => dropLink(linkDropsForMs))
  }

  private later(ms: number, task: () => void): void {
    if (this.ended) return
    const cancel = this.connector.parts.clock.after(ms, () => {
      this.timers.delete(cancel)
      task()
    })
    this.timers.add(cancel)
  }
}
