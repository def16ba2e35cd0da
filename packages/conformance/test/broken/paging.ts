/** Faults of lists in pages. */
import type { WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Defect, Spoil } from './defect.ts'
import { answers, data, headers, hears, insteadOf, reply } from './defect.ts'

const TARIFFS = /^GET \/ocpi\/2\.\d\.\d\/sender\/tariffs(\?|$)/
const LISTS =
  /^GET \/ocpi\/2\.\d\.\d\/sender\/(locations|tariffs|sessions|cdrs|payments\/terminals|payments\/financial-advice-confirmations)(\?|$)/

const query = ({ url }: WireRequest): URLSearchParams => new URL(url).searchParams

function withQuery(request: WireRequest, set: Readonly<Record<string, string | undefined>>): WireRequest {
  const url = new URL(request.url)
  for (const [name, value] of Object.entries(set)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return { ...request, url: url.href }
}

const lengthOf = ({ body }: WireResponse): number => {
  const { data: list } = JSON.parse(body) as { data?: unknown }
  return Array.isArray(list) ? list.length : 0
}

const links = (change: (link: string, request: WireRequest) => string | undefined, place = LISTS): Spoil =>
  answers(place, (response, request) => {
    const link = response.headers['link']
    return link === undefined ? response : headers(response, { link: change(link, request) })
  })

const without = (header: string): Spoil => answers(LISTS, (response) => headers(response, { [header]: undefined }))

const nextTo = (request: WireRequest, offset: number): string =>
  `<${withQuery(request, { offset: String(offset) }).url}>; rel="next"`

const offsetOf = (request: WireRequest): number => Number(query(request).get('offset') ?? 0)

const reversing = (): Spoil => {
  let count = 0
  return answers(TARIFFS, (response, request) => {
    if (query(request).size > 0) return response
    count += 1
    return count % 2 === 0 ? data(response, (list) => [...(list as unknown as unknown[])].reverse()) : response
  })
}

export const pagingDefects: readonly Defect[] = [
  {
    id: 'list/not-found-when-empty',
    target: 'cpo',
    about: 'a list with nothing in it is HTTP 404',
    rule: 'paging.list/1',
    spoil: answers(LISTS, (response) =>
      lengthOf(response) === 0 && response.status === 200 ? reply(404, { status_code: 2000 }) : response,
    ),
  },
  {
    id: 'list/object',
    target: 'cpo',
    about: 'data is an object with items',
    rule: 'tariffs.list/1',
    spoil: answers(TARIFFS, (response) => data(response, (list) => ({ items: list }))),
  },
  {
    id: 'count/none',
    target: 'cpo',
    about: 'pages have no X-Total-Count',
    rule: 'paging.count/1',
    spoil: without('x-total-count'),
  },
  {
    id: 'count/none-ptp',
    target: 'ptp',
    about: 'pages have no X-Total-Count',
    rule: 'paging.count/1',
    spoil: without('x-total-count'),
  },
  {
    id: 'count/text',
    target: 'cpo',
    about: 'X-Total-Count is a word',
    rule: 'paging.count/1',
    spoil: answers(LISTS, (response) => headers(response, { 'x-total-count': 'many' })),
  },
  {
    id: 'count/of-page',
    target: 'cpo',
    about: 'X-Total-Count counts the page only',
    rule: 'paging.count/2',
    spoil: answers(LISTS, (response) => headers(response, { 'x-total-count': String(lengthOf(response)) })),
  },
  {
    id: 'count/too-large',
    target: 'cpo',
    about: 'X-Total-Count counts objects of others as well',
    rule: 'paging.count/2',
    spoil: answers(LISTS, (response) => headers(response, { 'x-total-count': '4711' })),
  },
  {
    id: 'limit/none',
    target: 'cpo',
    about: 'pages have no X-Limit',
    rule: 'paging.limit/1',
    spoil: without('x-limit'),
  },
  {
    id: 'limit/none-ptp',
    target: 'ptp',
    about: 'pages have no X-Limit',
    rule: 'paging.limit/1',
    spoil: without('x-limit'),
  },
  {
    id: 'limit/ignored',
    target: 'cpo',
    about: 'limit is ignored',
    rule: 'paging.limit/2',
    spoil: hears(LISTS, (request) => withQuery(request, { limit: undefined })),
  },
  {
    id: 'limit/too-large-refused',
    target: 'cpo',
    about: 'a large limit is refused',
    rule: 'paging.limit/3',
    spoil: insteadOf(LISTS, (request) =>
      Number(query(request).get('limit')) > 1000 ? reply(200, { status_code: 2001 }) : undefined,
    ),
  },
  {
    id: 'limit/too-large-crash',
    target: 'ptp',
    about: 'a large limit is HTTP 400',
    rule: 'paging.limit/3',
    spoil: insteadOf(LISTS, (request) =>
      Number(query(request).get('limit')) > 1000 ? reply(400, { status_code: 2001 }) : undefined,
    ),
  },
  { id: 'link/none', target: 'cpo', about: 'there is no next link', rule: 'paging.link/1', spoil: without('link') },
  {
    id: 'link/bare',
    target: 'cpo',
    about: 'the next link has no angle brackets',
    rule: 'paging.link/1',
    spoil: links((link) => link.replace(/[<>]/g, '')),
  },
  {
    id: 'link/prev',
    target: 'cpo',
    about: 'the next link is called last',
    rule: 'paging.link/1',
    spoil: links((link) => link.replace('next', 'last')),
  },
  {
    id: 'link/on-last',
    target: 'cpo',
    about: 'the last page has a next link',
    rule: 'paging.link/2',
    spoil: answers(LISTS, (response, request) =>
      query(request).has('limit') && response.headers['link'] === undefined && response.status === 200
        ? headers(response, { link: nextTo(request, offsetOf(request) + Math.max(1, lengthOf(response))) })
        : response,
    ),
  },
  {
    id: 'link/relative',
    target: 'cpo',
    about: 'the next link is relative',
    rule: 'paging.link/3',
    spoil: links((link) => link.replace('https://partner.example', '')),
  },
  {
    id: 'link/internal-host',
    target: 'cpo',
    about: 'the next link names the host behind the proxy',
    rule: 'paging.link/3',
    spoil: links((link) => link.replace('partner.example', 'ocpi-7f9c.internal:8080')),
  },
  {
    id: 'link/loses-filter',
    target: 'cpo',
    about: 'the next link loses date_from',
    rule: 'paging.link/4',
    spoil: links((link) => link.replace(/date_from=[^&>]*&?/, '')),
  },
  {
    id: 'link/circle',
    target: 'cpo',
    about: 'the next link leads to the same page',
    rule: 'paging.link/5',
    spoil: answers(LISTS, (response, request) =>
      response.headers['link'] === undefined ? response : headers(response, { link: `<${request.url}>; rel="next"` }),
    ),
  },
  {
    id: 'link/skips',
    target: 'cpo',
    about: 'the next link leaves an object out',
    rule: 'paging.link/5',
    spoil: links((_link, request) =>
      query(request).get('limit') === '1' ? nextTo(request, offsetOf(request) + 2) : _link,
    ),
  },
  {
    id: 'offset/ignored',
    target: 'cpo',
    about: 'offset is ignored',
    rule: 'paging.offset/1',
    spoil: hears(LISTS, (request) => withQuery(request, { offset: undefined })),
  },
  {
    id: 'offset/one-based',
    target: 'cpo',
    about: 'offset counts from one',
    rule: 'paging.offset/1',
    spoil: hears(LISTS, (request) =>
      withQuery(request, {
        offset: query(request).has('offset') ? String(Math.max(0, offsetOf(request) - 1)) : undefined,
      }),
    ),
  },
  {
    id: 'offset/behind-end',
    target: 'cpo',
    about: 'an offset behind the end is HTTP 404',
    rule: 'paging.offset/2',
    spoil: insteadOf(LISTS, (request) => (offsetOf(request) > 1000 ? reply(404, { status_code: 2000 }) : undefined)),
  },
  {
    id: 'order/reversed',
    target: 'cpo',
    about: 'each second reading has the reverse order',
    rule: 'paging.order/1',
    spoil: reversing,
  },
  {
    id: 'date/from-ignored',
    target: 'cpo',
    about: 'date_from is ignored',
    rule: 'paging.date/1',
    spoil: hears(LISTS, (request) =>
      /sessions/.test(request.url) || /yesterday/.test(request.url)
        ? request
        : withQuery(request, { date_from: undefined }),
    ),
  },
  {
    id: 'date/from-exclusive',
    target: 'cpo',
    about: 'date_from leaves out what was changed then',
    rule: 'paging.date/1',
    spoil: hears(LISTS, (request) => withQuery(request, { date_from: later(query(request).get('date_from')) })),
  },
  {
    id: 'date/to-inclusive',
    target: 'cpo',
    about: 'date_to brings what was changed then',
    rule: 'paging.date/2',
    spoil: hears(LISTS, (request) => withQuery(request, { date_to: later(query(request).get('date_to')) })),
  },
  {
    id: 'date/to-ignored',
    target: 'cpo',
    about: 'date_to is ignored',
    rule: 'paging.date/2',
    spoil: hears(LISTS, (request) => withQuery(request, { date_to: undefined })),
  },
  {
    id: 'date/crash',
    target: 'cpo',
    about: 'a filter that cannot be read crashes',
    rule: 'transport.answer/9',
    spoil: insteadOf(LISTS, (request) =>
      /yesterday/.test(request.url) ? reply(500, { status_code: 3000 }) : undefined,
    ),
  },
  {
    id: 'date/garbled-ignored',
    target: 'cpo',
    about: 'a filter that cannot be read is ignored',
    rule: 'paging.date/3',
    spoil: hears(/yesterday/, (request) => withQuery(request, { date_from: '2000-01-01T00:00:00Z' })),
  },
]

function later(time: string | null): string | undefined {
  if (time === null) return undefined
  return Number.isNaN(Date.parse(time)) ? time : new Date(Date.parse(time) + 1).toISOString()
}
