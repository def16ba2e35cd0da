/** Lists in pages, as they are answered. What the pages of one list hold together is in `paging-lists.ts`. */
import { nextLink } from '@plugtill/ocpi/paging'
import { type Check, each, exchanges, type Ruling } from '../check.ts'
import { LISTS } from '../kinds.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { said } from './said.ts'

/** Answers with a page: those of the ordinary reading, and those of the odd one. */
const pages = (view: View): readonly Seen[] =>
  [...view.of('us', ...LISTS), ...view.probes('paging.walk'), ...view.probes('paging.whole')].filter(isYes)

export const itemsOf = ({ answer }: Seen): readonly unknown[] => (Array.isArray(answer?.data) ? answer.data : [])

export const queryOf = ({ url }: Pick<Seen, 'url'>): URLSearchParams => new URL(url).searchParams

export const nextOf = ({ response }: Seen): string | undefined => nextLink(response?.headers['link'])

export const unlessNoList = (view: View): string | undefined =>
  view.fact('lists-read')?.about === '0' ? 'There is no list.' : undefined

const page = (
  rule: string,
  judge: (seen: Seen) => Ruling,
  { after = [], unless = unlessNoList }: { readonly after?: readonly string[]; readonly unless?: Check['unless'] } = {},
): Check =>
  each(rule, {
    needs: 'a list has to be read',
    after: [...READABLE, ...after],
    unless,
    of: (view) => exchanges(pages(view)),
    judge: ({ seen }) => judge(seen),
  })

/** A next link that is missing belongs to another requirement. */
const unlessOnePage = (view: View): string | undefined => {
  const read = pages(view)
  return read.length > 0 && read.every((one) => nextOf(one) === undefined) ? 'No page has a next link.' : undefined
}

const counts = (rule: string, header: string): Check =>
  page(rule, ({ response }): Ruling => {
    const value = response?.headers[header]
    if (value !== undefined && /^\d+$/.test(value)) return 'ok'
    return { message: `A page has no ${header}.`, expected: 'a whole number', actual: value ?? 'no such header' }
  })

const isSame = (a: string, b: string | null): boolean =>
  a === b || (b !== null && !Number.isNaN(Date.parse(a)) && Date.parse(a) === Date.parse(b))

/** A list that cannot be read at all has a requirement of its own. */
const EXACT = ['locations.list/1', 'tariffs.list/1']
export const READABLE = [...REGISTERED, 'paging.list/1', ...EXACT]

export const pagingChecks: readonly Check[] = [
  each('paging.list/1', {
    needs: 'a list has to be read',
    after: [...REGISTERED, ...EXACT],
    unless: unlessNoList,
    of: (view) =>
      exchanges([
        ...view.of('us', ...LISTS),
        ...['walk', 'whole', 'future'].flatMap((name) => view.probes(`paging.${name}`)),
      ]),
    judge: ({ seen }) => {
      if (seen.response === undefined) return undefined
      const data = seen.answer?.data
      if (isYes(seen) && (Array.isArray(data) || data === null || data === undefined)) return 'ok'
      const what = isYes(seen) ? 'data is no list' : said(seen)
      return {
        message: 'A list was not answered with a list.',
        expected: 'a list in data',
        actual: what,
        field: '/data',
      }
    },
  }),
  counts('paging.count/1', 'x-total-count'),
  counts('paging.limit/1', 'x-limit'),
  page('paging.limit/2', (seen): Ruling => {
    const limit = queryOf(seen).get('limit')
    const { length } = itemsOf(seen)
    if (limit === null || length <= Number(limit)) return 'ok'
    return {
      message: 'A page has more objects than were asked for.',
      expected: `at most ${limit}`,
      actual: String(length),
      field: '/data',
    }
  }),
  page(
    'paging.link/3',
    (seen): Ruling => {
      const next = nextOf(seen)
      if (next === undefined) return undefined
      if (URL.canParse(next) && new URL(next).origin === new URL(seen.url).origin) return 'ok'
      return {
        message: 'The next link leads elsewhere.',
        expected: `a URL at ${new URL(seen.url).origin}`,
        actual: next,
      }
    },
    { unless: unlessOnePage },
  ),
  page(
    'paging.link/4',
    (seen): Ruling => {
      const next = nextOf(seen)
      if (next === undefined || !URL.canParse(next, seen.url)) return undefined
      const kept = new URL(next, seen.url).searchParams
      const lost = [...queryOf(seen)].find(
        ([name, value]) => /^date_(from|to)$/.test(name) && !isSame(value, kept.get(name)),
      )
      if (lost === undefined) return 'ok'
      return {
        message: 'The next link loses a filter.',
        expected: lost.join('='),
        actual: kept.get(lost[0]) ?? 'no such parameter',
      }
    },
    { after: ['paging.link/3', 'paging.date/1'], unless: unlessOnePage },
  ),
]
