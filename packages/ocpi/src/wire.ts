/**
 * One HTTP message as plain data. Servers are functions from request to response and clients get a `Send`,
 * so the same bytes travel over a socket, through the simulated world, or straight between two functions.
 */

/** Header names are lower case; repeated headers are joined by ", ". */
export type Headers = Readonly<Record<string, string>>

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute URL as the caller wrote it. */
  readonly url: string
  readonly headers: Headers
  /** UTF-8 text; empty when there is no body. */
  readonly body: string
  /** Whoever had the bytes saw that they are ASCII, each one. Left out: nobody looked. */
  readonly ascii?: boolean
}

export interface WireResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** Serves one request. Never throws: every failure is a response. */
export type Serve = (request: WireRequest) => Promise<WireResponse>

/**
 * Sends one request to a partner. Throws `Fault` PEER_UNREACHABLE (the request surely did not arrive) or
 * PEER_SILENT (it may have arrived: the outcome is unknown).
 */
export type Send = (request: WireRequest, options?: SendOptions) => Promise<WireResponse>

export interface SendOptions {
  readonly timeoutMs?: number
  /** After this moment (ms) nobody wants it any more: it is not sent, and PEER_UNREACHABLE says so. */
  readonly notAfter?: number
  /** A person waits for it: it stands behind nothing that nobody waits for. */
  readonly urgent?: boolean
}
