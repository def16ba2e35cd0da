/** Typed calls to a partner, derived from the endpoint tables. */
import type { Static, TSchema } from 'typebox'
import type { Answer } from './ask.ts'
import { askPeer, bodyText, callRow, foreignUrl, type Place } from './client-call.ts'
import { readOnePage, walk } from './client-list.ts'
import { routingTo } from './client-routing.ts'
import type { Fault } from './errors.ts'
import type { OnExchange } from './exchange.ts'
import type { BodyOf, DataOf, Endpoint, Module, Table } from './module.ts'
import { entriesOf, mayReceiveToken } from './peer-url.ts'
import type { Party, PartyId, PeerStore } from './peers.ts'
import type { Send } from './wire.ts'

export { type Answer, PeerRefused } from './ask.ts'

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
  /** Routing: our first party unless given. */
  readonly from?: PartyId
  /**
   * The party meant; default: the one of the partner that deals with us. The whole list of a hub is asked of the hub itself.
   * `hub`: the hub itself, which for a push means everybody behind it. `anyone`: the hub finds out.
   */
  readonly to?: PartyId | 'hub' | 'anyone'
  readonly timeoutMs?: number
  /** An order that waited for longer than this moment (ms) is not sent. */
  readonly notAfter?: number
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
/** With `next` that URL is read and everything else is ignored. */
export type PageReading = Reading & { readonly next?: string }
type ReadsPage<Item> = (input?: PageReading, options?: CallOptions) => Promise<PageAnswer<Item>>
type Writes<E> =
  unknown extends BodyOf<E>
    ? (input?: Reading & { readonly body?: unknown }, options?: CallOptions) => Promise<Answer<DataOf<E>>>
    : (input: Writing<BodyOf<E>>, options?: CallOptions) => Promise<Answer<DataOf<E>>>

type ListRow = Endpoint<'list', TSchema, TSchema>
type OneRow = Endpoint<'one', TSchema, TSchema>

/** One function per row; a list row `xs` walks all pages, `xsPage` reads one. */
export type Calls<T extends Table> = {
  readonly [K in keyof T]: T[K] extends ListRow
    ? Walks<DataOf<T[K]>>
    : T[K] extends OneRow
      ? Reads<DataOf<T[K]>>
      : Writes<T[K]>
} & {
  readonly [K in keyof T & string as T[K] extends ListRow ? `${K}Page` : never]: ReadsPage<DataOf<T[K]>>
}

export interface ClientParts {
  readonly send: Send
  readonly peers: PeerStore
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly party: Party
  readonly onExchange?: OnExchange
  /** An item of a list that was left out. */
  readonly onSkipped?: (skipped: {
    peerId: string
    module: string
    endpoint: string
    item: unknown
    why: string
  }) => void
  /** Something was sent without a part that the partner's version has no words for. (F-03, F-09) */
  readonly onLoss?: (loss: { peerId: string; module: string; name: string; fault: Fault }) => void
}

export interface OcpiClient {
  /** Calls on one interface of the partner; its record is read again for every call. (F24) */
  readonly of: <M extends Module, R extends 'sender' | 'receiver'>(
    peer: { readonly id: string },
    module: M,
    role: R,
  ) => Calls<M[R]>
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

/** Makes the typed calls from the tables; nothing is remembered between calls. */
export function createOcpiClient(parts: ClientParts): OcpiClient {
  return {
    of: (peer, module, role) => {
      const side = role === 'sender' ? 'SENDER' : 'RECEIVER'
      const calls: Record<string, unknown> = {}
      for (const [name, row] of Object.entries(module[role] as Table)) {
        const place: Place = { peerId: peer.id, module, role: side, name, row }
        if (row.kind === 'list') {
          calls[name] = (input?: Reading, options?: CallOptions) => walk(parts, place, input, options)
          calls[`${name}Page`] = (input?: PageReading, options?: CallOptions) =>
            readOnePage(parts, place, input, options)
        } else {
          calls[name] = (input?: Reading & { body?: unknown }, options?: CallOptions) =>
            callRow(parts, place, input, options)
        }
      }
      return calls as Calls<(typeof module)[typeof role]>
    },
    offers: async (peer, module, role) => {
      const known = await parts.peers.get(peer.id)
      return known !== undefined && entriesOf(known, module.id, role === 'sender' ? 'SENDER' : 'RECEIVER').length > 0
    },
    postTo: async (peer, url, schema, body, options = {}) => {
      const place = { peerId: peer.id, module: options.module?.id ?? 'commands', name: options.endpoint ?? 'result' }
      return askPeer(
        parts,
        place,
        (known) => {
          if (!mayReceiveToken(known, url)) throw foreignUrl(known.id, url)
          return {
            method: 'POST',
            url,
            body: bodyText(parts, schema, { body, place, peer: known }),
            routing:
              options.module?.routed === false
                ? undefined
                : routingTo({ party: parts.party, method: 'POST' }, known, options),
          }
        },
        options,
      )
    },
  }
}
