import type { Documents } from '@plugtill/engine/documents'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { ownerOf, partnerKey } from '../partners.ts'
import { shelfPage } from './shelf-page.ts'

/** The CDRs of a partner's sessions, byte for byte as they were sent. (cdrs › Sender; C-601) */
export function cdrsSender(cpo: { readonly docs: Documents }): Mounted {
  return mount(cdrs, 'sender', {
    list: ({ peer, page }) => shelfPage(cpo.docs, 'cdrs', { prefix: `${partnerKey(ownerOf(peer))}/`, page }),
  })
}
