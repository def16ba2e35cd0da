/** The configured sites together with the EVSEs of stations that were adopted while the platform runs. */
import { sameCi } from '@plugtill/ocpi/types'
import { chargerIds, type Site, type Sites } from '../sites/configuration.ts'
import type { StationRecord } from './stations.ts'

export interface LiveSites {
  readonly sites: Sites
  /** Whether a configured or adopted EVSE belongs to this charger. */
  readonly names: (chargerId: string) => boolean
  readonly changed: () => void
}

export function liveSites(configured: Sites, records: ReadonlyMap<string, StationRecord>): LiveSites {
  let locations: readonly Site[] = configured.locations
  let names = namesOf(configured)
  return {
    sites: {
      get locations() {
        return locations
      },
      get tariffs() {
        return configured.tariffs
      },
    },
    names: (chargerId) => names.has(chargerId.toLowerCase()),
    changed: () => {
      const adopted = [...records.values()].flatMap(({ evses }) => evses)
      if (adopted.length === 0 && locations === configured.locations) return
      locations = configured.locations.map((site) => {
        const own = adopted.filter(({ locationId }) => sameCi(locationId, site.id)).map(({ evse }) => evse)
        return own.length === 0 ? site : { ...site, evses: [...site.evses, ...own] }
      })
      names = namesOf({ ...configured, locations })
    },
  }
}

const namesOf = (sites: Sites) => new Set(chargerIds(sites).map((id) => id.toLowerCase()))
