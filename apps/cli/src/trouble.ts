/**
 * Trouble on purpose between a platform and one partner: messages late, answered with an error, or never. For the
 * sandbox only: who builds a platform wants to see what it does then.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AdminAnswer, AdminTable } from '@plugtill/engine/admin'
import { Fault } from '@plugtill/ocpi/errors'
import type { OnExchange } from '@plugtill/ocpi/exchange'
import type { Send, Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import { type Admin, adminOf } from '@plugtill/world/call-admin'
import Type from 'typebox'
import type { Side } from './http/live.ts'

const NewTrouble = Type.Object({
  platform: Type.Enum(['ptp', 'cpo']),
  peer: Type.String({ minLength: 1, maxLength: 100 }),
  /** `sent`: what we send them meets it on its way. `received`: what they send is done, and our answer meets it. */
  of: Type.Enum(['sent', 'received']),
  kind: Type.Enum(['delay', 'error', 'silence']),
  /** A part of the URL, such as cdrs; absent: everything. */
  where: Type.Optional(Type.String({ maxLength: 100 })),
  delay_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000 })),
  status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
  /** For so many messages; absent: until it is taken away. */
  times: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
})

interface Trouble extends Type.Static<typeof NewTrouble> {
  readonly id: string
  readonly platform: Side
  /** What a URL of the partner begins with. */
  readonly urls: readonly string[]
  met: number
}

export interface Troubles {
  readonly send: (side: Side, send: Send) => Send
  readonly serve: (side: Side, serve: Serve) => Serve
  /** Says who asked: by then the platform has recognised the token. */
  readonly exchange: (side: Side) => OnExchange
  readonly admin: (tables: Readonly<Partial<Record<Side, AdminTable>>>) => AdminTable
}

const MOST = 50
const LONGEST_SILENCE_MS = 120_000
const DEFAULT_DELAY_MS = 5_000

export function createTroubles(): Troubles {
  const active = new Map<string, Trouble>()
  const askers = new WeakMap<WireRequest, string>()
  const meets = (fits: (trouble: Trouble) => boolean): Trouble | undefined => {
    const found = [...active.values()].find(fits)
    if (found === undefined) return undefined
    found.met += 1
    if (found.times !== undefined && found.met >= found.times) active.delete(found.id)
    return found
  }
  const about = ({ where }: Trouble, url: string) => where === undefined || url.includes(where)
  return {
    send: (side, send) => async (request, options) => {
      if (active.size === 0) return send(request, options)
      const met = meets(
        (one) => one.platform === side && one.of === 'sent' && about(one, request.url) && leadsTo(one, request.url),
      )
      if (met?.kind === 'delay') await sleep(met.delay_ms ?? DEFAULT_DELAY_MS)
      if (met?.kind === 'error') return failure(met)
      if (met?.kind === 'silence') {
        await sleep(Math.min(options?.timeoutMs ?? 30_000, LONGEST_SILENCE_MS))
        throw new Fault('PEER_SILENT', `${request.method} ${request.url} got no answer: silence was asked for here.`, {
          retry: true,
        })
      }
      return send(request, options)
    },
    serve: (side, serve) => async (request) => {
      const response = await serve(request)
      const asker = active.size === 0 ? undefined : askers.get(request)
      if (asker === undefined) return response
      const met = meets(
        (one) => one.platform === side && one.of === 'received' && one.peer === asker && about(one, request.url),
      )
      if (met === undefined) return response
      if (met.kind === 'error') return failure(met)
      await sleep(met.kind === 'silence' ? LONGEST_SILENCE_MS : (met.delay_ms ?? DEFAULT_DELAY_MS))
      return met.kind === 'silence' ? failure({ status: 503 }) : response
    },
    exchange: () => (exchange, raw) => {
      if (exchange.direction === 'in' && exchange.peerId !== undefined) askers.set(raw.request, exchange.peerId)
    },
    admin: (tables) => tableOf(active, tables),
  }
}

const leadsTo = ({ urls }: Trouble, url: string) => urls.some((known) => url.startsWith(known))

const failure = ({ status = 500 }: Pick<Trouble, 'status'>): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    status_code: 3000,
    status_message: 'An error that was asked for in the sandbox.',
    timestamp: new Date().toISOString(),
  }),
})

const record = ({ urls: _, ...trouble }: Trouble) => trouble

function tableOf(active: Map<string, Trouble>, tables: Readonly<Partial<Record<Side, AdminTable>>>): AdminTable {
  const no = (message: string): AdminAnswer => ({ status: 409, body: { refused: 'not-possible', message } })
  return [
    {
      method: 'GET',
      path: '/troubles',
      summary: 'What goes wrong on purpose now',
      run: async () => ({ body: [...active.values()].map(record) }),
    },
    {
      method: 'POST',
      path: '/troubles',
      summary: 'Let messages to or from one partner be late, fail, or meet silence',
      body: NewTrouble,
      run: async ({ body }) => {
        const asked = body as Type.Static<typeof NewTrouble> & { platform: Side }
        if (active.size >= MOST) return no(`${MOST} are active already. Take one away first.`)
        const table = tables[asked.platform]
        const urls = table && (await urlsOf(adminOf(table), asked.peer))
        if (!urls) return no(`"${asked.peer}" is no partner of the ${asked.platform} platform that runs here.`)
        const trouble: Trouble = { ...asked, id: randomUUID(), urls, met: 0 }
        active.set(trouble.id, trouble)
        return { status: 201, body: record(trouble) }
      },
    },
    {
      method: 'DELETE',
      path: '/troubles/:id',
      summary: 'Take one away',
      run: async ({ params }) =>
        active.delete(params['id'] ?? '')
          ? { body: [...active.values()].map(record) }
          : { status: 404, body: { error: 'unknown', message: `No trouble "${params['id']}" is active.` } },
    },
  ]
}

interface Peer {
  readonly id: string
  readonly versions_url: string | null
  readonly endpoints: readonly { readonly url: string }[]
}

async function urlsOf(admin: Admin, id: string): Promise<readonly string[] | undefined> {
  const peer = (await admin.get<readonly Peer[]>('/peers')).find((one) => one.id === id)
  return peer && [...peer.endpoints.map(({ url }) => url), ...(peer.versions_url === null ? [] : [peer.versions_url])]
}
