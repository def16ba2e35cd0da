/** What a Session of a CPO is: where it was sent, what it holds, whom it belongs to. (sessions; C-501 to C-509) */

import type { Credentials } from '@plugtill/ocpi/modules/credentials'
import { ciKey } from '@plugtill/ocpi/types'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import { type Check, each, exchanges, fields, type Ruling, whole } from '../check.ts'
import { SHAPES } from '../kinds.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { offeredTo } from './offer.ts'
import { ordinaryPurchases, type Purchase, purchasesOf } from './purchase.ts'
import type { SessionState, SessionTrack } from './session-track.ts'
import { equal, same } from './wrongs.ts'

export const STARTED = [
  'commands.start/1',
  'commands.start/2',
  'commands.start/3',
  'tokens.start/1',
  'commands.start/5',
  'commands.result/6',
]
/** The shape of a Session: one that is wrong counts as none. */
export const SHAPE = Array.from({ length: 9 }, (_, index) => `sessions.object/${index + 1}`)
export const TOLD = ['sessions.start/1', 'sessions.object/1', 'sessions.object/3', 'sessions.object/4']
/** What has to hold before a session can end. */
export const ENDED = [
  ...STARTED,
  ...TOLD,
  'sessions.object/8',
  'sessions.start/2',
  'sessions.status/1',
  'commands.stop/1',
  'commands.stop/3',
  'commands.stop/4',
  'sessions.end/2',
]
const SESSION_MS = 120_000
const ACTIVE_MS = 300_000

export interface Moment extends SessionState {
  readonly purchase: Purchase
  readonly track: SessionTrack
}

/** Every state of every session that was bought. */
export const momentsOf = (view: View): readonly Moment[] =>
  purchasesOf(view).flatMap((purchase) =>
    purchase.sessions.flatMap((track) => track.told.map((state) => ({ ...state, purchase, track }))),
  )

/** A board forgets the oldest messages of a kind: what came before them cannot be called missing. */
export const forgets = (view: View, ...places: readonly string[]): boolean =>
  view.watching === true && places.some((place) => view.of('partner', place).length >= 40)

const begins: readonly Check[] = [
  whole('sessions.start/1', {
    needs: 'an accepted START_SESSION',
    after: [...STARTED, ...SHAPE, 'sessions.start/3'],
    judge: (view) => {
      const purchases = ordinaryPurchases(view).filter(({ accepted }) => accepted)
      const track = purchases.flatMap(({ sessions }) => sessions)[0]
      if (track !== undefined) return { ruling: 'ok', seen: track.told[0]?.seen }
      const late = purchases.find(({ seen }) => view.overdue(seen.at, SESSION_MS))
      if (late === undefined) return undefined
      const reference = late.body.authorization_reference ?? ''
      const message = 'A START_SESSION was accepted, but no Session came of it, neither pushed nor in the list.'
      const expected = `a Session with authorization_reference ${reference}`
      return { ruling: { message, expected, actual: 'none' }, seen: late.seen }
    },
  }),
  whole('sessions.start/2', {
    needs: 'a car has to be plugged in after START_SESSION',
    after: [...STARTED, 'sessions.start/1', ...SHAPE, 'sessions.patch/1', 'sessions.patch/2'],
    judge: (view) => {
      const tracks = ordinaryPurchases(view).flatMap(({ sessions }) => sessions)
      const all = tracks.flatMap(({ pushed, listed }) => [...pushed, ...listed])
      const active = all.find(({ session }) => session.status === 'ACTIVE')
      if (active !== undefined) return { ruling: 'ok', seen: active.seen }
      const [first] = all
      if (first === undefined || !view.overdue(first.seen.at, ACTIVE_MS)) return undefined
      const actual = all.at(-1)?.session.status ?? ''
      const message = 'The session never became ACTIVE.'
      return { ruling: { message, expected: 'ACTIVE', actual, field: `${first.pointer}/status` }, seen: first.seen }
    },
  }),
  each('sessions.start/3', {
    needs: 'a pushed Session',
    unless: pulledOnly,
    of: (view) => exchanges(view.of('partner', 'sessions.putSession', 'sessions.patchSession')),
    judge: ({ seen }) => {
      if (seen.place === 'sessions.putSession') return isYes(seen) ? 'ok' : undefined
      if (isYes(seen) || seen.answer?.statusCode !== 2001 || seen.response?.status !== 404) return undefined
      return {
        message: 'A Session was changed by PATCH before it was sent.',
        expected: 'PUT with the whole Session first',
        actual: `PATCH ${seen.url}`,
      }
    },
  }),
  each('sessions.start/4', {
    needs: 'a pushed Session',
    after: ['sessions.start/1', 'sessions.object/8'],
    unless: pulledOnly,
    of: (view) =>
      forgets(view, 'sessions.putSession')
        ? []
        : purchasesOf(view).flatMap(({ sessions }) => sessions.flatMap(({ pushed }) => pushed.slice(0, 1))),
    judge: ({ session, pointer }) =>
      session.status !== 'COMPLETED'
        ? 'ok'
        : {
            message: 'The first that was told of a Session is its end.',
            expected: 'PENDING or ACTIVE',
            actual: session.status,
            field: `${pointer}/status`,
          },
  }),
]

/** Whether the platform lets its sessions be fetched and pushes none. */
export function pulledOnly(view: View): string | undefined {
  const pushed = view.of('partner', 'sessions.putSession', 'sessions.patchSession').length > 0
  const listed = purchasesOf(view).some(({ sessions }) => sessions.length > 0)
  return listed && !pushed ? 'The platform pushes no sessions; they are fetched from its list.' : undefined
}

interface Pushed {
  readonly seen: Seen
  readonly value: Readonly<Record<string, unknown>>
  readonly url: readonly string[]
}

/** As they were sent, whether they are right or not. */
const putsOf = (view: View): readonly Pushed[] =>
  view.of('partner', 'sessions.putSession').flatMap((seen) => {
    if (typeof seen.question !== 'object' || seen.question === null) return []
    const segments = (seen.url.split(/[?#]/)[0] ?? '').split('/').filter(Boolean)
    return [{ seen, value: seen.question as Pushed['value'], url: segments.slice(-3).map(decodeURIComponent) }]
  })

function inUrl({ value, url }: Pushed, place: number, name: string): Ruling {
  const said = value[name]
  if (typeof said !== 'string') return undefined
  const expected = url[place]
  const message = `${name} of the Session is not the one in the URL it was sent to.`
  return equal({ message, expected, actual: said, field: `/${name}` })
}

const owners: readonly Check[] = [
  each('sessions.owner/1', {
    needs: 'a pushed Session',
    after: ['sessions.start/1', 'sessions.object/1'],
    unless: pulledOnly,
    of: putsOf,
    judge: (put) => {
      const country = inUrl(put, 0, 'country_code')
      return country === 'ok' ? inUrl(put, 1, 'party_id') : country
    },
  }),
  each('sessions.owner/2', {
    needs: 'a pushed Session',
    after: ['sessions.start/1', 'sessions.object/1'],
    unless: pulledOnly,
    of: putsOf,
    judge: (put) => inUrl(put, 2, 'id'),
  }),
  each('sessions.owner/3', {
    needs: 'a Session',
    after: ['sessions.start/1', 'sessions.owner/1'],
    of: momentsOf,
    judge: ({ session, pointer }, view) => {
      const parties = partiesOf(view)
      const { country_code, party_id } = session
      if (parties.size === 0) return undefined
      if (parties.has(ciKey(country_code, party_id))) return 'ok'
      return {
        message: 'The Session belongs to a party that does not stand in the credentials.',
        expected: [...parties.values()].join(' or '),
        actual: `${country_code}-${party_id}`,
        field: `${pointer}/party_id`,
      }
    },
  }),
]

/** Every party the platform has ever named as its own. */
function partiesOf(view: View): ReadonlyMap<string, string> {
  const roles = view.seen.flatMap((seen) => {
    if (seen.module !== 'credentials') return []
    const read = codecOf(seen.version).read(
      SHAPES.Credentials,
      seen.by === 'partner' ? seen.question : seen.answer?.data,
    )
    return 'value' in read ? (read.value as Credentials).roles : []
  })
  return new Map(
    roles.map(({ country_code, party_id }) => [ciKey(country_code, party_id), `${country_code}-${party_id}`]),
  )
}

const shape = fields({
  kind: 'Session',
  needs: 'a Session',
  after: [...STARTED],
  owners: [
    [/^\/(id|country_code|party_id)$/, 'sessions.object/1'],
    [/^\/(start_date_time|end_date_time|last_updated)$/, 'sessions.object/2'],
    [/^\/cdr_token(\/|$)/, 'sessions.object/3'],
    [/^\/(location_id|evse_uid|connector_id)$/, 'sessions.object/4'],
    [/^\/kwh$/, 'sessions.object/5'],
    [/^\/total_cost(\/|$)/, 'sessions.object/6'],
    [/^\/charging_periods(\/|$)/, 'sessions.object/7'],
    [/^\/status$/, 'sessions.object/8'],
  ],
  rest: 'sessions.object/9',
})

const patches = fields({
  kind: 'SessionPatch',
  needs: 'a PATCH of a Session',
  after: [...TOLD, ...SHAPE],
  unless: neverPatched,
  owners: [[/^\/last_updated$/, 'sessions.patch/1']],
  rest: 'sessions.patch/2',
})

/** Whole objects by PUT, or fetched ones, are as good. */
export function neverPatched(view: View): string | undefined {
  const patched = view.of('partner', 'sessions.patchSession').length > 0
  const told = purchasesOf(view).some(({ sessions }) => sessions.length > 0)
  return told && !patched ? 'The platform sends whole Sessions; there is no PATCH to judge.' : undefined
}

function fromCommand(rule: string, name: 'location_id' | 'evse_uid' | 'connector_id'): Check {
  return each(rule, {
    needs: 'a Session',
    after: TOLD,
    of: momentsOf,
    judge: ({ session, purchase, pointer }) =>
      equal({
        message: `${name} of the Session is not the one of its START_SESSION.`,
        expected: purchase.body[name],
        actual: session[name],
        field: `${pointer}/${name}`,
      }),
  })
}

const content: readonly Check[] = [
  each('sessions.reference/1', {
    needs: 'a Session',
    after: ['sessions.start/1', 'sessions.object/9'],
    of: (view) => momentsOf(view).filter(({ via, said }) => via !== 'patch' || said.authorization_reference != null),
    judge: ({ session, purchase, pointer }) => {
      const expected = purchase.body.authorization_reference
      if (expected == null || same(expected, session.authorization_reference))
        return expected == null ? undefined : 'ok'
      const actual = session.authorization_reference ?? 'nothing'
      const message =
        session.authorization_reference == null
          ? 'The Session does not say which payment it belongs to: authorization_reference is missing.'
          : 'authorization_reference of the Session is not the one of its START_SESSION.'
      return { message, expected, actual, field: `${pointer}/authorization_reference` }
    },
  }),
  fromCommand('sessions.place/1', 'location_id'),
  fromCommand('sessions.place/2', 'evse_uid'),
  fromCommand('sessions.place/3', 'connector_id'),
  each('sessions.method/1', {
    needs: 'a Session',
    after: TOLD,
    of: momentsOf,
    judge: ({ session, pointer }) =>
      equal({
        message: 'auth_method of a Session that was started by a command is not COMMAND.',
        expected: 'COMMAND',
        actual: session.auth_method,
        field: `${pointer}/auth_method`,
      }),
  }),
  each('sessions.currency/1', {
    needs: 'a Session at a connector whose tariff is known',
    after: TOLD,
    of: momentsOf,
    judge: ({ session, purchase, pointer }, view) =>
      equal({
        message: 'The currency of the Session is not that of the tariff at its connector.',
        expected: offeredTo(purchase, view).tariff?.currency,
        actual: session.currency,
        field: `${pointer}/currency`,
      }),
  }),
]

export const sessionsCpoChecks: readonly Check[] = [...begins, ...owners, ...shape, ...patches, ...content]
