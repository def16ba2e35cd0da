/** How the platform under test asks, and how it writes times and parties. (A-01 to A-12, A-17, A-39, A-58, A-68, A-71) */
import { type Check, each, exchanges, type Ruled, type Ruling } from '../check.ts'
import type { Seen } from '../seen.ts'
import type { View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { said } from './said.ts'
import { routingIn } from './transport.ts'

/** Its requests that carried a token the judge knows; strangers and browsers are not judged. */
function asked(view: View): readonly Seen[] {
  const given = new Set(
    view.ordinary.flatMap(({ by, tokens }) => (by === 'us' ? tokens.asked : tokens.answered)?.fingerprint ?? []),
  )
  const isKnown = ({ place, response, tokenUsed }: Seen) =>
    place !== '' || response?.status !== 401 || (tokenUsed !== undefined && given.has(tokenUsed))
  return view.ordinary.filter((one) => one.by === 'partner' && isKnown(one))
}

const question = (rule: string, judge: (seen: Seen) => Ruling): Check =>
  each(rule, {
    needs: 'a request of the platform under test',
    of: (view) => exchanges(asked(view)),
    judge: ({ seen }) => judge(seen),
  })

const hasBody = ({ request }: Seen): boolean => request.body.trim() !== ''

const FORMS: Readonly<Record<string, string>> = {
  none: 'no Authorization header',
  'other-scheme': 'another scheme than Token',
  raw: 'the token as it is, not encoded',
}

const needsHeader = (rule: string, name: string): Check =>
  question(rule, ({ request }) => {
    if (request.headers[name] !== undefined && request.headers[name] !== '') return 'ok'
    return { message: `A request has no ${name}.`, expected: 'a UUID', actual: 'no such header' }
  })

/** Functional modules carry the names of the parties. */
const functional = ({ module }: Seen): boolean => module !== '' && module !== 'versions' && module !== 'credentials'

interface Named {
  readonly role?: unknown
  readonly country_code?: unknown
  readonly party_id?: unknown
}

const partiesIn = (value: unknown): readonly string[] => {
  const { roles } = (value ?? {}) as { roles?: unknown }
  if (!Array.isArray(roles)) return []
  return roles.map(({ country_code, party_id }: Named) => `${String(country_code)}-${String(party_id)}`.toUpperCase())
}

/** Parties of the platform under test, and of the judge, by their last credentials. */
function parties(view: View): { readonly theirs: readonly string[]; readonly ours: readonly string[] } {
  const handed = view.ordinary.filter(
    ({ module, answer }) => module === 'credentials' && (answer?.statusCode ?? 9999) < 2000,
  )
  const said = (by: Seen['by']) =>
    handed.flatMap((one) => {
      const list = partiesIn(one.by === by ? one.question : one.answer?.data)
      return list.length === 0 ? [] : [list]
    })
  return { theirs: said('partner').at(-1) ?? [], ours: said('us').at(-1) ?? [] }
}

const end = (headers: Seen['request']['headers'], which: 'from' | 'to'): string =>
  `${headers[`ocpi-${which}-country-code`] ?? ''}-${headers[`ocpi-${which}-party-id`] ?? ''}`.toUpperCase()

/** Times by the names of their fields, anywhere in a body. */
const TIMES =
  /^(timestamp|last_updated|.*_date_time|date_time|valid_until|expiry_date|begin|end|period_begin|period_end|arrival_time|departure_time)$/

function timesIn(value: unknown, pointer = ''): readonly (readonly [pointer: string, text: string])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const here = `${pointer}/${name}`
    return typeof inner === 'string' && TIMES.test(name) && /\d{4}-\d{2}-\d{2}|^\d{9,}$/.test(inner)
      ? [[here, inner] as const]
      : timesIn(inner, here)
  })
}

const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?$/

function times(
  rule: string,
  isRight: (text: string) => boolean,
  told: { readonly message: string; readonly expected: string },
): Check {
  return {
    rule,
    needs: 'a message with a time',
    after: [],
    look: (view) =>
      view.ordinary.flatMap((seen): readonly Ruled[] => {
        const body = seen.by === 'partner' ? seen.question : seen.reply
        const found = timesIn(body)
        const wrong = found.filter(([, text]) => !isRight(text))
        if (wrong.length === 0) return found.length === 0 ? [] : [{ ruling: 'ok', seen }]
        return wrong.map(([field, actual]) => ({ ruling: { ...told, actual, field }, seen }))
      }),
  }
}

export const transportQuestionsChecks: readonly Check[] = [
  question('transport.question/1', ({ auth }) => {
    const wrong = FORMS[auth]
    if (auth === 'unknown') return undefined
    if (wrong === undefined) return 'ok'
    return {
      message: 'The token does not travel as it should.',
      expected: 'Token and the token in Base64',
      actual: wrong,
    }
  }),
  question('transport.question/2', ({ auth }) => {
    if (auth === 'unknown') return undefined
    if (auth !== 'base64-with-line-feed') return 'ok'
    return {
      message: 'A line feed was encoded with the token.',
      expected: 'the token alone',
      actual: 'the token and a line feed',
    }
  }),
  needsHeader('transport.question/3', 'x-request-id'),
  each('transport.question/4', {
    needs: 'two requests of the platform under test',
    after: ['transport.question/3'],
    of: (view) => {
      const ids = asked(view).flatMap((seen) => {
        const id = seen.request.headers['x-request-id']
        return id === undefined ? [] : [{ seen, id }]
      })
      const first = new Map<string, Seen>()
      return ids.map((one) => {
        const again = first.get(one.id)
        first.set(one.id, one.seen)
        return { ...one, again }
      })
    },
    judge: ({ id, again }) =>
      again === undefined ? 'ok' : { message: 'An X-Request-ID came twice.', expected: 'a new one', actual: id },
  }),
  needsHeader('transport.question/5', 'x-correlation-id'),
  each('transport.question/6', {
    needs: 'a request with a body',
    of: (view) => exchanges(asked(view).filter(hasBody)),
    judge: ({ seen }) => {
      const type = seen.request.headers['content-type']
      if (/^application\/json\b/i.test(type ?? '')) return 'ok'
      return {
        message: 'A body is not announced as JSON.',
        expected: 'application/json',
        actual: type ?? 'no Content-Type',
      }
    },
  }),
  each('transport.question/7', {
    needs: 'a request with a body',
    of: (view) => exchanges(asked(view).filter((one) => hasBody(one) && !one.cut)),
    judge: ({ seen }) =>
      seen.question !== undefined
        ? 'ok'
        : { message: 'A body is no JSON.', expected: 'JSON', actual: seen.request.body.slice(0, 80) },
  }),
  question('transport.question/8', (seen) =>
    seen.place === ''
      ? {
          message: 'A URL was asked that no version details gave.',
          expected: 'an endpoint of version details, and what the chapter appends',
          actual: `${seen.method} ${new URL(seen.url).pathname}: ${said(seen)}`,
        }
      : 'ok',
  ),
  times('transport.datetime/1', (text) => UTC.test(text), {
    message: 'A time is not in UTC, or not written as it should be.',
    expected: 'such as 2030-07-02T08:00:00Z',
  }),
  times('transport.datetime/2', (text) => text.length <= 25, {
    message: 'A time is longer than others can read.',
    expected: 'at most 25 characters',
  }),
  each('transport.routing/2', {
    needs: 'a request of a functional module',
    after: REGISTERED,
    of: (view) => exchanges(asked(view).filter(functional)),
    judge: ({ seen }, view) => {
      const { theirs, ours } = parties(view)
      const given = routingIn(seen.request.headers)
      const alone = new Set(theirs).size <= 1 && new Set(ours).size <= 1
      if (given.length === 4) return 'ok'
      if (alone && given.length === 0) return 'ok'
      return {
        message: 'The parties are not all named.',
        expected: 'four routing headers',
        actual: given.join(', ') || 'none',
      }
    },
  }),
  each('transport.routing/3', {
    needs: 'a request of a functional module',
    after: [...REGISTERED, 'transport.routing/2'],
    of: (view) => exchanges(asked(view).filter(functional)),
    judge: ({ seen: { request } }, view) => {
      const { theirs, ours } = parties(view)
      const given = routingIn(request.headers)
      if (given.length === 0 || theirs.length === 0 || ours.length === 0) return given.length === 0 ? 'ok' : undefined
      if (given.some((name) => /-from-/.test(name)) && !theirs.includes(end(request.headers, 'from')))
        return {
          message: 'OCPI-from is none of your roles.',
          expected: theirs.join(', '),
          actual: end(request.headers, 'from'),
        }
      if (given.some((name) => /-to-/.test(name)) && !ours.includes(end(request.headers, 'to')))
        return { message: 'OCPI-to is not here.', expected: ours.join(', '), actual: end(request.headers, 'to') }
      return 'ok'
    },
  }),
  each('transport.routing/4', {
    needs: 'an answer of a functional module',
    after: REGISTERED,
    of: (view) =>
      exchanges(view.ordinary.filter((one) => one.by === 'us' && functional(one) && one.response !== undefined)),
    judge: ({ seen: { request, response } }, view) => {
      const { theirs, ours } = parties(view)
      const given = routingIn(response?.headers ?? {})
      const alone = new Set(theirs).size <= 1 && new Set(ours).size <= 1
      if (given.length === 0)
        return alone || (response?.status ?? 0) >= 400
          ? 'ok'
          : { message: 'The answer does not name the parties.', expected: 'four routing headers', actual: 'none' }
      const [from, to] = [end(response?.headers ?? {}, 'from'), end(response?.headers ?? {}, 'to')]
      if (from === end(request.headers, 'to') && to === end(request.headers, 'from')) return 'ok'
      return {
        message: 'From and to are not swapped in the answer.',
        expected: `from ${end(request.headers, 'to')} to ${end(request.headers, 'from')}`,
        actual: `from ${from} to ${to}`,
      }
    },
  }),
]
