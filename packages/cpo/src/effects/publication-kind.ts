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
import type { PartyId, Peer, PeerStore } from '@plugtill/ocpi/peers'
import { ciKey } from '@plugtill/ocpi/types'
import { ownerOf } from '../partners.ts'
import type { SiteChange, SiteRegister } from '../sites/register.ts'
import type { SiteView } from '../sites/view.ts'
import { backOff } from './back-off.ts'

export interface Publication {
  readonly id: string
  readonly state: 'open'
  readonly peerId: string
  /** How many changes there were, and which of them was the last of each part of late: the whole, or one EVSE. */
  readonly count?: number
  readonly latest?: Readonly<Record<string, number>>
}

export type PublicationEvent = { readonly type: 'changed'; readonly change: SiteChange; readonly delayMs?: number }
export interface PublicationOrder {
  readonly do: 'publish'
  readonly change: SiteChange
  readonly number?: number
  readonly delayMs?: number
}

const WHOLE = ''
const partOf = (change: SiteChange) => (change.what === 'evse' ? change.evseUid.toLowerCase() : WHOLE)

const ATTEMPTS = 5

const machine: Machine<Publication, PublicationEvent, PublicationOrder> = {
  name: 'publication',
  initial: 'open',
  final: [],
  states: {
    open: {
      changed: ({ count = 0, latest = {} }, { change, delayMs }) => {
        const number = count + 1
        return {
          to: 'open',
          set: { count: number, latest: lately({ ...latest, [partOf(change)]: number }, number) },
          effects: [{ do: 'publish', change, number, ...(delayMs === undefined ? {} : { delayMs }) }],
        }
      },
    },
  },
}

/**
 * So many changes back a part is remembered: a change costs the same at a site of a thousand EVSEs. What is forgotten
 * is sent once too often, never once too few.
 */
const REMEMBERED = 100

function lately(latest: Readonly<Record<string, number>>, number: number): Readonly<Record<string, number>> {
  const from = Math.max(number - REMEMBERED, (latest[WHOLE] ?? 0) - 1)
  return Object.fromEntries(Object.entries(latest).filter(([, one]) => one > from))
}

/** A newer order for the same part waits behind this one and will send the present state: a queue never grows stale. */
function overtaken({ change, number }: PublicationOrder, { latest = {} }: Publication): boolean {
  if (number === undefined) return false
  return Math.max(latest[WHOLE] ?? 0, latest[partOf(change)] ?? 0) > number
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
  readonly peers: Pick<PeerStore, 'get'>
  readonly register: () => Pick<SiteRegister, 'seenBy'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
}

export function publicationKind(parts: PublicationParts): Kind<Publication, PublicationEvent, PublicationOrder> {
  return {
    machine,
    lane: (_, { peerId }) => `peer:${peerId}:sites`,
    dueAt: (order, now) => now + (order.delayMs ?? 0),
    retry: (_, attempt) => (attempt < ATTEMPTS ? backOff(attempt, parts.random) : 'give-up'),
    run: async (order, { entity, attempt }) => {
      const peer = await parts.peers.get(entity.peerId)
      if (peer === undefined || overtaken(order, entity)) return
      const { change } = order
      const to = { peer, view: parts.register().seenBy(ownerOf(peer)) }
      if ('locationId' in change) await publishLocation(parts, to, { change, attempt })
      else await publishTariff(parts, to, change)
    },
  }
}

interface Partner {
  readonly peer: Peer
  /** What this partner may see. */
  readonly view: SiteView
}

async function publishLocation(
  parts: PublicationParts,
  { peer, view }: Partner,
  {
    change,
    attempt,
  }: { readonly change: Extract<SiteChange, { readonly locationId: string }>; readonly attempt: number },
): Promise<void> {
  if (!(await parts.client.offers(peer, locations, 'receiver'))) return
  const calls = parts.client.of(peer, locations, 'receiver')
  const { countryCode: country_code, partyId: party_id } = parts.party
  const owner = { country_code, party_id }
  const line = change.what === 'evse' && attempt === 1 ? await view.evse(change.locationId, change.evseUid) : undefined
  if (line !== undefined) {
    try {
      const { location_id, uid, status, last_updated } = line
      await calls.patchEvse({ params: { ...owner, location_id, evse_uid: uid }, body: { status, last_updated } })
      return
    } catch (error) {
      // It does not know the EVSE: the whole Location follows at once, unless it cannot take anything now.
      if (!(error instanceof PeerRefused) || error.retry) throw error
    }
  }
  const location = await view.location(change.locationId)
  if (location === undefined) return
  const params = { ...owner, location_id: location.id }
  await calls.putLocation({ params, body: location })
}

async function publishTariff(
  parts: PublicationParts,
  { peer, view }: Partner,
  change: Extract<SiteChange, { readonly tariffId: string }>,
): Promise<void> {
  if (!(await parts.client.offers(peer, tariffs, 'receiver'))) return
  const calls = parts.client.of(peer, tariffs, 'receiver')
  const params = { country_code: parts.party.countryCode, party_id: parts.party.partyId, tariff_id: change.tariffId }
  const tariff = await view.tariff(change.tariffId)
  if (tariff !== undefined) await calls.putTariff({ params, body: tariff })
  else if (change.what === 'tariff-removed') await calls.deleteTariff({ params })
}
