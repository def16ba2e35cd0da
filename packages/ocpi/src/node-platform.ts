/**
 * One party on a Node process with everything this package has: server, handshake and client on real sockets, real
 * time and real chance. Whoever wants one of these otherwise puts the parts together like this.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type ClientParts, createOcpiClient, type OcpiClient } from './client.ts'
import { createHandshake, type Handshake, type HandshakeParts } from './handshake.ts'
import { createHttpSend, createMayCall } from './http.ts'
import { listenerOf } from './node-http.ts'
import { memoryPeers, type Party, type PeerStore } from './peers.ts'
import { createOcpiServer, type Mounted, type ServerParts } from './server.ts'
import type { Serve } from './wire.ts'

export interface NodePlatformParts
  extends Partial<Pick<ServerParts, 'versions' | 'onExchange' | 'onFault' | 'maxLimit'>> {
  /** Public base, e.g. https://pay.example/ocpi; the versions endpoint is below it. */
  readonly baseUrl: string
  readonly party: Party
  readonly modules?: readonly Mounted[]
  /** Interfaces a partner has to offer, by module. */
  readonly needs?: HandshakeParts['needs']
  /** Where to listen; default the port of `baseUrl` on all addresses. */
  readonly listen?: { readonly port?: number; readonly host?: string }
  /** Where partners and their tokens are kept; the default forgets them at the end of the process. */
  readonly peers?: PeerStore
  /** Also http and private addresses, for tests. (E-49) */
  readonly allowPrivatePeers?: boolean
  readonly onNote?: HandshakeParts['onNote']
  readonly onSkipped?: ClientParts['onSkipped']
  readonly onLoss?: ClientParts['onLoss']
}

export interface NodePlatform extends Pick<Handshake, 'invite' | 'register' | 'rotate' | 'unregister'> {
  readonly serve: Serve
  readonly peers: PeerStore
  /** Typed calls, as of OcpiClient. */
  readonly of: OcpiClient['of']
  readonly client: OcpiClient
  readonly close: () => Promise<void>
}

/** Listens, and can invite partners, register with them and call them. (part B) */
export async function startPlatform(parts: NodePlatformParts): Promise<NodePlatform> {
  const send = createHttpSend(parts)
  const shared = {
    ...parts,
    send,
    peers: parts.peers ?? memoryPeers(),
    clock: { now: Date.now },
    ids: () => randomUUID(),
    randomToken: () => randomBytes(32).toString('base64url'),
    mayCall: createMayCall(parts),
    needs: parts.needs ?? {},
    modules: parts.modules ?? [],
  }
  const handshake = createHandshake(shared)
  const serve = createOcpiServer({ ...shared, handshake })
  const client = createOcpiClient(shared)
  const server = await listening(serve, parts)
  return {
    ...handshake,
    serve,
    client,
    of: client.of,
    peers: shared.peers,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await send.close()
    },
  }
}

const REQUEST_MS = 30_000

function listening(serve: Serve, { baseUrl, listen = {} }: NodePlatformParts): Promise<Server> {
  const { origin, port, protocol } = new URL(baseUrl)
  const server = createServer(
    { requestTimeout: REQUEST_MS },
    listenerOf(serve, () => origin),
  )
  const asked = listen.port ?? Number(port || (protocol === 'https:' ? 443 : 80))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(asked, listen.host, () => resolve(server))
  })
}
