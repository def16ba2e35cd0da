/** Sites as large as wanted: places of eight EVSEs, two to a charger, one tariff. */
import type { SiteEvse, Sites } from '@plugtill/cpo/sites/configuration'
import { demoSites } from '@plugtill/cpo/sites/demo'

const EVSES_PER_SITE = 8
const EVSES_PER_CHARGER = 2

/** Energy flows so many times faster at the chargers of a large fleet. */
export const SPEED = 60

export interface Spot {
  readonly locationId: string
  readonly evseUid: string
}

export const evseUid = (number: number) => `NLPLGEB${String(number).padStart(4, '0')}`

function evse(number: number, like: SiteEvse): SiteEvse {
  const charger = { id: `BENCH-${Math.floor(number / EVSES_PER_CHARGER)}`, connector: (number % EVSES_PER_CHARGER) + 1 }
  return {
    ...like,
    uid: evseUid(number),
    evse_id: `NL*PLG*EB${String(number).padStart(4, '0')}`,
    physical_reference: String(number),
    connectors: like.connectors.map((connector) => ({ ...connector, charger })),
  }
}

/** The slow site of the sandbox, as often as needed. */
export function sitesOf(evses: number): { readonly sites: Sites; readonly spots: readonly Spot[] } {
  const like = demoSites.locations[0]
  const likeEvse = like?.evses[0]
  if (like === undefined || likeEvse === undefined) throw new Error('The sandbox has no site to copy.')
  const numbers = Array.from({ length: evses }, (_, number) => number)
  const locations = Array.from({ length: Math.ceil(evses / EVSES_PER_SITE) }, (_, site) => ({
    ...like,
    id: `LOC-${site}`,
    evses: numbers
      .filter((number) => Math.floor(number / EVSES_PER_SITE) === site)
      .map((number) => evse(number, likeEvse)),
  }))
  const spots = numbers.map((number) => ({
    locationId: `LOC-${Math.floor(number / EVSES_PER_SITE)}`,
    evseUid: evseUid(number),
  }))
  return { sites: { locations, tariffs: demoSites.tariffs }, spots }
}
