/** START_SESSION as a PTP sends it, and what becomes of its results. (commands › Sender; C-301 to C-307, E-20, E-21) */
import type { StartSession } from '@plugtill/ocpi/modules/commands'
import type { Evse, Location } from '@plugtill/ocpi/modules/locations'
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'
import { coped, refused, taken, textOf } from './ask-back.ts'
import { said } from './said.ts'

const SENT = 'commands.sender.start/1'
const SHAPE = 'commands.sender.start/2'

export const starts = (view: View): readonly Seen[] => view.of('partner', 'commands.startSession')
const valid = (view: View): readonly Found<StartSession>[] => view.valid('StartSession')

type Judged = { readonly value: StartSession; readonly seen: Seen }

/** Something about each START_SESSION of the right shape. */
const start = (
  rule: string,
  judge: (one: Judged, view: View) => ReturnType<Parameters<typeof each>[1]['judge']>,
  after: readonly string[] = [],
): Check => each(rule, { needs: 'START_SESSION has to be sent', after: [SENT, SHAPE, ...after], of: valid, judge })

const wrong = (message: string, expected: string, actual: string, field?: string) => ({
  message,
  expected,
  actual,
  ...(field === undefined ? {} : { field }),
})

/** Owner, type and state of the token. */
const token: readonly Check[] = [
  start('commands.sender.token/1', ({ value: { token } }) =>
    token.type === 'AD_HOC_USER'
      ? 'ok'
      : wrong('The token is not that of a card at a terminal.', 'AD_HOC_USER', token.type, '/token/type'),
  ),
  start('commands.sender.token/2', ({ value: { token } }) =>
    token.whitelist === 'NEVER'
      ? 'ok'
      : wrong('The token may be kept by the CPO.', 'NEVER', token.whitelist, '/token/whitelist'),
  ),
  start('commands.sender.token/3', ({ value: { token } }) =>
    token.valid ? 'ok' : wrong('The token says that it is not valid.', 'true', 'false', '/token/valid'),
  ),
  start('commands.sender.token/4', ({ value: { token } }, view) => {
    const roles = view.valid('Credentials').at(-1)?.value.roles
    if (roles === undefined) return undefined
    const own = roles.some(
      (one) => sameCi(one.country_code, token.country_code) && sameCi(one.party_id, token.party_id),
    )
    const parties = roles.map((one) => `${one.country_code}-${one.party_id}`).join(' or ')
    return own
      ? 'ok'
      : wrong(
          'The token belongs to somebody else.',
          parties,
          `${token.country_code}-${token.party_id}`,
          '/token/party_id',
        )
  }),
  start('commands.sender.token/5', ({ value, seen }, view) => {
    const twin = valid(view).find(
      (other) =>
        other.seen.index < seen.index &&
        sameCi(other.value.token.uid, value.token.uid) &&
        !sameCi(other.value.authorization_reference ?? '', value.authorization_reference ?? ''),
    )
    return twin === undefined
      ? 'ok'
      : wrong('Two charges have the same token.', 'another uid for each charge', value.token.uid, '/token/uid')
  }),
]

const reference: readonly Check[] = [
  start('commands.sender.start/3', ({ value }) =>
    value.authorization_reference
      ? 'ok'
      : wrong(
          'Nothing links this charge with its card.',
          'authorization_reference beside the token',
          'none',
          '/authorization_reference',
        ),
  ),
  start(
    'commands.sender.start/4',
    ({ value, seen }, view) => {
      const mine = value.authorization_reference
      if (!mine) return undefined
      const twin = valid(view).find(
        (other) =>
          other.seen.index < seen.index &&
          sameCi(other.value.authorization_reference ?? '', mine) &&
          !sameStart(other.value, value),
      )
      return twin === undefined
        ? 'ok'
        : wrong(
            'Two charges have the same authorization_reference.',
            'another one for each charge',
            mine,
            '/authorization_reference',
          )
    },
    ['commands.sender.start/3'],
  ),
]

const sameStart = (a: StartSession, b: StartSession) =>
  sameCi(a.location_id, b.location_id) && sameCi(a.evse_uid ?? '', b.evse_uid ?? '') && sameCi(a.token.uid, b.token.uid)

const responseUrl: readonly Check[] = [
  start('commands.sender.response-url/1', ({ value, seen }, view) => {
    const origins = new Set(
      view.valid('VersionDetails').flatMap(({ value: { endpoints } }) => endpoints.map(({ url }) => originOf(url))),
    )
    if (origins.size === 0 || seen.response === undefined) return undefined
    const origin = originOf(value.response_url)
    return origins.has(origin)
      ? 'ok'
      : wrong('The response_url is not at the PTP.', [...origins].join(' or '), origin, '/response_url')
  }),
  each('commands.sender.response-url/2', {
    needs: 'two commands have to be sent',
    after: [SENT, SHAPE],
    of: (view) => [...view.valid('StartSession'), ...view.valid('StopSession')],
    judge: ({ value, seen }, view) => {
      const all = [...view.valid('StartSession'), ...view.valid('StopSession')]
      const twin = all.some((other) => other.seen.index < seen.index && other.value.response_url === value.response_url)
      return twin
        ? wrong(
            'Two commands have the same response_url.',
            'another one for each command',
            value.response_url,
            '/response_url',
          )
        : 'ok'
    },
  }),
]

const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : url)

/** What the CPO has said about its places until then, the newest word last. */
function placeIn(view: View, value: StartSession): { readonly location?: Location; readonly evse?: Evse } {
  const location = view
    .told('Location')
    .filter((one) => sameCi(one.value.id, value.location_id))
    .at(-1)?.value
  const evse = location?.evses?.find(({ uid }) => sameCi(uid, value.evse_uid ?? ''))
  return { ...(location === undefined ? {} : { location }), ...(evse === undefined ? {} : { evse }) }
}

const nothingTold = (view: View) => view.told('Location').length === 0

/** The last status of an EVSE that was said before a moment. */
function statusBefore(view: View, { value, seen }: Judged): string | undefined {
  const patched = view
    .told('EvsePatch')
    .filter(
      (one) => one.seen.index < seen.index && one.seen.url.toLowerCase().includes(`/${value.evse_uid?.toLowerCase()}`),
    )
    .map((one) => ({ at: one.seen.index, status: one.value.status }))
  const whole = view
    .told('EVSE')
    .filter((one) => one.seen.index < seen.index && sameCi(one.value.uid, value.evse_uid ?? ''))
    .map((one) => ({ at: one.seen.index, status: one.value.status }))
  return [...patched, ...whole].sort((a, b) => a.at - b.at).at(-1)?.status
}

const place: readonly Check[] = [
  start('commands.sender.place/1', ({ value }, view) => {
    if (nothingTold(view) || placeIn(view, value).location !== undefined) return 'ok'
    return wrong(
      'The location is none of the CPO.',
      'an id of a location of the CPO',
      value.location_id,
      '/location_id',
    )
  }),
  start('commands.sender.place/2', ({ value }) =>
    value.evse_uid ? 'ok' : wrong('The command leaves open at which EVSE to charge.', 'evse_uid', 'none', '/evse_uid'),
  ),
  start(
    'commands.sender.place/3',
    ({ value }, view) => {
      const { location, evse } = placeIn(view, value)
      if (location === undefined || !value.evse_uid || evse !== undefined) return 'ok'
      return wrong(
        'The EVSE is not at this location.',
        (location.evses ?? []).map(({ uid }) => uid).join(' or '),
        value.evse_uid,
        '/evse_uid',
      )
    },
    ['commands.sender.place/1', 'commands.sender.place/2'],
  ),
  start('commands.sender.place/4', ({ value }) =>
    value.connector_id
      ? 'ok'
      : wrong('The command leaves open which connector is meant.', 'connector_id', 'none', '/connector_id'),
  ),
  start(
    'commands.sender.place/5',
    ({ value }, view) => {
      const { evse } = placeIn(view, value)
      if (evse === undefined || !value.connector_id) return 'ok'
      const ids = evse.connectors.map(({ id }) => id)
      return ids.some((id) => sameCi(id, value.connector_id ?? ''))
        ? 'ok'
        : wrong('The connector is not at this EVSE.', ids.join(' or '), value.connector_id, '/connector_id')
    },
    ['commands.sender.place/3', 'commands.sender.place/4'],
  ),
  start(
    'commands.sender.place/6',
    ({ value, seen }, view) => {
      const given = view.of('us', 'payments.patchTerminal').filter((one) => isYes(one) && one.index < seen.index)
      const last = given.at(-1)?.question as
        | { location_ids?: readonly string[]; evse_uids?: readonly string[] }
        | undefined
      if (last === undefined) return undefined
      const assigned =
        (last.location_ids ?? []).some((id) => sameCi(id, value.location_id)) ||
        (last.evse_uids ?? []).some((uid) => sameCi(uid, value.evse_uid ?? ''))
      return assigned
        ? 'ok'
        : wrong(
            'A charge was started where the terminal is not assigned.',
            textOf([...(last.location_ids ?? []), ...(last.evse_uids ?? [])]),
            `${value.location_id} ${value.evse_uid}`,
            '/evse_uid',
          )
    },
    ['commands.sender.place/1', 'commands.sender.place/3'],
  ),
  start(
    'commands.sender.place/7',
    ({ value, seen }, view) => {
      const status = statusBefore(view, { value, seen })
      return status === undefined || ['AVAILABLE', 'UNKNOWN', 'RESERVED', 'BLOCKED'].includes(status)
        ? 'ok'
        : wrong('The EVSE was not free when the charge was started.', 'AVAILABLE', status, '/evse_uid')
    },
    ['commands.sender.place/3'],
  ),
  start(
    'commands.sender.place/8',
    ({ value, seen }, view) => {
      const connector = placeIn(view, value).evse?.connectors.find(({ id }) => sameCi(id, value.connector_id ?? ''))
      const ids = connector?.tariff_ids ?? []
      if (ids.length === 0) return undefined
      const told = view.told('Tariff').filter((one) => one.seen.index < seen.index || view.watching)
      const pushed = view.probes('sites.push').some(({ place: row }) => row === 'tariffs.putTariff')
      return pushed || told.some((one) => ids.some((id) => sameCi(id, one.value.id)))
        ? 'ok'
        : wrong(
            'A charge was sold before its tariff was known.',
            `tariff ${ids.join(' or ')} read or taken before`,
            'neither',
          )
    },
    ['tariffs.receiver.source/1', 'commands.sender.place/5'],
  ),
]

const sending: readonly Check[] = [
  whole(SENT, {
    needs: 'a card has to be tapped at a terminal',
    after: ['payments.sender.terminals.post/1', 'payments.sender.terminals.patch/1'],
    judge: (view) => {
      const seen = starts(view)[0] ?? view.probes('commands.start-lost')[0]
      if (seen !== undefined) return { ruling: 'ok', seen }
      return view.fact('tapped') === undefined
        ? undefined
        : wrong('A card was tapped and no charge was started.', 'POST {commands}/START_SESSION', 'nothing')
    },
  }),
  ...fields({ kind: 'StartSession', needs: 'START_SESSION has to be sent', after: [SENT], owners: [], rest: SHAPE }),
  start('commands.sender.start/5', ({ value, seen }, view) => {
    const again = valid(view).some(
      (other) =>
        other.seen.index < seen.index &&
        sameCi(other.value.authorization_reference ?? '', value.authorization_reference ?? ' ') &&
        sameStart(other.value, value),
    )
    return again ? wrong('The same charge was started twice.', 'one START_SESSION for one tap', 'another one') : 'ok'
  }),
  each('commands.sender.start/6', {
    needs: 'START_SESSION has to stay without a proper answer',
    after: [SENT],
    of: (view) => (view.fact('quiet', 'lost') === undefined ? [] : exchanges(view.probes('commands.start-lost'))),
    judge: ({ seen }, view) => noneAfter(seen, view, 'A charge whose start got no answer was started again.'),
  }),
]

/** No other start until somebody is asked to tap again. */
function noneAfter(seen: Seen, view: View, message: string) {
  const nextTap = view.facts.filter(({ name, at }) => name === 'tapped' && at > seen.at)
  const until = nextTap.at(0)?.at === seen.at ? seen.at : quietUntil(seen, view)
  const again = starts(view).find((one) => one.index > seen.index && one.at <= until)
  return again === undefined ? 'ok' : wrong(message, 'no START_SESSION until the next tap', 'another START_SESSION')
}

/** The end of the silence that was kept after this exchange. */
const quietUntil = (seen: Seen, view: View) =>
  view.facts.find(({ name, at }) => name === 'quiet' && at >= seen.at)?.at ?? seen.at

const resultsOf = (view: View) => view.of('us', 'commands.result')

const results: readonly Check[] = [
  each('commands.sender.result/1', {
    needs: 'a result has to be sent',
    after: [SENT, 'commands.sender.response-url/1'],
    of: (view) => exchanges(resultsOf(view)),
    judge: ({ seen }) =>
      isYes(seen) ? 'ok' : wrong('The result of a command was not accepted.', 'HTTP 200 with OCPI 1000', said(seen)),
  }),
  each('commands.sender.result/2', {
    needs: 'a result has to arrive before the response',
    after: [SENT, 'commands.sender.result/1'],
    of: (view) => {
      const early = starts(view).filter(({ durationMs }) => durationMs > 0)
      return resultsOf(view).flatMap((seen) =>
        early.some(({ at, durationMs }) => seen.at > at && seen.at < at + durationMs) ? [{ seen }] : [],
      )
    },
    judge: ({ seen }) =>
      isYes(seen)
        ? 'ok'
        : wrong('A result that came before its response was not accepted.', 'HTTP 200 with OCPI 1000', said(seen)),
  }),
  refused('commands.sender.result/3', {
    what: 'A result for a command that was never given',
    probes: ['commands.result-unknown'],
    after: [SENT],
  }),
  coped('commands.sender.result/4', {
    what: 'The same result again',
    probes: ['commands.result-again'],
    after: [SENT, 'commands.sender.result/1'],
  }),
  each('commands.sender.result/5', {
    needs: 'a start has to fail',
    after: [SENT],
    of: (view) =>
      view.fact('quiet', 'failed') === undefined
        ? []
        : exchanges(
            resultsOf(view)
              .filter(({ question }) => (question as { result?: unknown })?.result === 'FAILED')
              .slice(0),
          ),
    judge: ({ seen }, view) => noneAfter(seen, view, 'A start that failed was tried again without a tap.'),
  }),
  each('commands.sender.result/6', {
    needs: 'a start has to be rejected',
    after: [SENT],
    of: (view) =>
      view.fact('quiet', 'refused') === undefined
        ? []
        : exchanges(starts(view).filter((one) => (one.answer?.data as { result?: unknown })?.result === 'REJECTED')),
    judge: ({ seen }, view) => noneAfter(seen, view, 'A start that was rejected was tried again without a tap.'),
  }),
  whole('commands.sender.result/7', {
    needs: 'a session has to begin although its start failed',
    after: [SENT],
    judge: (view) => {
      const id = view.fact('late')?.about
      const session = view.told('Session').find(({ value }) => value.id === id)
      if (id === undefined || session === undefined) return undefined
      const stopped = view.valid('StopSession').find(({ value }) => sameCi(value.session_id, id))
      const advised = view
        .valid('FinancialAdviceConfirmation')
        .find(({ value }) => sameCi(value.authorization_reference, session.value.authorization_reference ?? ''))
      if (stopped !== undefined || advised !== undefined) return { ruling: 'ok', seen: (stopped ?? advised)?.seen }
      if (!view.overdue(session.seen.at, 120_000)) return undefined
      const ruling = wrong(
        'A session that began after its start had failed was neither stopped nor settled.',
        'STOP_SESSION, or an advice after the CDR',
        'neither',
      )
      return { ruling, seen: session.seen }
    },
  }),
  taken('commands.sender.result/8', { what: 'A result for STOP_SESSION', places: [], probes: [], after: [] }),
].filter(({ rule }) => rule !== 'commands.sender.result/8')

export const ptpStartChecks: readonly Check[] = [
  ...sending,
  ...reference,
  ...token,
  ...responseUrl,
  ...place,
  ...results,
]
