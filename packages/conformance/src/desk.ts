/**
 * The judge's own platform: one party that is a correct PTP or CPO, with everything it says and hears on record. It can
 * also ask wrong things on purpose and answer wrongly for a while; both are marked as probes.
 */
import { type Calls, createOcpiClient, type OcpiClient } from '@plugtill/ocpi/client'
import { type Exchange, maskedBody, type RawExchange } from '@plugtill/ocpi/exchange'
import { createHandshake, type Handshake } from '@plugtill/ocpi/handshake'
import { maskedHeaders } from '@plugtill/ocpi/headers'
import type { Module } from '@plugtill/ocpi/module'
import { memoryPeers, type Party, type Peer, type PeerStore } from '@plugtill/ocpi/peers'
import type { Offer } from '@plugtill/ocpi/roles'
import { createOcpiServer, type Mounted } from '@plugtill/ocpi/server'
import { hashToken, shapeToken } from '@plugtill/ocpi/token'
import type { Send, Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Target, Version } from './catalogue.ts'
import { exchangeOf, type Probe, probing, type Timed } from './probing.ts'
import { type Clock, createRecorder, type Recorder } from './recorder.ts'
import type { Seen } from './seen.ts'
import type { Pace } from './view.ts'

export interface DeskParts {
  readonly target: Target
  readonly party: Party
  /** Public base of the judge's OCPI entrance, without trailing slash. */
  readonly baseUrl: string
  readonly send: Send
  readonly clock: Clock
  /** Lower-case UUIDs. */
  readonly ids: () => string
  readonly randomToken: () => string
  readonly hash: (text: string) => string
  readonly modules: readonly Mounted[]
  /** What the platform under test has to offer; what is missing is a finding, not an end. */
  readonly needs: Offer
  /** The version to speak; default the highest that both do. */
  readonly version?: Version
  readonly patienceMs: number
  /** How fast the chargers of the platform under test run; absent: as in real life. */
  readonly pace?: Pace
  /** How many objects a page of the judge's own lists has at most, default 1: whoever reads them has to follow links. */
  readonly pageSize?: number
}

/** What a partner needs to begin. */
export interface Invitation {
  readonly versionsUrl: string
  readonly token: string
}

/** Answers instead of the judge's own server, until it is taken back. */
export interface Interception {
  readonly name: string
  /** undefined lets the request pass. */
  readonly answer: (request: WireRequest) => Promise<WireResponse> | WireResponse | undefined
}

/** Changes what the judge itself asks, until it is taken back. */
export interface Alteration {
  readonly name: string
  /** undefined lets the request go as it is. */
  readonly change: (request: WireRequest) => WireRequest | undefined
}

export interface Desk extends Recorder {
  readonly parts: DeskParts
  readonly serve: Serve
  readonly handshake: Handshake
  readonly client: OcpiClient
  /** The platform under test, once a handshake has made it a partner. */
  readonly partner: () => Promise<Peer | undefined>
  readonly call: <M extends Module, R extends 'sender' | 'receiver'>(module: M, role: R) => Promise<Calls<M[R]>>
  readonly probe: (name: string, probe: Probe) => Promise<Seen>
  readonly intercept: (interception: Interception) => () => void
  /** Goes on with the token that an answer of credentials handed over, where an odd question was answered with one. */
  readonly adopt: (seen: Seen) => Promise<void>
  readonly alter: (alteration: Alteration) => () => void
  /** Lets whoever has the token start the handshake, as any party. */
  readonly invite: () => Promise<Invitation>
}

export function createDesk(parts: DeskParts): Desk {
  const { target, clock, ids, baseUrl, party } = parts
  const peers = memoryPeers()
  let spoken: Version = parts.version ?? '2.3.0'
  const recorder = createRecorder({ ...parts, version: () => spoken })
  const { send, alter, told } = altering(parts.send)
  const onExchange = (exchange: Exchange, raw: RawExchange) => {
    const altered = told(exchange)
    if (altered === undefined) recorder.saw(exchange, raw)
    else recorder.saw(altered.exchange, { ...raw, request: altered.request }, altered.name)
  }
  const shared = { send, peers, clock, ids, party, baseUrl, onExchange, randomToken: parts.randomToken }
  const versions = parts.version === undefined ? {} : { versions: [parts.version] }
  const handshake = createHandshake({
    ...shared,
    needs: parts.needs,
    ...versions,
    onChange: (peer) => {
      spoken = peer.version ?? spoken
    },
  })
  const client = createOcpiClient(shared)
  const server = createOcpiServer({
    ...shared,
    ...versions,
    handshake,
    modules: parts.modules,
    maxLimit: parts.pageSize ?? 1,
  })
  const { serve, intercept } = intercepting(server, { recorder, clock, baseUrl })
  const partner = async () => (await peers.list()).find(({ status }) => status === 'registered')
  return {
    ...recorder,
    parts,
    handshake,
    client,
    partner,
    serve,
    intercept,
    call: async (module, role) => {
      const peer = await partner()
      if (peer === undefined) throw new NotRegistered(target)
      return client.of(peer, module, role)
    },
    ...probing({ parts, peers, recorder, partner }),
    alter,
    invite: () => invite(parts, peers),
  }
}

const INVITATION_MS = 24 * 60 * 60 * 1000

async function invite({ randomToken, ids, clock, baseUrl }: DeskParts, peers: PeerStore): Promise<Invitation> {
  const token = shapeToken('A', randomToken())
  const until = clock.now() + INVITATION_MS
  const tokensIn = [{ hash: hashToken(token), kind: 'A' as const, until }]
  await peers.save({ id: ids(), status: 'invited', roles: [], endpoints: [], tokensIn, updatedAt: clock.now() })
  return { versionsUrl: `${baseUrl}/versions`, token }
}

interface Noting {
  readonly recorder: Recorder
  readonly clock: Clock
  readonly baseUrl: string
}

/** A server that answers wrongly for a while, when it is told to. */
function intercepting(server: Serve, { recorder, clock, baseUrl }: Noting): Pick<Desk, 'serve' | 'intercept'> {
  const interceptions = new Set<Interception>()
  return {
    intercept: (interception) => {
      interceptions.add(interception)
      return () => void interceptions.delete(interception)
    },
    serve: async (request) => {
      for (const { name, answer } of interceptions) {
        const response = await answer(request)
        if (response === undefined) continue
        recorder.saw(intercepted({ request, response, at: clock.now(), baseUrl }), { request, response }, name)
        return response
      }
      return server(request)
    },
  }
}

/** A way out that changes requests on purpose and remembers which, by their X-Request-ID. */
function altering(send: Send): {
  readonly send: Send
  readonly alter: Desk['alter']
  readonly told: (exchange: Exchange) => { exchange: Exchange; request: WireRequest; name: string } | undefined
} {
  const alterations = new Set<Alteration>()
  const altered = new Map<string, { readonly request: WireRequest; readonly name: string }>()
  return {
    alter: (alteration) => {
      alterations.add(alteration)
      return () => void alterations.delete(alteration)
    },
    send: (request, options) => {
      for (const { name, change } of alterations) {
        const changed = change(request)
        if (changed === undefined) continue
        altered.set(request.headers['x-request-id'] ?? '', { request: changed, name })
        return send(changed, options)
      }
      return send(request, options)
    },
    told: (exchange) => {
      const found = exchange.direction === 'out' ? altered.get(exchange.requestId) : undefined
      if (found === undefined) return undefined
      const requestBody = maskedBody(exchange.module, found.request.body)
      return { ...found, exchange: { ...exchange, requestHeaders: maskedHeaders(found.request.headers), requestBody } }
    },
  }
}

/** A scenario needed a registered partner and had none; what comes after it cannot be seen. */
export class NotRegistered extends Error {
  constructor(target: Target) {
    super(`The ${target.toUpperCase()} under test is not registered.`)
    this.name = 'NotRegistered'
  }
}

/** Where a request that the server did not get to see was going: the tail of its path tells the module. */
function intercepted({ request, response, at, baseUrl }: Timed & { readonly baseUrl: string }): Exchange {
  const path = request.url.slice(baseUrl.length).split('?')[0] ?? ''
  const [, , , module = ''] = path.split('/')
  return exchangeOf({ request, response, at, durationMs: 0, direction: 'in', module, endpoint: '' })
}
