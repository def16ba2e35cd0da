/** Paginated lists, both ends. */
import { OcpiError } from './errors.ts'
import { formatDateTime, parseDateTime } from './types.ts'
import type { Headers } from './wire.ts'

/** The window of a paginated list. */
export interface Page {
  /** `last_updated` at or after this. */
  readonly dateFrom?: string
  /** `last_updated` before this. */
  readonly dateTo?: string
  readonly offset: number
  readonly limit: number
}

const wholeNumber = (name: string, text: string | undefined, least: number): number | undefined => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d{1,15}$/.test(text) && value >= least) return value
  throw new OcpiError(2001, `Query parameter ${name} is "${text}". Send a whole number of at least ${least}.`)
}

const moment = (name: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  try {
    return formatDateTime(parseDateTime(text))
  } catch {
    throw new OcpiError(
      2001,
      `Query parameter ${name} is "${text}". Send a UTC date and time like 2026-01-31T12:00:00Z.`,
    )
  }
}

/** Reads the filters; unknown parameters are ignored, a wrong one is 2001. (A-25, E-56) */
export function readPage(query: Readonly<Record<string, string>>, maxLimit: number): Page {
  const dateFrom = moment('date_from', query['date_from'])
  const dateTo = moment('date_to', query['date_to'])
  return {
    ...(dateFrom === undefined ? {} : { dateFrom }),
    ...(dateTo === undefined ? {} : { dateTo }),
    offset: wholeNumber('offset', query['offset'], 0) ?? 0,
    limit: Math.min(wholeNumber('limit', query['limit'], 1) ?? maxLimit, maxLimit),
  }
}

/**
 * Headers of one page. `url` is the request's URL below the public base, with its query: the next link repeats
 * every filter. `sent` is how many items the page really has.
 */
export function pageHeaders(
  url: URL,
  page: Page,
  told: { readonly total: number; readonly sent: number; readonly maxLimit: number },
): Headers {
  const next = page.offset + told.sent
  const counts = { 'x-total-count': String(told.total), 'x-limit': String(told.maxLimit) }
  if (told.sent === 0 || next >= told.total) return counts
  const link = new URL(url)
  link.searchParams.set('offset', String(next))
  link.searchParams.set('limit', String(page.limit))
  return { ...counts, link: `<${link.href}>; rel="next"` }
}

/** The target of `rel="next"` in a Link header. */
export function nextLink(header: string | undefined): string | undefined {
  for (const [, target, attributes] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(attributes ?? '')) return target
  }
  return undefined
}

/** The URL with another offset; undefined when it carries none. */
export function withOffset(url: string, offset: number): string {
  const moved = new URL(url)
  moved.searchParams.set('offset', String(Math.max(0, offset)))
  return moved.href
}

export const offsetOf = (url: string): number => {
  const offset = Number(new URL(url).searchParams.get('offset') ?? 0)
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : 0
}
