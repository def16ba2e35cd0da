/** The OCPI server of one party: endpoint tables and their handlers become one function from request to response. */
import type { Static, TSchema } from 'typebox'
import type { Exchange } from './exchange.ts'
import type { Endpoint, EndpointKind, InterfaceRole, Module, Table } from './module.ts'
import type { credentials } from './modules/credentials.ts'
import type { Party, PartyId, Peer, PeerStore, VersionNumber } from './peers.ts'
import type { Serve, WireRequest } from './wire.ts'

/** What a handler is told about a request that passed every check. */
export interface Call<Body = undefined> {
  /** Path parameters, decoded exactly once. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Body
  readonly peer: Peer
  /** The version whose URL was called. */
  readonly version: VersionNumber
  /** Only on functional modules. */
  readonly from?: PartyId
  readonly to?: PartyId
  readonly requestId: string
  readonly correlationId: string
  /** The credentials token that authorised this request, readable. (E-42) */
  readonly token: string
  readonly raw: WireRequest
  /** Says to which payment this exchange belongs, when the body does not. */
  readonly reference: (authorizationReference: string) => void
}

/** The window of a paginated list. */
export interface Page {
  readonly dateFrom?: string
  readonly dateTo?: string
  readonly offset: number
  readonly limit: number
}

/** JSON text as it is stored: sent without another round trip through objects. */
export interface StoredJson {
  readonly json: string
}

export interface ListAnswer {
  /** Objects that match the filters and are visible to this client. */
  readonly total: number
  /** Stored JSON texts of this page. */
  readonly items: readonly string[]
}

export interface WriteAnswer<Data> {
  /** HTTP 201 instead of 200. */
  readonly created?: boolean
  readonly data?: Data
  /** Value of the Location header. */
  readonly location?: string
  /** OCPI status other than 1000, when `data` must be sent with it. */
  readonly statusCode?: number
  readonly statusMessage?: string
}

type ListHandler = (call: Call & { readonly page: Page }) => Promise<ListAnswer>
type OneHandler<Data> = (call: Call) => Promise<Data | StoredJson | undefined>
type WriteHandler<Body, Data> = (call: Call<Body>) => Promise<WriteAnswer<Data> | undefined | void>
type Plain<S> = S extends TSchema ? Static<S> : never

export type Handler<E> =
  E extends Endpoint<infer Kind, infer Body, infer Data>
    ? Kind extends 'list'
      ? ListHandler
      : Kind extends 'one'
        ? OneHandler<Plain<Data>>
        : WriteHandler<Plain<Body>, Plain<Data>>
    : never

/** One handler for each row of the table: a forgotten one does not compile. */
export type Handlers<T extends Table> = { readonly [K in keyof T]: Handler<T[K]> }

/** A handler whose types were checked when it was mounted. */
export type AnyHandler = (call: Call<unknown> & { readonly page: Page }) => Promise<unknown>

export interface Mounted {
  readonly module: Module
  readonly role: InterfaceRole
  readonly handlers: Readonly<Record<string, AnyHandler>>
}

type TableOf<M extends Module, R extends 'sender' | 'receiver'> = M[R]

/** Binds handlers to one interface role of a module. */
export function mount<M extends Module, R extends 'sender' | 'receiver'>(
  module: M,
  role: R,
  handlers: Handlers<TableOf<M, R>>,
): Mounted {
  return {
    module,
    role: role === 'sender' ? 'SENDER' : 'RECEIVER',
    handlers: handlers as unknown as Readonly<Record<string, AnyHandler>>,
  }
}

/** The acceptor side of the handshake, as the server needs it. */
export interface HandshakeAcceptor {
  readonly credentials: Handlers<typeof credentials.receiver>
  /** Called after a request was authorised: the first use of a new token ends the grace of the old one. (E-37) */
  readonly tokenUsed: (peer: Peer, hash: string) => Promise<void>
}

export interface ServerParts {
  /** Public base, e.g. https://pay.example/ptp/ocpi; the versions endpoint is below it. */
  readonly baseUrl: string
  readonly party: Party
  readonly peers: PeerStore
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly modules: readonly Mounted[]
  readonly handshake: HandshakeAcceptor
  /** Versions offered; default all we know. */
  readonly versions?: readonly VersionNumber[]
  /** Every exchange, also the refused ones. */
  readonly onExchange?: (exchange: Exchange) => void
  /** What a handler threw that the partner is not told about. */
  readonly onFault?: (fault: unknown, at: { readonly requestId: string; readonly url: string; readonly peerId?: string }) => void
  /** X-Limit, default 100. */
  readonly maxLimit?: number
}

export function createOcpiServer(_parts: ServerParts): Serve {
  throw new Error('not built yet')
}
