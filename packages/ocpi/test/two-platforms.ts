/** A PTP and a CPO wired to each other by bytes: `Send` of one is `Serve` of the other. */
import { createOcpiClient } from '../src/client.ts'
import { Fault } from '../src/errors.ts'
import type { Exchange } from '../src/exchange.ts'
import { createHandshake, type HandshakeParts } from '../src/handshake.ts'
import { memoryPeers, type Party } from '../src/peers.ts'
import { NEEDED_FROM_CPO, NEEDED_FROM_PTP } from '../src/roles.ts'
import { createOcpiServer, type Mounted } from '../src/server.ts'
import type { Send, Serve, WireRequest, WireResponse } from '../src/wire.ts'

export const PTP_PARTY: Party = { countryCode: 'DE', partyId: 'PAY', role: 'PTP', name: 'Pay GmbH' }
export const CPO_PARTY: Party = {
  countryCode: 'NL',
  partyId: 'ABC',
  role: 'CPO',
  name: 'ABC Charging',
  website: 'https://abc.example',
}

/** A mounted interface whose handlers are never meant to be called. */
export function offered(id: string, role: 'SENDER' | 'RECEIVER'): Mounted {
  return { module: { id, routed: true, sender: {}, receiver: {} }, role, handlers: {} }
}
const PTP_OFFER = [offered('payments', 'SENDER'), offered('cdrs', 'RECEIVER'), offered('commands', 'SENDER')]
const CPO_OFFER = Object.entries(NEEDED_FROM_CPO).flatMap(([id, roles]) => roles.map((role) => offered(id, role)))

export interface World {
  now: number
  readonly network: Map<string, Serve>
  /** Looks at, changes or loses messages; undefined lets them pass. */
  tamper: ((request: WireRequest, pass: () => Promise<WireResponse>) => Promise<WireResponse> | undefined) | undefined
}

export const newWorld = (): World => ({
  now: Date.parse('2026-03-01T10:00:00Z'),
  network: new Map(),
  tamper: undefined,
})

export const sendIn =
  (world: World): Send =>
  async (request) => {
    const serve = world.network.get(new URL(request.url).origin)
    if (serve === undefined) throw new Fault('PEER_UNREACHABLE', `Nobody is at ${request.url}.`, { retry: true })
    const pass = () => serve(request)
    return (await world.tamper?.(request, pass)) ?? pass()
  }

/** 1, 2, 3, … */
export function counter(): () => number {
  let count = 0
  return () => {
    count += 1
    return count
  }
}

export interface PlatformOptions extends Partial<HandshakeParts> {
  readonly modules?: readonly Mounted[]
  readonly maxLimit?: number
}

export function platform(world: World, party: Party, origin: string, options: PlatformOptions = {}) {
  const name = party.partyId.toLowerCase()
  const next = counter()
  const ids = () => `${name}-${next()}`
  const randomToken = () => `${name}_${String(next()).padStart(38, '0')}`
  const clock = { now: () => world.now }
  const peers = memoryPeers()
  const exchanges: Exchange[] = []
  const notes: string[] = []
  const faults: unknown[] = []
  const skipped: string[] = []
  const onExchange = (exchange: Exchange) => void exchanges.push(exchange)
  const send = sendIn(world)
  const baseUrl = `${origin}/${name}/ocpi`
  const shared = { baseUrl, party, peers, clock, ids, onExchange }
  const handshake = createHandshake({
    ...shared,
    send,
    randomToken,
    needs: party.role === 'PTP' ? NEEDED_FROM_CPO : NEEDED_FROM_PTP,
    onNote: ({ text }) => void notes.push(text),
    ...options,
  })
  const modules = options.modules ?? (party.role === 'PTP' ? PTP_OFFER : CPO_OFFER)
  const serve = createOcpiServer({
    ...shared,
    handshake,
    modules,
    maxLimit: options.maxLimit,
    versions: options.versions,
    onFault: (fault) => void faults.push(fault),
  })
  const client = createOcpiClient({ ...shared, send, onSkipped: ({ why }) => void skipped.push(why) })
  world.network.set(origin, serve)
  return { party, origin, baseUrl, peers, handshake, serve, client, exchanges, notes, faults, skipped, send }
}
export type Platform = ReturnType<typeof platform>

/** The CPO invites, the PTP registers. */
export async function registered(cpo: Platform, ptp: Platform) {
  const invitation = await cpo.handshake.invite({ countryCode: ptp.party.countryCode, partyId: ptp.party.partyId })
  const cpoSeenByPtp = await ptp.handshake.register(invitation)
  return { invitation, cpoSeenByPtp, ptpSeenByCpo: (await cpo.peers.get(invitation.id))! }
}

/** Both platforms, each knowing the other. */
export async function pair(options: { readonly cpo?: PlatformOptions; readonly ptp?: PlatformOptions } = {}) {
  const world = newWorld()
  const cpo = platform(world, CPO_PARTY, 'https://cpo.example', options.cpo)
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example', options.ptp)
  return { world, cpo, ptp, ...(await registered(cpo, ptp)) }
}

/** A raw request as a stranger would write it. */
export function raw(
  method: WireRequest['method'],
  url: string,
  token?: string,
  extra: { readonly body?: string; readonly headers?: Record<string, string> } = {},
): WireRequest {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Token ${Buffer.from(token).toString('base64')}` }
  return { method, url, headers: { ...authorization, ...extra.headers }, body: extra.body ?? '' }
}

export interface Told {
  readonly data?: unknown
  readonly status_code: number
  readonly status_message?: string
  readonly timestamp: string
}
export const told = (response: WireResponse): Told => JSON.parse(response.body) as Told
