/**
 * What the CPOs told us about their sites: Locations and Tariffs as they were received, plus an index from EVSE to
 * Location. Kept per connection and party, so that one CPO never answers for another. (T13)
 */
import { change, type Documents } from '@plugtill/engine/documents'
import { readOnce } from '@plugtill/engine/read-once'
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { ciKey, sameCi, usualForm } from '@plugtill/ocpi/types'
import { isOlder, raisedBy } from './word-order.ts'

export interface Mirror {
  readonly location: (peerId: string, party: PartyId, id: string) => Promise<Location | undefined>
  readonly locationOfEvse: (peerId: string, party: PartyId, evseUid: string) => Promise<Location | undefined>
  readonly locations: (peerId?: string) => Promise<readonly Location[]>
  /** Keeps the newer one; says what happened. */
  readonly putLocation: (peerId: string, location: Location) => Promise<'created' | 'updated' | 'older'>
  /** Of several who change parts of one Location at the same moment each sees what the others wrote; undefined leaves it. */
  readonly changeLocation: (
    peerId: string,
    of: { readonly party: PartyId; readonly id: string },
    make: (known: Location | undefined) => Location | undefined,
  ) => Promise<'created' | 'updated' | 'older'>
  readonly tariff: (peerId: string, party: PartyId, id: string) => Promise<Tariff | undefined>
  readonly tariffs: (peerId?: string) => Promise<readonly Tariff[]>
  readonly putTariff: (peerId: string, tariff: Tariff) => Promise<'created' | 'updated' | 'older'>
  readonly deleteTariff: (peerId: string, party: PartyId, id: string) => Promise<boolean>
  /** After a full pull: what was in no page, and was not pushed since the pull began, is no longer valid. */
  readonly keepOnly: (
    peerId: string,
    shelf: 'locations' | 'tariffs',
    pulled: { readonly keys: ReadonlySet<string>; readonly since: number },
  ) => Promise<number>
}

const LOCATIONS = 'locations'
const TARIFFS = 'tariffs'
const EVSES = 'evse-index'

export const mirrorKey = (peerId: string, party: PartyId, id: string) =>
  ciKey(peerId, party.countryCode, party.partyId, id)
export const partyOf = (object: { readonly country_code: string; readonly party_id: string }): PartyId => ({
  countryCode: object.country_code,
  partyId: object.party_id,
})

export const evseOf = (location: Location | undefined, evseUid: string): Evse | undefined =>
  location?.evses?.find((evse) => sameCi(evse.uid, evseUid))
export const connectorOf = (evse: Evse | undefined, connectorId: string): Connector | undefined =>
  evse?.connectors.find((connector) => sameCi(connector.id, connectorId))

/** As a CPO would tell it: each with the time of the last change in it. (C-101) */
export const raisedEvse = (evse: Evse): Evse => raisedBy(evse, evse.connectors)
export const raisedLocation = (location: Location): Location =>
  raisedBy(location, (location.evses ?? []).map(raisedEvse))

const present = (location: Location | undefined): readonly Evse[] =>
  (location?.evses ?? []).filter((evse) => evse.status !== 'REMOVED')

interface Keeping {
  readonly clock: { readonly now: () => number }
  readonly onChange: (peerId: string) => void
}

function keeping(documents: Documents, { clock, onChange }: Keeping) {
  return async <T extends Location | Tariff>(
    peerId: string,
    { shelf, key }: { readonly shelf: string; readonly key: string },
    make: (known: T | undefined) => T | undefined,
    before: (object: T, known: T | undefined) => Promise<void> = async () => undefined,
  ) => {
    const done = await change(documents, { shelf, key }, async (stored) => {
      const known = stored && readOnce<T>(stored.body)
      const object = make(known)
      if (!object) return undefined
      const { last_updated } = 'elements' in object ? object : raisedLocation(object)
      if (stored && isOlder({ last_updated }, { last_updated: stored.lastUpdated }, clock.now())) return undefined
      await before(object, known)
      return { body: JSON.stringify(object), lastUpdated: usualForm(last_updated) }
    })
    if (done === 'left') return 'older'
    onChange(peerId)
    return done
  }
}

export function createMirror(documents: Documents, { onChange, clock }: Keeping): Mirror {
  const read = async <T>(shelf: string, key: string): Promise<T | undefined> => {
    const doc = await documents.get(shelf, key)
    return doc && readOnce<T>(doc.body)
  }
  const readAll = async <T>(shelf: string, peerId?: string): Promise<readonly T[]> => {
    const docs = await documents.all(shelf, peerId === undefined ? {} : { prefix: `${ciKey(peerId)}/` })
    return docs.map((doc) => readOnce<T>(doc.body))
  }
  const keep = keeping(documents, { onChange, clock })
  /**
   * Written before the location, so that a stored location is always wholly indexed and only EVSEs that are new in it
   * are looked at. One that was removed here may stand in another location by now; when it returns it is new.
   */
  const index = async (peerId: string, location: Location, known: Location | undefined) => {
    const indexed = new Set(present(known).map((evse) => evse.uid.toLowerCase()))
    for (const { uid } of present(location)) {
      if (indexed.has(uid.toLowerCase())) continue
      await documents.put(
        EVSES,
        mirrorKey(peerId, partyOf(location), uid),
        location.id,
        usualForm(location.last_updated),
      )
    }
  }
  const changeLocation: Mirror['changeLocation'] = (peerId, { party, id }, make) => {
    const at = { shelf: LOCATIONS, key: mirrorKey(peerId, party, id) }
    return keep(peerId, at, make, (location, known) => index(peerId, location, known))
  }
  return {
    location: (peerId, party, id) => read(LOCATIONS, mirrorKey(peerId, party, id)),
    locationOfEvse: async (peerId, party, evseUid) => {
      const index = await documents.get(EVSES, mirrorKey(peerId, party, evseUid))
      return index && read(LOCATIONS, mirrorKey(peerId, party, index.body))
    },
    locations: (peerId) => readAll(LOCATIONS, peerId),
    putLocation: (peerId, location) =>
      changeLocation(peerId, { party: partyOf(location), id: location.id }, () => location),
    changeLocation,
    tariff: (peerId, party, id) => read(TARIFFS, mirrorKey(peerId, party, id)),
    tariffs: (peerId) => readAll(TARIFFS, peerId),
    putTariff: (peerId, tariff) =>
      keep<Tariff>(peerId, { shelf: TARIFFS, key: mirrorKey(peerId, partyOf(tariff), tariff.id) }, () => tariff),
    deleteTariff: async (peerId, party, id) => {
      const gone = await documents.delete(TARIFFS, mirrorKey(peerId, party, id))
      if (gone) onChange(peerId)
      return gone
    },
    keepOnly: async (peerId, shelf, { keys, since }) => {
      const kept = await documents.all(shelf, { prefix: `${ciKey(peerId)}/` })
      const stale = kept.filter((doc) => !keys.has(doc.key) && doc.updatedAt < since)
      for (const doc of stale) await documents.delete(shelf, doc.key)
      if (stale.length > 0) onChange(peerId)
      return stale.length
    },
  }
}

/** Whether the connector that a Session names sells by the tariff its payment was begun with. (F21) */
export const sameTariffBy =
  (mirror: Mirror) =>
  async (
    { peerId, tariff }: { readonly peerId: string; readonly tariff: Tariff },
    session: Session,
  ): Promise<boolean> => {
    const location = await mirror.location(peerId, partyOf(session), session.location_id)
    const connector = connectorOf(evseOf(location, session.evse_uid), session.connector_id)
    return connector?.tariff_ids?.some((id) => sameCi(id, tariff.id)) ?? false
  }
