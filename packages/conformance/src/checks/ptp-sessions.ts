/** STOP_SESSION of a PTP, and the sessions that are pushed to it. (commands, sessions › Receiver; C-501 to C-506) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, fields, whole } from '../check.ts'
import type { View } from '../view.ts'
import { refused, shows, taken, textOf, unlessOffered } from './ask-back.ts'

const STOPPED = 'commands.sender.stop/1'
const SHAPE = 'commands.sender.stop/2'

const stops = (view: View) => view.valid('StopSession')

/** How long before a STOP_SESSION a session was seen to be over. */
const endOf = (view: View, id: string) =>
  view
    .told('Session')
    .find(({ value }) => sameCi(value.id, id) && (value.status === 'COMPLETED' || value.status === 'INVALID'))

const stopping: readonly Check[] = [
  whole(STOPPED, {
    needs: 'the driver has to stop a charge at the terminal',
    after: ['commands.sender.start/1', 'sessions.receiver.put/1'],
    judge: (view) => {
      const wanted = view.fact('stop-wanted')
      const seen = view.of('partner', 'commands.stopSession').find(({ at }) => wanted === undefined || at >= wanted.at)
      if (seen !== undefined) return { ruling: 'ok', seen }
      return wanted === undefined || wanted.about === '' || !view.overdue(wanted.at, 60_000)
        ? undefined
        : {
            message: 'The driver stopped and no charge was stopped.',
            expected: 'POST {commands}/STOP_SESSION',
            actual: 'nothing',
          }
    },
  }),
  ...fields({ kind: 'StopSession', needs: 'STOP_SESSION has to be sent', after: [STOPPED], owners: [], rest: SHAPE }),
  each('commands.sender.stop/3', {
    needs: 'STOP_SESSION has to be sent',
    after: [STOPPED, SHAPE],
    of: stops,
    judge: ({ value }, view) => {
      const known = view.told('Session').map((one) => one.value.id)
      if (known.length === 0) return undefined
      return known.some((id) => sameCi(id, value.session_id))
        ? 'ok'
        : {
            message: 'STOP_SESSION names a session that the CPO does not have.',
            expected: 'the id of the Session',
            actual: value.session_id,
            field: '/session_id',
          }
    },
  }),
  each('commands.sender.stop/4', {
    needs: 'a charge has to be stopped at the terminal',
    after: [STOPPED, SHAPE, 'commands.sender.stop/3'],
    of: (view) => (view.fact('stop-wanted') === undefined ? [] : stops(view).slice(0, 1)),
    judge: ({ value }, view) => {
      const wanted = view.fact('stop-wanted')?.about ?? ''
      return wanted === '' || sameCi(value.session_id, wanted)
        ? 'ok'
        : {
            message: 'Another charge was stopped than the one at this EVSE.',
            expected: wanted,
            actual: value.session_id,
            field: '/session_id',
          }
    },
  }),
  each('commands.sender.stop/5', {
    needs: 'the charger has to fail to stop',
    after: [STOPPED, SHAPE, 'commands.sender.stop/3'],
    of: (view) => failedStops(view),
    judge: ({ value, seen }, view) => {
      if (
        stops(view).some((other) => other.seen.index > seen.index && sameCi(other.value.session_id, value.session_id))
      )
        return 'ok'
      return view.overdue(seen.at, 120_000)
        ? {
            message: 'The charge went on after a stop that failed, and was not stopped again.',
            expected: 'STOP_SESSION again',
            actual: 'nothing',
          }
        : undefined
    },
  }),
  each('commands.sender.stop/6', {
    needs: 'STOP_SESSION has to be sent',
    after: [STOPPED, SHAPE],
    of: stops,
    judge: ({ value, seen }, view) => {
      const end = endOf(view, value.session_id)
      return end === undefined || seen.at <= end.seen.at + 5_000
        ? 'ok'
        : {
            message: 'A session was stopped that was over already.',
            expected: 'no STOP_SESSION after COMPLETED',
            actual: value.session_id,
            field: '/session_id',
          }
    },
  }),
]

/** Stops that the charger answered with FAILED. */
function failedStops(view: View) {
  const failed = view
    .of('us', 'commands.result')
    .filter(({ question }) => (question as { result?: unknown })?.result === 'FAILED')
  return stops(view).filter(({ value }) => failed.some(({ url }) => url === value.response_url))
}

const unless = unlessOffered('sessions')
const PUT = 'sessions.receiver.put/1'
const GET = 'sessions.receiver.get/1'
const PATCH = 'sessions.receiver.patch/1'
const session = { kind: 'Session', unless } as const
const started = ['commands.sender.start/1']

const volumes = (value: { charging_periods?: readonly { dimensions: readonly { volume: number }[] }[] | null }) =>
  (value.charging_periods ?? []).flatMap(({ dimensions }) => dimensions.map(({ volume }) => volume))

const receiving: readonly Check[] = [
  taken(PUT, {
    what: 'A PUT of a session',
    probes: ['sessions.put'],
    places: ['sessions.putSession'],
    after: started,
    unless,
  }),
  taken(PATCH, {
    what: 'A PATCH of a session',
    probes: ['sessions.append-1', 'sessions.append-2'],
    places: ['sessions.patchSession'],
    after: [...started, PUT],
    unless,
  }),
  taken(GET, { what: 'GET of a session that was pushed', probes: ['sessions.get'], after: [PUT], unless }),
  shows('sessions.receiver.get/2', {
    ...session,
    what: 'A session that was pushed',
    probes: ['sessions.get'],
    after: [GET, PATCH],
    expected: 'status ACTIVE, as it was pushed last',
    differs: ({ status }) => (status === 'ACTIVE' ? undefined : status),
  }),
  refused('sessions.receiver.get/3', {
    what: 'GET of a session that there is not',
    probes: ['sessions.unknown'],
    http: 404,
    unless,
  }),
  shows('sessions.receiver.patch/2', {
    ...session,
    what: 'A session after two PATCHes with a charging period each',
    probes: ['sessions.append-2.after'],
    after: [GET, PATCH],
    expected: 'both periods: 0.1111 and 0.2222',
    differs: (value) =>
      volumes(value).includes(0.1111) && volumes(value).includes(0.2222) ? undefined : textOf(volumes(value)),
  }),
  shows('sessions.receiver.put/2', {
    ...session,
    what: 'A session after a PUT with one charging period',
    probes: ['sessions.put.after'],
    after: [GET, PUT],
    expected: '[0.3333]',
    differs: (value) => (textOf(volumes(value)) === '[0.3333]' ? undefined : volumes(value)),
  }),
  refused('sessions.receiver.patch/3', {
    what: 'A PATCH of a session that there is not',
    probes: ['sessions.patch-unknown'],
    after: [PATCH],
    unless,
  }),
  shows('sessions.receiver.order/1', {
    ...session,
    what: 'A session after an older PATCH',
    probes: ['sessions.older.after'],
    after: [GET, PATCH],
    expected: 'not the 99 kWh of an hour ago',
    differs: ({ kwh }) => (kwh === 99 ? '99 kWh' : undefined),
  }),
  refused('sessions.receiver.owner/1', {
    what: 'A session of a party that the CPO is not',
    probes: ['sessions.foreign'],
    after: [PUT],
    unless,
  }),
  refused('sessions.receiver.owner/2', {
    what: 'A session whose id is not that of its URL',
    probes: ['sessions.other-id'],
    after: [PUT],
    unless,
  }),
  refused('sessions.receiver.put/3', {
    what: 'A session without status',
    probes: ['sessions.broken'],
    after: [PUT],
    unless,
  }),
  taken('sessions.receiver.open/1', {
    what: 'A session with a field that is new',
    probes: ['sessions.new-words'],
    after: [PUT],
    unless,
  }),
]

export const ptpSessionChecks: readonly Check[] = [...stopping, ...receiving]
