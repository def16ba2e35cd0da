import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import ocppRpc, { type IHandlersOption, type RPCServer as Server } from 'ocpp-rpc'
import { type ChargerLink, ChargerLinkError, type Payload } from './link.ts'

// A CommonJS package: Node finds only some of its names by itself.
const { createRPCError, NOREPLY, RPCError, RPCServer, TimeoutError } = ocppRpc

export interface ChargerGate {
  /** Takes an HTTP upgrade below the gate's path and answers true; leaves every other one alone. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  close(): Promise<void>
}

export interface ChargerGateParts {
  /** Chargers connect to `${path}/<charger id>`. Default /ocpp. */
  readonly path?: string
  /** `password` is the one of HTTP basic authentication, where the charger sent one. (OCPP security profile 1) */
  readonly known: (chargerId: string, password?: string) => boolean | Promise<boolean>
  readonly onLink: (link: ChargerLink) => void
  readonly callTimeoutMs?: number
  readonly pingIntervalMs?: number
  /** Told of messages that break OCPP-J or the schemas of 1.6; they were answered with a CALLERROR already. */
  readonly onBadMessage?: (chargerId: string, error: unknown) => void
}

type Upgrade = Parameters<Server['handleUpgrade']>

/** The part of ocpp-rpc's connection that is used; its own declarations leave the events untyped. */
interface RpcConnection {
  readonly identity?: string
  call(action: string, payload: Payload, options: { readonly callTimeoutMs?: number }): Promise<unknown>
  handle(action: string, handler: (call: IHandlersOption) => Promise<Record<string, unknown>>): void
  close(options: { readonly code: number; readonly reason: string }): Promise<unknown>
  once(event: 'close', listener: () => void): void
  on(event: 'badMessage' | 'strictValidationFailure', listener: (report: { readonly error: unknown }) => void): void
}

/** A WebSocket server for chargers on somebody else's HTTP server: subprotocol ocpp1.6, every message held against the schemas. */
export function createChargerGate(parts: ChargerGateParts): ChargerGate {
  const path = parts.path ?? '/ocpp'
  const server = new RPCServer({
    protocols: ['ocpp1.6'],
    strictMode: true,
    callTimeoutMs: parts.callTimeoutMs ?? 30_000,
    pingIntervalMs: parts.pingIntervalMs ?? 30_000,
    maxBadMessages: 20,
    wssOptions: { maxPayload: 256 * 1024 },
  })
  server.auth((accept, reject, handshake) => {
    if (!handshake.protocols.has('ocpp1.6')) return reject(400, 'Offer the WebSocket subprotocol ocpp1.6')
    Promise.resolve(parts.known(handshake.identity, handshake.password?.toString('utf8'))).then(
      (known) => (known ? accept() : reject(404, 'Unknown charger')),
      () => reject(503, 'Try again later'),
    )
  })
  server.on('client', (connection: RpcConnection) => {
    connection.on('badMessage', ({ error }) => parts.onBadMessage?.(connection.identity ?? '', error))
    connection.on('strictValidationFailure', ({ error }) => parts.onBadMessage?.(connection.identity ?? '', error))
    parts.onLink(linkOf(connection))
  })
  return {
    handleUpgrade(request, socket, head) {
      if (!isBelow(path, request.url ?? '/')) return false
      void server.handleUpgrade(request, socket as Upgrade[1], head)
      return true
    },
    close: () => server.close({ code: 1001, reason: 'Central system is going away' }),
  }
}

/** Exactly one further segment that can be decoded. */
function isBelow(path: string, url: string): boolean {
  const [before = ''] = url.split('?')
  if (!before.startsWith(`${path}/`)) return false
  const id = before.slice(path.length + 1)
  try {
    return decodeURIComponent(id).length > 0 && !id.includes('/')
  } catch {
    return false
  }
}

function linkOf(connection: RpcConnection): ChargerLink {
  let open = true
  connection.once('close', () => {
    open = false
  })
  return {
    id: connection.identity ?? '',
    async call(action, payload, options = {}) {
      if (!open) throw new ChargerLinkError('closed', `${action} was not sent: the connection is gone.`)
      try {
        return (await connection.call(action, payload, { callTimeoutMs: options.timeoutMs })) as Payload
      } catch (error) {
        throw translated(action, error)
      }
    },
    handle(action, answer) {
      connection.handle(action, async ({ params, signal }) => {
        try {
          return (await unlessAborted(answer((params ?? {}) as Payload), signal)) as Record<string, unknown>
        } catch (error) {
          throw refusal(error)
        }
      })
    },
    async close() {
      await connection.close({ code: 1000, reason: 'Closed by the central system' })
    },
    onClose: (listener) => connection.once('close', listener),
  }
}

/** Closing waits for answers under way; one that never comes must not hold the socket. */
function unlessAborted(
  answer: Payload | Promise<Payload>,
  signal: AbortSignal | undefined,
): Promise<Payload | typeof NOREPLY> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => resolve(NOREPLY))
    Promise.resolve(answer).then(resolve, reject)
  })
}

/** Only a refusal is told to the charger; what broke on our side stays with us. */
function refusal(error: unknown): unknown {
  const { kind, code, message } = (error ?? {}) as { kind?: unknown; code?: string; message?: string }
  if (kind === 'refused') return createRPCError(code ?? 'GenericError', message)
  return error instanceof RPCError
    ? error
    : createRPCError('InternalError', 'The message could not be kept; send it again')
}

function translated(action: string, error: unknown): ChargerLinkError {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof TimeoutError) return new ChargerLinkError('timeout', `${action} got no answer in time.`)
  if (error instanceof RPCError)
    return new ChargerLinkError('refused', `${action} was refused: ${message}`, error.rpcErrorCode)
  return new ChargerLinkError('closed', `${action} got no answer: ${message}`)
}
