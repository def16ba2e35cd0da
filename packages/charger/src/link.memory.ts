import type { Clock } from './clock.ts'
import { type Answer, OcppError, type OcppLink, type OcppProtocol, type Payload } from './link.ts'
import { createPeer, type Peer } from './peer.ts'

/** The central system's end of one in-memory connection; fits the charger port of a CPO by shape. */
export interface MemoryCentralEnd {
  readonly id: string
  readonly protocol: OcppProtocol
  call(action: string, payload: Payload, options?: { readonly timeoutMs?: number }): Promise<Payload>
  handle(action: string, answer: Answer): void
  close(): Promise<void>
  onClose(listener: () => void): void
}

/** What becomes of one message: delivered after a delay (0 is the next turn), lost without notice, or the connection breaks. */
export type Fate = { readonly delayMs: number } | 'drop' | 'cut'

export interface MemoryLinkParts {
  readonly id: string
  /** Default ocpp1.6. */
  readonly protocol?: OcppProtocol
  readonly clock: Clock
  /** Given the central end of every new connection. */
  readonly accept: (end: MemoryCentralEnd) => void
  readonly fate?: (message: { readonly from: 'charger' | 'central'; readonly text: string }) => Fate
  /** False makes `connect` fail, as an unreachable network would. */
  readonly reachable?: () => boolean
  readonly callTimeoutMs?: number
}

export interface MemoryLink {
  readonly link: OcppLink
  /** Breaks the connection. `silently`: the central system does not notice until the charger comes back or it calls in vain. */
  cut(options?: { readonly silently?: boolean }): void
}

/** Both ends of an OCPP-J connection without a network: the same text crosses, held against the same schemas, in order. */
export function createMemoryLink(parts: MemoryLinkParts): MemoryLink {
  const answers = new Map<string, Answer>()
  const opened: (() => void)[] = []
  const closed: (() => void)[] = []
  let connection: Connection | undefined

  const cut = (options: { readonly silently?: boolean } = {}) => {
    const ending = connection
    if (!ending) return
    connection = undefined
    ending.end('charger')
    if (!options.silently) ending.end('central')
    for (const listener of closed) listener()
  }

  return {
    cut,
    link: {
      protocol: protocolOf(parts),
      get connected() {
        return connection !== undefined
      },
      async connect() {
        if (connection) return
        if (parts.reachable && !parts.reachable())
          throw new OcppError('closed', `Charger ${parts.id} cannot reach its central system.`)
        connection = createConnection(parts, answers, { onBreak: cut })
        parts.accept(connection.centralEnd)
        for (const listener of opened) listener()
      },
      async close() {
        cut()
      },
      call: (action, payload, options) =>
        connection
          ? connection.charger.call(action, payload, options)
          : Promise.reject(new OcppError('closed', `${action} was not sent: not connected.`)),
      handle: (action, answer) => void answers.set(action, answer),
      onOpen: (listener) => void opened.push(listener),
      onClose: (listener) => void closed.push(listener),
    },
  }
}

const protocolOf = ({ protocol = 'ocpp1.6' }: MemoryLinkParts) => protocol

interface Connection {
  readonly charger: Peer
  readonly centralEnd: MemoryCentralEnd
  end(side: 'charger' | 'central'): void
}

function createConnection(
  parts: MemoryLinkParts,
  answers: ReadonlyMap<string, Answer>,
  { onBreak }: { readonly onBreak: () => void },
): Connection {
  const centralAnswers = new Map<string, Answer>()
  const centralClosed: (() => void)[] = []
  const live = { charger: true, central: true }
  const callTimeoutMs = parts.callTimeoutMs ?? 30_000
  const open = () => live.charger && live.central
  const shared = { protocol: protocolOf(parts), clock: parts.clock, callTimeoutMs }
  const toCentral = createPipe(parts, { from: 'charger', open, onBreak, deliver: (text) => central.receive(text) })
  const toCharger = createPipe(parts, { from: 'central', open, onBreak, deliver: (text) => charger.receive(text) })
  const charger = createPeer({ ...shared, send: toCentral, answers })
  const central = createPeer({ ...shared, send: toCharger, answers: centralAnswers })

  const end = (side: 'charger' | 'central') => {
    if (!live[side]) return
    live[side] = false
    if (side === 'charger') return charger.end()
    central.end()
    for (const listener of centralClosed) listener()
  }
  return {
    charger,
    end,
    centralEnd: {
      id: parts.id,
      protocol: protocolOf(parts),
      call: (action, payload, options) => central.call(action, payload, options),
      handle: (action, answer) => void centralAnswers.set(action, answer),
      async close() {
        if (live.charger) onBreak()
        end('central')
      },
      onClose: (listener) => void centralClosed.push(listener),
    },
  }
}

interface Pipe {
  readonly from: 'charger' | 'central'
  readonly open: () => boolean
  readonly onBreak: () => void
  readonly deliver: (text: string) => void
}

/** One direction of the wire; a delayed message delays those behind it, as TCP does. */
function createPipe(parts: MemoryLinkParts, pipe: Pipe): (text: string) => void {
  let lastDelivery = 0
  return (text) => {
    if (!pipe.open()) return
    const fate = parts.fate?.({ from: pipe.from, text }) ?? { delayMs: 0 }
    if (fate === 'drop') return
    if (fate === 'cut') return pipe.onBreak()
    lastDelivery = Math.max(lastDelivery, parts.clock.now() + fate.delayMs)
    parts.clock.after(lastDelivery - parts.clock.now(), () => {
      if (pipe.open()) pipe.deliver(text)
    })
  }
}
