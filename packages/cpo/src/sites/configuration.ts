/** The sites of this operator as they are written down: what OCPI shows, and which charger stands behind each EVSE. */

import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { sameCi } from '@plugtill/ocpi/types'

export interface SiteConnector extends Omit<Connector, 'last_updated'> {
  /**
   * The charger's identity and its own number of the connector. (OCPP 1.6, 3.8) Where the charger counts EVSEs, `evse`
   * is the EVSE's number and `connector` counts within it; without `evse` the EVSE has the connector's number. (OCPP 2.0.1)
   */
  readonly charger: { readonly id: string; readonly connector: number; readonly evse?: number }
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

interface Index {
  readonly all: readonly Spot[]
  readonly byCharger: ReadonlyMap<string, readonly Spot[]>
}
/** Every message of a charger asks for its spots: they are looked up, not searched. Lists are replaced, never changed. */
const indexes = new WeakMap<readonly Site[], Index>()

function indexOf({ locations }: Sites): Index {
  const kept = indexes.get(locations)
  if (kept !== undefined) return kept
  const all = locations.flatMap((site) =>
    site.evses.flatMap((evse) => evse.connectors.map((connector) => ({ site, evse, connector }))),
  )
  const index = { all, byCharger: Map.groupBy(all, ({ connector }) => connector.charger.id.toLowerCase()) }
  indexes.set(locations, index)
  return index
}

export function spotsOf(sites: Sites): readonly Spot[] {
  return indexOf(sites).all
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

/** A connector in the numbers of the charger that reports it. */
interface Reported {
  /** 0 is the charger, or the EVSE, as a whole. (OCPP 1.6, 4.9) */
  readonly connectorId: number
  readonly evseId?: number
}

/** All spots of a charger, or those behind what it reports of. */
export function spotsOfCharger(sites: Sites, chargerId: string, reported?: Reported): readonly Spot[] {
  const spots = indexOf(sites).byCharger.get(chargerId.toLowerCase()) ?? []
  return reported === undefined ? spots : spots.filter(({ connector }) => isAt(connector.charger, reported))
}

export function isAt(
  charger: { readonly connector: number; readonly evse?: number | undefined },
  { connectorId, evseId }: Reported,
): boolean {
  if (evseId === undefined) return connectorId === 0 || charger.connector === connectorId
  if (charger.evse === undefined) return evseId === 0 || charger.connector === evseId
  return (evseId === 0 || charger.evse === evseId) && (connectorId === 0 || charger.connector === connectorId)
}
