import type { Documents } from '@plugtill/engine/documents'
import { locations } from '@plugtill/ocpi/modules/locations'
import type { PartyId } from '@plugtill/ocpi/peers'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { ciKey, sameCi } from '@plugtill/ocpi/types'
import type { SiteRegister } from '../sites/register.ts'
import { shelfPage } from './shelf-page.ts'

/** Our locations, with the live status of each EVSE. (locations › Sender; C.1) */
export function locationsSender(cpo: {
  readonly docs: Documents
  readonly register: SiteRegister
  readonly party: PartyId
}): Mounted {
  const prefix = `${ciKey(cpo.party.countryCode, cpo.party.partyId)}/`
  const find = async (params: Readonly<Record<string, string>>) => {
    const location = await cpo.register.location(params['location_id'] ?? '')
    const evse = location?.evses?.find((each) => sameCi(each.uid, params['evse_uid'] ?? ''))
    const connector = evse?.connectors.find((each) => sameCi(each.id, params['connector_id'] ?? ''))
    return { location, evse, connector }
  }
  return mount(locations, 'sender', {
    list: ({ page }) => shelfPage(cpo.docs, 'locations', { prefix, page }),
    location: async ({ params }) => (await find(params)).location,
    evse: async ({ params }) => (await find(params)).evse,
    connector: async ({ params }) => (await find(params)).connector,
  })
}
