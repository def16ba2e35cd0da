import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextLink, pageHeaders, readPage, withOffset } from './paging.ts'

const url = new URL(
  'https://pay.example/ptp/ocpi/2.3.0/sender/payments/terminals?date_from=2026-01-01T00:00:00Z&limit=2000&own=1',
)

test('A-25, A-29: filters are read, limit is cut to our maximum', () => {
  expect(
    readPage({ date_from: '2026-01-01T00:00:00', date_to: '2026-02-01T00:00:00Z', offset: '5', limit: '2000' }, 100),
  ).toEqual({
    dateFrom: '2026-01-01T00:00:00.000Z',
    dateTo: '2026-02-01T00:00:00.000Z',
    offset: 5,
    limit: 100,
  })
  expect(readPage({}, 100)).toEqual({ offset: 0, limit: 100 })
})

test.each([
  [{ limit: '0' }],
  [{ limit: '-1' }],
  [{ limit: 'ten' }],
  [{ limit: '1.5' }],
  [{ limit: '' }],
  [{ offset: '-1' }],
  [{ offset: '1e9' }],
  [{ date_from: 'yesterday' }],
  [{ date_to: '2026-13-01T00:00:00Z' }],
])('E-56: %o is 2001', (query) => {
  expect(() => readPage(query as Record<string, string>, 100)).toThrowError(
    expect.objectContaining({ statusCode: 2001 }) as Error,
  )
})

test('A-27 to A-29: the next link repeats every filter and shows the limit that applies', () => {
  const headers = pageHeaders(url, { offset: 0, limit: 100 }, { total: 250, sent: 100, maxLimit: 100 })

  expect(headers).toMatchObject({ 'x-total-count': '250', 'x-limit': '100' })
  const next = new URL(nextLink(headers['link'])!)
  expect(next.origin + next.pathname).toBe(url.origin + url.pathname)
  expect(Object.fromEntries(next.searchParams)).toEqual({
    date_from: '2026-01-01T00:00:00Z',
    limit: '100',
    own: '1',
    offset: '100',
  })
})

test('A-27, E-56: the last page and a page beyond the end have no link', () => {
  expect(pageHeaders(url, { offset: 200, limit: 100 }, { total: 250, sent: 50, maxLimit: 100 })).not.toHaveProperty(
    'link',
  )
  expect(pageHeaders(url, { offset: 900, limit: 100 }, { total: 250, sent: 0, maxLimit: 100 })).not.toHaveProperty(
    'link',
  )
})

test('A-27: links are read in every form that occurs', () => {
  expect(nextLink('<https://a/b?x=1,2>; rel="next"')).toBe('https://a/b?x=1,2')
  expect(nextLink('<https://a/b>;rel=next')).toBe('https://a/b')
  expect(nextLink('<https://a/0>; rel="prev", <https://a/2>; title="x"; rel="next"')).toBe('https://a/2')
  expect(nextLink('<https://a/0>; rel="prev"')).toBeUndefined()
  expect(nextLink('<https://a/0>; rel="nextish"')).toBeUndefined()
  expect(nextLink(undefined)).toBeUndefined()
})

test('following the links from any start visits every object exactly once', () => {
  fc.assert(
    fc.property(
      fc.nat(300),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      (total, limit, maxLimit) => {
        const seen: number[] = []
        let at: URL | undefined = new URL(withOffset(url.href, 0))
        at.searchParams.set('limit', String(limit))
        for (let pages = 0; at !== undefined && pages <= 301; pages += 1) {
          const page = readPage(Object.fromEntries(at.searchParams), maxLimit)
          const sent = Math.max(0, Math.min(page.limit, total - page.offset))
          for (let index = 0; index < sent; index += 1) seen.push(page.offset + index)
          const next = nextLink(pageHeaders(at, page, { total, sent, maxLimit })['link'])
          at = next === undefined ? undefined : new URL(next)
        }
        expect(seen).toEqual(Array.from({ length: total }, (_, index) => index))
      },
    ),
    { numRuns: 50 },
  )
})
