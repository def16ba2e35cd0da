import type { Charge } from '../charge.ts'
import type { Connector } from '../connector.ts'
import type { Ending } from '../dialect.ts'
import { type DialectParts, stamp, tellLate } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'
import type { SampleContext } from '../samples.ts'
import { idTokenOf } from './dialect.ts'
import { meterValueOf, type Signed } from './meter-value.ts'
import { endOf, stoppedOf } from './stop-reasons.ts'

interface Open {
  readonly id: string
  seqNo: number
  tokenTold: boolean
  keyTold: boolean
  /** Why energy stopped, while the transaction waits for the plug to be pulled. */
  stoppedReason: string | undefined
}

interface Event {
  readonly trigger: string
  readonly meterValue?: readonly Payload[]
  /** Ends the transaction. */
  readonly stoppedReason?: string
  readonly chargingState?: string
  readonly more?: Payload
}

/**
 * The transactions of a station in OCPP 2.0.1: they begin and end where TxStartPoint and TxStopPoint say, which need
 * not be where energy does. (OCPP 2.0.1, E)
 */
export class Transactions {
  private readonly parts: DialectParts
  private readonly open = new Map<Connector, Open>()

  constructor(parts: DialectParts) {
    this.parts = parts
  }

  idAt(connector: Connector): string | undefined {
    return this.open.get(connector)?.id
  }

  plugged(connector: Connector): void {
    this.tell(connector, { trigger: 'CablePluggedIn' })
  }

  granted(connector: Connector): void {
    const { waiting } = connector
    if (waiting) this.tell(connector, { trigger: waiting.via === 'remote' ? 'RemoteStart' : 'Authorized' })
  }

  released(connector: Connector, why: 'timeout' | 'halted'): void {
    if (!this.open.has(connector)) return
    // A car that stands there keeps a transaction that began with it.
    if (connector.metering.plugged && this.points('TxStartPoint').includes('EVConnected')) return
    const timedOut = why === 'timeout'
    this.tell(connector, {
      trigger: timedOut ? 'EVConnectTimeout' : 'ResetCommand',
      stoppedReason: timedOut ? 'Timeout' : 'ImmediateReset',
      meterValue: this.ending(connector),
    })
  }

  began(connector: Connector, charge: Charge): void {
    const told = this.open.get(connector)?.tokenTold ?? false
    const byWhom = charge.claim.via === 'remote' ? 'RemoteStart' : 'Authorized'
    const record = this.parts.signer.begin(connector, charge)
    const phases = connector.parts.outlet.kind === 'AC' ? { numberOfPhasesUsed: connector.metering.phaseCount } : {}
    this.tell(connector, {
      trigger: told ? 'ChargingStateChanged' : byWhom,
      meterValue: meterValueOf(this.parts, charge.begin, {
        context: 'Transaction.Begin',
        measurands: this.parts.configuration.text('TxStartedMeasurands'),
        signed: this.signed(connector, record),
      }),
      more: phases,
    })
  }

  sampled(connector: Connector, context: SampleContext): void {
    const name = context === 'Sample.Clock' ? 'MeterValuesAlignedData' : 'MeterValuesSampledData'
    const measurands = this.parts.configuration.text(name)
    const meterValue = meterValueOf(this.parts, connector.metering.snapshot(), { context, measurands })
    if (meterValue.length === 0 || !this.open.has(connector)) return
    const triggers = { 'Sample.Clock': 'MeterValueClock', Trigger: 'Trigger' } as Readonly<Record<string, string>>
    this.tell(connector, { trigger: triggers[context] ?? 'MeterValuePeriodic', meterValue })
  }

  flowChanged(connector: Connector): void {
    this.tell(connector, { trigger: 'ChargingStateChanged' })
  }

  ended(connector: Connector, charge: Charge, end: Ending): void {
    const stop = stoppedOf(end.reason, connector.errorCode)
    const open = this.open.get(connector)
    if (!open) return
    const waitsForPlug = !endOf(end.reason, this.points('TxStopPoint'))
    const record = this.parts.signer.end(connector, charge, end)
    open.stoppedReason = stop.stoppedReason
    this.tell(connector, {
      trigger: stop.trigger,
      meterValue: meterValueOf(this.parts, end.snapshot, {
        context: 'Transaction.End',
        measurands: this.parts.configuration.text('TxEndedMeasurands'),
        signed: this.signed(connector, record),
      }),
      chargingState: end.reason === 'EVDisconnected' ? 'Idle' : 'EVConnected',
      ...(!waitsForPlug && { stoppedReason: stop.stoppedReason }),
      ...(end.reason === 'Local' && { more: { idToken: idTokenOf(charge.claim) } }),
    })
  }

  unplugged(connector: Connector): void {
    const open = this.open.get(connector)
    if (!open) return
    this.tell(connector, {
      trigger: 'EVCommunicationLost',
      stoppedReason: open.stoppedReason ?? 'EVDisconnected',
      meterValue: this.ending(connector),
    })
  }

  private ending(connector: Connector): readonly Payload[] {
    const measurands = this.parts.configuration.text('TxEndedMeasurands')
    return meterValueOf(this.parts, connector.metering.snapshot(), { context: 'Transaction.End', measurands })
  }

  private points(name: 'TxStartPoint' | 'TxStopPoint'): readonly string[] {
    return this.parts.configuration.text(name).split(',')
  }

  /** Whether one of the points at which a transaction begins has been reached. (OCPP 2.0.1, TxStartStopPoint) */
  private mayBegin(connector: Connector): boolean {
    const { charging, waiting, metering } = connector
    const reached: Readonly<Record<string, boolean>> = {
      EVConnected: metering.plugged !== undefined,
      Authorized: charging !== undefined || waiting !== undefined,
      PowerPathClosed: charging !== undefined,
    }
    return this.points('TxStartPoint').some((point) => reached[point] === true)
  }

  private signed(connector: Connector, record: string | undefined): Signed | undefined {
    if (record === undefined) return undefined
    const when = this.parts.configuration.text('PublicKeyWithSignedMeterValue')
    const open = this.open.get(connector)
    const wanted = when === 'EveryMeterValue' || (when === 'OncePerTransaction' && open?.keyTold !== true)
    if (open) open.keyTold = true
    return { record, publicKeyHex: wanted ? this.parts.signer.publicKeyHex(connector) : undefined }
  }

  private tell(connector: Connector, event: Event): void {
    const known = this.open.get(connector)
    if (!known && !this.mayBegin(connector)) return
    const open = known ?? {
      id: uuidOf(this.parts.random),
      seqNo: 0,
      tokenTold: false,
      keyTold: event.trigger === 'RemoteStart' || event.trigger === 'Authorized',
      stoppedReason: undefined,
    }
    const eventType = !known ? 'Started' : event.stoppedReason === undefined ? 'Updated' : 'Ended'
    if (eventType === 'Ended') this.open.delete(connector)
    else this.open.set(connector, open)
    this.send(connector, open, { ...event, eventType })
  }

  private send(connector: Connector, open: Open, event: Event & { readonly eventType: string }): void {
    const { parts } = this
    const claim = connector.charging?.claim ?? connector.waiting
    const tellToken = claim !== undefined && !open.tokenTold
    if (tellToken) open.tokenTold = true
    const { behaviour, link } = parts
    const wrong = behaviour().transactionIds === 'wrong' && event.eventType !== 'Started'
    const payload: Payload = {
      eventType: event.eventType,
      timestamp: stamp(parts, parts.clock.now()),
      triggerReason: event.trigger,
      seqNo: open.seqNo,
      ...(!link.connected && { offline: true }),
      transactionInfo: {
        transactionId: wrong ? `00000000-0000-4000-8000-${open.id.slice(-12)}` : open.id,
        chargingState: event.chargingState ?? chargingStateOf(connector),
        ...(event.stoppedReason !== undefined && { stoppedReason: event.stoppedReason }),
        ...(tellToken && claim.remoteStartId !== undefined && { remoteStartId: claim.remoteStartId }),
      },
      evse: { id: connector.parts.connectorId, connectorId: 1 },
      ...(tellToken && { idToken: idTokenOf(claim) }),
      ...(tellToken && claim.reservationId !== undefined && { reservationId: claim.reservationId }),
      ...(event.meterValue !== undefined && event.meterValue.length > 0 && { meterValue: event.meterValue }),
      ...event.more,
    }
    open.seqNo += 1
    const isSample = event.trigger.startsWith('MeterValue')
    const push = () =>
      parts.outbox.push({
        action: 'TransactionEvent',
        importance: isSample ? 'sample' : 'transaction',
        make: () => payload,
        onAnswer: (answer) => this.answered(connector, answer, open),
      })
    if (isSample) tellLate(parts, push)
    else push()
  }

  /** The central system may find in the answer that the token is no good. (OCPP 2.0.1, E05) */
  private answered(connector: Connector, { idTokenInfo }: Payload, open: Open): void {
    this.parts.onChange()
    const { status } = (idTokenInfo ?? {}) as { readonly status?: string }
    if (status === undefined || status === 'Accepted' || this.open.get(connector) !== open) return
    if (!this.parts.configuration.flag('StopTransactionOnInvalidId')) return
    if (connector.charging) connector.stop('DeAuthorized')
    else connector.halt('DeAuthorized')
  }
}

function chargingStateOf(connector: Connector): string {
  const { status, charging, metering } = connector
  if (charging && (status === 'SuspendedEV' || status === 'SuspendedEVSE')) return status
  if (charging) return 'Charging'
  return metering.plugged ? 'EVConnected' : 'Idle'
}

/** Version 4, from the chance that is given. */
function uuidOf(random: () => number): string {
  const digits = Array.from({ length: 32 }, (_, place) => {
    if (place === 12) return '4'
    const digit = Math.floor(random() * 16)
    return (place === 16 ? 8 + (digit % 4) : digit).toString(16)
  }).join('')
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  )
}
