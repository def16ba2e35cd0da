/** Headers that every OCPI message carries: message ids and routing. */
import type { PartyId } from './peers.ts'
import { sameCi } from './types.ts'
import type { Headers } from './wire.ts'

export interface MessageIds {
  readonly requestId: string
  readonly correlationId: string
}

const PRINTABLE = /^[\x21-\x7e]+$/
const LONGEST_ID = 64

/** The ids of a request; a missing or unprintable one is replaced, never echoed. */
export function readMessageIds(headers: Headers, ids: () => string): MessageIds {
  const usable = (value: string | undefined) =>
    value !== undefined && value.length <= LONGEST_ID && PRINTABLE.test(value) ? value : ids()
  return { requestId: usable(headers['x-request-id']), correlationId: usable(headers['x-correlation-id']) }
}

export const messageIdHeaders = (ids: MessageIds): Headers => ({
  'x-request-id': ids.requestId,
  'x-correlation-id': ids.correlationId,
})

export interface Routing {
  readonly from: PartyId
  readonly to: PartyId
}

/** As a request goes out: without `to` a hub finds the party itself. */
export interface Outgoing {
  readonly from: PartyId
  readonly to?: PartyId
}

/** OCPI-from-* and OCPI-to-*; in the answer both are swapped. */
export const routingHeaders = ({ from, to }: Outgoing): Headers => ({
  'ocpi-from-country-code': from.countryCode,
  'ocpi-from-party-id': from.partyId,
  ...(to === undefined ? {} : { 'ocpi-to-country-code': to.countryCode, 'ocpi-to-party-id': to.partyId }),
})

/** What an answer carries: the ids, and the way back, which is the way here with both ends swapped. */
export function answerHeaders({ requestId, correlationId }: MessageIds, routing: Routing | undefined): Headers {
  const type = 'application/json; charset=utf-8'
  if (routing === undefined) {
    return { 'content-type': type, 'x-request-id': requestId, 'x-correlation-id': correlationId }
  }
  const { from, to } = routing
  return {
    'content-type': type,
    'x-request-id': requestId,
    'x-correlation-id': correlationId,
    'ocpi-from-country-code': to.countryCode,
    'ocpi-from-party-id': to.partyId,
    'ocpi-to-country-code': from.countryCode,
    'ocpi-to-party-id': from.partyId,
  }
}

const ENDS = {
  from: ['ocpi-from-country-code', 'ocpi-from-party-id'],
  to: ['ocpi-to-country-code', 'ocpi-to-party-id'],
} as const

/** One end of the routing headers; half an address counts as none. */
export function readParty(headers: Headers, end: 'from' | 'to'): PartyId | undefined {
  const [country, party] = ENDS[end]
  const countryCode = headers[country]?.trim()
  const partyId = headers[party]?.trim()
  return countryCode && partyId ? { countryCode, partyId } : undefined
}

export const sameParty = (a: PartyId, b: PartyId): boolean =>
  sameCi(a.countryCode, b.countryCode) && sameCi(a.partyId, b.partyId)

export const partyText = (party: PartyId): string => `${party.countryCode}-${party.partyId}`

/** For logs and the console: the token is not shown. */
export const maskedHeaders = (headers: Headers): Headers =>
  headers['authorization'] === undefined ? headers : { ...headers, authorization: 'Token ***' }
