/** Server-sent events: one writer for every stream, with a heartbeat, back-pressure and a common end. */
import type { FastifyReply } from 'fastify'
import { COMMON_HEADERS } from './guard.ts'

export interface ServerEvent {
  readonly event?: string
  readonly id?: string
  readonly data: unknown
}

export interface Listening {
  readonly stop: AbortController
  /** Asked at every heartbeat. */
  readonly mayListen?: () => Promise<boolean>
}

export interface Streams {
  /** Takes the reply over and sends until the events end, the reader leaves or may listen no longer, or the server stops. */
  readonly send: (reply: FastifyReply, events: AsyncIterable<ServerEvent>, listening: Listening) => void
  readonly count: () => number
  readonly end: () => void
}

const HEARTBEAT_MS = 15_000
/** Readers at once; a browser opens a few, a forgotten loop many. */
const MOST_STREAMS = 1_000

export function createStreams(onFault: (error: unknown) => void, heartbeatMs = HEARTBEAT_MS): Streams {
  const open = new Set<AbortController>()
  return {
    count: () => open.size,
    end: () => {
      for (const stop of open) stop.abort()
    },
    send: (reply, events, { stop, mayListen }) => {
      if (open.size >= MOST_STREAMS) {
        stop.abort()
        void reply
          .code(503)
          .send({ error: 'too-many-streams', message: `${MOST_STREAMS} event streams are open already. Close some.` })
        return
      }
      open.add(stop)
      const heartbeat = setInterval(() => {
        reply.raw.write(': still here\n\n')
        void mayListen?.().then(
          (may) => may || stop.abort(),
          () => stop.abort(),
        )
      }, heartbeatMs)
      void write(reply, events, stop)
        .catch(onFault)
        .finally(() => {
          clearInterval(heartbeat)
          stop.abort()
          open.delete(stop)
          reply.raw.end()
        })
    },
  }
}

async function write(reply: FastifyReply, events: AsyncIterable<ServerEvent>, stop: AbortController): Promise<void> {
  const { raw } = reply.hijack()
  raw.on('close', () => stop.abort())
  raw.on('error', () => stop.abort())
  raw.writeHead(200, {
    ...COMMON_HEADERS,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  raw.write(': open\n\n')
  for await (const event of events) {
    if (stop.signal.aborted) return
    if (!raw.write(eventText(event))) await drained(reply, stop.signal)
  }
}

const eventText = ({ event, id, data }: ServerEvent) =>
  `${event === undefined ? '' : `event: ${oneLine(event)}\n`}${id === undefined ? '' : `id: ${oneLine(id)}\n`}data: ${JSON.stringify(data ?? null)}\n\n`

const oneLine = (text: string) => text.replace(/[\r\n\0]/g, ' ')

function drained({ raw }: FastifyReply, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    raw.once('drain', done)
    signal.addEventListener('abort', done)
  })
}
