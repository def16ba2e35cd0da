import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { ownerOf } from '../partners.ts'
import type { SiteRegister } from '../sites/register.ts'

/** Our tariffs; GET by id is an extension, so that a terminal platform can ask for the one it needs. (tariffs › Sender; C.2, E-22) */
export function tariffsSender(cpo: { readonly register: Pick<SiteRegister, 'seenBy'> }): Mounted {
  return mount(tariffs, 'sender', {
    list: ({ peer, page }) => cpo.register.seenBy(ownerOf(peer)).tariffPage(page),
    tariff: ({ peer, params }) => cpo.register.seenBy(ownerOf(peer)).tariff(params['tariff_id'] ?? ''),
  })
}
