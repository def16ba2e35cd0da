/** One question to a partner: headers on, envelope off, every kind of "no" in one form. */

import { retryAfterMs } from './considerate-send.ts'
import { isSuccess, readEnvelope } from './envelope.ts'
import { Fault } from './errors.ts'
import { type Exchange, maskedBody, type OnExchange, referenceIn } from './exchange.ts'
import { maskedHeaders, messageIdHeaders, type Outgoing, readParty, routingHeaders } from './headers.ts'
import { parseJson } from './parse-json.ts'
import type { PartyId } from './peers.ts'
import { tokenHeader } from './token.ts'
import type { Headers, Send, WireRequest, WireResponse } from './wire.ts'

/** The partner answered and said no: by HTTP status, by OCPI status, or both. (E-52) */
export class PeerRefused extends Error {
  readonly peerId: string
  readonly http: number
  /** OCPI status code; undefined when the answer had no envelope. */
  readonly statusCode: number | undefined
  readonly data: unknown
  /** Trying the same later makes sense: the partner's trouble, not ours. */
  readonly retry: boolean
  /** How long the partner asks us to wait; undefined when it does not say. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    told: {
      peerId: string
      http: number
      statusCode?: number
      data?: unknown
      retry: boolean
      retryAfterMs?: number
    },
  ) {
    super(message)
    this.name = 'PeerRefused'
    this.peerId = told.peerId
    this.http = told.http
    this.statusCode = told.statusCode
    this.data = told.data
    this.retry = told.retry
    this.retryAfterMs = told.retryAfterMs
  }
}

export interface Answer<Data> {
  readonly data: Data
  readonly headers: Headers
  readonly http: number
  readonly statusCode: number
  readonly statusMessage?: string
  /** Who answered, when the answer says so: behind a hub not always the one that was asked. */
  readonly from?: PartyId
}

export interface AskParts {
  readonly send: Send
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly onExchange?: OnExchange
}

export interface Question {
  readonly peerId: string
  readonly token: string
  readonly tokenForm?: 'base64' | 'raw'
  readonly method: WireRequest['method']
  readonly url: string
  /** JSON text; undefined: no body. */
  readonly body?: string
  readonly module: string
  readonly endpoint: string
  readonly routing?: Outgoing
  readonly correlationId?: string
  readonly reference?: string
  readonly timeoutMs?: number
  readonly notAfter?: number
}

const MAX_ANSWER_BYTES = 5_000_000
/** Of this module a driver waits for every call: a start, a stop, an unlocking. (ocpi mod_commands) */
const URGENT = 'commands'

/** Asks once. Throws PeerRefused for a no, Fault PEER_UNREACHABLE, PEER_SILENT or PEER_GARBLED otherwise. */
export async function ask(parts: AskParts, question: Question): Promise<Answer<unknown>> {
  const ids = { requestId: parts.ids(), correlationId: question.correlationId ?? parts.ids() }
  const request: WireRequest = {
    method: question.method,
    url: question.url,
    headers: {
      accept: 'application/json',
      authorization: tokenHeader(question.token, question.tokenForm),
      ...messageIdHeaders(ids),
      ...(question.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...(question.routing === undefined ? {} : routingHeaders(question.routing)),
    },
    body: question.body ?? '',
  }
  const at = parts.clock.now()
  const tell = (response: WireResponse) => {
    try {
      parts.onExchange?.(exchangeOf({ question, request, response, ids, at, now: parts.clock.now() }), {
        request,
        response,
      })
    } catch {
      // Keeping the record is the caller's affair; failing there must not turn an answered call into a failed one.
    }
  }
  let response: WireResponse
  try {
    const { timeoutMs, notAfter, module } = question
    response = await parts.send(request, { timeoutMs, notAfter, urgent: module === URGENT })
  } catch (error) {
    tell({ status: 0, headers: {}, body: error instanceof Error ? error.message : String(error) })
    throw error instanceof Fault
      ? error
      : new Fault('PEER_SILENT', `${question.method} ${question.url} failed.`, { retry: true, cause: error })
  }
  tell(response)
  return readAnswer(question, response, parts.clock.now())
}

/** HTTP 4xx with envelope, without envelope, and 2xx with 2xxx all mean no. (A-43, E-52) */
export function readAnswer(question: Question, response: WireResponse, now: number): Answer<unknown> {
  const what = `${question.method} ${question.url}`
  const envelope = readEnvelope(readJson(response.body))
  const http = response.status
  if (http < 200 || http > 299) {
    const said =
      envelope?.statusMessage ??
      (http >= 300 && http <= 399 ? 'redirects are not followed' : response.body.slice(0, 200))
    throw new PeerRefused(`${what} was answered with HTTP ${http}: ${said}`, {
      peerId: question.peerId,
      http,
      statusCode: envelope?.statusCode,
      data: envelope?.data,
      retry: http === 408 || http === 429 || http >= 500,
      retryAfterMs: retryAfterMs(response.headers, now),
    })
  }
  if (envelope === undefined) {
    throw new Fault(
      'PEER_GARBLED',
      `${what} was answered with HTTP ${http} but without an OCPI envelope: ${response.body.slice(0, 200)}`,
      { retry: true },
    )
  }
  if (!isSuccess(envelope.statusCode)) {
    throw new PeerRefused(
      `${what} was answered with OCPI ${envelope.statusCode}: ${envelope.statusMessage ?? 'no reason given'}`,
      {
        peerId: question.peerId,
        http,
        statusCode: envelope.statusCode,
        data: envelope.data,
        retry: envelope.statusCode >= 3000,
      },
    )
  }
  return {
    data: envelope.data,
    headers: response.headers,
    http,
    statusCode: envelope.statusCode,
    statusMessage: envelope.statusMessage,
    from: readParty(response.headers, 'from'),
  }
}

/** The parsed body, or undefined when it cannot be read: too large, too deep or no JSON. (T26) */
function readJson(body: string): unknown {
  if (body.length > MAX_ANSWER_BYTES) return undefined
  try {
    // One object of a list with a number that cannot be must not hide the others; its own shape refuses it.
    return parseJson(body, { keepHuge: true })
  } catch {
    return undefined
  }
}

function exchangeOf(told: {
  question: Question
  request: WireRequest
  response: WireResponse
  ids: { requestId: string; correlationId: string }
  at: number
  now: number
}): Exchange {
  const { question, request, response, ids, at, now } = told
  return {
    at,
    direction: 'out',
    peerId: question.peerId,
    module: question.module,
    endpoint: question.endpoint,
    method: request.method,
    url: request.url,
    requestHeaders: maskedHeaders(request.headers),
    requestBody: maskedBody(question.module, request.body),
    status: response.status,
    responseHeaders: response.headers,
    responseBody: maskedBody(question.module, response.body),
    durationMs: now - at,
    ...ids,
    reference: question.reference ?? referenceIn(request.body),
  }
}
