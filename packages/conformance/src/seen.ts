/** One exchange as the judge keeps it: everything that a check may look at, and no secret. */
import { type Envelope, readEnvelope } from '@plugtill/ocpi/envelope'
import type { Exchange, RawExchange } from '@plugtill/ocpi/exchange'
import { parseJson } from '@plugtill/ocpi/parse-json'
import type { Headers } from '@plugtill/ocpi/wire'
import type { Version } from './catalogue.ts'

/**
 * How the token of a request travelled. `base64` and `raw` are told apart by what it decodes to. An exchange from a
 * journal has lost its token: `unknown` says nothing about any rule.
 */
export type AuthForm = 'unknown' | 'none' | 'other-scheme' | 'base64' | 'base64-with-line-feed' | 'raw'

/** What is remembered of a credentials token that was handed over: enough to judge it, too little to use it. */
export interface TokenMarks {
  readonly length: number
  readonly distinctCharacters: number
  readonly printable: boolean
  /** Equal marks mean the same token; they say nothing about it. */
  readonly fingerprint: string
}

export interface Message {
  readonly headers: Headers
  readonly body: string
}

export interface Seen {
  /** Position in the record. */
  readonly index: number
  /** When the request was sent, in ms. */
  readonly at: number
  /** Who asked: the judge, or the platform under test. */
  readonly by: 'us' | 'partner'
  /** Row of the endpoint tables, such as `sessions.putSession`; empty when the URL belongs to none. */
  readonly place: string
  readonly module: string
  readonly version: Version
  /** Name of a question that was wrong or odd on purpose; checks of ordinary traffic do not see it. */
  readonly probe: string | undefined
  readonly method: string
  readonly url: string
  readonly request: Message
  /** Absent: no answer came. */
  readonly response: (Message & { readonly status: number }) | undefined
  readonly durationMs: number
  readonly auth: AuthForm
  /** Fingerprint of the token in the Authorization header. */
  readonly tokenUsed: string | undefined
  /** Where the platform under test showed a token that has no business there. */
  readonly leaks: readonly ('url' | 'answer')[]
  /** Of the token in a credentials object, in the question or in the answer. */
  readonly tokens: { readonly asked?: TokenMarks; readonly answered?: TokenMarks }
  /** The question's body as a value; undefined when it is empty or no JSON. */
  readonly question: unknown
  /** The answer's body as a value; undefined when it is empty or no JSON. */
  readonly reply: unknown
  /** The envelope of the answer; undefined without one. */
  readonly answer: Envelope | undefined
  /** Bodies that were cut when they were stored cannot be judged. */
  readonly cut: boolean
}

export interface SeenParts {
  readonly index: number
  readonly version: Version
  readonly probe?: string
  readonly cut?: boolean
  readonly hash: (text: string) => string
}

/** From an exchange and the same one unmasked; without the latter it comes from a journal and knows no tokens. */
export function seenOf(exchange: Exchange, raw: RawExchange | undefined, parts: SeenParts): Seen {
  const { module, endpoint, method, url, status } = exchange
  let question: { readonly value: unknown } | undefined
  let reply: { readonly value: unknown } | undefined
  let answer: { readonly value: Envelope | undefined } | undefined
  return {
    index: parts.index,
    at: exchange.at,
    by: exchange.direction === 'out' ? 'us' : 'partner',
    place: module === '' ? '' : `${module}.${endpoint}`,
    module,
    version: parts.version,
    probe: parts.probe,
    method,
    url,
    request: { headers: exchange.requestHeaders, body: exchange.requestBody },
    response: status === 0 ? undefined : { status, headers: exchange.responseHeaders, body: exchange.responseBody },
    durationMs: exchange.durationMs,
    ...tokensOf(exchange, raw, parts.hash),
    cut: parts.cut ?? false,
    // Read when somebody asks: most of what is kept is never looked into.
    get question() {
      question ??= { value: jsonOf(exchange.requestBody) }
      return question.value
    },
    get reply() {
      reply ??= { value: status === 0 ? undefined : jsonOf(exchange.responseBody) }
      return reply.value
    },
    get answer() {
      answer ??= { value: readEnvelope(this.reply) }
      return answer.value
    },
  }
}

function tokensOf(
  exchange: Exchange,
  raw: RawExchange | undefined,
  hash: SeenParts['hash'],
): Pick<Seen, 'auth' | 'tokenUsed' | 'leaks' | 'tokens'> {
  if (raw === undefined) return { auth: 'unknown', tokenUsed: undefined, leaks: [], tokens: {} }
  const header = raw.request.headers['authorization']
  return {
    auth: authFormOf(header),
    tokenUsed: fingerprintOf(sentToken(header), hash),
    leaks: leaksIn(exchange, raw),
    tokens: { asked: marksIn(raw.request.body, hash), answered: marksIn(raw.response.body, hash) },
  }
}

export function jsonOf(body: string): unknown {
  if (body === '') return undefined
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

export function authFormOf(header: string | undefined): AuthForm {
  if (header === undefined || header.trim() === '') return 'none'
  const sent = /^token (.+)$/i.exec(header)?.[1]?.trim()
  if (sent === undefined) return 'other-scheme'
  if (!BASE64.test(sent) || sent.length % 4 !== 0) return 'raw'
  const decoded = Buffer.from(sent, 'base64').toString('utf8')
  if (/^[\x21-\x7e]+$/.test(decoded)) return 'base64'
  return /^[\x21-\x7e]+[\r\n ]+$/.test(decoded) ? 'base64-with-line-feed' : 'raw'
}

/** The token itself, whichever way it travelled. */
function sentToken(header: string | undefined): string | undefined {
  const sent = /^token (.+)$/i.exec(header ?? '')?.[1]?.trim()
  if (sent === undefined || authFormOf(header) === 'raw') return sent
  return Buffer.from(sent, 'base64').toString('utf8').trim()
}

/** Equal fingerprints mean the same token; they say nothing about it. */
export const fingerprintOf = (token: string | undefined, hash: SeenParts['hash']): string | undefined =>
  token === undefined ? undefined : hash(token).slice(0, 16)

/** Shorter ones stand in a text by chance. */
const SHORTEST_LEAK = 8

function leaksIn({ direction, module, url }: Exchange, { request, response }: RawExchange): Seen['leaks'] {
  const token = sentToken(request.headers['authorization'])
  if (token === undefined || token.length < SHORTEST_LEAK) return []
  const shows = (text: string) => [token, Buffer.from(token).toString('base64')].some((form) => text.includes(form))
  if (direction === 'in') return shows(url) || shows(unescaped(url)) ? ['url'] : []
  return module !== 'credentials' && shows(response.body) ? ['answer'] : []
}

function unescaped(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

function marksIn(body: string, hash: (text: string) => string): TokenMarks | undefined {
  const text = /"token"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]
  return text === undefined
    ? undefined
    : {
        length: text.length,
        distinctCharacters: new Set(text).size,
        printable: /^[\x21-\x7e]*$/.test(text),
        fingerprint: fingerprintOf(text, hash) ?? '',
      }
}
