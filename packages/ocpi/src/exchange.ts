/** One request and its answer as they crossed the wire, for the timeline and the console. */
import type { Headers, WireRequest, WireResponse } from './wire.ts'

export interface Exchange {
  /** When the request started, in ms. */
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly peerId?: string
  /** Module and endpoint name of the table; empty when the URL belongs to none. */
  readonly module: string
  readonly endpoint: string
  readonly method: string
  readonly url: string
  /** Authorization is masked. */
  readonly requestHeaders: Headers
  readonly requestBody: string
  /** 0: no answer came. */
  readonly status: number
  readonly responseHeaders: Headers
  readonly responseBody: string
  readonly durationMs: number
  readonly requestId: string
  readonly correlationId: string
  /** The `authorization_reference` of the payment this belongs to, when it is known. */
  readonly reference?: string
}

/** The same exchange as it really crossed the wire, tokens readable: to look at, never to keep. */
export interface RawExchange {
  readonly request: WireRequest
  readonly response: WireResponse
}

/** Is told every exchange, also the refused ones. */
export type OnExchange = (exchange: Exchange, raw: RawExchange) => void

/** Credentials travel in plain text inside the bodies of that module only. */
export function maskedBody(module: string, body: string): string {
  return module === 'credentials' ? body.replace(/("token"\s*:\s*")(?:[^"\\]|\\.)*"/g, '$1***"') : body
}

/** The payment a message names itself; the first value counts. (E-20) */
export function referenceIn(...bodies: readonly string[]): string | undefined {
  for (const body of bodies) {
    const found = /"authorization_reference"\s*:\s*"([\x20\x21\x23-\x5b\x5d-\x7e]{1,36})"/.exec(body)
    if (found) return found[1]
  }
  return undefined
}

/** What is kept of one body, in characters: enough to read a message, too little to fill a disk with. */
const KEPT_OF_BODY = 16_384

function kept(body: string, most = KEPT_OF_BODY): string {
  if (body.length <= most) return body
  const note = `[${body.length - most} characters were not kept]`
  return most === 0 ? note : `${body.slice(0, most)} ${note}`
}

/** Of a stranger's request only the head is kept: whoever has no token writes nothing into our books. */
const isStranger = ({ direction, status }: Exchange): boolean => direction === 'in' && status === 401

/** The exchange as timelines and consoles show it; long bodies are cut, with a word about how much. */
export function exchangeRecord(exchange: Exchange) {
  return {
    at: exchange.at,
    direction: exchange.direction,
    peer: exchange.peerId ?? null,
    module: exchange.module,
    endpoint: exchange.endpoint,
    method: exchange.method,
    url: exchange.url,
    status: exchange.status,
    request_headers: exchange.requestHeaders,
    request_body: kept(exchange.requestBody, isStranger(exchange) ? 0 : KEPT_OF_BODY),
    response_headers: exchange.responseHeaders,
    response_body: kept(exchange.responseBody),
    duration_ms: exchange.durationMs,
    request_id: exchange.requestId,
    correlation_id: exchange.correlationId,
  }
}

export type ExchangeRecord = ReturnType<typeof exchangeRecord>

/** Whether a body of a record lacks what was not kept of it. */
export const isCut = ({ request_body: asked, response_body: answered }: ExchangeRecord): boolean =>
  [asked, answered].some((body) => /\[\d+ characters were not kept\]$/.test(body))

/** The exchange again, as far as it was kept. */
export const exchangeOfRecord = (record: ExchangeRecord): Exchange => ({
  at: record.at,
  direction: record.direction,
  ...(record.peer === null ? {} : { peerId: record.peer }),
  module: record.module,
  endpoint: record.endpoint,
  method: record.method,
  url: record.url,
  requestHeaders: record.request_headers,
  requestBody: record.request_body,
  status: record.status,
  responseHeaders: record.response_headers,
  responseBody: record.response_body,
  durationMs: record.duration_ms,
  requestId: record.request_id,
  correlationId: record.correlation_id,
})
