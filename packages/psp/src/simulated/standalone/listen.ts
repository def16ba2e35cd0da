/** The simulated service on a socket of its own. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SimulatedService } from './serve.ts'

export interface Listening {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly close: () => Promise<void>
}

const BODY_BYTES = 64 * 1024

export async function listen(
  service: Pick<SimulatedService, 'serve' | 'stop'>,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<Listening> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answer(service, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        service.stop()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { serve }: Pick<SimulatedService, 'serve'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > BODY_BYTES) return void response.writeHead(413).end()
    chunks.push(chunk as Buffer)
  }
  const answered = await serve({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  })
  if (answered === 'cut') return void response.destroy()
  response
    .writeHead(answered.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(answered.body))
}
