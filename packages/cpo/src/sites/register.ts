/**
 * Locations and tariffs as OCPI objects: configuration plus the live status of each EVSE. Every change raises
 * last_updated of the EVSE and its Location (C-101) and is told to `onChange`.
 */

import type { Clock } from '@plugtill/engine/clock'
import type { Store } from '@plugtill/engine/store'
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import type { OcpiEvseStatus } from '../chargers/events.ts'
import { createSerial } from '../serial.ts'
import { mayBuy, type Site, type SiteConnector, type Sites, siteOf } from './configuration.ts'
import { type SiteShelves, siteShelves } from './kept-sites.ts'
import { type SiteView, siteView } from './view.ts'

/** What partners have to hear of. */
export type SiteChange =
  | { readonly what: 'location'; readonly locationId: string }
  | { readonly what: 'evse'; readonly locationId: string; readonly evseUid: string }
  | { readonly what: 'tariff'; readonly tariffId: string }
  | { readonly what: 'tariff-removed'; readonly tariffId: string }

export interface SiteRegister {
  /** Brings the kept objects in line with the configuration. Nothing is ever deleted: EVSEs become REMOVED. (C-102) */
  readonly sync: () => Promise<void>
  readonly location: (id: string) => Promise<Location | undefined>
  readonly tariff: (id: string) => Promise<Tariff | undefined>
  readonly locations: () => Promise<readonly Location[]>
  readonly tariffs: () => Promise<readonly Tariff[]>
  readonly statusOf: (locationId: string, evseUid: string) => Promise<OcpiEvseStatus | undefined>
  /** All of it as this partner may see it. */
  readonly seenBy: (owner: string) => SiteView
  readonly setStatus: (locationId: string, evseUid: string, status: OcpiEvseStatus) => Promise<void>
}

export interface SiteRegisterParts {
  readonly store: Store
  readonly clock: Clock
  readonly party: PartyId
  readonly sites: Sites
  readonly onChange: (change: SiteChange) => Promise<void>
}

export function createSiteRegister(parts: SiteRegisterParts): SiteRegister {
  const { party, sites, onChange } = parts
  const kept = siteShelves(parts)
  const serial = createSerial()
  /** Later than what is kept, even when the clock was set back. */
  const stamp: Stamp = (before) =>
    formatDateTime(Math.max(parts.clock.now(), before === undefined ? 0 : Date.parse(before) + 1))
  const owner = { country_code: party.countryCode, party_id: party.partyId }
  const told = { kept, stamp, owner, onChange }

  return {
    sync: async () => {
      await kept.takeApart()
      await syncTariffs(sites, told)
      for (const site of sites.locations) await serial(site.id.toLowerCase(), () => syncLocation(site, told))
      for (const old of await kept.locations()) if (siteOf(sites, old.id) === undefined) await retire(old, told)
    },
    location: kept.location,
    tariff: kept.tariff,
    locations: kept.locations,
    tariffs: kept.tariffs,
    statusOf: async (locationId, evseUid) =>
      (await kept.evse(locationId, evseUid))?.status as OcpiEvseStatus | undefined,
    seenBy: (partner) =>
      siteView({
        kept,
        restricted: sites.tariffs.some(({ partners }) => partners !== undefined),
        mayBuy: (tariffId) => mayBuy(sites, tariffId, partner),
      }),
    setStatus: (locationId, evseUid, status) =>
      serial(locationId.toLowerCase(), async () => {
        const old = await kept.evse(locationId, evseUid)
        if (old === undefined || old.status === status || old.status === 'REMOVED') return
        await kept.keepLine({ ...old, status }, stamp)
        await onChange({ what: 'evse', locationId: old.location_id, evseUid: old.uid })
      }),
  }
}

type Stamp = (before?: string) => string

interface Told {
  readonly kept: SiteShelves
  readonly stamp: Stamp
  readonly owner: { readonly country_code: string; readonly party_id: string }
  readonly onChange: SiteRegisterParts['onChange']
}

async function syncLocation(site: Site, { kept, stamp, owner, onChange }: Told): Promise<void> {
  const old = await kept.location(site.id)
  const fresh = locationFrom(site, { owner, old, now: stamp(old?.last_updated) })
  if (old !== undefined && sameBut(old, fresh)) return
  await kept.keepLocation(fresh)
  await onChange({ what: 'location', locationId: site.id })
}

/** A site that is no longer ours: its EVSEs are REMOVED, the Location stays. (C-102) */
async function retire(old: Location, { kept, stamp, onChange }: Told): Promise<void> {
  const evses = old.evses ?? []
  if (evses.every((evse) => evse.status === 'REMOVED')) return
  const now = stamp(old.last_updated)
  await kept.keepLocation({ ...old, evses: evses.map((evse) => removed(evse, now)), last_updated: now })
  await onChange({ what: 'location', locationId: old.id })
}

async function syncTariffs(sites: Sites, { kept, stamp, owner, onChange }: Told): Promise<void> {
  for (const { partners: _, ...config } of sites.tariffs) {
    const old = await kept.tariff(config.id)
    const fresh = { ...owner, ...config, last_updated: stamp(old?.last_updated) } as Tariff
    if (old !== undefined && sameBut(old, fresh)) continue
    await kept.keepTariff(fresh)
    await onChange({ what: 'tariff', tariffId: config.id })
  }
  for (const old of await kept.tariffs()) {
    if (sites.tariffs.some((config) => sameCi(config.id, old.id))) continue
    await kept.forgetTariff(old.id)
    await onChange({ what: 'tariff-removed', tariffId: old.id })
  }
}

/** A charger that never connected: UNKNOWN. A known one keeps its status until the charger says otherwise. */
function locationFrom(
  site: Site,
  more: {
    readonly owner: { readonly country_code: string; readonly party_id: string }
    readonly old: Location | undefined
    readonly now: string
  },
): Location {
  const { evses, ...rest } = site
  const { old, now } = more
  const fresh = evses.map(({ connectors, ...evse }) => {
    const before = old?.evses?.find((each) => sameCi(each.uid, evse.uid))
    const candidate: Evse = {
      ...evse,
      status: before === undefined || before.status === 'REMOVED' ? 'UNKNOWN' : before.status,
      connectors: connectors.map((connector) => connectorFrom(connector, before, now)),
      last_updated: now,
    }
    return before !== undefined && sameBut(before, candidate) ? before : candidate
  })
  const gone = (old?.evses ?? []).filter((each) => !evses.some((evse) => sameCi(evse.uid, each.uid)))
  return {
    ...more.owner,
    ...rest,
    evses: [...fresh, ...gone.map((evse) => removed(evse, now))],
    last_updated: now,
  } as Location
}

/** One that did not change keeps its time of change, whatever happens around it. (C-101) */
function connectorFrom({ charger: _, ...connector }: SiteConnector, evse: Evse | undefined, now: string): Connector {
  const before = evse?.connectors.find((each) => sameCi(each.id, connector.id))
  const candidate: Connector = { ...connector, last_updated: now }
  return before !== undefined && sameBut(before, candidate) ? before : candidate
}

function removed(evse: Evse, now: string): Evse {
  return evse.status === 'REMOVED' ? evse : { ...evse, status: 'REMOVED', last_updated: now }
}

/** Same apart from the times of change. */
function sameBut(a: object, b: object): boolean {
  const text = (value: object) =>
    JSON.stringify(value, (key, inner: unknown) => (key === 'last_updated' ? undefined : inner))
  return text(a) === text(b)
}
