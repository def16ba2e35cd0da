import { locations } from '@plugtill/ocpi/modules/locations'
import type { Peer } from '@plugtill/ocpi/peers'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { sameCi } from '@plugtill/ocpi/types'
import { ownerOf } from '../partners.ts'
import type { SiteRegister } from '../sites/register.ts'

type Asked = { readonly peer: Peer; readonly params: Readonly<Record<string, string>> }

/** Our locations, with the live status of each EVSE and the tariffs this partner may buy at. (locations › Sender; C.1) */
export function locationsSender(cpo: { readonly register: Pick<SiteRegister, 'seenBy'> }): Mounted {
  const find = async ({ peer, params }: Asked) => {
    const location = await cpo.register.seenBy(ownerOf(peer)).location(params['location_id'] ?? '')
    const evse = location?.evses?.find((each) => sameCi(each.uid, params['evse_uid'] ?? ''))
    const connector = evse?.connectors.find((each) => sameCi(each.id, params['connector_id'] ?? ''))
    return { location, evse, connector }
  }
  return mount(locations, 'sender', {
    list: ({ peer, page }) => cpo.register.seenBy(ownerOf(peer)).locationPage(page),
    location: async (call) => (await find(call)).location,
    evse: async (call) => (await find(call)).evse,
    connector: async (call) => (await find(call)).connector,
  })
}
