/** The handshake as the platform under test answers it. (B-07 to B-28) */
import { type Check, each, exchanges, fields, type Ruling } from '../check.ts'
import type { Seen, TokenMarks } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'
import { said } from './said.ts'

const AFTER_VERSIONS = [
  'versions.get/1',
  'versions.get/2',
  'versions.get/3',
  'versions.details/1',
  'versions.details/3',
]
export const REGISTERED = [...AFTER_VERSIONS, 'credentials.post/1', 'credentials.object/1', 'credentials.register/2']

/** The judge was invited; when it invited itself, these questions are not asked. */
const unlessInviting = (view: View): string | undefined =>
  view.fact('invited') === undefined ? undefined : 'The platform under test started the handshake.'

/** One answer to a question on purpose. */
export function probed(
  rule: string,
  told: {
    readonly name: string
    readonly needs: string
    readonly after?: readonly string[]
    readonly unless?: Check['unless']
    /** Only the last answer counts. */
    readonly last?: boolean
    readonly judge: (seen: Seen, view: View) => Ruling
  },
): Check {
  const { name, needs, after = REGISTERED, unless, last = false, judge } = told
  return each(rule, {
    needs,
    after,
    unless,
    of: (view) => exchanges(last ? view.probes(name).slice(-1) : view.probes(name)),
    judge: ({ seen }, view) => judge(seen, view),
  })
}

export const refused = (
  seen: Seen,
  message: string,
  expected = 'HTTP 401',
  statuses: readonly number[] = [401],
): Ruling => (statuses.includes(seen.response?.status ?? 0) ? 'ok' : { message, expected, actual: said(seen) })

const accepted = (seen: Seen, message: string): Ruling =>
  isYes(seen) ? 'ok' : { message, expected: 'HTTP 200 with OCPI 1000', actual: said(seen) }

/** Tokens that the platform under test handed over. */
const handed = (view: View): readonly { readonly seen: Seen; readonly marks: TokenMarks }[] =>
  view.ordinary.flatMap((seen) => {
    if (seen.module !== 'credentials') return []
    const marks = seen.by === 'partner' ? seen.tokens.asked : isYes(seen) ? seen.tokens.answered : undefined
    return marks === undefined ? [] : [{ seen, marks }]
  })

interface RoleEntry {
  readonly role?: unknown
  readonly country_code?: unknown
  readonly party_id?: unknown
}

const rolesOf = ({ value }: Found): readonly RoleEntry[] => {
  const { roles } = (value ?? {}) as { roles?: unknown }
  return Array.isArray(roles) ? roles.filter((one) => typeof one === 'object' && one !== null) : []
}

const named = ({ role, country_code, party_id }: RoleEntry): string =>
  `${String(role)} ${String(country_code)}-${String(party_id)}`.toUpperCase()

const party = ({ country_code, party_id }: RoleEntry): string =>
  `${String(country_code)}-${String(party_id)}`.toUpperCase()

const aboutRoles = (rule: string, judge: (roles: readonly RoleEntry[], found: Found) => Ruling): Check =>
  each(rule, {
    needs: 'credentials',
    after: [...AFTER_VERSIONS, 'credentials.post/1', 'credentials.object/1', 'credentials.register/2'],
    of: (view) => view.found('Credentials'),
    judge: (found) => judge(rolesOf(found), found),
  })

/** Requests of the partner while and shortly after the judge handed over its credentials. */
function calledBack(view: View, handing: Seen, place: string): readonly Seen[] {
  const mark = handing.tokens.asked?.fingerprint
  return view.of('partner', place).filter((one) => one.at >= handing.at && one.tokenUsed === mark && isYes(one))
}

const callBack = (rule: string, place: string, method: 'post' | 'put', what: string): Check =>
  each(rule, {
    needs: `a ${method.toUpperCase()} of credentials that was accepted`,
    after: method === 'put' ? [...REGISTERED, 'credentials.put/1'] : AFTER_VERSIONS,
    unless: method === 'post' ? unlessInviting : undefined,
    of: (view) => exchanges(view.of('us', `credentials.${method}`)),
    judge: ({ seen }, view) => {
      if (calledBack(view, seen, place).length > 0) return 'ok'
      const others = view.of('partner', place).filter((one) => one.at >= seen.at)
      // A refusal without a call has another reason, unless the call came with the wrong token.
      if (others.length === 0 && (!isYes(seen) || !view.overdue(seen.at, 60_000))) return undefined
      const actual =
        others[0] === undefined
          ? 'no call came back'
          : `a call with another token, answered HTTP ${others[0].response?.status}`
      return {
        message: `The ${what} of the judge were not fetched.`,
        expected: 'GET with the token just given',
        actual,
      }
    },
  })

export const credentialsChecks: readonly Check[] = [
  each('credentials.post/1', {
    needs: 'the credentials have to be posted',
    after: [...AFTER_VERSIONS, 'credentials.post/6', 'versions.details/2', 'credentials.callback/1'],
    unless: unlessInviting,
    of: (view) => exchanges(view.of('us', 'credentials.post')),
    judge: ({ seen }) =>
      isYes(seen) && (typeof seen.answer?.data !== 'object' || seen.answer.data === null)
        ? {
            message: 'The registration was accepted without credentials.',
            expected: 'credentials in data',
            actual: 'none',
            field: '/data',
          }
        : accepted(seen, 'The registration was not accepted.'),
  }),
  each('credentials.post/2', {
    needs: 'credentials with a token',
    after: [...AFTER_VERSIONS, 'credentials.post/1'],
    unless: unlessInviting,
    of: (view) => exchanges(view.of('us', 'credentials.post').filter(isYes)),
    judge: ({ seen }, view) => {
      const mark = seen.tokens.answered?.fingerprint
      if (mark === undefined) return undefined
      const message = 'The token in the answer is not a new one.'
      if (mark === seen.tokens.asked?.fingerprint)
        return {
          message,
          expected: 'a token of your own',
          actual: 'the token that was just given',
          field: '/data/token',
        }
      if (mark === view.fact('token-a')?.about)
        return { message, expected: 'a new token', actual: 'the token of the invitation', field: '/data/token' }
      return 'ok'
    },
  }),
  probed('credentials.post/3', {
    name: 'credentials.again',
    needs: 'a second POST on a registered connection',
    judge: (seen) => refused(seen, 'A second POST of credentials was not refused.', 'HTTP 405', [405]),
  }),
  probed('credentials.post/4', {
    name: 'credentials.after-again',
    needs: 'a question after the second POST',
    after: [...REGISTERED, 'credentials.post/3'],
    judge: (seen) => accepted(seen, 'After a second POST the token of the connection did not work any more.'),
  }),
  probed('credentials.post/5', {
    name: 'credentials.empty',
    needs: 'a POST of an empty object',
    after: AFTER_VERSIONS,
    unless: unlessInviting,
    judge: (seen) =>
      isYes(seen)
        ? { message: 'Credentials without any field were accepted.', expected: 'OCPI 2001', actual: said(seen) }
        : seen.answer === undefined && (seen.response?.status ?? 500) >= 500
          ? { message: 'Credentials without any field were not refused.', expected: 'OCPI 2001', actual: said(seen) }
          : 'ok',
  }),
  probed('credentials.post/6', {
    name: 'credentials.after-refusal',
    needs: 'a question after the refused POST',
    after: ['credentials.post/5'],
    unless: unlessInviting,
    judge: (seen) => accepted(seen, 'After a refused registration the token of the invitation did not work any more.'),
  }),
  ...fields({
    kind: 'Credentials',
    needs: 'credentials',
    after: [...AFTER_VERSIONS, 'credentials.post/1', 'credentials.register/2'],
    owners: [
      [/^\/token/, 'credentials.token/1'],
      [/\/business_details(\/|$)/, 'credentials.business-details/1'],
    ],
    rest: 'credentials.object/1',
  }).filter(({ rule }) => rule !== 'credentials.token/1'),
  each('credentials.token/1', {
    needs: 'a token in credentials',
    after: [...AFTER_VERSIONS, 'credentials.post/1', 'credentials.object/1', 'credentials.register/2'],
    of: handed,
    judge: ({ marks: { length, printable } }) =>
      printable && length >= 1 && length <= 64
        ? 'ok'
        : {
            message: 'The token cannot be used in a header.',
            expected: '1 to 64 characters from ! to ~',
            actual: printable ? `${length} characters` : `${length} characters, some of them blank or not ASCII`,
          },
  }),
  each('credentials.token/2', {
    needs: 'a token in credentials',
    after: [
      ...AFTER_VERSIONS,
      'credentials.post/1',
      'credentials.object/1',
      'credentials.token/1',
      'credentials.register/2',
    ],
    of: handed,
    judge: ({ marks: { length, distinctCharacters } }) =>
      length >= 16 && distinctCharacters >= 8
        ? 'ok'
        : {
            message: 'The token is easy to guess.',
            expected: 'at least 16 characters, 8 of them different',
            actual: `${length} characters, ${distinctCharacters} of them different`,
          },
  }),
  probed('credentials.url/1', {
    name: 'credentials.url',
    needs: 'the url of the credentials',
    after: ['credentials.post/1', 'credentials.object/1', 'credentials.register/2'],
    judge: (seen) =>
      isYes(seen) && Array.isArray(seen.answer?.data)
        ? 'ok'
        : {
            message: 'The url of the credentials is not the versions endpoint.',
            expected: 'a list of versions',
            actual: isYes(seen) ? 'something else than a list' : said(seen),
            field: '/url',
          },
  }),
  aboutRoles('credentials.roles/1', (roles) =>
    roles.some(({ role }) => role === 'CPO')
      ? 'ok'
      : {
          message: 'No role is CPO.',
          expected: 'a role CPO',
          actual: roles.map(({ role }) => String(role)).join(', ') || 'none',
          field: '/roles',
        },
  ),
  aboutRoles('credentials.roles/2', (roles) => {
    const all = roles.map(named)
    const twice = all.find((one, index) => all.indexOf(one) !== index)
    return twice === undefined
      ? 'ok'
      : { message: 'A role stands twice.', expected: 'once', actual: twice, field: '/roles' }
  }),
  aboutRoles('credentials.roles/3', (roles) => {
    const odd = roles.find(
      (one) => !/^[a-z]{2}$/i.test(String(one.country_code)) || !/^[a-z0-9]{3}$/i.test(String(one.party_id)),
    )
    if (odd === undefined) return roles.length === 0 ? undefined : 'ok'
    return {
      message: 'A party is not named as usual.',
      expected: 'such as NL-ABC',
      actual: party(odd),
      field: '/roles',
    }
  }),
  each('credentials.get/1', {
    needs: 'the credentials have to be asked for',
    after: REGISTERED,
    of: (view) => exchanges(view.of('us', 'credentials.get')),
    judge: ({ seen }) => accepted(seen, 'GET of credentials did not answer.'),
  }),
  each('credentials.get/2', {
    needs: 'an answer to GET of credentials',
    after: [...REGISTERED, 'credentials.get/1'],
    of: (view) => view.found('Credentials').filter(({ seen }) => seen.place === 'credentials.get'),
    judge: (found, view) => {
      const first = view.found('Credentials').find(({ seen }) => seen.place !== 'credentials.get')
      if (first === undefined) return undefined
      const [now, then] = [rolesOf(found), rolesOf(first)].map((roles) => roles.map(party).sort().join(', '))
      if (now === then) return 'ok'
      return {
        message: 'GET names other parties than the handshake.',
        expected: then,
        actual: now || 'none',
        field: '/data/roles',
      }
    },
  }),
  probed('credentials.token-a/1', {
    name: 'credentials.token-a',
    needs: 'a question with the token of the invitation after the registration',
    unless: unlessInviting,
    judge: (seen) => refused(seen, 'The token of the invitation still works.'),
  }),
  probed('credentials.token-a/2', {
    name: 'credentials.token-a-on-module',
    needs: 'a functional module to be asked with the token of the invitation',
    after: AFTER_VERSIONS,
    unless: (view) =>
      unlessInviting(view) ??
      (view.probes('registration.look').length > 1 && view.probes('credentials.token-a-on-module').length === 0
        ? 'There is no functional module.'
        : undefined),
    judge: (seen) => refused(seen, `The token of the invitation opens ${seen.module}.`),
  }),
  callBack('credentials.callback/1', 'versions.versions', 'post', 'versions'),
  callBack('credentials.callback/2', 'versions.details', 'post', 'version details'),
  callBack('credentials.put/2', 'versions.details', 'put', 'version details'),
]
