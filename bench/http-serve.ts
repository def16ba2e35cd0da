/** Puts a `Serve` behind node:http on a free loopback port, with nothing else in the way. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listenerOf } from '@plugtill/ocpi/node-http'
import type { Headers, Serve } from '@plugtill/ocpi/wire'

export interface Place {
  /** http://127.0.0.1:<port> */
  readonly origin: string
  readonly close: () => Promise<void>
}

/** A server of ours as it ships: its own adapter. */
export const listenWith = (serve: Serve, origin: () => string): Promise<Place> =>
  place(createServer(listenerOf(serve, origin)))

/** The least that any server has to do: read the body, answer. */
export const listenBare = (answer: (body: string, response: ServerResponse) => unknown): Promise<Place> =>
  place(
    createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => answer(Buffer.concat(chunks).toString('utf8'), response))
    }),
  )

async function place(server: Server): Promise<Place> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

export function end(
  response: ServerResponse,
  { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: string },
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
