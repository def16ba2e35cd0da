import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import ocppRpc, { type IHandlersOption, type RPCServer as Server } from 'ocpp-rpc'
import type { Finding, Protocol } from './events.ts'
import { type ChargerLink, ChargerLinkError, type Payload } from './link.ts'
import { spelled, strictValidators } from './strict.ocpp-rpc.ts'

// A CommonJS package: Node finds only some of its names by itself.
const { createRPCError, NOREPLY, RPCError, RPCServer, TimeoutError } = ocppRpc

export interface ChargerGate {
  /** Takes an HTTP upgrade below the gate's path and answers true; leaves every other one alone. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  close(): Promise<void>
}

/** 'wrong-secret': the id is known and the password is not its, or belongs to another id. */
export type Admission = boolean | 'wrong-secret'

export interface ChargerGateParts {
  /** Chargers connect to `${path}/<charger id>`. Default /ocpp. */
  readonly path?: string
  /** `password` is the one of HTTP basic authentication, and only there when its user is the id. (OCPP security profile 1) */
  readonly known: (chargerId: string, password?: string) => Admission | Promise<Admission>
  readonly onLink: (link: ChargerLink) => void
  readonly callTimeoutMs?: number
  readonly pingIntervalMs?: number
  /** Told of messages that break OCPP-J or the schemas; they were answered with a CALLERROR already. */
  readonly onFinding?: (finding: Finding) => void
}

type Upgrade = Parameters<Server['handleUpgrade']>

/** The part of ocpp-rpc's connection that is used; its own declarations leave the events untyped. */
interface RpcConnection {
  readonly identity?: string
  readonly protocol?: string
  call(action: string, payload: Payload, options: { readonly callTimeoutMs?: number }): Promise<unknown>
  handle(action: string, handler: (call: IHandlersOption) => Promise<Record<string, unknown>>): void
  close(options: { readonly code: number; readonly reason: string }): Promise<unknown>
  once(event: 'close', listener: () => void): void
  on(event: string, listener: (report: never) => void): void
}

const PROTOCOLS: readonly Protocol[] = ['ocpp2.0.1', 'ocpp1.6']
/** No message of either protocol comes near it; what is larger ends the connection with 1009. */
const LARGEST_FRAME = 256 * 1024
/** A charger sends its next call when the last one was answered (OCPP-J 1.6, 4.1.1); a few more are borne. */
const CALLS_AT_ONCE = 50
const LONGEST_ID = 100

/** A WebSocket server for chargers on somebody else's HTTP server: every message is held against the schemas of its protocol. */
export function createChargerGate(parts: ChargerGateParts): ChargerGate {
  const path = parts.path ?? '/ocpp'
  const server = new RPCServer({
    protocols: [...PROTOCOLS],
    strictMode: true,
    strictModeValidators: strictValidators() as never,
    callTimeoutMs: parts.callTimeoutMs ?? 30_000,
    pingIntervalMs: parts.pingIntervalMs ?? 30_000,
    maxBadMessages: 20,
    wssOptions: { maxPayload: LARGEST_FRAME },
  })
  server.auth((accept, reject, { identity, password, protocols }) => {
    if (identity.length > LONGEST_ID) return reject(400, `An id has at most ${LONGEST_ID} characters`)
    if (!PROTOCOLS.some((protocol) => protocols.has(protocol)))
      return reject(400, `Offer one of the WebSocket subprotocols ${PROTOCOLS.join(', ')}`)
    Promise.resolve(parts.known(identity, password?.toString('utf8'))).then(
      (admission) => {
        if (admission === true) return accept()
        if (admission === 'wrong-secret') return reject(401, 'Basic authentication with the id as user is needed')
        reject(404, 'Unknown charger')
      },
      () => reject(503, 'Try again later'),
    )
  })
  server.on('client', (connection: RpcConnection) => {
    watch(connection, parts.onFinding ?? (() => undefined))
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

const protocolOf = ({ protocol }: RpcConnection): Protocol => (protocol === 'ocpp2.0.1' ? protocol : 'ocpp1.6')

interface Failure {
  readonly outbound: boolean
  readonly method?: string
  readonly error: { readonly message?: string; readonly code?: string; readonly rpcErrorCode?: string }
}

/** What the library answered by itself is a finding about the charger. */
function watch(connection: RpcConnection, onFinding: (finding: Finding) => void): void {
  const chargerId = connection.identity ?? ''
  const find = ({ code, text }: Omit<Finding, 'chargerId'>) => onFinding({ chargerId, code, text: text.slice(0, 500) })
  connection.on('badMessage', ({ error, response }: Failure & { readonly response: unknown[] | null }) => {
    // The library knows the codes of OCPP 2.0.1 only; it sends this very list after the listeners have run.
    if (response !== null) response[2] = spelled(protocolOf(connection), String(response[2]))
    const what = error.message || 'unreadable'
    find({ code: 'OCPP_FRAME', text: `Charger "${chargerId}" sent what is no OCPP-J message: ${what}.` })
  })
  connection.on('strictValidationFailure', ({ outbound, method, error }: Failure) => {
    if (error.rpcErrorCode === 'NotImplemented') return
    const whose = outbound ? 'Our' : `Charger "${chargerId}" sent a`
    find({ code: 'OCPP_PAYLOAD', text: `${whose} ${method} that its schema does not allow: ${error.message}.` })
  })
  connection.on('callError', ({ outbound, method, error }: Failure) => {
    if (outbound || error.rpcErrorCode !== 'NotImplemented') return
    const text = `Charger "${chargerId}" sent "${method}", which ${protocolOf(connection)} does not know here.`
    find({ code: 'OCPP_ACTION', text })
  })
  connection.on('socketError', (error: Failure['error']) => {
    if (error.code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return
    const text = `Charger "${chargerId}" sent a message of more than ${LARGEST_FRAME} bytes; it was hung up on (1009).`
    find({ code: 'OCPP_OVERSIZED', text })
  })
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
  const protocol = protocolOf(connection)
  let open = true
  let underWay = 0
  connection.once('close', () => {
    open = false
  })
  return {
    id: connection.identity ?? '',
    protocol,
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
        if (underWay >= CALLS_AT_ONCE)
          throw createRPCError('GenericError', 'Too many calls at once. Send the next when the last was answered.')
        underWay += 1
        try {
          return (await unlessAborted(answer((params ?? {}) as Payload), signal)) as Record<string, unknown>
        } catch (error) {
          throw refusal(protocol, error)
        } finally {
          underWay -= 1
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
function refusal(protocol: Protocol, error: unknown): unknown {
  const { kind, code, message } = (error ?? {}) as { kind?: unknown; code?: string; message?: string }
  if (kind === 'refused') return createRPCError(spelled(protocol, code ?? 'GenericError'), message)
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
