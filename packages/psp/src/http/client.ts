/** The way to a provider over HTTP: every failure says whether the request can have arrived. */
import { request } from 'undici'
import { PspError } from '../psp.ts'

export interface HttpAsk {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Throws `unavailable` when the request cannot have arrived, `unknown-outcome` when it may have. */
export type HttpSend = (ask: HttpAsk) => Promise<HttpAnswer>

/** Longest answer that is read. */
const ANSWER_BYTES = 5_000_000

/** Failures before the first byte was on its way. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|.*_CERT.*|UNABLE_TO_.*)$/

export const httpSend: HttpSend = async ({ method, url, headers, body, timeoutMs }) => {
  try {
    const answer = await request(url, {
      method,
      headers: { ...headers },
      ...(body !== undefined && { body }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: answer.statusCode, headers: flat(answer.headers), body: await readText(answer.body) }
  } catch (error) {
    throw lostOf(error, new URL(url).host)
  }
}

async function readText(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > ANSWER_BYTES) throw new Error(`The answer has more than ${ANSWER_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? ''].flat().join(', ')]),
  )

/** What a failed connection means for money. The words name the host and nothing that was sent. */
export function lostOf(error: unknown, host: string): PspError {
  const { code = '', message = 'no answer' } = rootOf(error)
  return NOT_SENT.test(code)
    ? new PspError('unavailable', `${host} cannot be reached (${code}). Repeat with the same key later.`, {
        cause: error,
      })
    : new PspError('unknown-outcome', `No answer from ${host} (${code || message}). Ask with query.`, { cause: error })
}

/** The innermost reason that has a code; libraries wrap it more than once. */
function rootOf(error: unknown, depth = 0): { readonly code?: string; readonly message?: string } {
  const one = (error ?? {}) as { code?: unknown; cause?: unknown; detail?: unknown; message?: string }
  if (typeof one.code === 'string') return one as { code: string }
  const inner = one.cause ?? one.detail
  if (depth < 5 && typeof inner === 'object' && inner !== null) {
    const found = rootOf(inner, depth + 1)
    if (found.code !== undefined) return found
  }
  return one.message === undefined ? {} : { message: one.message }
}
