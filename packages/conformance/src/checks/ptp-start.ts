/** START_SESSION as a PTP sends it, and what becomes of its results. (commands › Sender; C-301 to C-307, E-20, E-21) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, fields, whole } from '../check.ts'
import { SENT, SHAPE, sameStart, start, starts, startsOnce, valid, wrong } from './ptp-starting.ts'

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
  startsOnce('commands.sender.start/6', {
    about: 'lost',
    message: 'A charge whose start got no answer was started again.',
  }),
]

export const ptpStartChecks: readonly Check[] = [...sending, ...reference, ...token, ...responseUrl]
