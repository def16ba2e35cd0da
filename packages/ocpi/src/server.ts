/** The OCPI server of one party: endpoint tables and their handlers become one function from request to response. */
import type { Static, TSchema } from 'typebox'
import { OcpiError } from './errors.ts'
import { type Exchange, maskedBody, type OnExchange, referenceIn } from './exchange.ts'
import { maskedHeaders } from './headers.ts'
import type { Endpoint, InterfaceRole, Module, Table } from './module.ts'
import type { credentials } from './modules/credentials.ts'
import type { Page } from './paging.ts'
import { type Party, type PartyId, type Peer, type PeerStore, partiesHere, type VersionNumber } from './peers.ts'
import { answer, answerFailure } from './server-answer.ts'
import { routeOf, routesOf, type Target, treeOf } from './server-routes.ts'
import { admit, type Context, checkRequest, checkSize, openContext, queryOf, type Ready } from './server-steps.ts'
import { createRecogniser, type Recognised } from './token.ts'
import { SPOKEN } from './versions/codec.ts'
import type { Serve, WireRequest, WireResponse } from './wire.ts'

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
  /** How that token was sent. */
  readonly tokenForm: 'base64' | 'raw'
  readonly raw: WireRequest
  /** Says to which payment this exchange belongs, when the body does not. */
  readonly reference: (authorizationReference: string) => void
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
  /** Throws HTTP 405 for a message that makes no sense now, whatever stands in its body. (B-24, B-26, E-36) */
  readonly timely?: (peer: Peer, message: { readonly method: string; readonly token: string }) => void
  /** Called after a request was authorised: the first use of a new token ends the grace of the old one. (E-37) */
  readonly tokenUsed: (peer: Peer, hash: string) => Promise<void> | undefined
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
  readonly onExchange?: OnExchange
  /** What a handler threw that the partner is not told about. */
  readonly onFault?: (
    fault: unknown,
    at: { readonly requestId: string; readonly url: string; readonly peerId?: string },
  ) => void
  /** X-Limit, default 100. */
  readonly maxLimit?: number
}

/** Makes the one function that serves every URL below the base. It never throws. */
export function createOcpiServer(parts: ServerParts): Serve {
  const baseUrl = parts.baseUrl.replace(/\/$/, '')
  const routes = treeOf(routesOf({ ...parts, baseUrl, versions: parts.versions ?? SPOKEN }))
  const { origin, pathname } = new URL(baseUrl)
  const path = pathname.replace(/\/$/, '')
  const base = { origin, path, prefix: `${origin}${path}/` }
  const ready: Ready = {
    ...parts,
    baseUrl,
    routes,
    base,
    maxLimit: parts.maxLimit ?? 100,
    here: partiesHere(parts.party),
    recognise: createRecogniser(parts.peers),
  }
  return async (request) => {
    const context = openContext(ready, request)
    const told = { reference: undefined as string | undefined }
    let response: WireResponse
    try {
      checkSize(request)
      const caller = admit(context, await ready.recognise(request.headers['authorization'], context.at))
      const used = parts.handshake.tokenUsed(caller.peer, caller.issued.hash)
      if (used !== undefined) await used
      const target = checkRequest(context, caller)
      const reference = (value: string) => {
        told.reference = value
      }
      response = answer(context, target, await target.route.handler(callOf(context, { target, caller, reference })))
    } catch (error) {
      if (!(error instanceof OcpiError)) {
        parts.onFault?.(error, { requestId: context.ids.requestId, url: request.url, peerId: context.caller?.peer.id })
      }
      response = answerFailure(context, error)
    }
    try {
      parts.onExchange?.(exchangeOf(context, response, told.reference), { request, response })
    } catch (error) {
      // A lost log line must not turn a done request into a failed one.
      parts.onFault?.(error, { requestId: context.ids.requestId, url: request.url })
    }
    return response
  }
}

function callOf(
  { ids, request, search, routing, page, body, parts }: Context,
  { target, caller, reference }: Pick<Call, 'reference'> & { readonly target: Target; readonly caller: Recognised },
): Parameters<AnyHandler>[0] {
  return {
    params: target.params,
    query: queryOf(search),
    body,
    peer: caller.peer,
    version: target.route.version,
    from: routing?.from,
    to: routing?.to,
    requestId: ids.requestId,
    correlationId: ids.correlationId,
    token: caller.token,
    tokenForm: caller.form,
    raw: request,
    reference,
    page: page ?? { offset: 0, limit: parts.maxLimit },
  }
}

function exchangeOf(context: Context, response: WireResponse, reference: string | undefined): Exchange {
  const { found, request, ids, at } = context
  const route = routeOf(found)
  const module = route?.module.id ?? ''
  return {
    at,
    direction: 'in',
    peerId: context.caller?.peer.id,
    module,
    endpoint: route?.name ?? '',
    method: request.method,
    url: request.url,
    requestHeaders: maskedHeaders(request.headers),
    requestBody: maskedBody(module, request.body),
    status: response.status,
    responseHeaders: response.headers,
    responseBody: maskedBody(module, response.body),
    durationMs: context.parts.clock.now() - at,
    requestId: ids.requestId,
    correlationId: ids.correlationId,
    // A list names many payments; none of them is what the request was about.
    reference: reference ?? referenceIn(request.body, route?.endpoint.kind === 'list' ? '' : response.body),
  }
}
