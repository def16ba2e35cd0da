/** Renewal and end of a connection, and the handshake as the platform under test starts it. (B-12 to B-18, B-25 to B-27) */
import { type Check, each, exchanges, whole } from '../check.ts'
import { isYes, type View } from '../view.ts'
import { probed, REGISTERED, refused } from './credentials.ts'
import { said } from './said.ts'

const RENEWED = [...REGISTERED, 'credentials.put/1']

const unlessInvited = (view: View): string | undefined =>
  view.fact('invited') === undefined ? 'The judge started the handshake.' : undefined

const works = (message: string) => (seen: Parameters<typeof isYes>[0]) =>
  isYes(seen) ? ('ok' as const) : { message, expected: 'HTTP 200 with OCPI 1000', actual: said(seen) }

export const credentialsEndChecks: readonly Check[] = [
  each('credentials.put/1', {
    needs: 'the credentials have to be renewed',
    after: REGISTERED,
    of: (view) => exchanges(view.of('us', 'credentials.put')),
    judge: ({ seen }, view) => {
      if (!isYes(seen)) return works('The renewal was not accepted.')(seen)
      const mark = seen.tokens.answered?.fingerprint
      const before = view.ordinary
        .filter((one) => one.index < seen.index)
        .flatMap(({ tokens }) => tokens.answered ?? [])
      const old = [
        ...before.map(({ fingerprint }) => fingerprint),
        seen.tokens.asked?.fingerprint,
        view.fact('token-old')?.about,
      ]
      if (mark !== undefined && !old.includes(mark)) return 'ok'
      const actual = mark === undefined ? 'no token' : 'a token that was used before'
      return { message: 'The renewal brought no new token.', expected: 'a new token', actual, field: '/data/token' }
    },
  }),
  probed('credentials.put/3', {
    name: 'credentials.old-token',
    needs: 'a question with the old token after the renewal',
    after: [...RENEWED, 'credentials.put/6'],
    last: true,
    judge: (seen) => refused(seen, 'The old token still works after the renewal.'),
  }),
  probed('credentials.put/4', {
    name: 'credentials.unusable',
    needs: 'a PUT with a url that cannot be used',
    after: RENEWED,
    judge: (seen) =>
      seen.answer?.statusCode === 3001
        ? 'ok'
        : { message: 'A url that cannot be used was not refused as such.', expected: 'OCPI 3001', actual: said(seen) },
  }),
  probed('credentials.put/5', {
    name: 'credentials.after-unusable',
    needs: 'a question after the refused PUT',
    after: [...RENEWED, 'credentials.put/4'],
    judge: works('After a refused PUT the token of the connection did not work any more.'),
  }),
  probed('credentials.put/6', {
    name: 'credentials.new-token',
    needs: 'a question with the new token',
    after: RENEWED,
    judge: works('The new token does not work.'),
  }),
  each('credentials.delete/1', {
    needs: 'the connection has to be ended',
    after: [...RENEWED, 'credentials.put/4', 'credentials.put/5', 'credentials.put/6'],
    of: (view) => exchanges(view.of('us', 'credentials.delete')),
    judge: ({ seen }) => works('DELETE of credentials was not accepted.')(seen),
  }),
  probed('credentials.delete/2', {
    name: 'credentials.after-delete',
    needs: 'a question after DELETE',
    after: [...RENEWED, 'credentials.put/4', 'credentials.delete/1'],
    judge: (seen) => refused(seen, 'The token still works after DELETE.', 'HTTP 401 or 405', [401, 405]),
  }),
  whole('credentials.register/1', {
    needs: 'the judge has to invite the platform under test',
    after: ['transport.question/1', 'transport.question/8'],
    unless: unlessInvited,
    judge: (view) => {
      const asked = view.of('partner', 'versions.versions')
      const details = view.of('partner', 'versions.details')
      if (asked.some(isYes) && details.some(isYes)) return { ruling: 'ok', seen: details[0] }
      const seen = details.at(-1) ?? asked.at(-1)
      const actual = seen === undefined ? 'nothing came' : `${seen.method} ${new URL(seen.url).pathname}: ${said(seen)}`
      return {
        ruling: { message: 'The versions were not fetched.', expected: 'versions, then version details', actual },
        seen,
      }
    },
  }),
  whole('credentials.register/2', {
    needs: 'the judge has to invite the platform under test',
    after: ['credentials.register/1', 'credentials.register/3'],
    unless: unlessInvited,
    judge: (view) => {
      const posts = view.of('partner', 'credentials.post')
      const good = posts.find(isYes)
      if (good !== undefined) return { ruling: 'ok', seen: good }
      const seen = posts.at(-1)
      const actual = seen === undefined ? 'no POST came' : said(seen)
      return { ruling: { message: 'No credentials were accepted.', expected: 'POST of credentials', actual }, seen }
    },
  }),
  each('credentials.register/3', {
    needs: 'a POST of credentials from the platform under test',
    after: ['credentials.register/1'],
    unless: unlessInvited,
    of: (view) =>
      exchanges(view.of('us', 'versions.versions', 'versions.details')).filter(({ seen }) =>
        view.of('partner', 'credentials.post').some((post) => post.tokens.asked?.fingerprint === seen.tokenUsed),
      ),
    judge: ({ seen }) =>
      seen.response?.status === 401
        ? { message: 'The token in your credentials does not work yet.', expected: 'HTTP 200', actual: said(seen) }
        : 'ok',
  }),
  each('credentials.register/4', {
    needs: 'a request after the registration',
    after: ['credentials.register/2'],
    unless: unlessInvited,
    of: (view) => {
      const done = view.of('partner', 'credentials.post').find(isYes)
      if (done === undefined) return []
      return exchanges(
        view.ordinary.filter((one) => one.by === 'partner' && one.index > done.index && one.tokenUsed !== undefined),
      )
    },
    judge: ({ seen }, view) =>
      seen.tokenUsed === view.fact('token-a')?.about
        ? {
            message: 'The token of the invitation is still used.',
            expected: 'the token of the answer',
            actual: 'the token of the invitation',
          }
        : 'ok',
  }),
]
