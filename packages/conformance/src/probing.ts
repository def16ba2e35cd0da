/** Questions that are odd on purpose, past the client that would not ask them. */
import { type Exchange, maskedBody, type RawExchange } from '@plugtill/ocpi/exchange'
import { maskedHeaders, routingHeaders } from '@plugtill/ocpi/headers'
import type { Party, Peer, PeerStore } from '@plugtill/ocpi/peers'
import { tokenHeader } from '@plugtill/ocpi/token'
import type { Headers, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Desk, DeskParts } from './desk.ts'
import type { Recorder } from './recorder.ts'
import { jsonOf, type Seen } from './seen.ts'

/** A question that is odd on purpose. */
export interface Probe {
  /** Row of the tables it stands for, such as `locations.location`. */
  readonly place: string
  readonly method: WireRequest['method']
  readonly url: string
  /** Credentials token; null sends none. Default: the valid one. */
  readonly token?: string | null
  /** Added to the usual ones; an empty text takes one away. */
  readonly headers?: Headers
  /** Text as it is sent. */
  readonly body?: string
  readonly timeoutMs?: number
}

export interface Timed extends RawExchange {
  readonly at: number
}

interface Probing {
  readonly parts: DeskParts
  readonly peers: PeerStore
  readonly recorder: Recorder
  readonly partner: Desk['partner']
}

/** Odd questions, and going on with what one of them brought. */
export function probing({ parts, peers, recorder, partner }: Probing): Pick<Desk, 'probe' | 'adopt'> {
  const { party, ids, clock } = parts
  const handedOver = new WeakMap<Seen, string>()
  return {
    probe: async (name, probe) => {
      const request = probeRequest(probe, { peer: await partner(), party, ids })
      const at = clock.now()
      const response = await parts
        .send(request, { timeoutMs: probe.timeoutMs ?? parts.patienceMs })
        .catch((): WireResponse => ({ status: 0, headers: {}, body: '' }))
      const exchange = probed(probe, { request, response, at, durationMs: clock.now() - at })
      const seen = recorder.saw(exchange, { request, response }, name)
      const token = tokenOf(response.body)
      if (token !== undefined) handedOver.set(seen, token)
      return seen
    },
    adopt: async (seen) => {
      const [peer, token] = [await partner(), handedOver.get(seen)]
      if (peer !== undefined && token !== undefined) await peers.save({ ...peer, tokenOut: token })
    },
  }
}

function tokenOf(body: string): string | undefined {
  const { data } = (jsonOf(body) ?? {}) as { readonly data?: { readonly token?: unknown } | null }
  return typeof data?.token === 'string' ? data.token : undefined
}

interface Asking {
  readonly peer: Peer | undefined
  readonly party: Party
  readonly ids: () => string
}

function probeRequest(probe: Probe, { peer, party, ids }: Asking): WireRequest {
  const token = probe.token === undefined ? peer?.tokenOut : probe.token
  const [to] = peer?.roles ?? []
  const routed = !/^(versions|credentials|hubclientinfo)\b/.test(probe.place)
  const usual: Headers = {
    accept: 'application/json',
    'x-request-id': ids(),
    'x-correlation-id': ids(),
    ...(token == null ? {} : { authorization: tokenHeader(token, peer?.tokenForm) }),
    ...(probe.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(routed && to !== undefined
      ? routingHeaders({ from: party, to: { countryCode: to.country_code, partyId: to.party_id } })
      : {}),
    ...probe.headers,
  }
  const headers = Object.fromEntries(Object.entries(usual).filter(([, value]) => value !== ''))
  return { method: probe.method, url: probe.url, headers, body: probe.body ?? '' }
}

function probed(
  probe: Probe,
  { request, response, at, durationMs }: Timed & { readonly durationMs: number },
): Exchange {
  const [module = '', endpoint = ''] = probe.place.split('.')
  return exchangeOf({ request, response, at, durationMs, direction: 'out', module, endpoint })
}

/** What crossed the wire past the usual client or server. */
export function exchangeOf(told: Timed & Pick<Exchange, 'durationMs' | 'direction' | 'module' | 'endpoint'>): Exchange {
  const { request, response, ...rest } = told
  return {
    ...rest,
    method: request.method,
    url: request.url,
    requestHeaders: maskedHeaders(request.headers),
    requestBody: maskedBody(rest.module, request.body),
    status: response.status,
    responseHeaders: response.headers,
    responseBody: maskedBody(rest.module, response.body),
    requestId: request.headers['x-request-id'] ?? '',
    correlationId: request.headers['x-correlation-id'] ?? '',
  }
}
