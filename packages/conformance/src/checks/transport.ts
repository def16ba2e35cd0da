/** How the platform under test answers, whatever it is asked. */
import { type Check, each, exchanges, type Ruling, type Wrong } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { probed, REGISTERED, refused } from './credentials.ts'
import { said } from './said.ts'

/** Ordinary questions of the judge that were answered. */
const answered = (view: View) =>
  view.of('us', ...new Set(view.ordinary.map(({ place }) => place))).filter(({ response }) => response !== undefined)

const envelopeOf = ({ reply }: Seen): Readonly<Record<string, unknown>> =>
  typeof reply === 'object' && reply !== null ? (reply as Readonly<Record<string, unknown>>) : {}

const http = ({ response }: Seen): number => response?.status ?? 0
const isHttpYes = (seen: Seen): boolean => http(seen) >= 200 && http(seen) < 300

/** A rule about every answer: no prerequisite, what is exact yields in the fold. */
const answer = (rule: string, judge: (seen: Seen) => Ruling, of: (view: View) => readonly Seen[] = answered): Check =>
  each(rule, {
    needs: 'something has to be asked',
    of: (view) => exchanges(of(view)),
    judge: ({ seen }) => judge(seen),
  })

const everything = (view: View): readonly Seen[] => [
  ...answered(view),
  ...PROBES.flatMap((name) => view.probes(name)).filter(({ by, response }) => by === 'us' && response !== undefined),
]

/** Odd questions that a sound platform refuses without trouble. */
const PROBES = [
  ...['versions.no-token', 'versions.unknown-token', 'credentials.empty', 'credentials.again', 'credentials.token-a'],
  ...['transport.no-json', 'transport.nowhere', 'transport.no-ids', 'transport.unknown'],
  ...['security.no-token', 'security.unknown-token', 'paging.wrong'],
]

const repeats = (rule: string, header: string): Check =>
  answer(rule, (seen): Ruling => {
    const sent = seen.request.headers[header]
    if (sent === undefined) return undefined
    const came = seen.response?.headers[header]
    if (came === sent) return 'ok'
    return { message: `The answer does not repeat ${header}.`, expected: sent, actual: came ?? 'no such header' }
  })

const PLACES_OF_CONFIGURATION = /^(versions|credentials)\./
export const routingIn = (headers: Seen['request']['headers']): readonly string[] =>
  Object.keys(headers).filter((name) => /^ocpi-(from|to)-/.test(name))

const unrouted = (seen: Seen): Ruling => {
  const headers = seen.by === 'us' ? seen.response?.headers : seen.request.headers
  const odd = routingIn(headers ?? {})
  if (odd.length === 0) return 'ok'
  return {
    message: 'Routing headers stand in a message of a configuration module.',
    expected: 'none',
    actual: odd.join(', '),
  }
}

export const transportChecks: readonly Check[] = [
  each('transport.answer/1', {
    needs: 'something has to be asked',
    of: (view) => exchanges(view.ordinary.filter(({ by }) => by === 'us')),
    judge: ({ seen }) =>
      seen.response === undefined
        ? { message: 'A request was not answered.', expected: 'an answer', actual: 'none' }
        : 'ok',
  }),
  answer('transport.answer/2', ({ durationMs }) =>
    durationMs <= 10_000
      ? 'ok'
      : { message: 'An answer was slow.', expected: 'at most 10 s', actual: `${Math.round(durationMs / 100) / 10} s` },
  ),
  answer('transport.answer/3', (seen) => {
    const type = seen.response?.headers['content-type']
    if (seen.response?.body === '' || /^application\/([a-z0-9.+-]*\+)?json\b/i.test(type ?? '')) return 'ok'
    return {
      message: 'The answer is not application/json.',
      expected: 'application/json',
      actual: type ?? 'no Content-Type',
    }
  }),
  answer('transport.answer/4', (seen) => {
    if (!isHttpYes(seen)) return undefined
    if (seen.answer !== undefined) return 'ok'
    return { message: 'The answer has no envelope.', expected: 'an object with status_code', actual: said(seen) }
  }),
  answer('transport.answer/5', (seen) => {
    if (seen.answer === undefined) return undefined
    const code = envelopeOf(seen)['status_code']
    if (typeof code === 'number' && code >= 1000 && code <= 4999) return 'ok'
    return {
      message: 'The status_code is no OCPI status.',
      expected: 'a number such as 1000',
      actual: JSON.stringify(code),
      field: '/status_code',
    }
  }),
  answer('transport.answer/6', (seen) => {
    if (seen.answer === undefined || !isHttpYes(seen)) return undefined
    const { timestamp } = envelopeOf(seen)
    if (typeof timestamp === 'string' && !Number.isNaN(Date.parse(timestamp))) return 'ok'
    return {
      message: 'The envelope has no time.',
      expected: 'such as 2030-07-02T08:00:00Z',
      actual: JSON.stringify(timestamp) ?? 'nothing',
      field: '/timestamp',
    }
  }),
  repeats('transport.answer/7', 'x-request-id'),
  repeats('transport.answer/8', 'x-correlation-id'),
  answer(
    'transport.answer/9',
    (seen) =>
      http(seen) < 500 ? 'ok' : { message: 'The platform failed.', expected: 'no HTTP 5xx', actual: said(seen) },
    everything,
  ),
  answer(
    'transport.answer/10',
    (seen) => {
      if (seen.answer === undefined) return undefined
      const good = seen.answer.statusCode < 2000
      if (isHttpYes(seen) || !good) return 'ok'
      return { message: 'HTTP says no and OCPI says yes.', expected: 'both the same', actual: said(seen) }
    },
    everything,
  ),
  answer('transport.answer/11', (seen) => {
    const code = seen.answer?.statusCode ?? 0
    if (code < 1000 || code >= 2000) return undefined
    return code === 1000
      ? 'ok'
      : { message: 'A success has a code of its own.', expected: '1000', actual: String(code), field: '/status_code' }
  }),
  answer(
    'transport.answer/12',
    (seen) => {
      if (http(seen) < 400 || http(seen) >= 500) return undefined
      return seen.answer !== undefined
        ? 'ok'
        : { message: 'A refusal has no envelope.', expected: 'an object with status_code', actual: said(seen) }
    },
    everything,
  ),
  probed('transport.json/1', {
    name: 'transport.no-json',
    needs: 'a body that is no JSON',
    judge: (seen) => refused(seen, 'A body that is no JSON was not refused with HTTP 400.', 'HTTP 400', [400]),
  }),
  probed('transport.json/2', {
    name: 'credentials.empty',
    needs: 'a body with invalid content',
    unless: (view) => (view.fact('invited') === undefined ? undefined : 'Nothing invalid was sent.'),
    judge: (seen) =>
      http(seen) < 400 || http(seen) >= 500
        ? 'ok'
        : {
            message: 'Invalid content was refused by HTTP status.',
            expected: 'HTTP 200 with OCPI 2001',
            actual: said(seen),
          },
  }),
  probed('transport.unknown/1', {
    name: 'transport.nowhere',
    needs: 'a URL that is not served',
    judge: (seen) => refused(seen, 'A URL that is not served was not answered with HTTP 404.', 'HTTP 404', [404]),
  }),
  probed('transport.unknown/2', {
    name: 'transport.unknown',
    needs: 'a functional module with single objects',
    unless: (view) =>
      view.probes('security.no-token').length > 0 && view.probes('transport.unknown').length === 0
        ? 'No module serves single objects.'
        : undefined,
    judge: (seen) => refused(seen, 'An object that there is not was not answered with HTTP 404.', 'HTTP 404', [404]),
  }),
  probed('transport.unknown-fields/1', {
    name: 'transport.unknown-field',
    needs: 'a message with an unknown field',
    after: [...REGISTERED, 'credentials.put/1', 'credentials.put/6'],
    judge: (seen) =>
      isYes(seen)
        ? 'ok'
        : { message: 'Credentials with an unknown field were refused.', expected: 'OCPI 1000', actual: said(seen) },
  }),
  probed('transport.ids/1', {
    name: 'transport.no-ids',
    needs: 'a request without X-Request-ID',
    judge: (seen) =>
      isYes(seen)
        ? 'ok'
        : { message: 'A request without X-Request-ID was not answered.', expected: 'OCPI 1000', actual: said(seen) },
  }),
  probed('transport.url/1', {
    name: 'transport.escaped',
    needs: 'a URL with an escaped letter',
    judge: sameAs('A URL with an escaped letter was not understood.'),
  }),
  probed('transport.url/2', {
    name: 'transport.slash',
    needs: 'a URL with another end',
    judge: sameAs('A URL with or without a slash at its end is not the same.'),
  }),
  each('transport.routing/1', {
    needs: 'messages of versions and credentials',
    of: (view) => exchanges(view.ordinary.filter(({ place }) => PLACES_OF_CONFIGURATION.test(place))),
    judge: ({ seen }) => unrouted(seen),
  }),
]

function sameAs(message: string): (seen: Seen) => Ruling {
  return (seen): 'ok' | Wrong => (isYes(seen) ? 'ok' : { message, expected: 'OCPI 1000', actual: said(seen) })
}
