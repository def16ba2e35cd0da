/** Where a PTP starts its charges. (commands › StartSession; C-108, C-702, D-20 to D-22) */
import type { StartSession } from '@plugtill/ocpi/modules/commands'
import type { Evse, Location } from '@plugtill/ocpi/modules/locations'
import { sameCi } from '@plugtill/ocpi/types'
import type { Check } from '../check.ts'
import { isYes, type View } from '../view.ts'
import { textOf } from './ask-back.ts'
import { type Judged, start, wrong } from './ptp-starting.ts'

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

export const ptpPlaceChecks: readonly Check[] = [
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
      const pushed = view.probes('tariffs.push').length > 0
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
