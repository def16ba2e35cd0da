/**
 * What is kept of sites and tariffs. A Location lies in three places, so that a change of status costs the same
 * whatever the size of the site: its structure, the time of its last change, and one line for each EVSE. It is composed
 * when somebody reads it.
 */
import type { Clock } from '@plugtill/engine/clock'
import { type Doc, type Documents, documents } from '@plugtill/engine/documents'
import type { Store } from '@plugtill/engine/store'
import type { Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { ciKey } from '@plugtill/ocpi/types'
import type { SiteView } from './view.ts'

/** How an EVSE is, and since when it is as it is: spelled as in its Location. */
export type EvseLine = Pick<Evse, 'uid' | 'status' | 'last_updated'> & { readonly location_id: string }

/** Whole Locations, EVSEs as they were when the structure last changed. */
const SITES = 'sites'
/** In order of first arrival, with the time by which partners ask what is new. */
const TIMES = 'site-times'
const LINES = 'evse-lines'
const TARIFFS = 'tariffs'
/** Where a Location lay in one piece. */
const WHOLE = 'locations'

export interface SiteShelves extends SiteView {
  /** Structure, time and the lines that changed: one commit. */
  readonly keepLocation: (location: Location) => Promise<void>
  /** The line and the time of its Location: one commit, two short texts. (C-101) */
  readonly keepLine: (line: EvseLine, stamp: (before?: string) => string) => Promise<void>
  readonly keepTariff: (tariff: Tariff) => Promise<unknown>
  readonly forgetTariff: (id: string) => Promise<unknown>
  /** Takes apart what an older program kept in one piece. */
  readonly takeApart: () => Promise<void>
}

export function siteShelves(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly party: PartyId
}): SiteShelves {
  const { store, clock, party } = parts
  const docs = documents(store, clock)
  const keyOf = (...ids: readonly string[]) => ciKey(party.countryCode, party.partyId, ...ids)
  const prefix = `${keyOf()}/`
  const read = async <T>(shelf: string, key: string) => {
    const doc = await docs.get(shelf, key)
    return doc && (JSON.parse(doc.body) as T)
  }
  const compose = composing(docs, keyOf)
  const tariffs = async () => (await docs.all(TARIFFS, { prefix })).map(({ body }) => JSON.parse(body) as Tariff)

  return {
    location: async (id) => {
      const time = await docs.get(TIMES, keyOf(id))
      return time && (await compose([time]))[0]
    },
    locations: async () => compose(await docs.all(TIMES, { prefix })),
    locationPage: async (page) => {
      const { total, items } = await docs.page(TIMES, { prefix, ...page })
      return { total, items: (await compose(items)).map((location) => JSON.stringify(location)) }
    },
    evse: (locationId, uid) => read<EvseLine>(LINES, keyOf(locationId, uid)),
    tariff: (id) => read<Tariff>(TARIFFS, keyOf(id)),
    tariffs,
    tariffPage: async (page) => {
      const { total, items } = await docs.page(TARIFFS, { prefix, ...page })
      return { total, items: items.map(({ body }) => body) }
    },
    keepLocation: (location) => store.transaction((tx) => keepWhole(documents(tx, clock), location, keyOf)),
    keepLine: (line, stamp) =>
      store.transaction(async (tx) => {
        const kept = documents(tx, clock)
        const key = keyOf(line.location_id)
        const now = stamp((await kept.get(TIMES, key))?.lastUpdated)
        await kept.put(LINES, keyOf(line.location_id, line.uid), JSON.stringify({ ...line, last_updated: now }), now)
        await kept.put(TIMES, key, '{}', now)
      }),
    keepTariff: (tariff) => docs.put(TARIFFS, keyOf(tariff.id), JSON.stringify(tariff), tariff.last_updated),
    forgetTariff: (id) => docs.delete(TARIFFS, keyOf(id)),
    takeApart: async () => {
      for (const { key, body } of await docs.all(WHOLE, { prefix }))
        await store.transaction(async (tx) => {
          const kept = documents(tx, clock)
          await keepWhole(kept, JSON.parse(body) as Location, keyOf)
          await kept.delete(WHOLE, key)
        })
    },
  }
}

type KeyOf = (...ids: readonly string[]) => string

function composing(docs: Documents, keyOf: KeyOf) {
  return async (times: readonly Doc[]): Promise<readonly Location[]> => {
    const structures = await docs.many(
      SITES,
      times.map(({ key }) => key),
    )
    const sites = times.flatMap(({ key, lastUpdated }) => {
      const doc = structures.get(key)
      return doc === undefined ? [] : [{ site: JSON.parse(doc.body) as Location, lastUpdated }]
    })
    const keys = sites.flatMap(({ site }) => (site.evses ?? []).map(({ uid }) => keyOf(site.id, uid)))
    const lines = await docs.many(LINES, keys)
    return sites.map(({ site, lastUpdated }) => composed(site, lastUpdated, (uid) => lines.get(keyOf(site.id, uid))))
  }
}

function composed(site: Location, time: string, lineOf: (uid: string) => Doc | undefined): Location {
  let newest = time
  const evses = (site.evses ?? []).map((evse) => {
    const doc = lineOf(evse.uid)
    if (doc === undefined) return evse
    const { status, last_updated } = JSON.parse(doc.body) as EvseLine
    // Told between the reading of the one and the other: no child is newer than its parent. (C-101)
    if (Date.parse(last_updated) > Date.parse(newest)) newest = last_updated
    return { ...evse, status, last_updated }
  })
  return { ...site, evses, last_updated: newest }
}

async function keepWhole(kept: Documents, location: Location, keyOf: KeyOf): Promise<void> {
  const key = keyOf(location.id)
  const lines = (location.evses ?? []).map(({ uid, status, last_updated }) => ({
    key: keyOf(location.id, uid),
    body: JSON.stringify({ location_id: location.id, uid, status, last_updated } satisfies EvseLine),
    last_updated,
  }))
  const before = await kept.many(
    LINES,
    lines.map((line) => line.key),
  )
  await kept.put(SITES, key, JSON.stringify(location), location.last_updated)
  await kept.put(TIMES, key, '{}', location.last_updated)
  for (const line of lines)
    if (before.get(line.key)?.body !== line.body) await kept.put(LINES, line.key, line.body, line.last_updated)
}
