/** From what a handler gave, or threw, to the response. */

import { envelopeText } from './envelope.ts'
import { OcpiError } from './errors.ts'
import { answerHeaders } from './headers.ts'
import { pageHeaders } from './paging.ts'
import { agreedWith } from './peers.ts'
import type { ListAnswer, StoredJson, WriteAnswer } from './server.ts'
import type { Target } from './server-routes.ts'
import { type Context, HttpRefusal, publicUrlOf } from './server-steps.ts'
import { lostInVersion } from './versions/losses.ts'
import { codecOf } from './versions/negotiate.ts'
import type { Headers, WireResponse } from './wire.ts'

interface Told {
  readonly http: number
  readonly statusCode: number
  readonly statusMessage?: string
  readonly dataJson?: string
  readonly headers?: Headers
}

function respond(context: Context, told: Told): WireResponse {
  const headers = answerHeaders(context.ids, context.routing)
  return {
    status: told.http,
    headers: told.headers === undefined ? headers : { ...headers, ...told.headers },
    body: envelopeText({
      statusCode: told.statusCode,
      statusMessage: told.statusMessage,
      dataJson: told.dataJson,
      at: context.parts.clock.now(),
    }),
  }
}

/** Status for an object that is not there, by module. (A-48, A-51, E-51) */
const NOT_FOUND: Readonly<Record<string, number>> = { locations: 2003, tokens: 2004 }

/** Turns a handler's result into the answer its kind of endpoint gives. */
export function answer(context: Context, target: Target, result: unknown): WireResponse {
  const { kind, data: shape } = target.route.endpoint
  if (kind === 'list') return answerList(context, target, result as ListAnswer)
  if (kind === 'one') return answerOne(context, target, result)
  const { created, data, location, statusCode, statusMessage } = (result ?? {}) as WriteAnswer<unknown>
  return respond(context, {
    http: created ? 201 : 200,
    statusCode: statusCode ?? 1000,
    statusMessage,
    dataJson: data === undefined || shape === undefined ? textOf(data) : saidOrMissing(context, target, data),
    headers: location === undefined ? undefined : { location },
  })
}

const textOf = (data: unknown): string | undefined => (data === undefined ? undefined : JSON.stringify(data))

/** The words of the partner's version; what got lost on the way is kept as a Fault. Undefined: it cannot be said. (F-09) */
function said(context: Context, { route }: Target, value: unknown): string | undefined {
  const { endpoint, version, module, name } = route
  const peer = context.caller?.peer
  const agreed = peer === undefined ? {} : agreedWith(peer)
  const { value: written, losses } = codecOf(version).write(endpoint.data ?? {}, value, agreed)
  if (losses.length > 0) {
    const fault = lostInVersion({ module: module.id, name, version }, { value, losses, whole: written === undefined })
    context.parts.onFault?.(fault, { requestId: context.ids.requestId, url: context.request.url, peerId: peer?.id })
  }
  return textOf(written)
}

/** A single object that cannot be said is not offered. (F-03, F-09) */
function saidOrMissing(context: Context, target: Target, value: unknown): string {
  const text = said(context, target, value)
  if (text !== undefined) return text
  const { module, name, version } = target.route
  const why = `This ${name} cannot be said in OCPI ${version}. Ask for it in version 2.3.0.`
  throw new HttpRefusal(404, NOT_FOUND[module.id] ?? 2001, why)
}

/** The stored texts in the partner's version; in our own they stay as they are. */
function texts(context: Context, target: Target, stored: readonly string[]): readonly string[] {
  if (target.route.version === '2.3.0') return stored
  return stored.flatMap((json) => said(context, target, JSON.parse(json)) ?? [])
}

function answerList(context: Context, target: Target, { total, items }: ListAnswer): WireResponse {
  const page = context.page ?? { offset: 0, limit: context.parts.maxLimit }
  const sent = items.length
  return respond(context, {
    http: 200,
    statusCode: 1000,
    dataJson: `[${texts(context, target, items).join(',')}]`,
    headers: pageHeaders(publicUrlOf(context), page, { total, sent, maxLimit: context.parts.maxLimit }),
  })
}

function answerOne(context: Context, target: Target, result: unknown): WireResponse {
  const { route, params } = target
  if (result === undefined) {
    const id = Object.values(params).at(-1)
    const what = id === undefined ? `No ${route.name} here.` : `No ${route.name} "${id}" here.`
    throw new HttpRefusal(404, NOT_FOUND[route.module.id] ?? 2001, `${what} Check the id and your right to see it.`)
  }
  return respond(context, {
    http: 200,
    statusCode: 1000,
    dataJson: oneText(context, target, result),
  })
}

function oneText(context: Context, target: Target, result: unknown): string {
  if (target.route.version === '2.3.0') return isStored(result) ? result.json : JSON.stringify(result)
  return saidOrMissing(context, target, isStored(result) ? JSON.parse(result.json) : result)
}

const isStored = (result: unknown): result is StoredJson =>
  typeof result === 'object' &&
  result !== null &&
  Object.keys(result).length === 1 &&
  typeof (result as StoredJson).json === 'string'

/** A refusal is told as it is; anything else is 500 with 3000 and no detail. */
export function answerFailure(context: Context, error: unknown): WireResponse {
  if (!(error instanceof OcpiError)) {
    return respond(context, {
      http: 500,
      statusCode: 3000,
      statusMessage: 'Something went wrong here. Try again later.',
    })
  }
  return respond(context, {
    http: error.http ?? 200,
    statusCode: error.statusCode,
    statusMessage: error.message,
    dataJson: error.data === undefined ? undefined : JSON.stringify(error.data),
    headers: error instanceof HttpRefusal ? error.headers : undefined,
  })
}
