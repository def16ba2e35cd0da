/** What the pages of one list hold together, read in several ways. */
import { type Check, each, type Ruled, type Ruling, type Wrong } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { probed, REGISTERED } from './credentials.ts'
import { itemsOf, nextOf, queryOf, READABLE, unlessNoList } from './paging.ts'
import { said } from './said.ts'

interface Item {
  readonly key: string
  readonly at: number
}

/** One list of the platform under test, as the odd questions found it. */
interface List {
  readonly seen: Seen
  readonly place: string
  /** All of it, as far as it was read; `complete`: to its end. */
  readonly whole: readonly Item[]
  readonly complete: boolean
  /** Page by page with the smallest limit. */
  readonly walk: readonly Seen[]
  readonly view: View
}

function itemOf(value: unknown): Item {
  const one = (value ?? {}) as Readonly<Record<string, unknown>>
  const id = one['id'] ?? one['terminal_id'] ?? one['uid'] ?? JSON.stringify(value)
  const key = [one['country_code'], one['party_id'], id].map((part) => String(part ?? '').toLowerCase()).join('*')
  return { key, at: Date.parse(String(one['last_updated'])) }
}

const items = (pages: readonly Seen[]): readonly Item[] => pages.flatMap((page) => itemsOf(page).map(itemOf))

function lists(view: View): readonly List[] {
  const read = Map.groupBy(view.probes('paging.whole').filter(isYes), ({ place }) => place)
  return [...read].flatMap(([place, pages]): readonly List[] => {
    const [seen] = pages
    const last = pages.at(-1)
    if (seen === undefined || last === undefined) return []
    const walk = view.probes('paging.walk').filter((one) => one.place === place && isYes(one))
    const complete = nextOf(last) === undefined || itemsOf(last).length === 0
    return [{ seen, place, whole: items(pages), complete, walk, view }]
  })
}

const of = (list: List, name: string): Seen | undefined =>
  list.view.probes(`paging.${name}`).find((one) => one.place === list.place)

interface Told {
  readonly after?: readonly string[]
  /** How many objects a list needs to show it. */
  readonly least?: number
  readonly judge: (list: List) => Ruling | { readonly wrong: Wrong; readonly seen: Seen | undefined }
}

/** Something that has to hold for each list with enough in it. */
function eachList(rule: string, { after = [], least = 0, judge }: Told): Check {
  const long = (view: View) => lists(view).filter(({ whole }) => whole.length >= least)
  return {
    rule,
    needs: 'a list has to be read',
    after: [...READABLE, ...after],
    unless: (view) => {
      if (unlessNoList(view) !== undefined) return unlessNoList(view)
      return lists(view).length > 0 && long(view).length === 0 ? `No list has ${least} objects.` : undefined
    },
    look: (view) =>
      long(view).flatMap((list): readonly Ruled[] => {
        const said = judge(list)
        if (said === undefined) return []
        return typeof said === 'object' && 'wrong' in said
          ? [{ ruling: said.wrong, seen: said.seen }]
          : [{ ruling: said, seen: list.seen }]
      }),
  }
}

const totalOf = ({ response }: Seen): number => Number(response?.headers['x-total-count'] ?? Number.NaN)

const keys = (list: readonly Item[]): string => list.map(({ key }) => key.split('*').at(-1)).join(', ') || 'nothing'

const answer = (rule: string, name: string, judge: (seen: Seen) => Ruling): Check =>
  probed(rule, {
    name: `paging.${name}`,
    needs: 'a list has to be read',
    after: READABLE,
    unless: unlessNoList,
    judge,
  })

/** Objects of the list that were not changed while it was read. */
const steady = (list: List): readonly Item[] => {
  const again = of(list, 'again')
  const now = new Map(again === undefined ? [] : items([again]).map(({ key, at }) => [key, at]))
  return list.whole.filter(({ key, at }) => now.get(key) === at)
}

function filtered(
  list: List,
  name: 'since' | 'until',
  belongs: (at: number, border: number) => boolean,
): ReturnType<Told['judge']> {
  const seen = of(list, name)
  if (seen === undefined || !isYes(seen) || !list.complete) return undefined
  const border = Date.parse(queryOf(seen).get(name === 'since' ? 'date_from' : 'date_to') ?? '')
  const came = items([seen])
  const odd = came.filter(({ at }) => !Number.isNaN(at) && !belongs(at, border))
  const expected = steady(list).filter(({ at }) => belongs(at, border))
  const missing = nextOf(seen) === undefined ? expected.filter(({ key }) => !came.some((one) => one.key === key)) : []
  if (odd.length === 0 && missing.length === 0) return 'ok'
  const message = `The filter ${name === 'since' ? 'date_from' : 'date_to'} ${odd.length > 0 ? 'lets others pass' : 'leaves out too much'}.`
  return { wrong: { message, expected: keys(expected), actual: keys(came), field: '/data' }, seen }
}

export const pagingListsChecks: readonly Check[] = [
  eachList('paging.count/2', {
    after: ['paging.count/1', 'locations.list/3', 'tariffs.list/3'],
    judge: (list) => {
      const { whole, complete, walk, seen } = list
      const pages = [seen, ...walk].filter((page) => !Number.isNaN(totalOf(page)))
      const least = steady(list).length
      const small = pages.find((page) => totalOf(page) < least)
      const large = pages.every((page) => totalOf(page) > new Set(whole.map(({ key }) => key)).size)
      const wrong = small ?? (complete && large ? seen : undefined)
      if (wrong === undefined) return pages.length === 0 ? undefined : 'ok'
      return {
        wrong: {
          message: 'X-Total-Count is not the number of objects.',
          expected: String(whole.length),
          actual: String(totalOf(wrong)),
        },
        seen: wrong,
      }
    },
  }),
  answer('paging.limit/3', 'large', (seen) =>
    isYes(seen)
      ? 'ok'
      : { message: 'A large limit was refused.', expected: 'as many objects as fit on a page', actual: said(seen) },
  ),
  eachList('paging.link/1', {
    least: 2,
    after: ['paging.count/1', 'paging.count/2'],
    judge: ({ walk, whole }) => {
      const [first] = walk
      if (first === undefined || itemsOf(first).length >= whole.length) return undefined
      if (nextOf(first) !== undefined) return 'ok'
      const actual = first.response?.headers['link'] ?? 'no Link'
      return {
        wrong: {
          message: 'More objects follow, but there is no next link.',
          expected: 'Link: <URL>; rel="next"',
          actual,
        },
        seen: first,
      }
    },
  }),
  eachList('paging.link/2', {
    after: ['paging.count/1', 'paging.count/2', 'paging.offset/1', 'paging.order/1', 'paging.limit/2'],
    judge: (list) => {
      const beyond = of(list, 'beyond')
      const pages = beyond === undefined ? list.walk : [...list.walk, beyond]
      const odd = pages.find((page) => nextOf(page) !== undefined && itemsOf(page).length === 0)
      if (odd !== undefined) {
        const message = 'Nothing follows, but there is a next link.'
        return { wrong: { message, expected: 'no Link', actual: nextOf(odd) ?? '' }, seen: odd }
      }
      return pages.some((page) => nextOf(page) === undefined) ? 'ok' : undefined
    },
  }),
  eachList('paging.link/5', {
    least: 2,
    after: ['paging.link/1', 'paging.link/3', 'paging.count/2', 'paging.limit/2', 'paging.order/1', 'paging.offset/1'],
    judge: ({ walk, whole, complete }) => {
      const came: string[] = []
      for (const page of walk) {
        const again = items([page]).find(({ key }) => came.includes(key))
        if (again !== undefined)
          return {
            wrong: {
              message: 'The next link leads to objects that were there before.',
              expected: 'the objects that follow',
              actual: keys([again]),
            },
            seen: page,
          }
        came.push(...items([page]).map(({ key }) => key))
      }
      const last = walk.at(-1)
      const circle = walk.find((page, at) => walk.slice(0, at + 1).some(({ url }) => url === nextOf(page)))
      if (circle !== undefined) {
        const message = 'The next link leads back.'
        return { wrong: { message, expected: 'the objects that follow', actual: nextOf(circle) ?? '' }, seen: circle }
      }
      const ended = last !== undefined && nextOf(last) === undefined
      const left = whole.filter(({ key }) => !came.includes(key))
      if (walk.length > 1 && complete && ended && left.length > 0)
        return {
          wrong: {
            message: 'The next links leave objects out.',
            expected: keys(whole),
            actual: came.length === 0 ? 'nothing' : `not ${keys(left)}`,
          },
          seen: last,
        }
      return walk.length > 1 ? 'ok' : undefined
    },
  }),
  eachList('paging.offset/1', {
    least: 2,
    after: ['paging.order/1'],
    judge: (list) => {
      const seen = of(list, 'offset')
      const expected = list.whole[1]
      if (seen === undefined || !isYes(seen) || expected === undefined) return undefined
      const [came] = items([seen])
      if (came?.key === expected.key) return 'ok'
      return {
        wrong: {
          message: 'offset does not skip objects.',
          expected: keys([expected]),
          actual: came === undefined ? 'nothing' : keys([came]),
          field: '/data',
        },
        seen,
      }
    },
  }),
  answer('paging.offset/2', 'beyond', (seen) =>
    isYes(seen) && itemsOf(seen).length === 0
      ? 'ok'
      : {
          message: 'An offset behind the end is not an empty list.',
          expected: 'an empty list',
          actual: isYes(seen) ? `${itemsOf(seen).length} objects` : said(seen),
        },
  ),
  eachList('paging.order/1', {
    least: 2,
    judge: (list) => {
      const again = of(list, 'again')
      if (again === undefined || !isYes(again)) return undefined
      const now = items([again])
      const then = list.whole.slice(0, now.length)
      if (keys(now) === keys(then) || new Set([...now, ...then].map(({ key }) => key)).size !== then.length) return 'ok'
      return {
        wrong: {
          message: 'Read again, the list has another order.',
          expected: keys(then),
          actual: keys(now),
          field: '/data',
        },
        seen: again,
      }
    },
  }),
  eachList('paging.date/1', {
    least: 1,
    judge: (list) => {
      const future = of(list, 'future')
      if (future !== undefined && isYes(future) && itemsOf(future).length > 0)
        return {
          wrong: {
            message: 'date_from in the future brings objects.',
            expected: 'an empty list',
            actual: keys(items([future])),
            field: '/data',
          },
          seen: future,
        }
      return filtered(list, 'since', (at, border) => at >= border)
    },
  }),
  eachList('paging.date/2', { least: 1, judge: (list) => filtered(list, 'until', (at, border) => at < border) }),
  answer('paging.date/3', 'wrong', (seen) => {
    const code = seen.answer?.statusCode ?? 0
    if (code >= 2000 && code < 3000) return 'ok'
    return { message: 'A filter that cannot be read was not refused.', expected: 'OCPI 2001', actual: said(seen) }
  }),
]

/** Requests for lists that the judge serves, in pages of one. */
const readings = (view: View): readonly Seen[] =>
  view.of('partner', 'locations.list', 'tariffs.list', 'sessions.list', 'cdrs.list').filter(isYes)

export const pagingClientChecks: readonly Check[] = [
  each('paging.client/1', {
    needs: 'a list of the judge has to be read',
    after: REGISTERED,
    unless: (view) => (readings(view).length === 0 ? 'It reads no lists.' : undefined),
    of: (view) => readings(view).flatMap((seen) => (nextOf(seen) === undefined ? [] : [{ seen }])),
    judge: ({ seen }, view) => {
      const next = nextOf(seen)
      if (next === undefined || readings(view).some((one) => one.at >= seen.at && one.url === next)) return 'ok'
      if (!view.overdue(seen.at, 60_000)) return undefined
      return { message: 'A next link was not followed.', expected: next, actual: 'nothing after it' }
    },
  }),
  each('paging.client/2', {
    needs: 'sessions have to be asked for',
    after: REGISTERED,
    unless: (view) => (view.of('partner', 'sessions.list').length === 0 ? 'It reads no list of sessions.' : undefined),
    of: (view) => view.of('partner', 'sessions.list').map((seen) => ({ seen })),
    judge: ({ seen }) =>
      queryOf(seen).has('date_from')
        ? 'ok'
        : {
            message: 'Sessions were asked for without date_from.',
            expected: 'date_from',
            actual: new URL(seen.url).search || 'no query',
          },
  }),
]
