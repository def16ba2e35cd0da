/** The sites of this operator as they are written down: what OCPI shows, and which charger stands behind each EVSE. */

import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { sameCi } from '@plugtill/ocpi/types'

export interface SiteConnector extends Omit<Connector, 'last_updated'> {
  /** The charger's identity and its own number of the connector. (OCPP 1.6, 3.8) */
  readonly charger: { readonly id: string; readonly connector: number }
}

export interface SiteEvse extends Omit<Evse, 'status' | 'last_updated' | 'connectors'> {
  readonly connectors: readonly SiteConnector[]
}

export interface Site extends Omit<Location, 'country_code' | 'party_id' | 'last_updated' | 'evses'> {
  readonly evses: readonly SiteEvse[]
}

export interface SiteTariff extends Omit<Tariff, 'country_code' | 'party_id' | 'last_updated'> {
  /** Only these partners see it and buy at it, such as `DE-EMS`; absent: all. Fixed with the id of the tariff. */
  readonly partners?: readonly string[]
}

/** Who sells, as an invoice names him. */
export interface Seller {
  readonly name: string
  readonly lines?: readonly string[]
  readonly taxId?: string
}

export interface Sites {
  /** On the invoices; absent: the name of the platform. */
  readonly seller?: Seller
  readonly locations: readonly Site[]
  readonly tariffs: readonly SiteTariff[]
}

/** One connector found in the configuration, with everything around it. */
export interface Spot {
  readonly site: Site
  readonly evse: SiteEvse
  readonly connector: SiteConnector
}

export function spotsOf(sites: Sites): readonly Spot[] {
  return sites.locations.flatMap((site) =>
    site.evses.flatMap((evse) => evse.connectors.map((connector) => ({ site, evse, connector }))),
  )
}

export function siteOf(sites: Sites, locationId: string): Site | undefined {
  return sites.locations.find((site) => sameCi(site.id, locationId))
}

/** Whether a partner sees this tariff; a tariff that is no longer configured is nobody's. */
export function mayBuy(sites: Sites, tariffId: string, owner: string): boolean {
  const tariff = sites.tariffs.find(({ id }) => sameCi(id, tariffId))
  return tariff !== undefined && (tariff.partners?.some((partner) => sameCi(partner, owner)) ?? true)
}

export function chargerIds(sites: Sites): readonly string[] {
  return [...new Set(spotsOf(sites).map((spot) => spot.connector.charger.id))]
}

/** Connector 0 is the charger as a whole: all its spots. (OCPP 1.6, 4.9) */
export function spotsOfCharger(sites: Sites, chargerId: string, connector = 0): readonly Spot[] {
  return spotsOf(sites).filter(
    ({ connector: { charger } }) =>
      sameCi(charger.id, chargerId) && (connector === 0 || charger.connector === connector),
  )
}
