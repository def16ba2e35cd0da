/** What is new anywhere, as one stream for the console: which lists to read again, and on demand every message. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AdminTable } from '@plugtill/engine/admin'
import { type Exchange, exchangeRecord, type OnExchange } from '@plugtill/ocpi/exchange'
import { exchangeFindings } from '@plugtill/ocpi/exchange-findings'
import Type from 'typebox'
import type { ServerEvent } from './events.ts'

export type Side = 'ptp' | 'cpo'

/** A message of a charger as the console shows it. */
export interface ChargerFrame {
  readonly at: number
  readonly chargerId: string
  readonly direction: 'in' | 'out'
  readonly action: string
  readonly request: unknown
  readonly response: unknown
  readonly error: string | null
  readonly durationMs: number
}

export interface Live {
  /** Something of this topic is not as it was. */
  readonly changed: (topic: string, id?: string) => void
  readonly exchange: (side: Side) => OnExchange
  readonly frame: (frame: ChargerFrame) => void
  readonly admin: AdminTable
}

/** Several changes within this time are told as one. */
const TOGETHER_MS = 250
/** Frames of chargers are remembered, so that an inspector that is opened does not begin empty. */
const FRAMES = 500
/** Messages that wait for a reader who is slow; then the oldest are left out. */
const MOST_WAITING = 500
const MOST_IDS = 50

interface Reader {
  readonly traffic: boolean
  readonly topics: Map<string, Set<string>>
  readonly messages: object[]
  wake: () => void
}

export function createLive(): Live {
  const readers = new Set<Reader>()
  const frames: object[] = []
  const tell = (topic: string, id: string) => {
    for (const reader of readers) {
      const ids = reader.topics.get(topic) ?? new Set()
      reader.topics.set(topic, ids.size < MOST_IDS ? ids.add(id) : ids)
      reader.wake()
    }
  }
  const show = (message: object) => {
    for (const reader of readers) {
      if (!reader.traffic) continue
      reader.messages.push(message)
      if (reader.messages.length > MOST_WAITING) reader.messages.shift()
      reader.wake()
    }
  }
  return {
    changed: (topic, id = '') => tell(topic, id),
    exchange: (side) => (exchange) => {
      tell('exchanges', side)
      if (exchange.module === 'credentials') tell('peers', exchange.peerId ?? '')
      if ([...readers].some(({ traffic }) => traffic)) show({ platform: side, ...shown(exchange) })
    },
    frame: (frame) => {
      const record = frameRecord(frame)
      frames.push(record)
      if (frames.length > FRAMES) frames.shift()
      show(record)
    },
    admin: tableOf(readers, frames),
  }
}

function shown(exchange: Exchange) {
  const record = exchangeRecord(exchange)
  return {
    ...record,
    kind: 'ocpi',
    at: new Date(exchange.at).toISOString(),
    reference: exchange.reference ?? null,
    findings: exchangeFindings(record),
  }
}

const frameRecord = ({ at, chargerId, durationMs, ...frame }: ChargerFrame) => ({
  kind: 'ocpp',
  at: new Date(at).toISOString(),
  charger: chargerId,
  ...frame,
  duration_ms: durationMs,
})

function tableOf(readers: Set<Reader>, frames: readonly object[]): AdminTable {
  return [
    {
      method: 'GET',
      path: '/events',
      summary:
        'What is new (server-sent events): "changed" names topics and ids, "message" is one exchange or charger message when traffic=1',
      query: Type.Object({ traffic: Type.Optional(Type.Literal('1')) }),
      run: async ({ query, signal }) => ({
        stream: follow(readers, { traffic: query['traffic'] === '1', ...(signal && { signal }) }),
      }),
    },
    {
      method: 'GET',
      path: '/frames',
      summary: 'The last OCPP messages of all chargers, newest first; they are kept in memory only',
      run: async () => ({ body: frames.toReversed() }),
    },
  ]
}

async function* follow(
  readers: Set<Reader>,
  { traffic, signal }: { readonly traffic: boolean; readonly signal?: AbortSignal },
): AsyncGenerator<ServerEvent> {
  let news: () => void = () => undefined
  let waiting = new Promise<void>((resolve) => {
    news = resolve
  })
  const reader: Reader = { traffic, topics: new Map(), messages: [], wake: () => news() }
  readers.add(reader)
  signal?.addEventListener('abort', () => news())
  try {
    while (!signal?.aborted) {
      await waiting
      await sleep(TOGETHER_MS)
      waiting = new Promise((resolve) => {
        news = resolve
      })
      for (const data of reader.messages.splice(0)) yield { event: 'message', data }
      if (reader.topics.size === 0) continue
      const changed = Object.fromEntries([...reader.topics].map(([topic, ids]) => [topic, [...ids]]))
      reader.topics.clear()
      yield { event: 'changed', data: changed }
    }
  } finally {
    readers.delete(reader)
  }
}
