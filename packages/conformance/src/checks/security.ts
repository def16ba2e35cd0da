/** What keeps money, tokens and other parties' data safe. (A-07, A-08, T03, T07, T08, T12, T13, T26, T29) */
import { type Check, each, exchanges, type Ruling, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { probed, REGISTERED, refused } from './credentials.ts'
import { said } from './said.ts'

const MODULE_ASKED = 'a functional module'

const unlessNone = (view: View): string | undefined =>
  view.fact('functional-asked')?.about === '0' ? 'There is no functional module.' : undefined

const anywhere = (rule: string, judge: (seen: Seen) => Ruling): Check =>
  each(rule, { needs: 'messages', of: (view) => exchanges(view.seen), judge: ({ seen }) => judge(seen) })

const NAMES_OF_SECRETS = /[?&](token|access_token|api_?key|authorization|auth)=[^&]/i

/** What stack traces, databases and servers write into answers. */
const INSIDES: readonly RegExp[] = [
  /\bat [\w$.<>]+ ?\(?[^\s()]+:\d+(:\d+)?\)?/,
  /Traceback \(most recent call last\)|File "[^"]+", line \d+/,
  /\b[\w.]+(Exception|Error): .+\n?\s+at /,
  /\b(java|javax|org|com|net|System)\.[\w.]+(Exception|Error)\b/,
  /SQLSTATE|ORA-\d{5}|syntax error at or near|duplicate key value violates|SELECT .+ FROM /,
  /(\/(var|home|usr|opt|srv|app)\/[\w./-]+\.\w+|[A-Z]:\\[\w\\.-]+\.\w+|node_modules)/,
]

const isRefusal = (seen: Seen): boolean => !isYes(seen) && seen.response !== undefined

/** URLs that the platform under test gave out in this exchange. */
function urlsIn(seen: Seen): readonly string[] {
  const body = seen.by === 'partner' ? seen.request.body : (seen.response?.body ?? '')
  const given = [...body.matchAll(/"(?:url|response_url)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"/g)].map(([, url = '']) =>
    url.replaceAll('\\/', '/'),
  )
  const link = seen.by === 'us' ? /<([^>]*)>/.exec(seen.response?.headers['link'] ?? '')?.[1] : undefined
  return [...given, ...(link === undefined ? [] : [link]), ...(seen.by === 'us' ? [seen.url] : [])]
}

function isBare(url: string): boolean {
  if (!/^http:/i.test(url) || !URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return !/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Modules whose URLs are called with a token; logos and websites are not. */
const CALLED = /^(versions|credentials|commands)$/

export const securityChecks: readonly Check[] = [
  probed('security.token/1', {
    name: 'security.no-token',
    needs: MODULE_ASKED,
    unless: unlessNone,
    judge: (seen) => refused(seen, `${seen.module} was asked without a token and did not refuse.`),
  }),
  probed('security.token/2', {
    name: 'security.unknown-token',
    needs: MODULE_ASKED,
    after: [...REGISTERED, 'security.token/1'],
    unless: unlessNone,
    judge: (seen) => refused(seen, `${seen.module} was asked with an unknown token and did not refuse.`),
  }),
  whole('security.token/3', {
    needs: 'the versions endpoint has to be asked without a token and with an unknown one',
    after: ['versions.get/4'],
    judge: (view) => {
      const [none] = view.probes('versions.no-token')
      const [unknown] = view.probes('versions.unknown-token')
      if (none?.response?.status !== 401 || unknown?.response?.status !== 401) return undefined
      if (said(none) === said(unknown)) return { ruling: 'ok', seen: unknown }
      const message = 'No token and an unknown token are refused in different words.'
      return { ruling: { message, expected: said(none), actual: said(unknown) }, seen: unknown }
    },
  }),
  anywhere('security.url/1', ({ by, url, leaks }) =>
    by !== 'partner'
      ? undefined
      : leaks.includes('url') || NAMES_OF_SECRETS.test(url)
        ? {
            message: 'A token stands in a URL.',
            expected: 'the Authorization header only',
            actual: new URL(url).pathname,
          }
        : 'ok',
  ),
  anywhere('security.https/1', (seen) => {
    if (seen.by === 'us' && seen.response === undefined) return undefined
    if (seen.probe !== undefined || (!CALLED.test(seen.module) && seen.response?.headers['link'] === undefined))
      return undefined
    const bare = urlsIn(seen).find(isBare)
    return bare === undefined ? 'ok' : { message: 'A URL is not https.', expected: 'https', actual: bare }
  }),
  anywhere('security.redirect/1', ({ by, response }) => {
    if (by !== 'us' || response === undefined) return undefined
    if (response.status < 300 || response.status > 399) return 'ok'
    const to = response.headers['location'] ?? 'nowhere'
    return { message: 'A request was redirected.', expected: 'an answer', actual: `HTTP ${response.status} to ${to}` }
  }),
  anywhere('security.answer/1', ({ by, response, leaks }) => {
    if (by !== 'us' || response === undefined) return undefined
    if (!leaks.includes('answer')) return 'ok'
    return { message: 'A token stands in an answer.', expected: 'no token', actual: 'the token of the request' }
  }),
  anywhere('security.answer/2', (seen) => {
    if (seen.by !== 'us' || !isRefusal(seen)) return undefined
    const text = seen.answer?.statusMessage ?? seen.response?.body ?? ''
    const inside = INSIDES.map((one) => one.exec(text)?.[0]).find((one) => one !== undefined)
    if (inside === undefined) return 'ok'
    return {
      message: 'An error text shows the inside of the server.',
      expected: 'one plain sentence',
      actual: inside.slice(0, 80),
    }
  }),
  probed('security.depth/1', {
    name: 'security.depth',
    needs: 'a body that nests deep',
    judge: (seen) => {
      const { response, answer } = seen
      const refusal =
        response !== undefined && response.status < 500 && (response.status >= 400 || (answer?.statusCode ?? 0) >= 2000)
      if (refusal) return 'ok'
      return { message: 'A body that nests deep did harm.', expected: 'HTTP 400', actual: said(seen) }
    },
  }),
  ...(['from', 'to'] as const).map((which, index) =>
    probed(`security.party/${index + 1}`, {
      name: `security.${which}`,
      needs: MODULE_ASKED,
      unless: unlessNone,
      judge: (seen) =>
        isYes(seen)
          ? {
              message: `A request with a foreign OCPI-${which} was answered.`,
              expected: 'OCPI 2001 or HTTP 404',
              actual: said(seen),
            }
          : 'ok',
    }),
  ),
]
