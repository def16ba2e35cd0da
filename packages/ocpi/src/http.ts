/** Sending over real sockets: the only way out to partners. (E-49) */
import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Agent, type Dispatcher, request as undiciRequest } from 'undici'
import { Fault } from './errors.ts'
import { isPublicAddress } from './public-address.ts'
import type { Headers, Send } from './wire.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

export interface HttpSendOptions {
  /** Also http and private, loopback and link-local addresses: for the sandbox and tests. Default false. */
  readonly allowPrivatePeers?: boolean
  /** One address that may be called wherever it is, such as our own, where both platforms of a sandbox answer. */
  readonly own?: string
  readonly connectMs?: number
  /** From the start of the request to the last byte of the answer. */
  readonly answerMs?: number
  readonly maxBodyBytes?: number
  /** Name resolution; default: the system's. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>
}

/** Sends, and can let go of its open connections. */
export type HttpSend = Send & { readonly close: () => Promise<void> }

const REFUSED = 'ERR_ADDRESS_REFUSED'
const CONNECT_MS = 3_000
const ANSWER_MS = 10_000
const MAX_BODY_BYTES = 5_000_000

/** Whether a URL of a partner may be called at all, before any name is resolved. (E-49) */
export function createMayCall(options: Pick<HttpSendOptions, 'allowPrivatePeers' | 'own'>): (url: string) => boolean {
  const own = options.own === undefined ? undefined : new URL(options.own).origin
  return (text) => {
    if (!URL.canParse(text)) return false
    const url = new URL(text)
    if (url.username !== '' || url.password !== '') return false
    if (url.origin === own) return true
    if (options.allowPrivatePeers) return url.protocol === 'https:' || url.protocol === 'http:'
    const host = hostOf(url)
    if (url.protocol !== 'https:' || host === '') return false
    return isIP(host) === 0 ? !/(?:^|\.)(?:localhost|local|internal)$/i.test(host) : isPublicAddress(host)
  }
}

/** Without the brackets of IPv6 and a final dot. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')

const refused = (host: string, address: string): Error =>
  Object.assign(new Error(`${host} is at ${address}, which is no public address`), { code: REFUSED })

/** Resolves and checks every address; the socket then goes to a checked one and to no other. (T08, T09) */
async function checkedAddresses(host: string, options: HttpSendOptions): Promise<readonly Address[]> {
  const addresses = await (options.resolve ?? ((name: string) => systemLookup(name, { all: true })))(host)
  const bad = options.allowPrivatePeers ? undefined : addresses.find(({ address }) => !isPublicAddress(address))
  if (bad !== undefined) throw refused(host, bad.address)
  if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' })
  return addresses
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | Address[], family?: number) => void

function agentOf(options: HttpSendOptions): Agent {
  return new Agent({
    connect: {
      timeout: options.connectMs ?? CONNECT_MS,
      lookup: (host: string, asked: { all?: boolean }, callback: LookupCallback) => {
        checkedAddresses(host, options).then(
          (addresses) =>
            asked.all
              ? callback(null, [...addresses])
              : callback(null, addresses[0]?.address ?? '', addresses[0]?.family),
          (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
        )
      },
    },
  })
}

/** The network as a `Send`. Redirects are not followed: they could carry the token elsewhere. (E-49) */
export function createHttpSend(options: HttpSendOptions = {}): HttpSend {
  const agent = agentOf(options)
  const own = options.own === undefined ? undefined : new URL(options.own).origin
  const ownAgent = own === undefined ? agent : agentOf({ ...options, allowPrivatePeers: true })
  const mayCall = createMayCall(options)
  const limit = options.maxBodyBytes ?? MAX_BODY_BYTES
  const send: Send = async (asked, { timeoutMs = options.answerMs ?? ANSWER_MS } = {}) => {
    const where = `${asked.method} ${asked.url}`
    if (!mayCall(asked.url)) {
      throw new Fault(
        'PEER_UNREACHABLE',
        `${where} was not sent: only https URLs with public addresses are called. Set PLUGTILL_ALLOW_PRIVATE_PEERS=true for tests.`,
      )
    }
    try {
      const answer = await undiciRequest(asked.url, {
        dispatcher: new URL(asked.url).origin === own ? ownAgent : agent,
        method: asked.method,
        headers: asked.headers,
        body: asked.body === '' ? null : asked.body,
        signal: AbortSignal.timeout(timeoutMs),
      })
      return {
        status: answer.statusCode,
        headers: flat(answer.headers),
        body: await readBody(answer.body, limit, where),
      }
    } catch (error) {
      throw error instanceof Fault ? error : faultOf(error, where, timeoutMs)
    }
  }
  return Object.assign(send, {
    close: async () => void (await Promise.all([...new Set([agent, ownAgent])].map((one) => one.close()))),
  })
}

function flat(headers: Dispatcher.ResponseData['headers']): Headers {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

async function readBody(body: Dispatcher.ResponseData['body'], limit: number, where: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += (chunk as Buffer).length
    if (size > limit) {
      throw new Fault('PEER_GARBLED', `${where} was answered with more than ${limit} bytes. The rest was not read.`)
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Failures before the first byte of the request left: the partner surely did not get it. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  REFUSED,
])

function faultOf(error: unknown, where: string, timeoutMs: number): Fault {
  const codes = codesOf(error)
  const known = codes.find((code) => NOT_SENT.has(code))
  const why = error instanceof Error && error.message !== '' ? error.message : (codes[0] ?? 'no reason given')
  if (known !== undefined) {
    return new Fault('PEER_UNREACHABLE', `${where} did not arrive (${known}): ${why}`, {
      retry: known !== REFUSED,
      cause: error,
    })
  }
  const timedOut = error instanceof Error && error.name === 'TimeoutError'
  return new Fault(
    'PEER_SILENT',
    timedOut ? `${where} was not answered within ${timeoutMs} ms.` : `${where} got no answer: ${why}`,
    { retry: true, cause: error },
  )
}

/** Codes of the error and of what it wraps: connecting to several addresses fails as a bundle. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const { code, errors } = error as Error & { readonly code?: unknown; readonly errors?: readonly unknown[] }
  const inner = (errors ?? []).slice(0, 10).flatMap(codesOf)
  return [
    ...(typeof code === 'string' ? [code] : []),
    ...inner,
    ...(error.cause === undefined ? [] : codesOf(error.cause)),
  ]
}
