/** Headers that every OCPI message carries: message ids and routing. */
import type { PartyId } from './peers.ts'
import type { Headers } from './wire.ts'

export interface MessageIds {
  readonly requestId: string
  readonly correlationId: string
}

const MESSAGE_ID = /^[\x21-\x7e]{1,64}$/

/** The ids of a request; a missing or unprintable one is replaced, never echoed. */
export function readMessageIds(headers: Headers, ids: () => string): MessageIds {
  const usable = (value: string | undefined) => (value !== undefined && MESSAGE_ID.test(value) ? value : ids())
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

/** One end of the routing headers; half an address counts as none. */
export function readParty(headers: Headers, end: 'from' | 'to'): PartyId | undefined {
  const countryCode = headers[`ocpi-${end}-country-code`]?.trim()
  const partyId = headers[`ocpi-${end}-party-id`]?.trim()
  return countryCode && partyId ? { countryCode, partyId } : undefined
}

export const sameParty = (a: PartyId, b: PartyId): boolean =>
  a.countryCode.toUpperCase() === b.countryCode.toUpperCase() && a.partyId.toUpperCase() === b.partyId.toUpperCase()

export const partyText = (party: PartyId): string => `${party.countryCode}-${party.partyId}`

/** For logs and the console: the token is not shown. */
export const maskedHeaders = (headers: Headers): Headers =>
  headers['authorization'] === undefined ? headers : { ...headers, authorization: 'Token ***' }
