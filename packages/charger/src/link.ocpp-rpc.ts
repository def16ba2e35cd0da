import ocppRpc, { type IHandlersOption } from 'ocpp-rpc'
import { type Answer, OcppError, type OcppErrorCode, type OcppLink, type OcppProtocol, type Payload } from './link.ts'

// A CommonJS package: Node finds only some of its names by itself.
const { createRPCError, NOREPLY, RPCClient, RPCError, TimeoutError } = ocppRpc

export interface WebSocketLinkParts {
  readonly id: string
  /** Address without the charger's id, e.g. ws://localhost:8080/ocpp */
  readonly endpoint: string
  /** The WebSocket subprotocol that is offered, and no other; default ocpp1.6. */
  readonly protocol?: OcppProtocol
  /** HTTP basic authentication. (OCPP security profile 1) */
  readonly password?: string
  readonly callTimeoutMs?: number
  readonly pingIntervalMs?: number
}

/** The part of ocpp-rpc's client that is used; its own declarations leave the events untyped. */
interface RpcConnection {
  connect(): Promise<unknown>
  call(action: string, payload: Payload, options: { readonly callTimeoutMs?: number }): Promise<unknown>
  handle(action: string, handler: (call: IHandlersOption) => Promise<Record<string, unknown>>): void
  close(options: { readonly code: number; readonly reason: string }): Promise<unknown>
  once(event: 'close', listener: () => void): void
}

/** A real WebSocket, every message held against the schemas. Each connection is a client of its own, so no call of an old one is sent on a new one. */
export function createWebSocketLink(parts: WebSocketLinkParts): OcppLink {
  const answers = new Map<string, Answer>()
  const opened: (() => void)[] = []
  const closed: (() => void)[] = []
  let current: RpcConnection | undefined
  let opening: Promise<void> | undefined

  const open = async () => {
    const connection = connectionOf(parts)
    for (const [action, answer] of answers) connection.handle(action, handlerOf(answer))
    try {
      await connection.connect()
    } catch (error) {
      throw new OcppError('closed', `Charger ${parts.id} cannot reach ${parts.endpoint}: ${messageOf(error)}`)
    }
    current = connection
    connection.once('close', () => {
      if (current !== connection) return
      current = undefined
      for (const listener of closed) listener()
    })
    for (const listener of opened) listener()
  }

  return {
    protocol: parts.protocol ?? 'ocpp1.6',
    get connected() {
      return current !== undefined
    },
    connect() {
      if (current) return Promise.resolve()
      opening ??= open().finally(() => {
        opening = undefined
      })
      return opening
    },
    async close() {
      await opening?.catch(() => undefined)
      await current?.close({ code: 1000, reason: 'Closed by the charger' })
    },
    async call(action, payload, options = {}) {
      if (!current) throw new OcppError('closed', `${action} was not sent: not connected.`)
      try {
        return (await current.call(action, payload, { callTimeoutMs: options.timeoutMs })) as Payload
      } catch (error) {
        throw translated(action, error)
      }
    },
    handle(action, answer) {
      answers.set(action, answer)
      current?.handle(action, handlerOf(answer))
    },
    onOpen: (listener) => void opened.push(listener),
    onClose: (listener) => void closed.push(listener),
  }
}

function connectionOf(parts: WebSocketLinkParts): RpcConnection {
  const options = {
    identity: parts.id,
    endpoint: parts.endpoint,
    password: parts.password ?? null,
    protocols: [parts.protocol ?? 'ocpp1.6'],
    strictMode: true,
    reconnect: false,
    callTimeoutMs: parts.callTimeoutMs ?? 30_000,
    pingIntervalMs: parts.pingIntervalMs ?? 30_000,
    maxBadMessages: 20,
  }
  return new RPCClient(options as ConstructorParameters<typeof RPCClient>[0]) as unknown as RpcConnection
}

/** A call that is never answered (a silent charger) must not hold the socket when it is closed; a refusal sent at the last moment would be a lie. */
function handlerOf(answer: Answer): (call: IHandlersOption) => Promise<Record<string, unknown>> {
  return ({ params, signal }) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => resolve(NOREPLY as never))
      Promise.resolve()
        .then(() => answer((params ?? {}) as Payload))
        .then((payload) => resolve({ ...payload }))
        .catch((error: unknown) => reject(refusal(error)))
    })
}

/** Only a refusal is told to the other side; what broke on ours stays here. */
function refusal(error: unknown): unknown {
  if (error instanceof OcppError && error.kind === 'refused')
    return createRPCError(error.code ?? 'GenericError', error.message)
  return createRPCError('InternalError', 'The message could not be handled; send it again')
}

function translated(action: string, error: unknown): OcppError {
  if (error instanceof TimeoutError) return new OcppError('timeout', `${action} got no answer in time.`)
  if (error instanceof RPCError) {
    return new OcppError('refused', `${action} was refused: ${messageOf(error)}`, corrected(error.rpcErrorCode))
  }
  return new OcppError('closed', `${action} got no answer: ${messageOf(error)}`)
}

/** Spellings of OCPP-J 1.6 before errata 1.0. */
function corrected(code: string): OcppErrorCode {
  if (code === 'FormatViolation') return 'FormationViolation'
  if (code === 'OccurenceConstraintViolation') return 'OccurrenceConstraintViolation'
  return code as OcppErrorCode
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
