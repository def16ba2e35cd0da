import type { Behaviour } from './behaviour.ts'
import type { Charge } from './charge.ts'
import type { Configuration } from './configuration.ts'
import type { Connector } from './connector.ts'
import type { Ending, StopReason } from './dialect.ts'
import { type MeterKey, meterKeyOf, ocmf, type ReadingReason, type SignedRecord } from './signing.ts'

export interface SignerParts {
  readonly station: string
  readonly firmware: string
  readonly configuration: Configuration
  readonly behaviour: () => Behaviour
}

export const meterSerial = (station: string, connectorId: number) => `${station}-${connectorId}`

const reasons: Readonly<Record<StopReason, ReadingReason>> = {
  DeAuthorized: 'E',
  EmergencyStop: 'A',
  EVDisconnected: 'E',
  HardReset: 'A',
  Local: 'L',
  Other: 'A',
  PowerLoss: 'P',
  Remote: 'R',
  SoftReset: 'A',
  UnlockCommand: 'E',
}

/** The signing meters of a station; each counts its records and keeps its key. */
export class Signer {
  private readonly parts: SignerParts
  private readonly keys = new Map<number, MeterKey>()
  private readonly pages = new Map<number, number>()

  constructor(parts: SignerParts) {
    this.parts = parts
  }

  publicKeyHex(connector: Connector): string {
    return this.keyOf(connector.parts.connectorId).publicKeyHex
  }

  begin(connector: Connector, charge: Charge): string | undefined {
    return this.sign(connector, charge, [{ snapshot: charge.begin, reason: 'B' }])
  }

  /** Begin and end in one record: whoever has it needs no other. */
  end(connector: Connector, charge: Charge, { reason, snapshot }: Ending): string | undefined {
    return this.sign(connector, charge, [
      { snapshot: charge.begin, reason: 'B' },
      { snapshot, reason: reasons[reason] },
    ])
  }

  private sign(
    connector: Connector,
    { claim }: Charge,
    readings: readonly Omit<SignedRecord['readings'][number], 'skewMs'>[],
  ): string | undefined {
    const { station, firmware, configuration, behaviour } = this.parts
    if (!configuration.flag('SampledDataSignReadings')) return undefined
    const { connectorId, outlet } = connector.parts
    const page = (this.pages.get(connectorId) ?? 0) + 1
    this.pages.set(connectorId, page)
    const record: SignedRecord = {
      station,
      firmware,
      serial: meterSerial(station, connectorId),
      kind: outlet.kind,
      page,
      idTag: claim.idTag,
      byCard: claim.via === 'card',
      readings: readings.map((reading) => ({ ...reading, skewMs: behaviour().clockSkewMs })),
    }
    return ocmf(record, this.keyOf(connectorId))
  }

  private keyOf(connectorId: number): MeterKey {
    const known = this.keys.get(connectorId) ?? meterKeyOf(meterSerial(this.parts.station, connectorId))
    this.keys.set(connectorId, known)
    return known
  }
}
