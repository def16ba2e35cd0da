/** HTTP Archive 1.2 of what is on show, for a ticket or a tool. Tokens are masked already when they come here. */
import { pathPart } from '../../look/path-part.ts'
import type { ExchangeInfo, FrameInfo } from './info.ts'
import { headerLines, isFrame } from './info.ts'

const nameValue = (headers: unknown) => headerLines(headers).map(([name, value]) => ({ name, value }))
const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)

export function harOf(messages: readonly (ExchangeInfo | FrameInfo)[]): string {
  const log = {
    version: '1.2',
    creator: { name: 'Plugtill', version: '0' },
    entries: messages.map((message) => (isFrame(message) ? ocppEntry(message) : ocpiEntry(message))),
  }
  return JSON.stringify({ log }, null, 2)
}

function entry(at: string | undefined, ms: number | undefined, request: object, response: object) {
  const time = ms ?? 0
  return {
    startedDateTime: at ?? new Date(0).toISOString(),
    time,
    request: { httpVersion: 'HTTP/1.1', cookies: [], queryString: [], headersSize: -1, bodySize: -1, ...request },
    response: { httpVersion: 'HTTP/1.1', cookies: [], redirectURL: '', headersSize: -1, bodySize: -1, ...response },
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
  }
}

function ocpiEntry(message: ExchangeInfo) {
  const { method = '', url = '', status = 0 } = message
  const [asked, answered] = [textOf(message.request_body), textOf(message.response_body)]
  const query = URL.canParse(url) ? [...new URL(url).searchParams] : []
  return entry(
    message.at,
    message.duration_ms,
    {
      ...{ method, url, headers: nameValue(message.request_headers) },
      queryString: query.map(([name, value]) => ({ name, value })),
      ...(asked !== '' && { postData: { mimeType: 'application/json', text: asked } }),
    },
    {
      ...{ status, statusText: '', headers: nameValue(message.response_headers) },
      content: { size: answered.length, mimeType: 'application/json', text: answered },
    },
  )
}

/** OCPP has no HTTP: a call is shown as a POST of its payload, the way other tools do. */
function ocppEntry({ at, charger, direction, action, request, response, error, duration_ms }: FrameInfo) {
  const answered = error ?? textOf(response)
  return entry(
    at,
    duration_ms,
    {
      method: direction === 'in' ? 'RECEIVE' : 'SEND',
      url: `ocpp://${pathPart(charger)}/${action}`,
      headers: [],
      postData: { mimeType: 'application/json', text: textOf(request) },
    },
    {
      ...{ status: error === null ? 200 : 500, statusText: error === null ? 'CALLRESULT' : 'CALLERROR', headers: [] },
      content: { size: answered.length, mimeType: 'application/json', text: answered },
    },
  )
}
