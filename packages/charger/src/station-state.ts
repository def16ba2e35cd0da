import type { AlignedData } from './aligned-data.ts'
import type { Connector } from './connector.ts'
import type { ConnectorStatus } from './connector-parts.ts'
import type { Dialect } from './dialect.ts'
import type { OcppLink, OcppProtocol } from './link.ts'
import type { Outbox } from './outbox.ts'
import type { Power } from './power.ts'
import type { Presence } from './presence.ts'

export interface StationState {
  readonly id: string
  readonly protocol: OcppProtocol
  readonly connected: boolean
  /** The central system accepted the boot. */
  readonly accepted: boolean
  /** Messages that wait to be delivered. */
  readonly queued: number
  readonly connectors: readonly ConnectorState[]
}

export interface ConnectorState {
  readonly connectorId: number
  readonly status: ConnectorStatus
  readonly errorCode: string
  readonly registerWh: number
  readonly powerW: number
  /** What the station lets the car take at most. */
  readonly offeredW: number
  readonly car?: string
  /** Percent. */
  readonly soc?: number
  /** Of who charges or may charge. */
  readonly idTag?: string
  readonly transactionId?: string
  /** What the meter showed when the charge began. */
  readonly meterStartWh?: number
  readonly reservedFor?: string
  readonly locked: boolean
  readonly jammed: boolean
}

/** What a station is made of. */
export interface Inside {
  readonly presence: Presence
  readonly outbox: Outbox
  readonly connectors: readonly Connector[]
  readonly power: Power
  readonly dialect: Dialect
  readonly alignedData: AlignedData
}

export function stateOf(
  { id, link }: { readonly id: string; readonly link: OcppLink },
  { presence, outbox, connectors, dialect }: Inside,
): StationState {
  return {
    id,
    protocol: link.protocol,
    connected: link.connected,
    accepted: presence.accepted,
    queued: outbox.size,
    connectors: connectors.map((connector) => {
      const { registerWh, powerW, soc, offeredW } = connector.metering.snapshot()
      const { parts, status, errorCode, metering, lock, reservations } = connector
      return {
        connectorId: parts.connectorId,
        status,
        errorCode,
        registerWh: Math.floor(registerWh),
        powerW: Math.round(powerW),
        offeredW: Math.round(offeredW),
        locked: lock.locked,
        jammed: lock.jammed,
        ...found('car', metering.plugged?.model.name),
        ...found('soc', soc === undefined ? undefined : Math.floor(soc)),
        ...found('idTag', (connector.charging?.claim ?? connector.waiting)?.idTag),
        ...found('transactionId', dialect.transactionId(connector)),
        ...found('meterStartWh', connector.charging && Math.floor(connector.charging.begin.registerWh)),
        ...found('reservedFor', reservations.current?.idTag),
      }
    }),
  }
}

const found = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [name in Name]?: Value }
