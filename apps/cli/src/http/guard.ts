/** Who may use what a browser can reach: no foreign page, no rebound name, and the key where one is set. (T35) */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { sameText } from '../same-text.ts'

export interface Problem {
  readonly status: 400 | 401 | 403 | 415
  readonly error: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Asked {
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

/** Strict: nothing inline, nothing from elsewhere, in nobody's frame but our own. */
export const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'SAMEORIGIN',
} as const

/** On everything we answer. What is no page of ours loads and runs nothing, whatever a browser takes it for. */
export const COMMON_HEADERS = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const

/**
 * A name that leads here only because somebody's DNS says so is refused (rebinding), and so is a page of another
 * origin. Addresses cannot be rebound.
 */
export function foreign({ method, headers }: Asked, publicUrl: string): Problem | undefined {
  const own = new URL(publicUrl)
  const host = headers.host ?? ''
  // Nothing that a URL parser could read in two ways.
  const [, six, named = six ?? ''] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d+)?$/i.exec(host) ?? []
  const name = named.toLowerCase()
  if (!isIP(name) && name !== 'localhost' && name !== own.hostname && name !== hostname().toLowerCase()) {
    return {
      status: 403,
      error: 'foreign-host',
      message: `The name "${host}" is not one of this platform. Use ${publicUrl}.`,
    }
  }
  const { origin } = headers
  if (origin !== undefined && origin !== own.origin && !(URL.canParse(origin) && new URL(origin).host === host)) {
    return {
      status: 403,
      error: 'foreign-origin',
      message: `A page of ${origin} may not use this platform. Only its own pages may.`,
    }
  }
  if (headers['sec-fetch-site'] === 'cross-site' && (method !== 'GET' || headers['sec-fetch-mode'] !== 'navigate')) {
    return {
      status: 403,
      error: 'foreign-origin',
      message: 'Another site asked for this. Only the pages of this platform may.',
    }
  }
  return undefined
}

/** What changes something is sent as JSON: a form of another site cannot do that without being asked. */
export function notJson({ method, headers }: Asked): Problem | undefined {
  if (
    !['POST', 'PUT', 'PATCH'].includes(method) ||
    /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(headers['content-type'] ?? '')
  )
    return undefined
  return {
    status: 415,
    error: 'not-json',
    message: `content-type is "${headers['content-type'] ?? ''}"; send application/json.`,
  }
}

/** `Authorization: Bearer KEY`, `X-API-Key: KEY`, or HTTP Basic with the key as password so that browsers can ask for it. */
export function createKeyCheck(apiKey: string | undefined): (asked: Asked) => Problem | undefined {
  if (apiKey === undefined) return () => undefined
  return ({ headers }) => {
    const given = keyIn(headers)
    if (given !== undefined && sameText(given, apiKey)) return undefined
    return {
      status: 401,
      error: 'key-needed',
      message: `${given === undefined ? 'No API key was sent' : 'The API key is not the right one'}. Send "Authorization: Bearer KEY" with the value of PLUGTILL_API_KEY.`,
      headers: { 'www-authenticate': 'Basic realm="Plugtill: any name, the API key as password", charset="UTF-8"' },
    }
  }
}

function keyIn(headers: IncomingHttpHeaders): string | undefined {
  const plain = headers['x-api-key']
  if (typeof plain === 'string') return plain
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(/ +/, 2)
  if (/^bearer$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return undefined
  const text = Buffer.from(value, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}
