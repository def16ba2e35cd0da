/** A station's words in OCPP 2.0.1. Each connector is an EVSE of its own, with one connector. */
import type { Connector } from '../connector.ts'
import type { ConnectorStatus } from '../connector-parts.ts'
import type { Dialect, IdTag } from '../dialect.ts'
import { type DialectParts, stamp } from '../dialect-parts.ts'
import { OcppError, type OcppLink, type Payload } from '../link.ts'
import { meterValueOf } from './meter-value.ts'
import { Transactions } from './transactions.ts'

export interface BootReason {
  reason: 'PowerUp' | 'RemoteReset' | 'Triggered'
}

export function createDialect201(parts: DialectParts, boot: BootReason): Dialect {
  const transactions = new Transactions(parts)
  const told = new WeakMap<Connector, string>()
  return {
    boot: () => bootOf(parts, boot),
    authorize: (tag) => authorize(parts.link, tag),
    status: (connector, { always }) => {
      const status = statusOf(connector)
      if (told.get(connector) === status && !always) return
      told.set(connector, status)
      const payload = {
        timestamp: stamp(parts, parts.clock.now()),
        connectorStatus: status,
        evseId: connector.parts.connectorId,
        connectorId: 1,
      }
      parts.outbox.push({ action: 'StatusNotification', importance: 'news', make: () => payload })
    },
    everything: () => {
      for (const connector of parts.connectors()) connector.report({ always: true })
    },
    plugged: (connector) => transactions.plugged(connector),
    unplugged: (connector) => transactions.unplugged(connector),
    granted: (connector) => transactions.granted(connector),
    released: (connector, why) => transactions.released(connector, why),
    began: (connector, charge) => transactions.began(connector, charge),
    sampled: (connector, _, context) => transactions.sampled(connector, context),
    flowChanged: (connector) => transactions.flowChanged(connector),
    ended: (connector, charge, end) => transactions.ended(connector, charge, end),
    metered: (connector, context) => {
      const name = context === 'Sample.Clock' ? 'MeterValuesAlignedData' : 'MeterValuesSampledData'
      const measurands = parts.configuration.text(name)
      const meterValue = meterValueOf(parts, connector.metering.snapshot(), { context, measurands })
      if (meterValue.length === 0) return
      const payload = { evseId: connector.parts.connectorId, meterValue }
      parts.outbox.push({ action: 'MeterValues', importance: 'sample', make: () => payload })
    },
    reservationEnded: (_, reservationId) => {
      const payload = { reservationId, reservationUpdateStatus: 'Expired' }
      parts.outbox.push({ action: 'ReservationStatusUpdate', importance: 'news', make: () => payload })
    },
    transactionId: (connector) => transactions.idAt(connector),
  }
}

/** A car decides whether a connector is occupied, not who may charge. */
function statusOf({ status, metering }: Connector): string {
  return statuses[status] === 'Occupied' && !metering.plugged ? 'Available' : statuses[status]
}

/** (OCPP 2.0.1, ConnectorStatusEnumType) */
const statuses: Readonly<Record<ConnectorStatus, string>> = {
  Available: 'Available',
  Preparing: 'Occupied',
  Charging: 'Occupied',
  SuspendedEV: 'Occupied',
  SuspendedEVSE: 'Occupied',
  Finishing: 'Occupied',
  Reserved: 'Reserved',
  Unavailable: 'Unavailable',
  Faulted: 'Faulted',
}

function bootOf({ identity }: DialectParts, boot: BootReason): Payload {
  const { id, vendor, model, firmware } = identity
  return {
    reason: boot.reason,
    chargingStation: {
      vendorName: vendor.slice(0, 50),
      model: model.slice(0, 20),
      serialNumber: id.slice(0, 25),
      firmwareVersion: firmware.slice(0, 50),
    },
  }
}

export const idTokenOf = ({ idTag, type }: IdTag): Payload => ({ idToken: idTag, type: type ?? 'ISO14443' })

/** (OCPP 2.0.1, C01) */
async function authorize(link: OcppLink, tag: IdTag): Promise<boolean> {
  try {
    const answer = await link.call('Authorize', { idToken: idTokenOf(tag) })
    return (answer['idTokenInfo'] as { readonly status?: string } | undefined)?.status === 'Accepted'
  } catch (error) {
    if (error instanceof OcppError) return false
    throw error
  }
}
