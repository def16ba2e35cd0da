/** The sites of the operator's system as OCPI objects: compared with what was told before, stamped and published. */
import type { Documents } from '@plugtill/engine/documents'
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Page } from '@plugtill/ocpi/paging'
import type { PartyId } from '@plugtill/ocpi/peers'
import { ciKey, formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { shelfPage } from '../ocpi/shelf-page.ts'
import type { createSerial } from '../serial.ts'
import type { SiteChange } from '../sites/register.ts'
import type { SiteView } from '../sites/view.ts'
import type { Csms, CsmsEvse, CsmsLocation } from './csms.ts'

export interface CsmsSites {
  /** Looks at the system again and tells the partners what is new. */
  readonly refresh: () => Promise<void>
  readonly view: SiteView
}

export interface CsmsSitesParts {
  readonly csms: Pick<Csms, 'locations' | 'tariffs'>
  readonly docs: Documents
  readonly party: PartyId
  readonly clock: { readonly now: () => number }
  readonly serial: ReturnType<typeof createSerial>
  readonly onChange: (change: SiteChange) => Promise<void>
}

export function createCsmsSites(parts: CsmsSitesParts): CsmsSites {
  const { docs, party, clock, onChange } = parts
  const owner = { country_code: party.countryCode, party_id: party.partyId }
  const { kept, keyOf } = keptOf(docs, party)
  const put = (shelf: string, object: Location | Tariff) =>
    docs.put(shelf, keyOf(object.id), JSON.stringify(object), object.last_updated)
  /** Later than what is kept, even when the clock was set back. */
  const stamp = (before: string | undefined) =>
    formatDateTime(Math.max(clock.now(), before === undefined ? 0 : Date.parse(before) + 1))

  const refreshTariffs = async () => {
    const told = await parts.csms.tariffs()
    for (const tariff of told) {
      const old = await kept.tariff(tariff.id)
      if (old !== undefined && sameBut(old, { ...owner, ...tariff })) continue
      await put('tariffs', { ...owner, ...tariff, last_updated: stamp(old?.last_updated) } as Tariff)
      await onChange({ what: 'tariff', tariffId: tariff.id })
    }
    for (const { id } of await kept.tariffs()) {
      if (told.some((tariff) => sameCi(tariff.id, id))) continue
      await docs.delete('tariffs', keyOf(id))
      await onChange({ what: 'tariff-removed', tariffId: id })
    }
  }
  const refreshLocation = async (told: CsmsLocation) => {
    const old = await kept.location(told.id)
    const now = stamp(old?.last_updated)
    const evses = told.evses.map((evse) => evseOf(evse, old, now))
    const fresh = { ...owner, ...told, evses, last_updated: now } as Location
    if (old !== undefined && sameBut(old, fresh)) return
    await put('locations', fresh)
    for (const change of changesOf(old, fresh)) await onChange(change)
  }
  return {
    refresh: () =>
      parts.serial('csms-sites', async () => {
        await refreshTariffs()
        for (const location of await parts.csms.locations()) await refreshLocation(location)
      }),
    view: kept,
  }
}

/** What was told, as it was told: whole objects. */
function keptOf(docs: Documents, party: PartyId) {
  const keyOf = (id: string) => ciKey(party.countryCode, party.partyId, id)
  const one = async <T>(shelf: string, id: string) => {
    const doc = await docs.get(shelf, keyOf(id))
    return doc && (JSON.parse(doc.body) as T)
  }
  const all = async <T>(shelf: string) => (await docs.all(shelf)).map(({ body }) => JSON.parse(body) as T)
  const page = (shelf: string) => (of: Page) =>
    shelfPage(docs, shelf, { prefix: `${ciKey(party.countryCode, party.partyId)}/`, page: of })
  const kept: SiteView = {
    location: (id: string) => one<Location>('locations', id),
    tariff: (id: string) => one<Tariff>('tariffs', id),
    locations: () => all<Location>('locations'),
    tariffs: () => all<Tariff>('tariffs'),
    locationPage: page('locations'),
    tariffPage: page('tariffs'),
    evse: async (locationId: string, uid: string) => {
      const location = await one<Location>('locations', locationId)
      const evse = location?.evses?.find((each) => sameCi(each.uid, uid))
      return location && evse && { location_id: location.id, ...evse }
    },
  }
  return { kept, keyOf }
}

/** What did not change keeps its time of change; what did raises that of its parents. (C-101) */
function evseOf({ connectors, ...evse }: CsmsEvse, old: Location | undefined, now: string): Evse {
  const before = old?.evses?.find(({ uid }) => sameCi(uid, evse.uid))
  const fresh = {
    ...evse,
    connectors: connectors.map((connector): Connector => {
      const known = before?.connectors.find(({ id }) => sameCi(id, connector.id))
      return known !== undefined && sameBut(known, connector) ? known : { ...connector, last_updated: now }
    }),
    last_updated: now,
  }
  return before !== undefined && sameBut(before, fresh) ? before : fresh
}

/** Only statuses: a PATCH for each EVSE. Anything else: the whole Location. */
function changesOf(old: Location | undefined, fresh: Location): readonly SiteChange[] {
  const still = (location: Location) => ({
    ...location,
    evses: (location.evses ?? []).map((evse) => ({ ...evse, status: 'UNKNOWN' })),
  })
  if (old === undefined || !sameBut(still(old), still(fresh))) return [{ what: 'location', locationId: fresh.id }]
  return (fresh.evses ?? [])
    .filter(({ last_updated }) => last_updated === fresh.last_updated)
    .map(({ uid }) => ({ what: 'evse', locationId: fresh.id, evseUid: uid }) as const)
}

/** Same apart from the times of change, whatever the order of the fields. */
function sameBut(a: object, b: object): boolean {
  return text(a) === text(b)
}

const text = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'last_updated') return undefined
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
  })
