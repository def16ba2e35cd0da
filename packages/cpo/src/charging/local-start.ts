/** A driver of a mobility provider begins at the station itself: by card, without any command from a partner. */
import type { Desk } from '@plugtill/engine/engine'
import { Fault } from '@plugtill/engine/fault'
import type { PartyId } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import type { IdTagStatus, TransactionStarted } from '../chargers/events.ts'
import { evseKey } from '../effects/charging-kind.ts'
import type { CpoSettings } from '../settings.ts'
import { type Sites, type Spot, spotsOfCharger } from '../sites/configuration.ts'
import type { SiteRegister } from '../sites/register.ts'
import { tariffOf } from '../sites/sale.ts'
import { type Allowed, type Authorization, mayChargeAt, type Standing } from '../tokens/authorization.ts'
import { newSession } from './command.ts'
import type { ChargingEvent, ChargingSession } from './session.ts'

export interface LocalStartParts {
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly register: Pick<SiteRegister, 'location' | 'seenBy'>
  readonly sites: Sites
  readonly authorization: Authorization
  readonly party: PartyId
  readonly settings: CpoSettings
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
}

/** Somebody showed a card. */
export type LocalStart = TransactionStarted & { readonly idTag: string }

export interface LocalStarts {
  readonly authorize: (chargerId: string, idTag: string) => Promise<IdTagStatus>
  /** The session that begins with this transaction, or why the station is told to end it. */
  readonly begin: (
    event: LocalStart,
  ) => Promise<ChargingSession | { readonly refused: IdTagStatus; readonly why: string }>
}

export function createLocalStarts(parts: LocalStartParts): LocalStarts {
  return {
    authorize: async (chargerId, idTag) => {
      const verdict = await parts.authorization.ask(standingAt(parts.sites, chargerId), idTag)
      return 'refused' in verdict ? verdict.refused : 'Accepted'
    },
    begin: async (event) => {
      const [spot] = spotsOfCharger(parts.sites, event.chargerId, event)
      if (spot === undefined) return refuse('Invalid', `Connector ${event.connectorId} belongs to no EVSE of ours.`)
      const verdict = await parts.authorization.redeem(standingAt(parts.sites, event.chargerId), event.idTag)
      if ('refused' in verdict)
        return refuse(verdict.refused, `Card "${event.idTag}" may not charge (${verdict.refused}).`)
      if (!mayChargeAt(verdict, spot.evse.uid))
        return refuse('Invalid', `The provider of card "${event.idTag}" does not let it charge at ${spot.evse.uid}.`)
      return begin(parts, { event, spot, allowed: verdict })
    },
  }
}

const refuse = (refused: IdTagStatus, why: string) => ({ refused, why })

function standingAt(sites: Sites, chargerId: string): Standing {
  const spots = spotsOfCharger(sites, chargerId)
  const ids = [...new Set(spots.map(({ site }) => site.id))]
  return {
    chargerId,
    locations: ids.map((locationId) => ({
      locationId,
      evseUids: [...new Set(spots.filter(({ site }) => sameCi(site.id, locationId)).map(({ evse }) => evse.uid))],
    })),
  }
}

async function begin(
  parts: LocalStartParts,
  { event, spot, allowed }: { readonly event: LocalStart; readonly spot: Spot; readonly allowed: Allowed },
): ReturnType<LocalStarts['begin']> {
  const { register, ids, party, settings, charging } = parts
  const location = await register.location(spot.site.id)
  const evse = location?.evses?.find(({ uid }) => sameCi(uid, spot.evse.uid))
  if (location === undefined || evse === undefined) return refuse('Invalid', `EVSE ${spot.evse.uid} is not known.`)
  const tariffs = await register.seenBy(allowed.owner).tariffs()
  const at = parts.clock.now()
  const choice = tariffOf('contract', { ids: spot.connector.tariff_ids ?? [], tariffs, at })
  if ('none' in choice)
    return refuse('Invalid', `EVSE ${evse.uid} has no tariff for the drivers of ${allowed.owner}: ${choice.none}`)
  const offer = { spot, evse, tariff: choice.tariff }
  const buyer = { ...allowed, sale: 'contract', fingerprint: event.startKey, correlationId: ids() } as const
  const session = newSession(buyer, { ids, now: at, party, location, offer, settings })
  const { transactionId, startKey, meterStartWh } = event
  try {
    const told: ChargingEvent = {
      type: 'transaction-started',
      transactionId,
      startKey,
      ...(meterStartWh === undefined ? {} : { meterStartWh }),
      measuredAt: event.at,
      at,
    }
    // Nobody waits for a result: there was no command.
    return await charging.create({ ...session, resultSent: true }, told)
  } catch (error) {
    const taken = error instanceof Fault && error.code === 'KEY_TAKEN' && (await charging.find(evseKey(evse.uid)))
    if (taken) return refuse('ConcurrentTx', `EVSE ${evse.uid} belongs to session ${taken.id}.`)
    throw error
  }
}
