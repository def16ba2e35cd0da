/** How a partner has been lately, from what is said with it anyway: latency, errors, the last word. */
import type { Exchange } from './exchange.ts'

export interface PeerHealth {
  readonly exchanges: number
  /** Not answered, or answered with HTTP 5xx. */
  readonly failed: number
  readonly error_rate: number
  /** Of what we asked and the partner answered; null before the first answer. */
  readonly median_ms: number | null
  readonly slow_ms: number | null
  readonly last_at: string
  /** HTTP status of the last exchange; 0: no answer. */
  readonly last_status: number
}

export interface PeerWatch {
  readonly saw: (exchange: Exchange) => void
  /** Of the last exchanges since this process began; undefined before the first. */
  readonly of: (peerId: string) => PeerHealth | undefined
}

/** So many exchanges of a partner count. */
const LATELY = 200

type Seen = Pick<Exchange, 'at' | 'direction' | 'status' | 'durationMs'>

/** `andThen` is told every exchange too. */
export function createPeerWatch(andThen: (exchange: Exchange) => void = () => undefined): PeerWatch {
  const seen = new Map<string, Seen[]>()
  return {
    saw: (exchange) => {
      const { peerId, at, direction, status, durationMs } = exchange
      andThen(exchange)
      if (peerId === undefined) return
      const of = seen.get(peerId) ?? []
      of.push({ at, direction, status, durationMs })
      if (of.length > LATELY) of.shift()
      seen.set(peerId, of)
    },
    of: (peerId) => {
      const lately = seen.get(peerId)
      return lately && healthOf(lately)
    },
  }
}

function healthOf(lately: readonly Seen[]): PeerHealth {
  const failed = lately.filter(({ status }) => status === 0 || status >= 500).length
  const answers = lately
    .filter(({ direction, status }) => direction === 'out' && status > 0)
    .map(({ durationMs }) => durationMs)
    .toSorted((a, b) => a - b)
  const at = (share: number) => answers[Math.min(answers.length - 1, Math.floor(answers.length * share))] ?? null
  const last = lately.at(-1)
  return {
    exchanges: lately.length,
    failed,
    error_rate: lately.length === 0 ? 0 : failed / lately.length,
    median_ms: at(0.5),
    slow_ms: at(0.95),
    last_at: new Date(last?.at ?? 0).toISOString(),
    last_status: last?.status ?? 0,
  }
}
