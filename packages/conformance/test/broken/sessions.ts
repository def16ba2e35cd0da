/** Faults of a CPO whose Sessions are wrong, late or missing. */
import { everySession, PATCH, PUSH, PUT, read, SESSIONS, sessions, shifted, speaking } from './charging-words.ts'
import {
  answers,
  asks,
  believes,
  body,
  both,
  type Defect,
  data,
  headers,
  items,
  type Json,
  reply,
  type Spoil,
  set,
} from './defect.ts'

const defect = (id: string, about: string, rule: string, spoil: Spoil): Defect => ({
  id: `sessions/${id}`,
  target: 'cpo',
  about,
  rule,
  spoil,
})

/** A field of the whole object in every message. */
const field = (pointer: string, to: unknown | ((old: unknown) => unknown)): Spoil =>
  sessions((session) => set(session, pointer, to))
const patched = (change: (patch: Json) => unknown): Spoil => asks(PATCH, (request) => body(request, change))
const often: Spoil = { options: { plan: { plugInMs: 1_500, updateMs: 300 } } }
const isStatus = (status: string) => (session: Json) => session['status'] === status
const when = (fits: (session: Json) => boolean, change: (session: Json) => void) => (session: Json) => {
  if (fits(session)) change(session)
}

const costed = (session: Json) => 'total_cost' in session
/** A list in which there is nothing. */
const emptied = answers(SESSIONS, (response) =>
  headers(
    data(response, () => []),
    { 'x-total-count': '0', link: undefined },
  ),
)

const begins: readonly Defect[] = [
  defect(
    'never-told',
    'Sessions are neither pushed nor listed',
    'sessions.start/1',
    both(
      believes(PUSH, () => reply(200)),
      emptied,
    ),
  ),
  defect(
    'never-active',
    'A session stays PENDING until it is COMPLETED',
    'sessions.start/2',
    everySession(when(isStatus('ACTIVE'), (session) => set(session, '/status', 'PENDING'))),
  ),
  defect(
    'patch-first',
    'The first push of a session is a PATCH',
    'sessions.start/3',
    believes(
      ({ method, url, body: text }) =>
        method === 'PUT' && /\/receiver\/sessions\//.test(url) && text.includes('PENDING'),
      () => reply(201),
    ),
  ),
  defect(
    'told-at-the-end',
    'A session is pushed when it is over',
    'sessions.start/4',
    believes(
      ({ method, url, body: text }) =>
        /\/receiver\/sessions\//.test(url) && (method === 'PATCH' || /"(PENDING|ACTIVE)"/.test(text)),
      () => reply(200),
    ),
  ),
  defect(
    'start-of-creation',
    'start_date_time stays the time of creation',
    'sessions.start/5',
    (() => {
      const created = new Map<string, unknown>()
      return both(
        asks(PUSH, (request) =>
          body(request, (session) => {
            const at = created.get(request.url) ?? session['start_date_time']
            created.set(request.url, at)
            if (session['status'] !== 'COMPLETED') set(session, '/start_date_time', at)
          }),
        ),
        { options: { plan: { plugInMs: 3_000 } } },
      )
    })(),
  ),
  defect(
    'other-party-in-body',
    'The body names another party than the URL',
    'sessions.owner/1',
    asks(PUT, (request) => body(request, (session) => set(session, '/party_id', 'XYZ'))),
  ),
  defect(
    'other-id-in-body',
    'The body has another id than the URL',
    'sessions.owner/2',
    asks(PUT, (request) => body(request, (session) => set(session, '/id', 'another-id'))),
  ),
  defect(
    'foreign-party',
    'Sessions belong to a party that is in no credentials',
    'sessions.owner/3',
    both(
      field('/party_id', 'XYZ'),
      asks(PUSH, (request) => ({ ...request, url: request.url.replace('/NL/ABC/', '/NL/XYZ/') })),
    ),
  ),
]

const shapes: readonly Defect[] = [
  defect(
    'id-too-long',
    'The id has 40 characters',
    'sessions.object/1',
    field('/id', (old: unknown) => `SESSION-${String(old)}`),
  ),
  defect('country-missing', 'country_code is missing', 'sessions.object/1', field('/country_code', undefined)),
  defect(
    'time-local',
    'start_date_time is written for people',
    'sessions.object/2',
    field('/start_date_time', '02.07.2030 12:00'),
  ),
  defect('updated-missing', 'last_updated is missing', 'sessions.object/2', field('/last_updated', undefined)),
  defect(
    'token-incomplete',
    'cdr_token has no contract_id',
    'sessions.object/3',
    field('/cdr_token/contract_id', undefined),
  ),
  defect('token-text', 'cdr_token is a text', 'sessions.object/3', field('/cdr_token', 'TAP')),
  defect('evse-missing', 'evse_uid is missing', 'sessions.object/4', field('/evse_uid', undefined)),
  defect('connector-number', 'connector_id is a number', 'sessions.object/4', field('/connector_id', 1)),
  defect('kwh-text', 'kwh is a text', 'sessions.object/5', field('/kwh', '0.0')),
  defect(
    'cost-number',
    'total_cost is a number',
    'sessions.object/6',
    sessions(when(costed, (one) => set(one, '/total_cost', 3.5))),
  ),
  defect(
    'cost-of-2.2.1',
    'total_cost has the words of 2.2.1 in 2.3.0',
    'sessions.object/6',
    sessions(when(costed, (one) => set(one, '/total_cost', { excl_vat: 1, incl_vat: 1.21 }))),
  ),
  defect(
    'periods-empty',
    'A charging period has no dimensions',
    'sessions.object/7',
    sessions((one) => set(one, '/charging_periods', [{ start_date_time: one['start_date_time'], dimensions: [] }])),
  ),
  defect(
    'status-of-the-charger',
    'status is a word of OCPP',
    'sessions.object/8',
    everySession((one) => set(one, '/status', 'Charging')),
  ),
  defect('method-unknown', 'auth_method is TERMINAL', 'sessions.object/9', field('/auth_method', 'TERMINAL')),
  defect('currency-missing', 'currency is missing', 'sessions.object/9', field('/currency', undefined)),
]

const contents: readonly Defect[] = [
  defect(
    'reference-missing',
    'authorization_reference is missing',
    'sessions.reference/1',
    field('/authorization_reference', undefined),
  ),
  defect(
    'reference-own',
    'authorization_reference is an id of the CPO',
    'sessions.reference/1',
    field('/authorization_reference', 'CPO-AUTH-1'),
  ),
  defect('place-location', 'location_id is another one', 'sessions.place/1', field('/location_id', 'JDG-YARD')),
  defect('place-evse-id', 'evse_uid holds the evse_id', 'sessions.place/2', field('/evse_uid', 'NL*ABC*EJDGAC1')),
  defect('place-connector', 'connector_id counts from 0', 'sessions.place/3', field('/connector_id', '0')),
  defect('method-whitelist', 'auth_method is WHITELIST', 'sessions.method/1', field('/auth_method', 'WHITELIST')),
  defect(
    'currency-other',
    'Sessions are in another currency than the tariff',
    'sessions.currency/1',
    field('/currency', 'USD'),
  ),
  defect(
    'token-uid',
    'cdr_token.uid is the id tag of the charger',
    'tokens.session/1',
    field('/cdr_token/uid', 'TAG123'),
  ),
  defect('token-type', 'cdr_token.type is RFID', 'tokens.session/2', field('/cdr_token/type', 'RFID')),
  defect(
    'token-contract',
    'cdr_token.contract_id is one of the CPO',
    'tokens.session/3',
    field('/cdr_token/contract_id', 'NL-ABC-C1'),
  ),
  defect('token-party', 'cdr_token names the CPO as issuer', 'tokens.session/4', field('/cdr_token/party_id', 'ABC')),
  defect(
    'token-country',
    'cdr_token names the country of the CPO',
    'tokens.session/4',
    field('/cdr_token/country_code', 'NL'),
  ),
]

const WH = 1000
const times = (factor: number) => (old: unknown) => Number(old) * factor

const energy: readonly Defect[] = [
  defect(
    'kwh-falls',
    'kwh begins again at the end',
    'sessions.kwh/1',
    both(often, sessions(when(isStatus('COMPLETED'), (session) => set(session, '/kwh', 0)))),
  ),
  defect(
    'kwh-in-wh',
    'kwh is in Wh',
    'sessions.kwh/2',
    everySession(
      when(
        (session) => 'kwh' in session,
        (session) => set(session, '/kwh', times(WH)),
      ),
    ),
  ),
  defect(
    'kwh-register',
    'kwh is where the register of the meter stands',
    'sessions.kwh/2',
    everySession(
      when(
        (session) => 'kwh' in session && session['status'] !== 'PENDING',
        (session) => set(session, '/kwh', (old: unknown) => Number(old) + 48_211),
      ),
    ),
  ),
  defect(
    'kwh-while-pending',
    'A PENDING session has energy',
    'sessions.kwh/3',
    sessions(when(isStatus('PENDING'), (session) => set(session, '/kwh', 0.5))),
  ),
  defect(
    'updated-stands',
    'last_updated is the time of creation for ever',
    'sessions.updated/1',
    (() => {
      const created = new Map<string, unknown>()
      const stand = (request: Parameters<typeof read>[0] & { readonly url: string }) => {
        const at = created.get(request.url) ?? read(request)['last_updated']
        created.set(request.url, at)
        return at
      }
      return both(
        asks(PUSH, (request) => body(request, (session) => set(session, '/last_updated', stand(request)))),
        { options: { plan: { plugInMs: 3_000 } } },
      )
    })(),
  ),
  defect(
    'updated-local',
    'last_updated is local time written as UTC',
    'sessions.updated/2',
    asks(PUSH, (request) =>
      body(request, (session) => set(session, '/last_updated', (old: unknown) => shifted(old, 2 * 3_600_000))),
    ),
  ),
  defect(
    'pushed-late',
    'Sessions are pushed in batches, minutes after their changes',
    'sessions.updated/3',
    asks(PUSH, (request) =>
      body(request, (session) => set(session, '/last_updated', (old: unknown) => shifted(old, -90_000))),
    ),
  ),
  defect(
    'patch-undated',
    'A PATCH has no last_updated',
    'sessions.patch/1',
    patched((patch) => set(patch, '/last_updated', undefined)),
  ),
  defect(
    'patch-kwh-text',
    'kwh in a PATCH is a text',
    'sessions.patch/2',
    patched((patch) => set(patch, '/kwh', (old: unknown) => String(old))),
  ),
  defect(
    'patch-repeats-periods',
    'Each PATCH has all charging periods again',
    'sessions.patch/3',
    both(
      often,
      patched((patch) =>
        set(patch, '/charging_periods', [
          { start_date_time: patch['start_date_time'], dimensions: [{ type: 'ENERGY', volume: patch['kwh'] }] },
        ]),
      ),
    ),
  ),
  defect(
    'periods-in-wh',
    'ENERGY of the periods is in Wh',
    'sessions.periods/1',
    sessions((session) => set(session, '/charging_periods/*/dimensions/0/volume', times(WH))),
  ),
  defect(
    'periods-before-start',
    'A period begins before the session',
    'sessions.periods/2',
    sessions((session) =>
      set(session, '/charging_periods/*/start_date_time', (old: unknown) => shifted(old, -600_000)),
    ),
  ),
]

const costs: readonly Defect[] = [
  defect(
    'cost-falls',
    'total_cost is 0 at the end',
    'sessions.cost/1',
    sessions(when(isStatus('COMPLETED'), (session) => set(session, '/total_cost', { before_taxes: 0, taxes: [] }))),
  ),
  defect(
    'cost-without-taxes-added',
    'total_cost counts the taxes twice',
    'sessions.cost/2',
    everySession((session) => set(session, '/total_cost/before_taxes', times(1.21))),
  ),
  defect(
    'cost-in-cents',
    'total_cost is in cents',
    'sessions.cost/2',
    everySession((session) => {
      set(session, '/total_cost/before_taxes', times(100))
      set(session, '/total_cost/taxes/*/amount', times(100))
    }),
  ),
  defect('cost-above-hold', 'The session goes on above the hold', 'sessions.cost/3', {
    options: { assignment: { location_ids: [], evse_uids: ['JDG-AC-3'] } },
  }),
]

/** The second message about a running session becomes something else. */
function secondActive(change: (session: Json) => void): Spoil {
  let count = 0
  return both(
    often,
    patched((patch) => {
      if (patch['status'] !== 'ACTIVE') return
      count += 1
      if (count === 2) change(patch)
    }),
  )
}

const course: readonly Defect[] = [
  defect(
    'status-back',
    'An ACTIVE session is PENDING again',
    'sessions.status/1',
    secondActive((patch) => set(patch, '/status', 'PENDING')),
  ),
  defect(
    'changed-after-end',
    'A COMPLETED session gets a meter_id afterwards',
    'sessions.status/2',
    speaking((_post, put) => ({
      send: (send) => async (request, options) => {
        const sent = await send(request, options)
        if (!/\/receiver\/sessions\//.test(request.url) || !request.body.includes('COMPLETED')) return sent
        const session = read(request)
        await put(request.url, { ...session, meter_id: 'M-1', last_updated: shifted(session['last_updated'], 10) })
        return sent
      },
    })),
  ),
  defect('flood', 'A running session is told twenty times a second', 'sessions.rhythm/2', {
    options: { plan: { plugInMs: 1_500, updateMs: 50 } },
  }),
  defect(
    'end-missing',
    'A COMPLETED session has no end_date_time',
    'sessions.end/1',
    field('/end_date_time', undefined),
  ),
  defect(
    'end-before-start',
    'A session ends before it starts',
    'sessions.end/1',
    sessions(
      when(
        (session) => 'end_date_time' in session,
        (session) => set(session, '/end_date_time', (old: unknown) => shifted(old, -3_600_000)),
      ),
    ),
  ),
  defect(
    'end-invalid',
    'A session with energy ends as INVALID',
    'sessions.end/2',
    sessions(when(isStatus('COMPLETED'), (session) => set(session, '/status', 'INVALID'))),
  ),
  defect(
    'pending-for-ever',
    'A session that was given up stays PENDING',
    'sessions.unused/1',
    both(
      believes(
        ({ url, body: text }) => /\/receiver\/sessions\//.test(url) && text.includes('INVALID'),
        () => reply(200),
      ),
      answers(SESSIONS, (response) =>
        items(
          response,
          when(isStatus('INVALID'), (session) => set(session, '/status', 'PENDING')),
        ),
      ),
    ),
  ),
  defect(
    'unused-billed',
    'A session without a car costs the fixed fee',
    'sessions.unused/2',
    sessions(when(isStatus('INVALID'), (session) => set(session, '/total_cost', { before_taxes: 0.5, taxes: [] }))),
  ),
  defect(
    'list-object',
    'The list of sessions is an object',
    'paging.list/1',
    answers(SESSIONS, (response) => data(response, (list) => ({ sessions: list }))),
  ),
  defect('list-empty', 'The list of sessions shows none', 'sessions.list/2', emptied),
  defect(
    'list-stale',
    'The list of sessions is hours old',
    'sessions.list/3',
    answers(SESSIONS, (response) =>
      items(response, (session) => set(session, '/last_updated', (old: unknown) => shifted(old, -900))),
    ),
  ),
]

export const sessionDefects: readonly Defect[] = [...begins, ...shapes, ...contents, ...energy, ...costs, ...course]
