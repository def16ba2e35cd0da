/** Whether what a CPO pushes about its sites can be used. (locations › Receiver; C-101 to C-104) */
import type { Evse } from '@plugtill/ocpi/modules/locations'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields, type Ruling } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { isParty } from './sold.ts'

const PATCHES = ['locations.patchLocation', 'locations.patchEvse', 'locations.patchConnector'] as const
const PUTS = ['locations.putLocation', 'locations.putEvse', 'locations.putConnector'] as const
const NEEDS = 'a location, an EVSE or a connector has to be pushed'

const pushesIn = (view: View) => view.of('partner', ...PATCHES, ...PUTS)
const unlessPushed = (view: View): string | undefined =>
  pushesIn(view).length === 0 ? 'The platform pushes no locations; they are read from its list.' : undefined
const unlessPatched = (view: View): string | undefined =>
  view.of('partner', ...PATCHES).length === 0 ? 'The platform sends no PATCH of locations.' : undefined

/** country_code, party_id, location, EVSE and connector, as far as the URL goes. */
export function idsOf(url: string, module: string): readonly string[] {
  const [, tail = ''] = (url.split(/[?#]/)[0] ?? '').split(`/${module}/`)
  return tail
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part)
      } catch {
        return part
      }
    })
}

const bodyOf = ({ question }: Seen): Readonly<Record<string, unknown>> =>
  typeof question === 'object' && question !== null ? (question as Readonly<Record<string, unknown>>) : {}

const LEVELS = ['location', 'EVSE', 'connector']

const addresses: readonly Check[] = [
  each('locations.push/1', {
    needs: NEEDS,
    unless: unlessPushed,
    after: REGISTERED,
    of: (view) => exchanges(pushesIn(view)),
    judge: ({ seen }, view): Ruling => {
      const [country = '', party = ''] = idsOf(seen.url, 'locations')
      if (isParty(view, country, party) !== false) return 'ok'
      const message = `A push goes to the URL of ${country}-${party}, which stands in no credentials.`
      return { message, expected: 'the party of one of your roles', actual: `${country}/${party}` }
    },
  }),
  each('locations.push/2', {
    needs: NEEDS,
    unless: (view) =>
      view.of('partner', ...PUTS).length === 0 ? 'The platform sends no PUT of locations.' : undefined,
    after: ['locations.push/1'],
    of: (view) => exchanges(view.of('partner', ...PUTS)),
    judge: ({ seen }): Ruling => {
      const ids = idsOf(seen.url, 'locations')
      const level = ids.length - 3
      const names = level === 0 ? ['country_code', 'party_id', 'id'] : level === 1 ? ['uid'] : ['id']
      const given = level === 0 ? ids : ids.slice(-1)
      const wrong = names.findIndex((name, index) => {
        const value = bodyOf(seen)[name]
        return typeof value === 'string' && !sameCi(value, given[index] ?? '')
      })
      if (wrong < 0) return 'ok'
      const name = names[wrong] ?? ''
      const message = `${name} in the body of a pushed ${LEVELS[level] ?? 'object'} is not the one in the URL.`
      return { message, expected: given[wrong] ?? '', actual: String(bodyOf(seen)[name]), field: `/${name}` }
    },
  }),
  each('locations.push/6', {
    needs: NEEDS,
    unless: unlessPushed,
    after: [...REGISTERED, 'locations.list/1', 'locations.push/1'],
    of: (view) => exchanges(pushesIn(view)),
    judge: ({ seen }, view): Ruling => {
      const [, , location = '', evse] = idsOf(seen.url, 'locations')
      const locations = view.found('Location').map(({ value }) => value as { id?: unknown; evses?: unknown } | null)
      if (locations.length === 0 || seen.place === 'locations.putLocation') return undefined
      const own = locations.filter((one) => typeof one?.id === 'string' && sameCi(one.id, location))
      if (own.length === 0)
        return { message: `Location "${location}" is pushed and does not stand in the list.`, actual: location }
      if (evse === undefined || seen.place === 'locations.putEvse') return 'ok'
      const uids = own.flatMap((one) => (Array.isArray(one?.evses) ? (one.evses as readonly Partial<Evse>[]) : []))
      if (uids.some(({ uid }) => typeof uid === 'string' && sameCi(uid, evse))) return 'ok'
      const message = `EVSE "${evse}" is pushed, and location ${location} in the list does not have it.`
      return { message, expected: uids.map(({ uid }) => uid).join(', '), actual: evse }
    },
  }),
  each('locations.push/9', {
    needs: NEEDS,
    unless: unlessPushed,
    after: REGISTERED,
    of: (view) => exchanges([...pushesIn(view), ...view.ordinary.filter(isDelete)]),
    judge: ({ seen }): Ruling =>
      isDelete(seen)
        ? { message: 'A location, an EVSE or a connector is deleted.', expected: 'PATCH with status REMOVED' }
        : 'ok',
  }),
]

const isDelete = ({ by, method, url }: Seen): boolean =>
  by === 'partner' && method === 'DELETE' && /\/receiver\/locations\//.test(url)

const shapes: readonly Check[] = (['LocationPatch', 'EvsePatch', 'ConnectorPatch'] as const).flatMap((kind) =>
  fields({
    kind,
    needs: NEEDS,
    unless: unlessPatched,
    after: ['locations.push/1'],
    owners: [
      [/^$|^\/last_updated$/, 'locations.push/3'],
      ...(kind === 'EvsePatch' ? ([[/^\/status$/, 'locations.push/4']] as const) : []),
    ],
    rest: 'locations.push/5',
  }),
)

/** Words about one object, oldest first, with the place they were said at. */
interface Word {
  readonly seen: Seen
  readonly key: string
  readonly at: number
}

function wordsIn(view: View): readonly Word[] {
  return pushesIn(view).flatMap((seen): readonly Word[] => {
    const at = bodyOf(seen)['last_updated']
    if (!isYes(seen) || typeof at !== 'string') return []
    try {
      return [{ seen, key: idsOf(seen.url, 'locations').join('/').toLowerCase(), at: parseDateTime(at) }]
    } catch {
      return []
    }
  })
}

const order: readonly Check[] = [
  each('locations.push/7', {
    needs: NEEDS,
    unless: unlessPushed,
    after: ['locations.push/1', 'locations.push/3'],
    of: wordsIn,
    judge: ({ seen, key, at }, view): Ruling => {
      const before = wordsIn(view).findLast((one) => one.key === key && one.seen.index < seen.index)
      if (before === undefined || before.at <= at) return 'ok'
      return {
        message: 'What was pushed later has an earlier last_updated.',
        expected: `at least ${new Date(before.at).toISOString()}`,
        actual: new Date(at).toISOString(),
        field: '/last_updated',
      }
    },
  }),
  each('locations.push/8', {
    needs: 'the list has to be read after a push',
    unless: unlessPushed,
    after: ['locations.push/1', 'locations.push/3', 'locations.push/4', 'locations.push/6'],
    of: (view) => exchanges(view.of('partner', 'locations.patchEvse', 'locations.putEvse').filter(isYes)),
    judge: ({ seen }, view): Ruling => {
      const [, , location = '', uid = ''] = idsOf(seen.url, 'locations')
      const { status, last_updated } = bodyOf(seen)
      if (typeof status !== 'string' || typeof last_updated !== 'string') return undefined
      const later = evsesListed(view, location, uid).find((one) => one.seen.index > seen.index)
      if (later === undefined) return undefined
      const { evse } = later
      if (parseDateTime(evse.last_updated) > parseDateTime(last_updated) || evse.status === status) return 'ok'
      return {
        message: `EVSE ${uid} was pushed as ${status}, and the list says ${evse.status} and nothing newer.`,
        expected: status,
        actual: `${evse.status}, last_updated ${evse.last_updated}`,
      }
    },
  }),
]

/** This EVSE in every list that was read, oldest first. */
function evsesListed(view: View, location: string, uid: string) {
  return view
    .valid('Location')
    .filter(({ seen, value }) => seen.place === 'locations.list' && sameCi(value.id, location))
    .flatMap(({ seen, value }) => {
      const evse = value.evses?.find((one) => sameCi(one.uid, uid))
      return evse === undefined ? [] : [{ seen, evse }]
    })
}

/** A session that reached a status, with its place. */
interface Reached {
  readonly seen: Seen
  readonly location: string
  readonly evse: string
}

function reached(view: View, wanted: Session['status']): readonly Reached[] {
  const places = new Map(view.valid('Session').map(({ value }) => [value.id.toLowerCase(), value]))
  const met = new Set<string>()
  const words = [
    ...view.valid('Session').map(({ seen, value }) => ({ seen, id: value.id, status: value.status })),
    ...view
      .valid('SessionPatch')
      .map(({ seen, value }) => ({ seen, id: idsOf(seen.url, 'sessions').at(-1) ?? '', status: value.status })),
  ].sort((a, b) => a.seen.index - b.seen.index)
  return words.flatMap(({ seen, id, status }) => {
    const session = places.get(id.toLowerCase())
    if (status !== wanted || session === undefined || met.has(id)) return []
    met.add(id)
    return [{ seen, location: session.location_id, evse: session.evse_uid }]
  })
}

const SOON_MS = 60_000

const statusOf = (seen: Seen): unknown => bodyOf(seen)['status']

interface Following {
  readonly rule: string
  readonly after: readonly string[]
  readonly from: Session['status']
  readonly wrong: Evse['status']
  readonly words: string
}

const FOLLOWING: readonly Following[] = [
  {
    rule: 'locations.status/1',
    after: ['sessions.start/2'],
    from: 'ACTIVE',
    wrong: 'AVAILABLE',
    words: 'has an ACTIVE session and was not told to be in use.',
  },
  {
    rule: 'locations.status/2',
    after: ['locations.status/1'],
    from: 'COMPLETED',
    wrong: 'CHARGING',
    words: 'has a COMPLETED session and was not told to charge no longer.',
  },
]

/** Whether the EVSE was told to have another status, shortly before or at most a minute after. */
function isTold({ seen, location, evse }: Reached, wrong: Evse['status'], view: View): boolean {
  const told = view.of('partner', 'locations.patchEvse', 'locations.putEvse').filter((one) => {
    const [, , at = '', uid = ''] = idsOf(one.url, 'locations')
    const near = one.at - seen.at <= SOON_MS && typeof statusOf(one) === 'string'
    return near && sameCi(at, location) && sameCi(uid, evse)
  })
  // Session and status travel apart.
  const last = told.filter((one) => one.index < seen.index).at(-1)
  if (last !== undefined && statusOf(last) !== wrong) return true
  return told.some((one) => one.index > seen.index && statusOf(one) !== wrong)
}

/** Whether a platform that pushes statuses still owes one. */
export const owesStatus = (view: View): boolean =>
  unlessPushed(view) === undefined &&
  FOLLOWING.some(({ from, wrong }) => reached(view, from).some((one) => !isTold(one, wrong, view)))

const statuses: readonly Check[] = FOLLOWING.map(({ rule, after, from, wrong, words }) =>
  each(rule, {
    needs: `a session that is ${from}`,
    unless: unlessPushed,
    after: ['locations.push/1', 'locations.push/4', ...after],
    of: (view) => reached(view, from),
    judge: (one, view): Ruling => {
      if (isTold(one, wrong, view)) return 'ok'
      if (!view.overdue(one.seen.at, SOON_MS)) return undefined
      const message = `EVSE ${one.evse} ${words}`
      return { message, expected: `another status than ${wrong}`, actual: 'no push within a minute' }
    },
  }),
)

export const locationsPushChecks: readonly Check[] = [...addresses, ...shapes, ...order, ...statuses]
