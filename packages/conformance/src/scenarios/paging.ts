/** Reads every list in several ways: whole, page by page, filtered. */
import { nextLink } from '@plugtill/ocpi/paging'
import type { Desk } from '../desk.ts'
import type { Scenario } from '../scenario.ts'
import type { Seen } from '../seen.ts'
import { isYes } from '../view.ts'
import { functionalQuestions, LONG_AGO, type Question } from './questions.ts'

const MOST_PAGES = 20
const FUTURE = '2200-01-01T00:00:00.000Z'

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const parsed = new URL(url)
  for (const [name, value] of Object.entries(query)) parsed.searchParams.set(name, value)
  return parsed.href
}

/** Follows next links as long as they lead on. */
async function follow(desk: Desk, name: string, first: Question): Promise<readonly Seen[]> {
  const read: Seen[] = []
  for (let url: string | undefined = first.url; url !== undefined && read.length < MOST_PAGES; ) {
    const seen: Seen = await desk.probe(name, { ...first, url })
    read.push(seen)
    const next: string | undefined = isYes(seen) ? nextLink(seen.response?.headers['link']) : undefined
    // A token goes to its own host only; a circle ends here.
    const own = next !== undefined && URL.canParse(next) && new URL(next).origin === new URL(first.url).origin
    const empty = Array.isArray(seen.answer?.data) && seen.answer.data.length === 0
    url = own && !empty && !read.some((page) => page.url === next) ? next : undefined
  }
  return read
}

/** The newest `last_updated` of what was read. */
function newest(pages: readonly Seen[]): string | undefined {
  const times = pages
    .flatMap(({ answer }) => (Array.isArray(answer?.data) ? (answer.data as readonly unknown[]) : []))
    .map((item) => (item as { last_updated?: unknown } | null)?.last_updated)
    .filter((time): time is string => typeof time === 'string' && !Number.isNaN(Date.parse(time)))
  return times.sort((a, b) => Date.parse(b) - Date.parse(a))[0]
}

async function readInMany(desk: Desk, list: Question): Promise<void> {
  const ask = (name: string, query: Readonly<Record<string, string>>) =>
    desk.probe(`paging.${name}`, { ...list, url: withQuery(list.url, query) })
  const whole = await follow(desk, 'paging.whole', list)
  await follow(desk, 'paging.walk', { ...list, url: withQuery(list.url, { date_from: LONG_AGO, limit: '1' }) })
  await ask('offset', { offset: '1', limit: '1' })
  await ask('large', { limit: '1000000' })
  await ask('beyond', { offset: '1000000' })
  await ask('future', { date_from: FUTURE })
  const border = newest(whole)
  if (border !== undefined) {
    await ask('since', { date_from: new Date(border).toISOString() })
    await ask('until', { date_from: LONG_AGO, date_to: new Date(border).toISOString() })
  }
  await ask('wrong', { date_from: 'yesterday' })
  await desk.probe('paging.again', list)
}

/** Comes after the others, when there is something to read. */
export const paging: readonly Scenario[] = [
  {
    name: 'lists, read in many ways',
    milestone: 'locations-exchange',
    kind: 'probe',
    act: async ({ desk }) => {
      const peer = await desk.partner()
      if (peer === undefined) return
      const { countryCode, partyId } = desk.parts.party
      const lists = functionalQuestions(peer.endpoints, { country_code: countryCode, party_id: partyId })
      const asked = lists.filter(({ kind }) => kind === 'list')
      desk.fact({ name: 'lists-read', about: String(asked.length), text: '' })
      for (const list of asked) await readInMany(desk, list)
    },
  },
]
