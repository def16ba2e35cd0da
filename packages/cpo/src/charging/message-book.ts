/** Writes down what was said with a charger about a session: its part of the session's story, as it crossed the wire. */
import type { Desk } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import type { Payload } from '../chargers/link.ts'
import type { ChargerMessage } from '../chargers/watched-link.ts'
import { evseKey, tagKey, transactionKey } from '../effects/charging-kind.ts'
import { type Sites, spotsOfCharger } from '../sites/configuration.ts'
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
  const transaction = numberIn(request, 'transactionId') ?? numberIn(response, 'transactionId')
  if (transaction !== undefined) return charging.find(transactionKey(chargerId, transaction))
  const tag = request['idTag']
  if (typeof tag === 'string') return charging.find(tagKey(tag))
  const connector = numberIn(request, 'connectorId')
  if (connector === undefined || connector === 0) return undefined
  for (const { evse } of spotsOfCharger(sites, chargerId, connector)) {
    const session = await charging.find(evseKey(evse.uid))
    if (session?.place.chargerConnector === connector) return session
  }
  return undefined
}

function numberIn(payload: Payload | null, name: string): number | undefined {
  const value = payload?.[name]
  return typeof value === 'number' ? value : undefined
}
