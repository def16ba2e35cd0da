import type { Documents } from '@plugtill/engine/documents'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { ciKey } from '@plugtill/ocpi/types'
import type { SiteRegister } from '../sites/register.ts'
import { shelfPage } from './shelf-page.ts'

/** Our tariffs; GET by id is an extension, so that a terminal platform can ask for the one it needs. (tariffs › Sender; C.2, E-22) */
export function tariffsSender(cpo: {
  readonly docs: Documents
  readonly register: SiteRegister
  readonly party: PartyId
}): Mounted {
  const prefix = `${ciKey(cpo.party.countryCode, cpo.party.partyId)}/`
  return mount(tariffs, 'sender', {
    list: ({ page }) => shelfPage(cpo.docs, 'tariffs', { prefix, page }),
    tariff: ({ params }) => cpo.register.tariff(params['tariff_id'] ?? ''),
  })
}
