/** Messages as the admin APIs and the live stream tell them. */
import type { Side } from '../../look/platform-api.ts'

export interface Finding {
  readonly in: 'request' | 'response'
  readonly path: string
  readonly value: string
  readonly rule: string
}

/** One OCPI request with its answer. */
export interface ExchangeInfo {
  readonly kind?: string
  readonly at?: string
  readonly platform?: Side
  readonly direction?: string
  readonly peer?: string | null
  readonly module?: string
  readonly endpoint?: string
  readonly method?: string
  readonly url?: string
  readonly status?: number
  readonly request_headers?: unknown
  readonly request_body?: unknown
  readonly response_headers?: unknown
  readonly response_body?: unknown
  readonly duration_ms?: number
  readonly request_id?: string
  readonly correlation_id?: string
  readonly reference?: string | null
  /** Place in the journal; unique per platform. */
  readonly seq?: number
  readonly findings?: readonly Finding[]
}

/** One OCPP call with what came back. */
export interface FrameInfo {
  readonly kind: 'ocpp'
  readonly at: string
  readonly charger: string
  readonly direction: 'in' | 'out'
  readonly action: string
  readonly request: unknown
  readonly response: unknown
  readonly error: string | null
  readonly duration_ms: number
}

export const isFrame = (message: ExchangeInfo | FrameInfo): message is FrameInfo => message.kind === 'ocpp'

export function pathOf(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url)) return url ?? ''
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** Headers as they may be read: a record of texts, whatever was kept. */
export const headerLines = (headers: unknown): readonly (readonly [string, string])[] =>
  typeof headers === 'object' && headers !== null
    ? Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
    : []

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The request for a shell. The token stays masked: whoever runs it puts a real one in. */
export function curlOf({ method = 'GET', url = '', request_headers, request_body }: ExchangeInfo): string {
  const headers = headerLines(request_headers)
    .filter(([name]) => !/^(host|content-length|connection|transfer-encoding)$/i.test(name))
    .map(([name, value]) => `-H ${quoted(`${name}: ${/^authorization$/i.test(name) ? 'Token ***' : value}`)}`)
  const body = typeof request_body === 'string' && request_body !== '' ? [`--data-raw ${quoted(request_body)}`] : []
  return ['curl', `-X ${method}`, quoted(url), ...headers, ...body].join(' \\\n  ')
}
