/** Writes down what was said with a charger about a session: its part of the session's story, as it crossed the wire. */
import type { Desk } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import type { Outlet, TransactionId } from '../chargers/events.ts'
import type { Payload } from '../chargers/link.ts'
import { partOf } from '../chargers/payloads.ts'
import type { ChargerMessage } from '../chargers/watched-link.ts'
import { evseKey, tagKey, transactionKey } from '../effects/charging-kind.ts'
import { isAt, type Sites, spotsOfCharger } from '../sites/configuration.ts'
import type { ChargingEvent, ChargingSession } from './session.ts'

export interface MessageBookParts {
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly journal: Journal
  readonly sites: Sites
}

export function createMessageBook(parts: MessageBookParts): (message: ChargerMessage) => Promise<void> {
  return async (message) => {
    const session = await sessionOf(parts, message)
    if (session === undefined) return
    const { at, chargerId: charger, direction, action, request, response, error, durationMs } = message
    await parts.journal.write(session.reference ?? session.id, 'ocpp', {
      ...{ at, direction, charger, action, request, response, error },
      duration_ms: durationMs,
    })
  }
}

/** By what the message names: a transaction, a tag, or the connector that is taken. */
async function sessionOf({ charging, sites }: MessageBookParts, message: ChargerMessage) {
  const { chargerId, request, response } = message
  const transaction = transactionIn(request) ?? transactionIn(response)
  const named = transaction === undefined ? undefined : await charging.find(transactionKey(chargerId, transaction))
  if (named !== undefined) return named
  const tag = request['idTag'] ?? partOf(request, 'idToken')['idToken']
  if (typeof tag === 'string') return charging.find(tagKey(tag))
  if (transaction !== undefined) return undefined
  const outlet = outletIn(request)
  if (outlet === undefined) return undefined
  for (const { evse } of spotsOfCharger(sites, chargerId, outlet)) {
    const session = await charging.find(evseKey(evse.uid))
    if (session !== undefined && isAt(outletOfPlace(session), outlet)) return session
  }
  return undefined
}

const outletOfPlace = ({ place }: ChargingSession) => ({ connector: place.chargerConnector, evse: place.chargerEvse })

/** (OCPP 1.6, transactionId; OCPP 2.0.1, transactionInfo) */
function transactionIn(payload: Payload | null): TransactionId | undefined {
  const value = payload?.['transactionId'] ?? partOf(payload ?? {}, 'transactionInfo')['transactionId']
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}

function outletIn(request: Payload): Outlet | undefined {
  const { connectorId, evseId } = request
  if (typeof evseId === 'number') return { evseId, connectorId: typeof connectorId === 'number' ? connectorId : 0 }
  return typeof connectorId === 'number' && connectorId > 0 ? { connectorId } : undefined
}
