/** What was said with partners, as rows of an admin table: to look at, page by page, and to ask again. */
import Type from 'typebox'
import { PeerRefused } from './ask.ts'
import type { ClientParts } from './client.ts'
import { askPeer } from './client-call.ts'
import { Fault } from './errors.ts'
import { type ExchangeRecord, exchangeRecord } from './exchange.ts'
import { exchangeFindings } from './exchange-findings.ts'
import { mayReceiveToken } from './peer-url.ts'

/** An exchange as it was written down. */
export interface KeptExchange {
  readonly seq: number
  readonly reference: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface ExchangesAdminParts {
  /** Newest first. */
  readonly recent: (limit: number, before: number | undefined) => Promise<readonly KeptExchange[]>
  readonly entry: (seq: number) => Promise<KeptExchange | undefined>
  /** What a partner is asked with. */
  readonly client: ClientParts
}

interface Called {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

export interface ExchangesAdminRow {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly summary: string
  readonly query?: object
  readonly run: (call: Called) => Promise<{ readonly status?: number; readonly body: unknown }>
}

const Page = Type.Object({
  limit: Type.Optional(Type.String({ pattern: '^\\d{1,4}$' })),
  before: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
})
const MOST = 1000

export function exchangesAdmin(parts: ExchangesAdminParts): readonly ExchangesAdminRow[] {
  return [
    {
      method: 'GET',
      path: '/exchanges',
      summary: 'OCPI requests and answers, newest first, each with what is wrong with it; before: seq of the last one',
      query: Page,
      run: async ({ query }) => {
        const limit = Math.min(MOST, Math.max(1, Number(query['limit'] ?? 100)))
        const before = query['before'] === undefined ? undefined : Number(query['before'])
        return { body: (await parts.recent(limit, before)).map(shown) }
      },
    },
    {
      method: 'POST',
      path: '/exchanges/:seq/replay',
      summary: 'Ask a partner the same once more; only questions that change nothing (GET)',
      run: async ({ params }) => {
        const seq = Number(params['seq'])
        const kept = Number.isSafeInteger(seq) ? await parts.entry(seq) : undefined
        if (kept === undefined || !('method' in kept.body))
          return {
            status: 404,
            body: { error: 'not-found', message: `No exchange ${params['seq']} was written down.` },
          }
        return replay(parts.client, kept)
      },
    },
  ]
}

function shown({ seq, reference, body }: KeptExchange) {
  const record = body as unknown as ExchangeRecord
  const at = new Date(record.at).toISOString()
  return { ...record, seq, at, reference: reference || null, kind: 'ocpi', findings: exchangeFindings(record) }
}

const no = (message: string) => ({ status: 409, body: { refused: 'not-replayable', message } })

async function replay(client: ClientParts, { reference, body }: KeptExchange) {
  const { direction, method, url, peer: peerId, module, endpoint } = body as unknown as ExchangeRecord
  if (method !== 'GET' || direction !== 'out')
    return no(
      `This was ${direction === 'out' ? 'sent' : 'received'} by ${method}. Only a GET of ours changes nothing when it is sent again.`,
    )
  const peer = peerId === null ? undefined : await client.peers.get(peerId)
  if (peer === undefined || !mayReceiveToken(peer, url))
    return no(`${url} belongs to no partner of today. Connect it first.`)
  let told: ExchangeRecord | undefined
  const listening: ClientParts = {
    ...client,
    onExchange: (exchange, raw) => {
      told = exchangeRecord(exchange)
      client.onExchange?.(exchange, raw)
    },
  }
  try {
    await askPeer(
      listening,
      { peerId: peer.id, module, name: endpoint },
      () => ({ method: 'GET', url, body: undefined, routing: undefined }),
      reference === '' ? {} : { reference },
    )
  } catch (error) {
    // The answer is the news, also when it is a no; without one the reason is.
    if (!(error instanceof PeerRefused || error instanceof Fault)) throw error
    if (told === undefined) return no(error.message)
  }
  return told === undefined ? no('The partner was not asked.') : { body: shown({ seq: 0, reference, body: told }) }
}
