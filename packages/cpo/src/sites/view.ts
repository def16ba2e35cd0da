/** Sites and tariffs as one partner sees them: a tariff made for certain partners is hidden from all others. */
import type { Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Page } from '@plugtill/ocpi/paging'
import type { ListAnswer } from '@plugtill/ocpi/server'
import type { EvseLine } from './kept-sites.ts'

export interface SiteView {
  readonly location: (id: string) => Promise<Location | undefined>
  readonly tariff: (id: string) => Promise<Tariff | undefined>
  readonly locations: () => Promise<readonly Location[]>
  readonly tariffs: () => Promise<readonly Tariff[]>
  readonly locationPage: (page: Page) => Promise<ListAnswer>
  readonly tariffPage: (page: Page) => Promise<ListAnswer>
  /** What a partner has to hear when only the status changed: no need to read the site for it. */
  readonly evse: (locationId: string, uid: string) => Promise<EvseLine | undefined>
}

export interface ViewParts {
  readonly kept: SiteView
  /** Whether some tariffs are for certain partners only; else what is kept is what is seen. */
  readonly restricted: boolean
  readonly mayBuy: (tariffId: string) => boolean
}

export function siteView({ kept, restricted, mayBuy }: ViewParts): SiteView {
  if (!restricted) return kept
  const seen = (location: Location): Location => ({
    ...location,
    evses: (location.evses ?? []).map((evse) => ({
      ...evse,
      connectors: evse.connectors.map((connector) => ({
        ...connector,
        tariff_ids: (connector.tariff_ids ?? []).filter(mayBuy),
      })),
    })),
  })
  const tariffs = async () => (await kept.tariffs()).filter(({ id }) => mayBuy(id))
  return {
    evse: kept.evse,
    location: async (id) => {
      const location = await kept.location(id)
      return location && seen(location)
    },
    tariff: async (id) => (mayBuy(id) ? kept.tariff(id) : undefined),
    locations: async () => (await kept.locations()).map(seen),
    tariffs,
    locationPage: async (of) => {
      const { total, items } = await kept.locationPage(of)
      return { total, items: items.map((text) => JSON.stringify(seen(JSON.parse(text) as Location))) }
    },
    // Few enough to be counted by hand: an operator has tens of tariffs, not thousands.
    tariffPage: async ({ dateFrom, dateTo, offset, limit }) => {
      const from = dateFrom === undefined ? Number.NEGATIVE_INFINITY : Date.parse(dateFrom)
      const to = dateTo === undefined ? Number.POSITIVE_INFINITY : Date.parse(dateTo)
      const inside = ({ last_updated }: Tariff) => Date.parse(last_updated) >= from && Date.parse(last_updated) < to
      const found = (await tariffs()).filter(inside)
      return {
        total: found.length,
        items: found.slice(offset, offset + limit).map((tariff) => JSON.stringify(tariff)),
      }
    },
  }
}
