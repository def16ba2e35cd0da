/** How a CDR gets to its partner: pushed, served from our list, and never written a second time. (C-601, A-79) */
import type { Documents } from '@plugtill/engine/documents'
import { Fault } from '@plugtill/engine/fault'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { type Cdr, cdrs } from '@plugtill/ocpi/modules/cdrs'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { connectionOf, partnerKey } from '../partners.ts'

export interface CdrSending {
  readonly peers: Pick<PeerStore, 'get' | 'list'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
}

/** Whom it goes to, and which payment it belongs to. */
export interface Addressed {
  readonly peerId: string
  readonly owner: string
  readonly reference?: string
}

/** Where the partner keeps it, as far as it says; a partner without the interface pulls its CDRs from our list. */
export async function sendCdr(parts: CdrSending, to: Addressed, cdr: Cdr): Promise<string | undefined> {
  const peer = await connectionOf(parts.peers, to)
  if (peer === undefined) {
    const text = `Partner ${to.owner} is no longer registered; CDR ${cdr.id} waits. Register it again.`
    throw new Fault('PEER_GONE', text, { retry: true })
  }
  if (!(await parts.client.offers(peer, cdrs, 'receiver'))) return undefined
  const reference = to.reference === undefined ? {} : { reference: to.reference }
  const answer = await parts.client.of(peer, cdrs, 'receiver').postCdr({ body: cdr }, reference)
  return answer.headers['location']
}

/** Puts it where the list is read from, once. */
export async function fileCdr(docs: Documents, owner: string, text: string): Promise<void> {
  const { id, last_updated } = JSON.parse(text) as Cdr
  const key = partnerKey(owner, id)
  if ((await docs.get('cdrs', key)) === undefined) await docs.put('cdrs', key, text, last_updated)
}
