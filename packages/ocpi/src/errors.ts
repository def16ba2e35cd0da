/**
 * Two kinds of failure: `OcpiError` is told to the partner in the response envelope, `Fault` is kept:
 * logged, shown in the console and retried when that makes sense.
 */

/** Every standard status code of the envelope and what it means. (status codes; A-54: custom ranges are never used) */
export const STATUS_CODES = {
  1000: 'success',
  2000: 'generic client error',
  2001: 'invalid or missing parameters',
  2002: 'not enough information',
  2003: 'unknown Location',
  2004: 'unknown Token',
  3000: 'generic server error',
  3001: "unable to use the client's API",
  3002: 'unsupported version',
  3003: 'no matching or missing endpoints',
  4000: 'hub: generic error',
  4001: 'hub: unknown receiver',
  4002: 'hub: timeout on forwarded request',
  4003: 'hub: connection problem',
} as const

export type StatusCode = keyof typeof STATUS_CODES

/** What a status code means; custom codes are named by the range they belong to. */
export function meaningOf(statusCode: number): string {
  const known = (STATUS_CODES as Readonly<Record<number, string>>)[statusCode]
  if (known !== undefined) return known
  const range = ['success', 'client error', 'server error', 'hub error'][Math.floor(statusCode / 1000) - 1]
  return range === undefined ? `unknown status code ${statusCode}` : `custom or unknown ${range}`
}

/** A refusal the partner is told. `http` overrides the HTTP status where a chapter demands one. */
export class OcpiError extends Error {
  readonly statusCode: number
  readonly http: number | undefined
  readonly data: unknown

  constructor(
    statusCode: number,
    message: string,
    options: { readonly http?: number; readonly data?: unknown; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OcpiError'
    this.statusCode = statusCode
    this.http = options.http
    this.data = options.data
  }
}

/** A failure the partner is not told in detail; `retry` says whether trying the same thing later makes sense. */
export class Fault extends Error {
  readonly code: string
  readonly retry: boolean
  /** How long the partner asked us to wait, where it did. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: string,
    message: string,
    options: { readonly retry?: boolean; readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.retry = options.retry ?? false
    this.retryAfterMs = options.retryAfterMs
  }
}
