/** Tells every registered partner of a changed site, each in its own order. */
import type { Desk } from '@plugtill/engine/engine'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { type Publication, type PublicationEvent, publicationId } from './effects/publication-kind.ts'
import type { createSerial } from './serial.ts'
import type { SiteChange } from './sites/register.ts'

export interface Publisher {
  readonly changed: (change: SiteChange) => Promise<void>
  readonly tell: (peerId: string, change: SiteChange) => Promise<void>
}

export function createPublisher(parts: {
  readonly publications: Desk<Publication, PublicationEvent>
  readonly peers: PeerStore
  readonly serial: ReturnType<typeof createSerial>
}): Publisher {
  const tell = (peerId: string, change: SiteChange) => {
    const id = publicationId(peerId, change)
    return parts.serial(`publication ${id}`, async () => {
      const event: PublicationEvent = { type: 'changed', change }
      if ((await parts.publications.find(id)) === undefined)
        await parts.publications.create({ id, state: 'open', peerId }, event)
      else await parts.publications.apply(id, event)
    })
  }
  return {
    tell,
    changed: async (change) => {
      for (const peer of await parts.peers.list()) if (peer.status === 'registered') await tell(peer.id, change)
    },
  }
}
