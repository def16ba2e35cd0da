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

export interface Transaction {
  readonly idTag: string
  readonly startedAt: number
  /** Known once the central system answered. */
  readonly id: () => number | undefined
  open(): void
  sample(context: SampleContext): void
  close(reason: StopReason, end: Snapshot): void
  /** No more samples and scripted events. */
  rest(): void
}

/** Samples closer together than this would only heat the wire. */
const shortestSampleMs = 500
const watchMs = 60_000

/** One transaction: StartTransaction, samples, StopTransaction, all through the station's outbox and so in order. */
export function createTransaction(connector: Connector, idTag: string): Transaction {
  const { clock, outbox, configuration, speed, connectorId, behaviour } = connector.parts
  const begin = connector.snapshot()
  const timers = new Set<() => void>()
  let id: number | undefined
  let refused = false
  let ended = false

  const later = (ms: number, task: () => void) => {
    if (ended) return
    const cancel = clock.after(ms, () => {
      timers.delete(cancel)
      task()
    })
    timers.add(cancel)
  }
  const tick = () => {
    const sampleMs = configuration.number('MeterValueSampleInterval') * 1_000
    later(Math.max(shortestSampleMs, (sampleMs || watchMs) / speed), () => {
      if (sampleMs > 0) sample('Sample.Periodic')
      else connector.snapshot()
      connector.noticeFull()
      tick()
    })
  }
  const sample = (context: SampleContext) => {
    const value = meterValueOf(connector.snapshot(), context, configuration.text('MeterValuesSampledData'))
    outbox.push({
      action: 'MeterValues',
      importance: 'sample',
      make: () => (id === undefined ? undefined : { connectorId, transactionId: id, meterValue: [value] }),
    })
  }
  const started = (answer: Payload) => {
    if (typeof answer['transactionId'] === 'number') id = answer['transactionId']
    const info = answer['idTagInfo'] as { readonly status?: string } | undefined
    if (info?.status !== 'Accepted' && configuration.flag('StopTransactionOnInvalidId') && !ended)
      connector.stop('DeAuthorized')
  }

  const rest = () => {
    ended = true
    for (const cancel of timers) cancel()
    timers.clear()
  }

  return {
    idTag,
    startedAt: begin.at,
    id: () => id,
    open() {
      const payload = {
        connectorId,
        idTag,
        meterStart: Math.floor(begin.registerWh),
        timestamp: new Date(begin.at).toISOString(),
      }
      outbox.push({
        action: 'StartTransaction',
        importance: 'transaction',
        make: () => payload,
        onAnswer: started,
        onGivenUp: () => {
          refused = true
          if (!ended) connector.stop('Other')
        },
      })
      tick()
      const { faultAfterMs, faultCode, linkDropsAfterMs, linkDropsForMs } = behaviour()
      const leaveAfterMs = connector.plan?.leaveAfterMs ?? 'never'
      if (leaveAfterMs !== 'never') later(leaveAfterMs / speed, () => connector.unplug())
      if (faultAfterMs !== 'never') later(faultAfterMs, () => connector.fail(faultCode))
      if (linkDropsAfterMs !== 'never') later(linkDropsAfterMs, () => connector.parts.dropLink(linkDropsForMs))
    },
    sample,
    rest,
    close(reason, end) {
      rest()
      const measurands = configuration.text('StopTxnSampledData')
      const transactionData =
        measurands === ''
          ? {}
          : {
              transactionData: [
                meterValueOf(begin, 'Transaction.Begin', measurands),
                meterValueOf(end, 'Transaction.End', measurands),
              ],
            }
      const payload = {
        meterStop: Math.floor(end.registerWh),
        timestamp: new Date(end.at).toISOString(),
        reason,
        ...transactionData,
      }
      outbox.push({
        action: 'StopTransaction',
        importance: 'transaction',
        make: () => (refused ? undefined : { transactionId: id ?? -1, ...payload }),
      })
    },
  }
}
