/** Reading paginated lists of a partner within limits. */
import type { Answer } from './ask.ts'
import type { CallOptions, ClientParts, PageAnswer, PageReading, Reading } from './client.ts'
import { askPeer, foreignUrl, type Place } from './client-call.ts'
import { routingTo } from './client-routing.ts'
import { Fault } from './errors.ts'
import { nextLink, offsetOf, withOffset } from './paging.ts'
import { endpointFor, mayReceiveToken, urlOf } from './peer-url.ts'
import type { VersionNumber } from './peers.ts'
import { explain } from './validate.ts'
import { codecOf } from './versions/negotiate.ts'

const MAX_PAGES = 10_000
/** How long one list may be read: a partner whose every page has a next one would keep us for days. (T11) */
const MAX_WALK_MS = 3_600_000
/** How often a list that shrinks while it is read is stepped back. */
const MAX_STEPS_BACK = 100

interface PageRead extends PageAnswer<unknown> {
  readonly url: string
}

/** One page: good items, left out items and where the next page is. */
export async function readOnePage(
  parts: ClientParts,
  place: Place,
  input: PageReading = {},
  options: CallOptions = {},
): Promise<PageRead> {
  const { module, row, role, name, peerId } = place
  let url = ''
  const answer = await askPeer(
    parts,
    { peerId, module: module.id, name },
    (peer) => {
      url = input.next ?? urlOf(endpointFor(peer, module, role, row.path), row.path, withRequired(place, input))
      if (!mayReceiveToken(peer, url)) throw foreignUrl(peerId, url)
      return {
        method: 'GET',
        url,
        routing: module.routed
          ? routingTo({ party: parts.party, module, method: 'GET', list: true }, peer, options)
          : undefined,
      }
    },
    options,
  )
  const next = nextUrl(answer, url)
  if (next !== undefined) {
    // Read anew: while the page was under way the partner may have moved to other addresses.
    const peer = await parts.peers.get(peerId)
    if (peer === undefined || !mayReceiveToken(peer, next)) throw foreignUrl(peerId, next)
  }
  return {
    ...sortItems(parts, place, answer),
    total: countOf(answer, 'x-total-count'),
    limit: countOf(answer, 'x-limit'),
    next,
    url,
  }
}

/** GET of Sessions demands date_from; who gives none wants all there ever was. (A-26, E-57) */
function withRequired({ module }: Place, input: PageReading): PageReading {
  if (module.id !== 'sessions' || input.query?.['date_from'] !== undefined) return input
  return { ...input, query: { ...input.query, date_from: '1970-01-01T00:00:00.000Z' } }
}

function nextUrl(answer: Answer<unknown>, url: string): string | undefined {
  const next = nextLink(answer.headers['link'])
  return next === undefined || !URL.canParse(next, url) ? undefined : new URL(next, url).href
}

function countOf(answer: Answer<unknown>, header: string): number | undefined {
  const text = answer.headers[header]
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Invalid items are reported and left out, the others are kept. */
function sortItems(
  parts: ClientParts,
  place: Place,
  { data, version }: { readonly data: unknown; readonly version: VersionNumber },
): Pick<PageRead, 'items' | 'skipped'> {
  // "None" may be null or absent.
  const list = data ?? []
  if (!Array.isArray(list)) {
    throw new Fault(
      'PEER_GARBLED',
      `${place.module.id} ${place.name} of peer ${place.peerId} answered something else than a list.`,
    )
  }
  const items: unknown[] = []
  const skipped: { item: unknown; why: string }[] = []
  for (const item of list) {
    const read = place.row.data === undefined ? { value: item } : codecOf(version).read(place.row.data, item)
    if ('value' in read) {
      items.push(read.value)
      continue
    }
    const why = explain(read.findings)
    skipped.push({ item, why })
    parts.onSkipped?.({ peerId: place.peerId, module: place.module.id, endpoint: place.name, item, why })
  }
  return { items, skipped }
}

/**
 * All items of all pages. Follows next links of the partner's own origins, never the same URL twice; when the total
 * falls it steps back by what is missing, so an item may come twice: keep the newest by id. (A-31, A-33, E-58, E-59)
 */
export async function* walk(
  parts: ClientParts,
  place: Place,
  input: Reading = {},
  options: CallOptions = {},
): AsyncGenerator<unknown, void, undefined> {
  const seen = new Set<string>()
  const told = { ...options, correlationId: options.correlationId ?? parts.ids() }
  let next: string | undefined
  let total: number | undefined
  let stepsBack = 0
  const until = parts.clock.now() + MAX_WALK_MS
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: PageRead = await readOnePage(parts, place, next === undefined ? input : { next }, told)
    seen.add(page.url)
    yield* page.items
    const fallen = total !== undefined && page.total !== undefined ? total - page.total : 0
    total = page.total ?? total
    const offset = offsetOf(page.url)
    if (fallen > 0 && offset > 0 && stepsBack < MAX_STEPS_BACK) {
      stepsBack += 1
      // From here on the same links come again, and rightly so.
      seen.clear()
      next = withOffset(page.url, offset - fallen)
      continue
    }
    if (page.next === undefined) return
    if (seen.has(page.next)) {
      throw new Fault(
        'PEER_GARBLED',
        `${place.module.id} ${place.name} of peer ${place.peerId} links back to ${page.next}. Reading stopped after ${pages + 1} pages.`,
      )
    }
    if (parts.clock.now() >= until) {
      throw new Fault(
        'PEER_GARBLED',
        `${place.module.id} ${place.name} of peer ${place.peerId} is not at its end after an hour and ${pages + 1} pages. Reading stopped.`,
      )
    }
    next = page.next
  }
  throw new Fault(
    'PEER_GARBLED',
    `${place.module.id} ${place.name} of peer ${place.peerId} has more than ${MAX_PAGES} pages. Reading stopped.`,
  )
}
