/**
 * The words of an endpoint table. Server, client, version details and the endpoint reference are derived from
 * the tables in `modules/`; a row is all it takes to add an endpoint.
 */
import type { Static, TSchema } from 'typebox'
import type { SpokenVersion } from './versions/codec.ts'

/** The interface role of one side of a module: SENDER owns the data, RECEIVER gets the pushes. (B-04) */
export type InterfaceRole = 'SENDER' | 'RECEIVER'

export type EndpointKind = 'list' | 'one' | 'post' | 'put' | 'patch' | 'delete'

/** One row: what can be asked at a path below the module's endpoint URL. */
export interface Endpoint<
  Kind extends EndpointKind = EndpointKind,
  Body extends TSchema = TSchema,
  Data extends TSchema = TSchema,
> {
  readonly kind: Kind
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Relative to the discovered endpoint URL, "" or "/…", with `:name` parameters. */
  readonly path: string
  /** Shape of the request body; undefined: no body. */
  readonly body: Body | undefined
  /** Shape of `data` in the answer (of one item for a list); undefined: the text leaves it open. */
  readonly data: Data | undefined
}

type None = TSchema

/** GET of a paginated list. */
export const list = <D extends TSchema>(path: string, data: D): Endpoint<'list', None, D> => ({
  kind: 'list',
  method: 'GET',
  path,
  body: undefined,
  data,
})

/** GET of a single object; unknown is HTTP 404. */
export const one = <D extends TSchema>(path: string, data: D): Endpoint<'one', None, D> => ({
  kind: 'one',
  method: 'GET',
  path,
  body: undefined,
  data,
})

export const post = <B extends TSchema, D extends TSchema = None>(
  path: string,
  body?: B,
  data?: D,
): Endpoint<'post', B, D> => ({
  kind: 'post',
  method: 'POST',
  path,
  body,
  data,
})

/** PUT carries the whole object. */
export const put = <B extends TSchema, D extends TSchema = None>(
  path: string,
  body: B,
  data?: D,
): Endpoint<'put', B, D> => ({
  kind: 'put',
  method: 'PUT',
  path,
  body,
  data,
})

/** PATCH carries the changed fields; pass the shape of the partial object. */
export const patch = <B extends TSchema, D extends TSchema = None>(
  path: string,
  body: B,
  data?: D,
): Endpoint<'patch', B, D> => ({
  kind: 'patch',
  method: 'PATCH',
  path,
  body,
  data,
})

export const del = <D extends TSchema = None>(path: string, data?: D): Endpoint<'delete', None, D> => ({
  kind: 'delete',
  method: 'DELETE',
  path,
  body: undefined,
  data,
})

export type Table = Readonly<Record<string, Endpoint>>

export interface Module<Sender extends Table = Table, Receiver extends Table = Table> {
  /** ModuleID as it stands in version details. */
  readonly id: string
  /** Functional modules carry routing headers, configuration modules never do. */
  readonly routed: boolean
  /** The only versions it exists in; undefined: all we speak. (F-19) */
  readonly versions?: readonly SpokenVersion[]
  readonly sender: Sender
  readonly receiver: Receiver
}

export function module<const S extends Table, const R extends Table>(
  id: string,
  tables: { readonly sender: S; readonly receiver: R },
  options: { readonly routed?: boolean; readonly versions?: readonly SpokenVersion[] } = {},
): Module<S, R> {
  return { id, routed: options.routed ?? true, versions: options.versions, ...tables }
}

/** Whether a module can be offered on a connection of this version. (F-19) */
export const existsIn = (one: Module, version: SpokenVersion): boolean => one.versions?.includes(version) ?? true

/** What a request to an endpoint carries, as the handler sees it and the client gives it. */
export type BodyOf<E> = E extends Endpoint<EndpointKind, infer B, TSchema> ? Static<B> : never
export type DataOf<E> = E extends Endpoint<EndpointKind, TSchema, infer D> ? Static<D> : never
