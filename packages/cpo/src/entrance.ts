/** Where partners come in: the handshake, what a connection begins with, and the handlers of the modules. */
import type { Engine } from '@plugtill/engine/engine'
import { createHandshake } from '@plugtill/ocpi/handshake'
import { createRenewal } from '@plugtill/ocpi/renewal'
import { NEEDED_FROM_PTP } from '@plugtill/ocpi/roles'
import { createOcpiServer, type Mounted } from '@plugtill/ocpi/server'
import type { CpoParts } from './cpo.ts'
import { createGreeter, type GreeterParts } from './greeter.ts'
import type { Books } from './ground.ts'
import { ownerOf } from './partners.ts'

export interface EntranceRooms
  extends Pick<GreeterParts, 'register' | 'publisher' | 'terminals' | 'advices' | 'tokens'> {
  readonly engine: Pick<Engine, 'retryNow'>
  readonly modules: readonly Mounted[]
}

export function createEntrance(
  parts: Pick<CpoParts, 'baseUrl' | 'clock' | 'random' | 'ids' | 'send' | 'randomToken' | 'mayCall'>,
  books: Books,
  rooms: EntranceRooms,
) {
  const { baseUrl, clock, random, ids, send, randomToken, mayCall } = parts
  const { settings, party, journal, fault, onExchange, peers } = books
  const greeter = createGreeter({ ...rooms, clock, random, peers, settings, onFault: fault })
  const shared = { baseUrl, party, peers, clock, ids, onExchange }
  const handshake = createHandshake({
    ...shared,
    send,
    randomToken,
    mayCall,
    needs: NEEDED_FROM_PTP,
    onNote: ({ peerId, text }) =>
      void journal.write(`peer:${peerId}`, 'note', { message: text }).catch(() => undefined),
    onChange: (peer) => {
      greeter.changed(peer)
      // What waited for this partner need not wait for its next try.
      if (peer.status === 'registered')
        void rooms.engine.retryNow(`peer:${ownerOf(peer)}`).catch((error) => fault(error, ''))
    },
  })
  const renewal = createRenewal({
    ...{ peers, handshake, clock, random },
    afterMs: settings.tokenRenewalS * 1000,
    onFault: fault,
  })
  const onFault = (error: unknown, at: { readonly requestId: string }) => fault(error, at.requestId)
  const serveOcpi = createOcpiServer({ ...shared, handshake, onFault, modules: rooms.modules })
  return { greeter, handshake, renewal, serveOcpi }
}
