/** Faults that lay money, tokens or other parties' data open. */
import { Fault } from '@plugtill/ocpi/errors'
import type { Defect } from './defect.ts'
import { answers, asks, body, both, data, headers, hears, insteadOf, items, reply, set } from './defect.ts'

const FUNCTIONAL = /^\w+ \/ocpi\/2\.\d\.\d\/(sender|receiver)\//
const LISTS = /^GET \/ocpi\/2\.\d\.\d\/sender\/(locations|tariffs|payments\/terminals)(\?|$)/
const HANDED = /^(POST|PUT) \/ocpi\/2\.\d\.\d\/credentials$/
const VERSIONS = /^GET \/ocpi\/versions$/
const DETAILS = /^GET \/ocpi\/2\.\d\.\d$/
const PUT = /^PUT \/ocpi\/2\.\d\.\d\/credentials$/

const plain = (url: unknown): string => String(url).replace('https:', 'http:')
const open = (unknownOnly: boolean) =>
  insteadOf(LISTS, ({ headers: { authorization } }) => {
    const token = Buffer.from((authorization ?? '').slice(6), 'base64').toString()
    const known = /^[abc]\./.test(token)
    return known || (unknownOnly && authorization === undefined)
      ? undefined
      : reply(200, { status_code: 1000, data: [] })
  })

const failing = (text: string) =>
  answers(FUNCTIONAL, (response) =>
    response.status === 404 ? body(response, (value) => set(value, '/status_message', text)) : response,
  )

const foreign =
  (end: string) =>
  ({ headers: sent }: { readonly headers: Readonly<Record<string, string>> }) =>
    sent[`ocpi-${end}-party-id`] === 'ZZZ'

export const securityDefects: readonly Defect[] = [
  {
    id: 'token/none-needed',
    target: 'cpo',
    about: 'lists are open to everybody',
    rule: 'security.token/1',
    spoil: open(false),
  },
  {
    id: 'token/none-needed-ptp',
    target: 'ptp',
    about: 'terminals are open to everybody',
    rule: 'security.token/1',
    spoil: open(false),
  },
  { id: 'token/any', target: 'cpo', about: 'any token opens lists', rule: 'security.token/2', spoil: open(true) },
  {
    id: 'token/commands-open',
    target: 'cpo',
    about: 'commands are open to everybody',
    rule: 'security.token/1',
    spoil: insteadOf(/\/commands\//, ({ headers: { authorization } }) =>
      authorization === undefined ? reply(200, { status_code: 2001 }) : undefined,
    ),
  },
  {
    id: 'token/404-first',
    target: 'ptp',
    about: 'without a token unknown terminals are HTTP 404',
    rule: 'security.token/1',
    spoil: insteadOf(/NOT-THERE/, ({ headers: { authorization } }) =>
      authorization === undefined ? reply(404, { status_code: 2000 }) : undefined,
    ),
  },
  {
    id: 'token/talkative',
    target: 'cpo',
    about: 'an unknown token is called unknown, a missing one missing',
    rule: 'security.token/3',
    spoil: answers(
      () => true,
      (response, { headers: { authorization } }) =>
        response.status === 401
          ? body(response, (value) =>
              set(value, '/status_message', authorization === undefined ? 'No token.' : 'Unknown token.'),
            )
          : response,
    ),
  },
  {
    id: 'url/token',
    target: 'cpo',
    about: 'it sends its token in the URL',
    rule: 'security.url/1',
    spoil: asks(
      () => true,
      (request) => ({
        ...request,
        url: `${request.url}?token=${Buffer.from((request.headers['authorization'] ?? '').slice(6), 'base64').toString()}`,
      }),
    ),
  },
  {
    id: 'url/api-key',
    target: 'ptp',
    about: 'it sends an API key in the URL',
    rule: 'security.url/1',
    spoil: asks(
      () => true,
      (request) => ({ ...request, url: `${request.url}?api_key=12345678` }),
    ),
  },
  {
    id: 'https/details',
    target: 'cpo',
    about: 'URLs of endpoints are http',
    rule: 'security.https/1',
    spoil: answers(DETAILS, (response) => data(response, (value) => set(value, '/endpoints/*/url', plain))),
  },
  {
    id: 'https/versions',
    target: 'ptp',
    about: 'URLs of versions are http',
    rule: 'security.https/1',
    spoil: answers(VERSIONS, (response) => items(response, (one) => set(one, '/url', plain))),
  },
  {
    id: 'https/credentials',
    target: 'cpo',
    about: 'url of the credentials is http',
    rule: 'security.https/1',
    spoil: answers(HANDED, (response) => data(response, (value) => set(value, '/url', plain))),
  },
  {
    id: 'redirect/slash',
    target: 'cpo',
    about: 'a slash at the end is redirected',
    rule: 'security.redirect/1',
    spoil: insteadOf(/\/$/, ({ url }) => reply(301, {}, { location: url.replace(/\/$/, '') })),
  },
  {
    id: 'answer/token',
    target: 'cpo',
    about: 'a refusal repeats the token',
    rule: 'security.answer/1',
    spoil: answers(
      () => true,
      (response, request) =>
        response.status === 401
          ? body(response, (value) =>
              set(
                value,
                '/status_message',
                `Unknown: ${Buffer.from((request.headers['authorization'] ?? '').slice(6), 'base64').toString()}`,
              ),
            )
          : response,
    ),
  },
  {
    id: 'answer/stack',
    target: 'cpo',
    about: 'a refusal has a stack trace',
    rule: 'security.answer/2',
    spoil: failing('Error: not found\n    at find (/srv/cpo/src/find.js:12:7)'),
  },
  {
    id: 'answer/python',
    target: 'ptp',
    about: 'a refusal has a traceback',
    rule: 'security.answer/2',
    spoil: failing('Traceback (most recent call last):\n  File "views.py", line 3'),
  },
  {
    id: 'answer/java',
    target: 'cpo',
    about: 'a refusal names a Java exception',
    rule: 'security.answer/2',
    spoil: failing('java.lang.NullPointerException: location'),
  },
  {
    id: 'answer/query',
    target: 'cpo',
    about: 'a refusal shows a query of the database',
    rule: 'security.answer/2',
    spoil: failing('SELECT * FROM locations WHERE id = $1 failed'),
  },
  {
    id: 'answer/path',
    target: 'ptp',
    about: 'a refusal shows a file of the server',
    rule: 'security.answer/2',
    spoil: failing('Cannot read /var/www/ocpi/config.php'),
  },
  {
    id: 'depth/crash',
    target: 'cpo',
    about: 'a body that nests deep crashes it',
    rule: 'security.depth/1',
    spoil: insteadOf(PUT, ({ body: sent }) => (sent.includes('[[[') ? reply(500, { status_code: 3000 }) : undefined)),
  },
  {
    id: 'depth/dead',
    target: 'ptp',
    about: 'a body that nests deep is never answered',
    rule: 'security.depth/1',
    spoil: insteadOf(PUT, ({ body: sent }) =>
      sent.includes('[[[') ? Promise.reject(new Fault('PEER_SILENT', 'Silence.', { retry: true })) : undefined,
    ),
  },
  {
    id: 'party/foreign-from',
    target: 'cpo',
    about: 'requests in the name of a stranger are answered',
    rule: 'security.party/1',
    spoil: hears(foreign('from'), (request) =>
      headers(request, { 'ocpi-from-party-id': 'JDG', 'ocpi-from-country-code': 'DE' }),
    ),
  },
  {
    id: 'party/foreign-to',
    target: 'ptp',
    about: 'requests to a stranger are answered',
    rule: 'security.party/2',
    spoil: both(
      hears(foreign('to'), (request) => headers(request, { 'ocpi-to-party-id': 'PAY', 'ocpi-to-country-code': 'DE' })),
    ),
  },
]
