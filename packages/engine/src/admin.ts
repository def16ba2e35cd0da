/** The operator's API as a table: pure data; whoever has a socket mounts it and derives the OpenAPI description. */

/** A JSON Schema object (typebox schemas are such objects). */
export type JsonSchema = object

export interface AdminCall {
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Validated against `body` of the route by whoever mounts the table. */
  readonly body: unknown
  /** Fires when the caller hangs up; only streams need it. */
  readonly signal?: AbortSignal
}

export interface AdminAnswer {
  /** Default 200. */
  readonly status?: number
  /** JSON, or with `stream` left out. */
  readonly body?: unknown
  /** Server-sent events: each item is one event; `data` is sent as JSON. */
  readonly stream?: AsyncIterable<{ readonly event?: string; readonly id?: string; readonly data: unknown }>
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/payments/:reference`, relative to the platform's API. */
  readonly path: string
  readonly summary: string
  readonly query?: JsonSchema
  readonly body?: JsonSchema
  readonly answer?: JsonSchema
  readonly run: (call: AdminCall) => Promise<AdminAnswer>
}

export type AdminTable = readonly AdminRoute[]
