/** Faults of versions and credentials. */
import type { Defect, Spoil } from './defect.ts'
import {
  answers,
  asks,
  believes,
  body,
  both,
  data,
  headers,
  hears,
  insteadOf,
  items,
  placeOf,
  reply,
  set,
} from './defect.ts'

const VERSIONS = /^GET \/ocpi\/versions$/
const DETAILS = /^GET \/ocpi\/2\.\d\.\d$/
const HANDED = /^(POST|PUT) \/ocpi\/2\.\d\.\d\/credentials$/
const POST = /^POST \/ocpi\/2\.\d\.\d\/credentials$/
const PUT = /^PUT \/ocpi\/2\.\d\.\d\/credentials$/
const GET = /^GET \/ocpi\/2\.\d\.\d\/credentials$/
const DELETE = /^DELETE \/ocpi\/2\.\d\.\d\/credentials$/
const FUNCTIONAL = /^\w+ \/ocpi\/2\.\d\.\d\/(sender|receiver)\//

const base64 = (text: string): string => `Token ${Buffer.from(text).toString('base64')}`
const tokenIn = (text: string): string => /"token":"([^"]+)"/.exec(text)?.[1] ?? ''

/** The platform hands over another token than the one it knows, and takes it all the same. */
function handingOver(name: (real: string) => string, when: RegExp = HANDED): Spoil {
  const real = new Map<string, string>()
  return both(
    {
      serve: (serve) => async (request) => {
        const known = real.get(request.headers['authorization'] ?? '')
        return serve(known === undefined ? request : headers(request, { authorization: known }))
      },
    },
    answers(when, (response) => {
      const token = tokenIn(response.body)
      if (token === '') return response
      real.set(base64(name(token)), base64(token))
      return data(response, (value) => set(value, '/token', name(token)))
    }),
  )
}

/** A token goes on working after it should not: whoever comes with it is taken for the one with the newest. */
function outliving(from: RegExp, ends: RegExp): Spoil {
  let old: string | undefined
  let last: string | undefined
  return {
    serve: (serve) => async (request) => {
      const place = placeOf(request)
      const sent = request.headers['authorization']
      const revived = old !== undefined && sent === old && /^GET/.test(place) && last !== undefined
      const response = await serve(revived ? headers(request, { authorization: last }) : request)
      const done = /"status_code":1000/.test(response.body)
      if (from.test(place) && done) {
        old = sent
        last = base64(tokenIn(response.body))
      }
      if (ends !== from && HANDED.test(place) && done) last = base64(tokenIn(response.body))
      return response
    },
  }
}

/** The judge's modules as they are, without asking for them. */
const OF_THE_JUDGE: readonly (readonly [string, string])[] = [
  ['credentials', 'SENDER'],
  ...['payments', 'commands'].map((one) => [one, 'SENDER'] as const),
  ...['locations', 'tariffs', 'sessions', 'cdrs'].map((one) => [one, 'RECEIVER'] as const),
]
const detailsOfTheJudge = {
  status_code: 1000,
  data: {
    version: '2.3.0',
    endpoints: OF_THE_JUDGE.map(([identifier, role]) => ({
      identifier,
      role,
      url: `https://judge.example/ocpi/2.3.0/${identifier === 'credentials' ? '' : `${role.toLowerCase()}/`}${identifier}`,
    })),
  },
}
const versionsOfTheJudge = { status_code: 1000, data: [{ version: '2.3.0', url: 'https://judge.example/ocpi/2.3.0' }] }
const notAsking = (place: RegExp): Spoil =>
  believes(place, ({ url }) => reply(200, url.endsWith('versions') ? versionsOfTheJudge : detailsOfTheJudge))

const from = (
  count: number,
  spoil: (state: { readonly on: () => boolean; readonly next: () => void }) => Spoil,
): Spoil => {
  let seen = 0
  return spoil({
    on: () => seen >= count,
    next: () => {
      seen += 1
    },
  })
}

/** From its second POST on nobody is known any more. */
const dyingOf = (trigger: (method: string, place: string, text: string) => boolean): Spoil =>
  from(1, ({ on, next }) => ({
    serve: (serve) => async (request) => {
      if (on()) return reply(401, { status_code: 2001 })
      const response = await serve(request)
      if (trigger(request.method, placeOf(request), request.body)) next()
      return response
    },
  }))

const secondPost = (answer: ReturnType<typeof reply>): Spoil =>
  insteadOf(POST, ({ headers: { authorization } }) =>
    Buffer.from((authorization ?? '').slice(6), 'base64')
      .toString()
      .startsWith('a.')
      ? undefined
      : answer,
  )

const versionsRules: readonly Defect[] = [
  {
    id: 'versions/not-found',
    target: 'cpo',
    about: 'the versions endpoint is not found',
    rule: 'versions.get/1',
    spoil: insteadOf(VERSIONS, () => reply(404, { status_code: 2000 })),
  },
  {
    id: 'versions/not-found-ptp',
    target: 'ptp',
    about: 'the versions endpoint is not found',
    rule: 'versions.get/1',
    spoil: insteadOf(VERSIONS, () => reply(404, { status_code: 2000 })),
  },
  {
    id: 'versions/bare-list',
    target: 'cpo',
    about: 'the list of versions comes without envelope',
    rule: 'versions.get/1',
    spoil: answers(VERSIONS, (response) => body(response, (value) => value['data'])),
  },
  {
    id: 'versions/error-in-200',
    target: 'cpo',
    about: 'versions answers HTTP 200 with OCPI 3000',
    rule: 'versions.get/1',
    spoil: insteadOf(VERSIONS, ({ headers: { authorization } }) =>
      authorization === undefined ? undefined : reply(200, { status_code: 3000 }),
    ),
  },
  {
    id: 'versions/too-old',
    target: 'cpo',
    about: 'only 2.1.1 is offered',
    rule: 'versions.get/2',
    spoil: answers(VERSIONS, (response) => items(response, (one) => set(one, '/version', '2.1.1'))),
  },
  {
    id: 'versions/relative-url',
    target: 'cpo',
    about: 'URLs of versions are relative',
    rule: 'versions.get/3',
    spoil: answers(VERSIONS, (response) => items(response, (one) => set(one, '/url', '/ocpi/2.3.0'))),
  },
  {
    id: 'versions/no-url',
    target: 'ptp',
    about: 'entries of versions have no url',
    rule: 'versions.get/3',
    spoil: answers(VERSIONS, (response) => items(response, (one) => set(one, '/url', undefined))),
  },
  {
    id: 'versions/one-object',
    target: 'cpo',
    about: 'data is one object instead of a list',
    rule: 'versions.get/3',
    spoil: answers(VERSIONS, (response) => data(response, (value) => (value as unknown as unknown[])[0])),
  },
  {
    id: 'versions/number',
    target: 'cpo',
    about: 'version is a number',
    rule: 'versions.get/2',
    spoil: answers(VERSIONS, (response) => items(response, (one) => set(one, '/version', 2.3))),
  },
  {
    id: 'versions/twice',
    target: 'cpo',
    about: 'a version is offered twice',
    rule: 'versions.get/5',
    spoil: answers(VERSIONS, (response) =>
      data(response, (value) => [...(value as unknown as unknown[]), ...(value as unknown as unknown[])]),
    ),
  },
  {
    id: 'versions/open',
    target: 'cpo',
    about: 'versions is open to everybody',
    rule: 'versions.get/4',
    spoil: insteadOf(VERSIONS, ({ headers: { authorization } }) =>
      authorization === undefined
        ? reply(200, { status_code: 1000, data: [{ version: '2.3.0', url: 'https://partner.example/ocpi/2.3.0' }] })
        : undefined,
    ),
  },
  {
    id: 'versions/forbidden',
    target: 'cpo',
    about: 'HTTP 403 instead of 401',
    rule: 'versions.get/4',
    spoil: answers(VERSIONS, (response) => (response.status === 401 ? { ...response, status: 403 } : response)),
  },
  {
    id: 'versions/refused-in-200',
    target: 'ptp',
    about: 'unknown tokens are refused in HTTP 200',
    rule: 'versions.get/4',
    spoil: answers(VERSIONS, (response) => (response.status === 401 ? { ...response, status: 200 } : response)),
  },
  {
    id: 'details/not-found',
    target: 'cpo',
    about: 'version details are not found',
    rule: 'versions.details/1',
    spoil: insteadOf(DETAILS, () => reply(404, { status_code: 2000 })),
  },
  {
    id: 'details/other-version',
    target: 'cpo',
    about: 'the details of 2.3.0 say 2.2.1',
    rule: 'versions.details/2',
    spoil: answers(DETAILS, (response) => data(response, (value) => set(value, '/version', '2.2.1'))),
  },
  {
    id: 'details/no-credentials',
    target: 'cpo',
    about: 'the details do not list credentials',
    rule: 'versions.details/3',
    spoil: answers(DETAILS, (response) =>
      data(response, (value) =>
        set(value, '/endpoints', (list: unknown) =>
          (list as { identifier: string }[]).filter(({ identifier }) => identifier !== 'credentials'),
        ),
      ),
    ),
  },
  {
    id: 'details/no-role',
    target: 'cpo',
    about: 'endpoints have no role',
    rule: 'versions.details/1',
    spoil: answers(DETAILS, (response) => data(response, (value) => set(value, '/endpoints/*/role', undefined))),
  },
  {
    id: 'details/lower-case-role',
    target: 'ptp',
    about: 'roles of endpoints are in lower case',
    rule: 'versions.details/1',
    spoil: answers(DETAILS, (response) =>
      data(response, (value) => set(value, '/endpoints/*/role', (role: unknown) => String(role).toLowerCase())),
    ),
  },
  {
    id: 'details/relative-url',
    target: 'cpo',
    about: 'URLs of endpoints are relative',
    rule: 'versions.details/1',
    spoil: answers(DETAILS, (response) =>
      data(response, (value) => set(value, '/endpoints/*/url', (url: unknown) => new URL(String(url)).pathname)),
    ),
  },
  {
    id: 'details/two-urls',
    target: 'cpo',
    about: 'locations has two URLs',
    rule: 'versions.details/4',
    spoil: answers(DETAILS, (response) =>
      data(response, (value) =>
        set(value, '/endpoints', (list: unknown) => [
          ...(list as unknown[]),
          { identifier: 'locations', role: 'SENDER', url: 'https://partner.example/ocpi/2.3.0/sender/locations/v2' },
        ]),
      ),
    ),
  },
  ...lacking('cpo', { payments: 1, locations: 2, tariffs: 3, commands: 4, sessions: 5, cdrs: 6 }),
  ...lacking('ptp', { payments: 7, cdrs: 8 }),
  {
    id: 'details/commands-wrong-way',
    target: 'cpo',
    about: 'commands is offered as SENDER',
    rule: 'versions.modules/4',
    spoil: answers(DETAILS, (response) =>
      data(response, (value) =>
        set(value, '/endpoints/*', (entry: unknown) =>
          (entry as { identifier: string }).identifier === 'commands'
            ? { ...(entry as object), role: 'SENDER' }
            : entry,
        ),
      ),
    ),
  },
]

function lacking(target: Defect['target'], rules: Readonly<Record<string, number>>): readonly Defect[] {
  return Object.entries(rules).map(([module, rule]) => ({
    id: `details/no-${module}${target === 'ptp' ? '-ptp' : ''}`,
    target,
    about: `${module} is not offered`,
    rule: `versions.modules/${rule}`,
    spoil: answers(DETAILS, (response) =>
      data(response, (value) =>
        set(value, '/endpoints', (list: unknown) =>
          (list as { identifier: string }[]).filter(({ identifier }) => identifier !== module),
        ),
      ),
    ),
  }))
}

const credentialsRules: readonly Defect[] = [
  {
    id: 'post/refused',
    target: 'cpo',
    about: 'the registration is refused with OCPI 2000',
    rule: 'credentials.post/1',
    spoil: insteadOf(POST, () => reply(200, { status_code: 2000 })),
  },
  {
    id: 'post/crash',
    target: 'ptp',
    about: 'the registration crashes',
    rule: 'credentials.post/1',
    spoil: insteadOf(POST, (request) => (request.body.length > 2 ? reply(500, { status_code: 3000 }) : undefined)),
  },
  {
    id: 'post/no-data',
    target: 'cpo',
    about: 'the registration is accepted without credentials',
    rule: 'credentials.post/1',
    spoil: answers(POST, (response) => body(response, (value) => set(value, '/data', undefined))),
  },
  {
    id: 'post/data-is-list',
    target: 'cpo',
    about: 'the credentials come in a list',
    rule: 'credentials.object/1',
    spoil: answers(POST, (response) => data(response, (value) => [value])),
  },
  {
    id: 'post/token-a-again',
    target: 'cpo',
    about: 'the token of the invitation is handed over once more',
    rule: 'credentials.post/2',
    spoil: () => echoing('asked'),
  },
  {
    id: 'post/token-b-back',
    target: 'cpo',
    about: 'the token just given is sent back',
    rule: 'credentials.post/2',
    spoil: () => echoing('given'),
  },
  {
    id: 'post/token-with-blank',
    target: 'cpo',
    about: 'the token has a blank',
    rule: 'credentials.token/1',
    spoil: () => handingOver((real) => `my ${real.slice(0, 30)}`),
  },
  {
    id: 'post/token-umlaut',
    target: 'ptp',
    about: 'the token has an umlaut',
    rule: 'credentials.token/1',
    spoil: () => handingOver((real) => `schlüssel-${real.slice(0, 30)}`),
  },
  {
    id: 'post/token-long',
    target: 'cpo',
    about: 'the token has 80 characters',
    rule: 'credentials.token/1',
    spoil: () => handingOver((real) => real.padEnd(80, 'x')),
  },
  {
    id: 'post/token-short',
    target: 'cpo',
    about: 'the token is secret12',
    rule: 'credentials.token/2',
    spoil: () => counting((count) => `secret${count}`),
  },
  {
    id: 'post/token-dull',
    target: 'ptp',
    about: 'the token is one digit again and again',
    rule: 'credentials.token/2',
    spoil: () => counting((count) => '1'.repeat(20 + count)),
  },
  {
    id: 'post/url-of-details',
    target: 'cpo',
    about: 'url is that of version details',
    rule: 'credentials.url/1',
    spoil: answers(HANDED, (response) =>
      data(response, (value) => set(value, '/url', 'https://partner.example/ocpi/2.3.0')),
    ),
  },
  {
    id: 'post/url-of-website',
    target: 'ptp',
    about: 'url is that of a website',
    rule: 'credentials.url/1',
    spoil: both(
      answers(HANDED, (response) => data(response, (value) => set(value, '/url', 'https://partner.example/'))),
      insteadOf(/^GET \/$/, () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' })),
    ),
  },
  {
    id: 'post/no-roles',
    target: 'cpo',
    about: 'the credentials have no roles',
    rule: 'credentials.object/1',
    spoil: answers(HANDED, (response) => data(response, (value) => set(value, '/roles', []))),
  },
  {
    id: 'post/no-party',
    target: 'cpo',
    about: 'a role has no party_id',
    rule: 'credentials.object/1',
    spoil: answers(HANDED, (response) => data(response, (value) => set(value, '/roles/0/party_id', undefined))),
  },
  {
    id: 'post/flat',
    target: 'cpo',
    about: 'party and business_details stand flat as in 2.1.1',
    rule: 'credentials.object/1',
    spoil: answers(HANDED, (response) =>
      data(response, ({ token, url, roles }) => ({ token, url, ...(roles as object[])[0] })),
    ),
  },
  {
    id: 'post/no-name',
    target: 'cpo',
    about: 'a role has no business_details',
    rule: 'credentials.business-details/1',
    spoil: answers(HANDED, (response) => data(response, (value) => set(value, '/roles/0/business_details', undefined))),
  },
  {
    id: 'post/not-a-cpo',
    target: 'cpo',
    about: 'a CPO calls itself EMSP',
    rule: 'credentials.roles/1',
    spoil: answers(/credentials$/, (response) => data(response, (value) => set(value, '/roles/0/role', 'EMSP'))),
  },
  {
    id: 'post/role-twice',
    target: 'cpo',
    about: 'a role stands twice',
    rule: 'credentials.roles/2',
    spoil: answers(HANDED, (response) =>
      data(response, (value) =>
        set(value, '/roles', (roles: unknown) => [...(roles as unknown[]), ...(roles as unknown[])]),
      ),
    ),
  },
  {
    id: 'post/odd-party',
    target: 'cpo',
    about: 'party_id has one letter',
    rule: 'credentials.roles/3',
    spoil: answers(/credentials$/, (response) =>
      data(response, (value) =>
        set(value, '/roles/1', { role: 'CPO', party_id: 'A', country_code: 'NL', business_details: { name: 'A' } }),
      ),
    ),
  },
  {
    id: 'post/token-a-lives-on',
    target: 'cpo',
    about: 'the token of the invitation goes on working',
    rule: 'credentials.token-a/1',
    spoil: () => outliving(POST, POST),
  },
  {
    id: 'post/token-a-lives-on-ptp',
    target: 'ptp',
    about: 'the token of the invitation goes on working',
    rule: 'credentials.token-a/1',
    spoil: () => outliving(POST, POST),
  },
  {
    id: 'post/token-a-opens-all',
    target: 'cpo',
    about: 'the token of the invitation opens locations',
    rule: 'credentials.token-a/2',
    spoil: insteadOf(/^GET .*\/sender\/locations/, ({ headers: { authorization } }) =>
      Buffer.from((authorization ?? '').slice(6), 'base64')
        .toString()
        .startsWith('a.')
        ? reply(200, { status_code: 1000, data: [] })
        : undefined,
    ),
  },
  {
    id: 'post/no-call-back',
    target: 'cpo',
    about: 'the other side is never called back',
    rule: 'credentials.callback/1',
    spoil: notAsking(/^GET \/ocpi\/(versions|2\.3\.0)$/),
  },
  {
    id: 'post/no-details',
    target: 'cpo',
    about: 'the version details of the other side are not fetched',
    rule: 'credentials.callback/2',
    spoil: notAsking(/^GET \/ocpi\/2\.3\.0$/),
  },
  {
    id: 'post/call-back-with-a',
    target: 'cpo',
    about: 'the call-back comes with the token of the invitation',
    rule: 'credentials.callback/1',
    spoil: () => callingWithA(),
  },
  {
    id: 'post/again',
    target: 'cpo',
    about: 'a second POST is accepted',
    rule: 'credentials.post/3',
    spoil: secondPost(reply(200)),
  },
  {
    id: 'post/again-ptp',
    target: 'ptp',
    about: 'a second POST is accepted',
    rule: 'credentials.post/3',
    spoil: secondPost(reply(200)),
  },
  {
    id: 'post/again-in-200',
    target: 'cpo',
    about: 'a second POST is refused in HTTP 200',
    rule: 'credentials.post/3',
    spoil: secondPost(reply(200, { status_code: 2000 })),
  },
  {
    id: 'post/again-kills',
    target: 'cpo',
    about: 'a second POST ends the connection',
    rule: 'credentials.post/4',
    spoil: () =>
      from(2, ({ on, next }) => ({
        serve: (serve) => async (request) => {
          if (on()) return reply(401, { status_code: 2001 })
          const response = await serve(request)
          if (POST.test(placeOf(request)) && request.body.length > 2) next()
          return response
        },
      })),
  },
  {
    id: 'post/empty-accepted',
    target: 'cpo',
    about: 'credentials without fields are accepted',
    rule: 'credentials.post/5',
    spoil: insteadOf(POST, ({ body: sent }) => (sent === '{}' ? reply(200) : undefined)),
  },
  {
    id: 'post/empty-kills-a',
    target: 'cpo',
    about: 'a refused registration uses the invitation up',
    rule: 'credentials.post/6',
    spoil: () => dyingOf((method, _place, sent) => method === 'POST' && sent === '{}'),
  },
  {
    id: 'get/not-allowed',
    target: 'cpo',
    about: 'GET of credentials is HTTP 405',
    rule: 'credentials.get/1',
    spoil: insteadOf(GET, () => reply(405, { status_code: 2000 })),
  },
  {
    id: 'get/other-party',
    target: 'ptp',
    about: 'GET of credentials names another party',
    rule: 'credentials.get/2',
    spoil: answers(GET, (response) => data(response, (value) => set(value, '/roles/0/party_id', 'XYZ'))),
  },
]

/** Each token another one, so that a renewal brings a new one as well. */
function counting(name: (count: number) => string): Spoil {
  let count = 0
  return handingOver(() => {
    count += 1
    return name(Math.ceil(count / 2))
  })
}

function echoing(which: 'asked' | 'given'): Spoil {
  const real = new Map<string, string>()
  return {
    serve: (serve) => async (request) => {
      const known = real.get(request.headers['authorization'] ?? '')
      const response = await serve(known === undefined ? request : headers(request, { authorization: known }))
      if (!POST.test(placeOf(request)) || tokenIn(response.body) === '') return response
      const sent = Buffer.from((request.headers['authorization'] ?? '').slice(6), 'base64').toString()
      const told = which === 'asked' ? sent : tokenIn(request.body)
      real.set(base64(told), base64(tokenIn(response.body)))
      return data(response, (value) => set(value, '/token', told))
    },
  }
}

function callingWithA(): Spoil {
  let first: string | undefined
  return both(
    hears(VERSIONS, (request) => {
      first ??=
        request.headers['authorization']?.startsWith('Token ') &&
        Buffer.from(request.headers['authorization'].slice(6), 'base64').toString().startsWith('a.')
          ? request.headers['authorization']
          : undefined
      return request
    }),
    asks(VERSIONS, (request) => headers(request, { authorization: first })),
  )
}

const endRules: readonly Defect[] = [
  {
    id: 'put/not-allowed',
    target: 'cpo',
    about: 'PUT of credentials is HTTP 405',
    rule: 'credentials.put/1',
    spoil: insteadOf(PUT, ({ body: sent }) => (sent.endsWith('}]}') ? reply(405, { status_code: 2000 }) : undefined)),
  },
  {
    id: 'put/not-allowed-ptp',
    target: 'ptp',
    about: 'PUT of credentials is not found',
    rule: 'credentials.put/1',
    spoil: insteadOf(PUT, ({ body: sent }) => (sent.endsWith('}]}') ? reply(404, { status_code: 2000 }) : undefined)),
  },
  {
    id: 'put/same-token',
    target: 'cpo',
    about: 'a renewal brings the old token',
    rule: 'credentials.put/1',
    spoil: () => handingOver(() => 'c.always-the-same-token-1234567890'),
  },
  {
    id: 'put/no-call-back',
    target: 'cpo',
    about: 'after a PUT nothing is fetched again',
    rule: 'credentials.put/2',
    spoil: () =>
      from(2, ({ on, next }) => ({
        send: (send) => async (request, options) => {
          const details = /^GET \/ocpi\/(versions|2\.3\.0)$/.test(placeOf(request))
          if (details && on())
            return reply(200, request.url.endsWith('versions') ? versionsOfTheJudge : detailsOfTheJudge)
          if (details) next()
          return send(request, options)
        },
      })),
  },
  {
    id: 'put/old-token-lives-on',
    target: 'cpo',
    about: 'the old token goes on working',
    rule: 'credentials.put/3',
    spoil: () => outliving(PUT, HANDED),
  },
  {
    id: 'put/blind',
    target: 'cpo',
    about: 'a PUT with a url that leads nowhere is accepted',
    rule: 'credentials.put/4',
    spoil: insteadOf(PUT, ({ body: sent }) => (sent.includes('/nowhere/') ? reply(200) : undefined)),
  },
  {
    id: 'put/other-code',
    target: 'ptp',
    about: 'a url that leads nowhere is refused with 2001',
    rule: 'credentials.put/4',
    spoil: answers(PUT, (response) =>
      body(response, (value) => set(value, '/status_code', (code: unknown) => (code === 3001 ? 2001 : code))),
    ),
  },
  {
    id: 'put/refusal-kills',
    target: 'cpo',
    about: 'a refused PUT ends the connection',
    rule: 'credentials.put/5',
    spoil: () => dyingOf((method, _place, sent) => method === 'PUT' && sent.includes('/nowhere/')),
  },
  {
    id: 'put/new-token-dead',
    target: 'cpo',
    about: 'the new token of a renewal does not work',
    rule: 'credentials.put/6',
    spoil: answers(PUT, (response) =>
      data(response, (value) => set(value, '/token', (token: unknown) => `${String(token).slice(0, -1)}-`)),
    ),
  },
  {
    id: 'put/unknown-field',
    target: 'cpo',
    about: 'credentials with an unknown field are refused',
    rule: 'transport.unknown-fields/1',
    spoil: insteadOf(PUT, ({ body: sent }) =>
      sent.includes('plugtill_note') ? reply(200, { status_code: 2001 }) : undefined,
    ),
  },
  {
    id: 'delete/not-allowed',
    target: 'cpo',
    about: 'DELETE of credentials is HTTP 405',
    rule: 'credentials.delete/1',
    spoil: insteadOf(DELETE, () => reply(405, { status_code: 2000 })),
  },
  {
    id: 'delete/empty',
    target: 'ptp',
    about: 'DELETE of credentials is answered with nothing',
    rule: 'credentials.delete/1',
    spoil: answers(DELETE, () => ({ status: 204, headers: {}, body: '' })),
  },
  {
    id: 'delete/forgotten',
    target: 'cpo',
    about: 'after DELETE the token goes on working',
    rule: 'credentials.delete/2',
    spoil: insteadOf(DELETE, () => reply(200)),
  },
]

const invitedRules: readonly Defect[] = [
  {
    id: 'start/never',
    target: 'cpo',
    invited: true,
    about: 'invited, it does not come',
    rule: 'credentials.register/1',
    spoil: believes(VERSIONS, () => reply(404, { status_code: 2000 })),
  },
  {
    id: 'start/bearer',
    target: 'cpo',
    invited: true,
    about: 'it comes with the scheme Bearer',
    rule: 'transport.question/1',
    spoil: asks(
      () => true,
      (request) =>
        headers(request, { authorization: (request.headers['authorization'] ?? '').replace('Token', 'Bearer') }),
    ),
  },
  {
    id: 'start/no-roles',
    target: 'cpo',
    invited: true,
    about: 'it posts credentials without roles',
    rule: 'credentials.register/2',
    spoil: asks(POST, (request) => body(request, (value) => set(value, '/roles', []))),
  },
  {
    id: 'start/no-token',
    target: 'ptp',
    invited: true,
    about: 'it posts credentials without token',
    rule: 'credentials.register/2',
    spoil: asks(POST, (request) => body(request, (value) => set(value, '/token', undefined))),
  },
  {
    id: 'start/token-too-late',
    target: 'cpo',
    invited: true,
    about: 'its token works only after its POST was answered',
    rule: 'credentials.register/3',
    spoil: () => tokenTooLate(),
  },
  {
    id: 'start/keeps-a',
    target: 'cpo',
    invited: true,
    about: 'it goes on with the token of the invitation',
    rule: 'credentials.register/4',
    spoil: () => keepingA(),
  },
]

function tokenTooLate(): Spoil {
  let posting = false
  return {
    send: (send) => async (request, options) => {
      posting = POST.test(placeOf(request))
      return send(request, options).finally(() => {
        posting = false
      })
    },
    serve: (serve) => async (request) => (posting ? reply(401, { status_code: 2001 }) : serve(request)),
  }
}

function keepingA(): Spoil {
  let first: string | undefined
  return {
    send: (send) => async (request, options) => {
      first ??= request.headers['authorization']
      return send(
        FUNCTIONAL.test(placeOf(request)) || DETAILS.test(placeOf(request)) || VERSIONS.test(placeOf(request))
          ? headers(request, { authorization: first })
          : request,
        options,
      )
    },
  }
}

export const registrationDefects: readonly Defect[] = [
  ...versionsRules,
  ...credentialsRules,
  ...endRules,
  ...invitedRules,
]
