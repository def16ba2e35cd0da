/** How a Session goes on: energy, times and periods from message to message. (sessions; C-503) */
import type { Connector } from '@plugtill/ocpi/modules/locations'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { type Check, each } from '../check.ts'
import { offeredTo, speedAt } from './offer.ts'
import { timeOf } from './purchase.ts'
import { seconds, stepsOf, withoutTime } from './session-steps.ts'
import { momentsOf, neverPatched, pulledOnly, TOLD } from './sessions-cpo.ts'

const CLOCKS_MS = 5 * 60_000

/** What a connector can give, generously: nominal values are no measurements. */
function mostKw(connector: Connector | undefined): number | undefined {
  if (connector === undefined) return undefined
  return (connector.max_electric_power ?? connector.max_voltage * connector.max_amperage * 3) / 1000
}

const energy: readonly Check[] = [
  each('sessions.kwh/1', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/5', 'sessions.kwh/3'],
    of: stepsOf,
    judge: ({ session, before, pointer }) => {
      // What a PENDING session says is judged by its own requirement.
      const began = before !== undefined && before.session.status !== 'PENDING' && session.status !== 'INVALID'
      if (!began || session.kwh >= before.session.kwh) return 'ok'
      return {
        message: 'kwh of the Session has fallen.',
        expected: `at least ${before.session.kwh}`,
        actual: String(session.kwh),
        field: `${pointer}/kwh`,
      }
    },
  }),
  each('sessions.kwh/2', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/5', 'locations.connector/6'],
    of: momentsOf,
    judge: ({ session, purchase, seen, pointer }, view) => {
      const plate = mostKw(offeredTo(purchase, view).connector)
      if (plate === undefined) return 'ok'
      const kw = plate * speedAt(view, purchase.body.evse_uid)
      const hours = (seen.at - purchase.seen.at) / 3_600_000 + 1 / 30
      if (session.kwh <= kw * 1.1 * hours) return 'ok'
      return {
        message: `${session.kwh} kWh ${seconds(seen.at - purchase.seen.at)} after START_SESSION is more than a connector of ${kw} kW can give.`,
        expected: `at most ${(kw * hours).toFixed(2)} kWh`,
        actual: `${session.kwh}, perhaps in Wh`,
        field: `${pointer}/kwh`,
      }
    },
  }),
  each('sessions.kwh/3', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/5'],
    of: momentsOf,
    judge: ({ session, pointer }) =>
      session.status !== 'PENDING' || session.kwh === 0
        ? 'ok'
        : {
            message: 'A PENDING Session has energy.',
            expected: '0',
            actual: String(session.kwh),
            field: `${pointer}/kwh`,
          },
  }),
]

const updates: readonly Check[] = [
  each('sessions.updated/1', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/2', 'sessions.patch/1'],
    of: stepsOf,
    judge: ({ session, before, seen, pointer }) => {
      if (before === undefined || withoutTime(before.session) === withoutTime(session)) return 'ok'
      const [earlier, later] = [timeOf(before.session.last_updated) ?? 0, timeOf(session.last_updated) ?? 0]
      // Whoever counts in seconds may have two changes in one.
      if (later > earlier || (later === earlier && seen.at - before.seen.at < 2_000)) return 'ok'
      return {
        message: 'The Session has changed, but last_updated has not risen.',
        expected: `later than ${before.session.last_updated}`,
        actual: session.last_updated,
        field: `${pointer}/last_updated`,
      }
    },
  }),
  each('sessions.updated/2', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/2', 'sessions.patch/1'],
    of: momentsOf,
    judge: ({ session, seen, pointer }) =>
      (timeOf(session.last_updated) ?? 0) <= seen.at + seen.durationMs + CLOCKS_MS
        ? 'ok'
        : {
            message: 'last_updated of the Session lies in the future.',
            expected: `at most ${new Date(seen.at).toISOString()}`,
            actual: session.last_updated,
            field: `${pointer}/last_updated`,
          },
  }),
  each('sessions.updated/3', {
    needs: 'a pushed Session',
    after: [...TOLD, 'sessions.object/2', 'sessions.patch/1', 'sessions.updated/1'],
    unless: pulledOnly,
    of: (view) => momentsOf(view).filter(({ via }) => via !== 'list'),
    judge: ({ session, seen, pointer }) => {
      const lateMs = seen.at - (timeOf(session.last_updated) ?? seen.at)
      if (lateMs <= 60_000) return 'ok'
      return {
        message: `The Session was pushed ${seconds(lateMs)} after it had changed.`,
        expected: 'within 60 s',
        actual: `last_updated ${session.last_updated}`,
        field: `${pointer}/last_updated`,
      }
    },
  }),
  each('sessions.patch/3', {
    needs: 'a PATCH of a Session',
    after: [...TOLD, 'sessions.patch/1', 'sessions.patch/2'],
    unless: neverPatched,
    of: (view) => stepsOf(view).filter(({ via }) => via === 'patch'),
    judge: ({ said: change, before }) => {
      const known = new Set(before?.session.charging_periods?.map(({ start_date_time: at }) => timeOf(at)))
      const again = change.charging_periods?.findIndex(({ start_date_time: at }) => known.has(timeOf(at))) ?? -1
      if (again < 0) return 'ok'
      return {
        message: 'A PATCH has a charging period that had been sent before; it is appended once more.',
        expected: 'only periods that are new',
        actual: `a second period from ${change.charging_periods?.[again]?.start_date_time}`,
        field: `/charging_periods/${again}`,
      }
    },
  }),
]

const energyIn = ({ charging_periods }: Session): number =>
  (charging_periods ?? [])
    .flatMap(({ dimensions }) => dimensions)
    .reduce((sum, { type, volume }) => (type === 'ENERGY' ? sum + volume : sum), 0)

const periods: readonly Check[] = [
  each('sessions.periods/1', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/7', 'sessions.kwh/2', 'sessions.patch/3'],
    of: momentsOf,
    judge: ({ session, pointer }) => {
      const sum = energyIn(session)
      if (session.kwh <= 0 || sum < session.kwh * 900 || sum > session.kwh * 1100) return 'ok'
      return {
        message: `The periods add up to ${sum}, a thousand times kwh: they are in Wh.`,
        expected: `about ${session.kwh} kWh`,
        actual: String(sum),
        field: `${pointer}/charging_periods`,
      }
    },
  }),
  each('sessions.periods/2', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/7', 'sessions.object/2'],
    of: momentsOf,
    judge: ({ session, pointer }) => {
      const starts = (session.charging_periods ?? []).map(({ start_date_time: at }) => timeOf(at) ?? 0)
      const begin = (timeOf(session.start_date_time) ?? 0) - 1000
      const wrong = starts.findIndex((at, index) => at < begin || at < (starts[index - 1] ?? at))
      if (wrong < 0) return 'ok'
      return {
        message: 'A charging period begins before the one in front of it, or before the session.',
        expected: 'the order of time',
        actual: session.charging_periods?.[wrong]?.start_date_time ?? '',
        field: `${pointer}/charging_periods/${wrong}/start_date_time`,
      }
    },
  }),
]

export const sessionUpdateChecks: readonly Check[] = [...energy, ...updates, ...periods]
