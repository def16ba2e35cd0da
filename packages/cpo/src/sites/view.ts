/** Sites and tariffs as one partner sees them: a tariff made for certain partners is hidden from all others. */
import type { Documents } from '@plugtill/engine/documents'
import type { Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Page } from '@plugtill/ocpi/paging'
import type { ListAnswer } from '@plugtill/ocpi/server'

export interface SiteView {
  readonly location: (id: string) => Promise<Location | undefined>
  readonly tariff: (id: string) => Promise<Tariff | undefined>
  readonly locations: () => Promise<readonly Location[]>
  readonly tariffs: () => Promise<readonly Tariff[]>
  readonly locationPage: (page: Page) => Promise<ListAnswer>
  readonly tariffPage: (page: Page) => Promise<ListAnswer>
}

export interface ViewParts {
  readonly docs: Pick<Documents, 'page'>
  /** Shelf keys of our own objects begin with it. */
  readonly prefix: string
  readonly kept: Pick<SiteView, 'location' | 'tariff' | 'locations' | 'tariffs'>
  /** Whether some tariffs are for certain partners only; else what is kept is what is seen, byte for byte. */
  readonly restricted: boolean
  readonly mayBuy: (tariffId: string) => boolean
}

export function siteView({ docs, prefix, kept, restricted, mayBuy }: ViewParts): SiteView {
  const page = async (shelf: string, of: Page): Promise<ListAnswer> => {
    const { total, items } = await docs.page(shelf, { prefix, ...of })
    return { total, items: items.map(({ body }) => body) }
  }
  const plain = {
    ...kept,
    locationPage: (of: Page) => page('locations', of),
    tariffPage: (of: Page) => page('tariffs', of),
  }
  if (!restricted) return plain
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
    location: async (id) => {
      const location = await kept.location(id)
      return location && seen(location)
    },
    tariff: async (id) => (mayBuy(id) ? kept.tariff(id) : undefined),
    locations: async () => (await kept.locations()).map(seen),
    tariffs,
    locationPage: async (of) => {
      const { total, items } = await page('locations', of)
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
