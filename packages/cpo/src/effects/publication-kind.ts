/**
 * Telling partners about changed locations and tariffs. One publication per partner and object keeps the order; what
 * is sent is always the present state. A push that fails a few times is dropped: the partner pulls.
 */

import type { Kind } from '@plugtill/engine/engine'
import type { Machine } from '@plugtill/engine/machine'
import { PeerRefused } from '@plugtill/ocpi/ask'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { locations } from '@plugtill/ocpi/modules/locations'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { ciKey, sameCi } from '@plugtill/ocpi/types'
import type { SiteChange, SiteRegister } from '../sites/register.ts'
import { backOff } from './back-off.ts'

export interface Publication {
  readonly id: string
  readonly state: 'open'
  readonly peerId: string
}

export type PublicationEvent = { readonly type: 'changed'; readonly change: SiteChange; readonly delayMs?: number }
export interface PublicationOrder {
  readonly do: 'publish'
  readonly change: SiteChange
  readonly delayMs?: number
}

const ATTEMPTS = 5

const machine: Machine<Publication, PublicationEvent, PublicationOrder> = {
  name: 'publication',
  initial: 'open',
  final: [],
  states: {
    open: {
      changed: (_, { change, delayMs }) => ({
        to: 'open',
        effects: [{ do: 'publish', change, ...(delayMs === undefined ? {} : { delayMs }) }],
      }),
    },
  },
}

/** Changes of one Location and its EVSEs share a publication: they reach the partner in order. */
export function publicationId(peerId: string, change: SiteChange): string {
  return 'locationId' in change
    ? ciKey(peerId, 'locations', change.locationId)
    : ciKey(peerId, 'tariffs', change.tariffId)
}

export interface PublicationParts {
  readonly random: () => number
  readonly party: PartyId
  readonly register: () => Pick<SiteRegister, 'location' | 'tariff'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
}

export function publicationKind(parts: PublicationParts): Kind<Publication, PublicationEvent, PublicationOrder> {
  return {
    machine,
    lane: (_, { peerId }) => `peer:${peerId}:sites`,
    dueAt: (order, now) => now + (order.delayMs ?? 0),
    retry: (_, attempt) => (attempt < ATTEMPTS ? backOff(attempt, parts.random) : 'give-up'),
    run: async ({ change }, { entity, attempt }) => {
      if ('locationId' in change) await publishLocation(parts, entity.peerId, { change, attempt })
      else await publishTariff(parts, entity.peerId, change)
    },
  }
}

async function publishLocation(
  parts: PublicationParts,
  peerId: string,
  {
    change,
    attempt,
  }: { readonly change: Extract<SiteChange, { readonly locationId: string }>; readonly attempt: number },
): Promise<void> {
  const peer = { id: peerId }
  if (!(await parts.client.offers(peer, locations, 'receiver'))) return
  const location = await parts.register().location(change.locationId)
  if (location === undefined) return
  const calls = parts.client.of(peer, locations, 'receiver')
  const params = { country_code: location.country_code, party_id: location.party_id, location_id: location.id }
  const evse = change.what === 'evse' ? location.evses?.find((each) => sameCi(each.uid, change.evseUid)) : undefined
  if (evse !== undefined && attempt === 1) {
    try {
      const { status, last_updated } = evse
      await calls.patchEvse({ params: { ...params, evse_uid: evse.uid }, body: { status, last_updated } })
      return
    } catch (error) {
      // It does not know the EVSE: the whole Location follows at once, unless it cannot take anything now.
      if (!(error instanceof PeerRefused) || error.retry) throw error
    }
  }
  await calls.putLocation({ params, body: location })
}

async function publishTariff(
  parts: PublicationParts,
  peerId: string,
  change: Extract<SiteChange, { readonly tariffId: string }>,
): Promise<void> {
  const peer = { id: peerId }
  if (!(await parts.client.offers(peer, tariffs, 'receiver'))) return
  const calls = parts.client.of(peer, tariffs, 'receiver')
  const params = { country_code: parts.party.countryCode, party_id: parts.party.partyId, tariff_id: change.tariffId }
  const tariff = await parts.register().tariff(change.tariffId)
  if (tariff !== undefined) await calls.putTariff({ params, body: tariff })
  else if (change.what === 'tariff-removed') await calls.deleteTariff({ params })
}
