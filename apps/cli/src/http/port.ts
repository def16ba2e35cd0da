/** The one port: taken before anything else is opened, so that a second start fails at once and port 0 is known early. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { couldNotRun } from '../exit.ts'

export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean

export interface Port {
  readonly server: Server
  readonly port: number
  /** Until this is called every request is answered 503. */
  readonly serve: (listener: RequestListener) => void
  /** Who takes WebSocket upgrades; what nobody takes is hung up on. */
  readonly takeUpgrades: (take: TakeUpgrade) => void
  readonly close: () => Promise<void>
}

/** Slow senders are cut: headers within 10 s, the whole request within 30 s. (T27) */
export const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 20_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
}

export async function openPort({ host, port }: { readonly host: string; readonly port: number }): Promise<Port> {
  let listener: RequestListener = (_request, response) => {
    response
      .writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
      .end('{"error":"starting","message":"Plugtill is starting. Try again in a second."}')
  }
  let take: TakeUpgrade = () => false
  const server = createServer(LIMITS, (request, response) => listener(request, response))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!take(request, socket, head))
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  await listening(server, host, port)
  return {
    server,
    port: (server.address() as AddressInfo).port,
    serve: (next) => {
      listener = next
    },
    takeUpgrades: (next) => {
      take = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function listening(server: Pick<Server, 'once' | 'listen'>, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(couldNotRun(reason(error, host, port))))
    server.listen(port, host, resolve)
  })
}

function reason({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program. Stop it, or choose another one with --port.`
  if (code === 'EACCES') return `Port ${port} needs more rights than this user has. Choose one above 1023 with --port.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is no address of this machine. Correct --host, or leave it out.`
  return `Cannot listen on ${host}:${port}: ${message}`
}
