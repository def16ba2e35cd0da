/** Puts a `Serve` behind node:http on a free loopback port, with nothing else in the way. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Headers, Serve, WireRequest } from '@plugtill/ocpi/wire'

export interface Place {
  /** http://127.0.0.1:<port> */
  readonly origin: string
  readonly close: () => Promise<void>
}

export type Answerer = (request: IncomingMessage, body: string, response: ServerResponse) => unknown

/** Reads the body and hands over; what both the bare server and ours have to do. */
export async function listen(answer: Answerer): Promise<Place> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(request, Buffer.concat(chunks).toString('utf8'), response))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

/** `origin` is the public one, which the URLs of the answers are made from. */
export function answerWith(serve: Serve, origin: () => string): Answerer {
  return async (request, body, response) => {
    const method = request.method as WireRequest['method']
    const answer = await serve({ method, url: `${origin()}${request.url}`, headers: request.headers as Headers, body })
    end(response, answer)
  }
}

export function end(
  response: ServerResponse,
  { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: string },
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
