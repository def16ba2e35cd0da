/** Stands between the server and somebody else: passes requests on, loses some, slows some down, and knows the points. */
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { boundaryOf } from './points.ts'
import type { Trap } from './trap.ts'

/** Chances of one request, from 0 to 1. */
export interface Weather {
  readonly cutBefore: number
  readonly cutAfter: number
  readonly delay: number
  readonly hang: number
}

export const CALM: Weather = { cutBefore: 0, cutAfter: 0, delay: 0, hang: 0 }
export const ROUGH: Weather = { cutBefore: 0.004, cutAfter: 0.004, delay: 0.03, hang: 0.001 }

const LONGEST_DELAY_MS = 1_000
/** Longer than anybody waits for an answer. */
const HANG_MS = 25_000

export interface HttpProxy {
  readonly port: number
  readonly counts: Record<keyof Weather, number>
  close: () => Promise<void>
}

export interface ProxyParts {
  readonly port?: number
  /** Where it leads now. */
  readonly target: () => number
  readonly trap: Trap
  readonly weather: () => Weather
  readonly random: () => number
  /** Of every request that was passed on and answered. */
  readonly onAnswered?: (passed: { readonly boundary: string | undefined; readonly status: number }) => void
}

const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))

export async function openProxy(parts: ProxyParts): Promise<HttpProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const counts: HttpProxy['counts'] = { cutBefore: 0, cutAfter: 0, delay: 0, hang: 0 }
  const server = createServer((request, response) => {
    pass(request, response, { ...parts, agent, counts }).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(parts.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      agent.destroy()
    },
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ProxyParts & { readonly agent: Agent; readonly counts: HttpProxy['counts'] },
): Promise<void> {
  const { trap, random, counts, target, agent } = parts
  const weather = parts.weather()
  const struck = (kind: keyof Weather) => {
    if (random() >= weather[kind]) return false
    counts[kind] += 1
    return true
  }
  const boundary = boundaryOf(request.method ?? '', request.url ?? '')
  const body = await bodyOf(request)
  if (trap.at(boundary, 'before') || struck('cutBefore')) return void response.destroy()
  if (struck('delay')) await sleep(random() * LONGEST_DELAY_MS)
  const answer = await forward(request, body, { port: target(), agent }).catch(() => undefined)
  if (answer === undefined) return void response.writeHead(502).end()
  if (trap.at(boundary, 'after') || struck('cutAfter')) return void response.destroy()
  if (struck('hang')) await sleep(HANG_MS)
  parts.onAnswered?.({ boundary, status: answer.status })
  response.writeHead(answer.status, answer.headers).end(answer.body)
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

function forward(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  { port, agent }: { readonly port: number; readonly agent: Agent },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = ask({ host: '127.0.0.1', port, method, path: url, headers, agent }, (answer) => {
      bodyOf(answer).then((read) => {
        const { 'transfer-encoding': _, ...kept } = answer.headers
        resolve({ status: answer.statusCode ?? 502, headers: kept, body: read })
      }, reject)
    })
    asked.once('error', reject)
    asked.end(body)
  })
}
