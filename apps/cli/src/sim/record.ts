/** A simulated station as JSON. */
import type { StationState } from '@plugtill/charger/station-state'

export function chargerRecord({ id, protocol, connected, accepted, queued, connectors }: StationState) {
  return {
    id,
    protocol,
    connected,
    accepted,
    queued,
    connectors: connectors.map((connector) => ({
      connector_id: connector.connectorId,
      status: connector.status,
      error_code: connector.errorCode,
      register_wh: connector.registerWh,
      power_w: connector.powerW,
      car: connector.car ?? null,
      soc: connector.soc ?? null,
      id_tag: connector.idTag ?? null,
      transaction_id: connector.transactionId ?? null,
      offered_w: connector.offeredW,
      reserved_for: connector.reservedFor ?? null,
      locked: connector.locked,
      jammed: connector.jammed,
    })),
  }
}
