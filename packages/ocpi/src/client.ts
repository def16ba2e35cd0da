/** Typed calls to a partner, derived from the endpoint tables. */
import type { Static, TSchema } from 'typebox'
import type { Exchange } from './exchange.ts'
import type { BodyOf, DataOf, Endpoint, Module, Table } from './module.ts'
import type { Party, PartyId, PeerStore } from './peers.ts'
import type { Headers, Send } from './wire.ts'

/** The partner answered and said no: by HTTP status, by OCPI status, or both. (E-52) */
export class PeerRefused extends Error {
  readonly peerId: string
  readonly http: number
  /** OCPI status code; undefined when the answer had no envelope. */
  readonly statusCode: number | undefined
  readonly data: unknown
  /** Trying the same later makes sense: the partner's trouble, not ours. */
  readonly retry: boolean

  constructor(message: string, told: { peerId: string; http: number; statusCode?: number; data?: unknown; retry: boolean }) {
    super(message)
    this.name = 'PeerRefused'
    this.peerId = told.peerId
    this.http = told.http
    this.statusCode = told.statusCode
    this.data = told.data
    this.retry = told.retry
  }
}

type QueryValue = string | number | undefined

export interface Reading {
  /** Path parameters, unencoded. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, QueryValue>>
}

export interface Writing<Body> extends Reading {
  readonly body: Body
}

export interface CallOptions {
  readonly correlationId?: string
  /** `authorization_reference` of the payment this call belongs to. */
  readonly reference?: string
  /** Routing: ours and the peer's only party unless given. */
  readonly from?: PartyId
  readonly to?: PartyId
  readonly timeoutMs?: number
}

export interface Answer<Data> {
  readonly data: Data
  readonly headers: Headers
  readonly http: number
  readonly statusCode: number
  readonly statusMessage?: string
}

export interface PageAnswer<Item> {
  readonly items: readonly Item[]
  /** Items that did not have the shape: reported and left out. */
  readonly skipped: readonly { readonly item: unknown; readonly why: string }[]
  readonly total?: number
  readonly limit?: number
  /** URL of the next page, checked to be of the same origin. */
  readonly next?: string
}

type Reads<Data> = (input?: Reading, options?: CallOptions) => Promise<Answer<Data>>
type Walks<Item> = (input?: Reading, options?: CallOptions) => AsyncIterable<Item>
type ReadsPage<Item> = (input?: Reading & { readonly next?: string }, options?: CallOptions) => Promise<PageAnswer<Item>>
type Writes<E> =
  unknown extends BodyOf<E>
    ? (input?: Reading & { readonly body?: unknown }, options?: CallOptions) => Promise<Answer<DataOf<E>>>
    : (input: Writing<BodyOf<E>>, options?: CallOptions) => Promise<Answer<DataOf<E>>>

type ListRow = Endpoint<'list', TSchema, TSchema>
type OneRow = Endpoint<'one', TSchema, TSchema>

/** One function per row; a list row `xs` walks all pages, `xsPage` reads one. */
export type Calls<T extends Table> = {
  readonly [K in keyof T]: T[K] extends ListRow ? Walks<DataOf<T[K]>> : T[K] extends OneRow ? Reads<DataOf<T[K]>> : Writes<T[K]>
} & {
  readonly [K in keyof T & string as T[K] extends ListRow ? `${K}Page` : never]: ReadsPage<DataOf<T[K]>>
}

export interface ClientParts {
  readonly send: Send
  readonly peers: PeerStore
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly party: Party
  readonly onExchange?: (exchange: Exchange) => void
  /** An item of a list that was left out. */
  readonly onSkipped?: (skipped: { peerId: string; module: string; endpoint: string; item: unknown; why: string }) => void
}

export interface OcpiClient {
  /** Calls on one interface of the partner; its record is read again for every call. (F24) */
  readonly of: <M extends Module, R extends 'sender' | 'receiver'>(peer: { readonly id: string }, module: M, role: R) => Calls<M[R]>
  /** Whether the partner offers this interface. */
  readonly offers: (peer: { readonly id: string }, module: Module, role: 'sender' | 'receiver') => Promise<boolean>
  /** POST to a URL the partner gave us (`response_url`); it must be of one of the partner's origins. (E-49) */
  readonly postTo: <B extends TSchema>(
    peer: { readonly id: string },
    url: string,
    schema: B,
    body: Static<B>,
    options?: CallOptions & { readonly module?: Module; readonly endpoint?: string },
  ) => Promise<Answer<unknown>>
}

export function createOcpiClient(_parts: ClientParts): OcpiClient {
  throw new Error('not built yet')
}
