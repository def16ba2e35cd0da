/** Faults of what every message has. */
import { Fault } from '@plugtill/ocpi/errors'
import type { Defect, Spoil } from './defect.ts'
import { answers, asks, body, headers, insteadOf, reply, set } from './defect.ts'

const EVERYTHING = /./
const FUNCTIONAL = /^\w+ \/ocpi\/2\.\d\.\d\/(sender|receiver)\//
const CONFIGURATION = /^\w+ \/ocpi\/(versions|2\.\d\.\d(\/credentials)?)$/
const DETAILS = /^GET \/ocpi\/2\.\d\.\d$/
const PUT = /^PUT \/ocpi\/2\.\d\.\d\/credentials$/

const withHeaders = (set: Readonly<Record<string, string | undefined>>, place = EVERYTHING): Spoil =>
  answers(place, (response) => headers(response, set))

const envelope = (pointer: string, to: unknown, place = EVERYTHING): Spoil =>
  answers(place, (response) => body(response, (value) => set(value, pointer, to)))

const asking = (set: Readonly<Record<string, string | undefined>>, place = EVERYTHING): Spoil =>
  asks(place, (request) => headers(request, set))

const rewritten = (change: (token: string) => string): Spoil =>
  asks(EVERYTHING, (request) => {
    const token = Buffer.from((request.headers['authorization'] ?? '').slice(6), 'base64').toString()
    return headers(request, { authorization: `Token ${change(token)}` })
  })

const inOffset = (time: unknown): string => {
  const ms = Date.parse(String(time)) + 2 * 3_600_000
  return new Date(ms).toISOString().replace('Z', '+02:00')
}

const isNoJson = ({ body: sent }: { readonly body: string }): boolean => sent.startsWith('{') && !sent.endsWith('}')

const answering: readonly Defect[] = [
  {
    id: 'answer/never',
    target: 'cpo',
    about: 'GET of credentials is never answered',
    rule: 'credentials.get/1',
    spoil: insteadOf(/^GET .*\/credentials$/, () =>
      Promise.reject(new Fault('PEER_SILENT', 'Silence.', { retry: true })),
    ),
  },
  {
    id: 'answer/silent',
    target: 'cpo',
    about: 'nothing is answered at all',
    rule: 'versions.get/1',
    spoil: insteadOf(EVERYTHING, () => Promise.reject(new Fault('PEER_SILENT', 'Silence.', { retry: true }))),
  },
  {
    id: 'answer/slow',
    target: 'cpo',
    about: 'each answer takes 12 seconds',
    rule: 'transport.answer/2',
    spoil: answers(EVERYTHING, async (response, _request, { clock }) => {
      await new Promise<void>((done) => void clock.after(12_000, done))
      return response
    }),
  },
  {
    id: 'answer/html',
    target: 'cpo',
    about: 'Content-Type is text/html',
    rule: 'transport.answer/3',
    spoil: withHeaders({ 'content-type': 'text/html' }),
  },
  {
    id: 'answer/no-type',
    target: 'ptp',
    about: 'answers have no Content-Type',
    rule: 'transport.answer/3',
    spoil: withHeaders({ 'content-type': undefined }),
  },
  {
    id: 'answer/code-as-text',
    target: 'cpo',
    about: 'status_code is text',
    rule: 'transport.answer/5',
    spoil: envelope('/status_code', (code: unknown) => String(code)),
  },
  {
    id: 'answer/code-as-text-ptp',
    target: 'ptp',
    about: 'status_code is text',
    rule: 'transport.answer/5',
    spoil: envelope('/status_code', (code: unknown) => String(code)),
  },
  {
    id: 'answer/no-time',
    target: 'cpo',
    about: 'the envelope has no timestamp',
    rule: 'transport.answer/6',
    spoil: envelope('/timestamp', undefined),
  },
  {
    id: 'answer/time-as-number',
    target: 'ptp',
    about: 'timestamp is a number',
    rule: 'transport.answer/6',
    spoil: envelope('/timestamp', 1_909_216_800),
  },
  {
    id: 'answer/time-with-offset',
    target: 'cpo',
    about: 'timestamps have the offset +02:00',
    rule: 'transport.datetime/1',
    spoil: envelope('/timestamp', inOffset),
  },
  {
    id: 'answer/time-with-blank',
    target: 'cpo',
    about: 'timestamps have a blank instead of the T',
    rule: 'transport.datetime/1',
    spoil: envelope('/timestamp', (time: unknown) => String(time).replace('T', ' ')),
  },
  {
    id: 'answer/nanoseconds',
    target: 'cpo',
    about: 'timestamps have nanoseconds',
    rule: 'transport.datetime/2',
    spoil: envelope('/timestamp', (time: unknown) => String(time).replace('Z', '123456Z')),
  },
  {
    id: 'answer/no-request-id',
    target: 'cpo',
    about: 'answers do not repeat X-Request-ID',
    rule: 'transport.answer/7',
    spoil: withHeaders({ 'x-request-id': undefined }),
  },
  {
    id: 'answer/own-request-id',
    target: 'ptp',
    about: 'answers have an X-Request-ID of their own',
    rule: 'transport.answer/7',
    spoil: withHeaders({ 'x-request-id': 'b1f6a1de-0d5f-4f0b-8f6e-1d6f0c0a7d33' }),
  },
  {
    id: 'answer/no-correlation-id',
    target: 'cpo',
    about: 'answers do not repeat X-Correlation-ID',
    rule: 'transport.answer/8',
    spoil: withHeaders({ 'x-correlation-id': undefined }),
  },
  {
    id: 'answer/contradiction',
    target: 'cpo',
    about: 'HTTP 404 comes with OCPI 1000',
    rule: 'transport.answer/10',
    spoil: answers(EVERYTHING, (response) =>
      response.status === 404 ? body(response, (value) => set(value, '/status_code', 1000)) : response,
    ),
  },
  {
    id: 'answer/own-code',
    target: 'cpo',
    about: 'success is OCPI 1001',
    rule: 'transport.answer/11',
    spoil: envelope('/status_code', (code: unknown) => (code === 1000 ? 1001 : code)),
  },
  {
    id: 'answer/plain-401',
    target: 'cpo',
    about: 'HTTP 401 is plain text',
    rule: 'transport.answer/12',
    spoil: answers(EVERYTHING, (response) =>
      response.status === 401 ? { ...response, headers: {}, body: 'Unauthorized' } : response,
    ),
  },
  {
    id: 'json/accepted',
    target: 'cpo',
    about: 'a body that is no JSON is taken',
    rule: 'transport.json/1',
    spoil: insteadOf(PUT, (request) => (isNoJson(request) ? reply(200) : undefined)),
  },
  {
    id: 'json/in-200',
    target: 'cpo',
    about: 'a body that is no JSON is refused in HTTP 200',
    rule: 'transport.json/1',
    spoil: answers(PUT, (response) => (response.status === 400 ? { ...response, status: 200 } : response)),
  },
  {
    id: 'json/crash',
    target: 'ptp',
    about: 'a body that is no JSON crashes',
    rule: 'transport.json/1',
    spoil: answers(PUT, (response, request) => (isNoJson(request) ? reply(500, { status_code: 3000 }) : response)),
  },
  {
    id: 'json/http-400-for-content',
    target: 'cpo',
    about: 'invalid content is HTTP 400',
    rule: 'transport.json/2',
    spoil: answers(/^POST .*\/credentials$/, (response, { body: sent }) =>
      sent === '{}' ? { ...response, status: 400 } : response,
    ),
  },
  {
    id: 'unknown/start-page',
    target: 'cpo',
    about: 'unknown URLs bring a start page',
    rule: 'transport.unknown/1',
    spoil: insteadOf(/nowhere\/at/, () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html/>' })),
  },
  {
    id: 'unknown/login',
    target: 'ptp',
    about: 'unknown URLs lead to a login',
    rule: 'transport.unknown/1',
    spoil: insteadOf(/nowhere\/at/, () => reply(302, {}, { location: 'https://partner.example/login' })),
  },
  {
    id: 'unknown/empty-object',
    target: 'cpo',
    about: 'objects that there are not come as null',
    rule: 'transport.unknown/2',
    spoil: answers(FUNCTIONAL, (response) =>
      response.status === 404 ? reply(200, { status_code: 1000, data: null }, response.headers) : response,
    ),
  },
  {
    id: 'unknown/crash',
    target: 'cpo',
    about: 'asked for an object that there is not, it crashes',
    rule: 'transport.answer/9',
    spoil: answers(FUNCTIONAL, (response) => (response.status === 404 ? reply(500, { status_code: 3000 }) : response)),
  },
  {
    id: 'ids/demanded',
    target: 'cpo',
    about: 'requests without X-Request-ID are refused',
    rule: 'transport.ids/1',
    spoil: insteadOf(EVERYTHING, (request) =>
      request.headers['x-request-id'] === undefined ? reply(400, { status_code: 2001 }) : undefined,
    ),
  },
  {
    id: 'url/not-decoded',
    target: 'cpo',
    about: 'URLs are compared without decoding them',
    rule: 'transport.url/1',
    spoil: insteadOf(/^GET [^?]*%/, () => reply(404, { status_code: 2000 })),
  },
  {
    id: 'url/slash',
    target: 'cpo',
    about: 'a slash at the end is not found',
    rule: 'transport.url/2',
    spoil: insteadOf(/\/$/, () => reply(404, { status_code: 2000 })),
  },
  {
    id: 'routing/on-versions',
    target: 'cpo',
    about: 'versions answers with routing headers',
    rule: 'transport.routing/1',
    spoil: withHeaders({ 'ocpi-from-party-id': 'ABC', 'ocpi-from-country-code': 'NL' }, CONFIGURATION),
  },
  {
    id: 'routing/in-call-back',
    target: 'ptp',
    about: 'the call-back has routing headers',
    rule: 'transport.routing/1',
    spoil: asking({ 'ocpi-to-party-id': 'JDG', 'ocpi-to-country-code': 'DE' }, CONFIGURATION),
  },
]

const sameId = 'a2b4c6d8-1e3f-4a5b-8c7d-9e0f1a2b3c4d'

const questions: readonly Defect[] = [
  {
    id: 'question/raw-token',
    target: 'cpo',
    about: 'its requests have the token as it is',
    rule: 'transport.question/1',
    spoil: rewritten((token) => token),
  },
  {
    id: 'question/raw-token-ptp',
    target: 'ptp',
    about: 'its requests have the token as it is',
    rule: 'transport.question/1',
    spoil: rewritten((token) => token),
  },
  {
    id: 'question/line-feed',
    target: 'cpo',
    about: 'it encodes a line feed with the token',
    rule: 'transport.question/2',
    spoil: rewritten((token) => Buffer.from(`${token}\n`).toString('base64')),
  },
  {
    id: 'question/no-token',
    target: 'cpo',
    about: 'its requests have no token',
    rule: 'transport.question/1',
    spoil: asking({ authorization: undefined }),
  },
  {
    id: 'question/no-request-id',
    target: 'cpo',
    about: 'its requests have no X-Request-ID',
    rule: 'transport.question/3',
    spoil: asking({ 'x-request-id': undefined }),
  },
  {
    id: 'question/one-request-id',
    target: 'cpo',
    about: 'all its requests have the same X-Request-ID',
    rule: 'transport.question/4',
    spoil: asking({ 'x-request-id': sameId }),
  },
  {
    id: 'question/no-correlation-id',
    target: 'ptp',
    about: 'its requests have no X-Correlation-ID',
    rule: 'transport.question/5',
    spoil: asking({ 'x-correlation-id': undefined }),
  },
  {
    id: 'question/own-url',
    target: 'cpo',
    about: 'it builds the URL of version details itself',
    rule: 'transport.question/8',
    spoil: asks(DETAILS, (request) => ({ ...request, url: request.url.replace('/ocpi/2', '/ocpi/versions/2') })),
  },
]

export const transportDefects: readonly Defect[] = [...answering, ...questions]
