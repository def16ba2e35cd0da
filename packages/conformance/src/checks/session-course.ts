/** The status of a Session from its begin to its end, and how often it is told. (sessions; C-504, C-506, C-509) */
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { type Check, each } from '../check.ts'
import { purchasesOf, timeOf } from './purchase.ts'
import { grossNumber } from './session-costs.ts'
import { isFinal, seconds, stepsOf, tracksOf, withoutTime } from './session-steps.ts'
import type { SessionState } from './session-track.ts'
import { forgets, momentsOf, pulledOnly, TOLD } from './sessions-cpo.ts'

const FLOOD = { messages: 10, withinMs: 5_000 }

const RANK: Readonly<Record<string, number>> = { RESERVATION: 0, PENDING: 0, ACTIVE: 1, COMPLETED: 2, INVALID: 2 }

const status: readonly Check[] = [
  each('sessions.start/5', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/2'],
    of: stepsOf,
    judge: ({ session, before, pointer }) => {
      if (before?.session.status !== 'PENDING' || session.status !== 'ACTIVE') return 'ok'
      const [was, now] = [timeOf(before.session.start_date_time) ?? 0, timeOf(session.start_date_time) ?? 0]
      const active = timeOf(session.last_updated) ?? 0
      if (now !== was || active - was < 2_000) return 'ok'
      return {
        message: `The session became ACTIVE ${seconds(active - was)} after it was created, and start_date_time is still that of its creation.`,
        expected: `about ${session.last_updated}`,
        actual: session.start_date_time,
        field: `${pointer}/start_date_time`,
      }
    },
  }),
  each('sessions.status/1', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/8'],
    of: stepsOf,
    judge: ({ session, before, pointer }) => {
      if (before === undefined || (RANK[session.status] ?? 0) >= (RANK[before.session.status] ?? 0)) return 'ok'
      return {
        message: `The Session went from ${before.session.status} back to ${session.status}.`,
        expected: 'PENDING, ACTIVE, then COMPLETED or INVALID',
        actual: `${before.session.status}, then ${session.status}`,
        field: `${pointer}/status`,
      }
    },
  }),
  each('sessions.status/2', {
    needs: 'a Session that has ended',
    after: [...TOLD, 'sessions.object/8', 'sessions.status/1', 'commands.stop/4'],
    of: (view) =>
      stepsOf(view).filter(({ session, before }) => isFinal(session) || (before && isFinal(before.session))),
    judge: ({ session, before, pointer }) => {
      if (before === undefined || !isFinal(before.session)) return 'ok'
      if (withoutTime(before.session) === withoutTime(session)) return 'ok'
      const changed = Object.keys({ ...before.session, ...session }).filter(
        (name) =>
          name !== 'last_updated' &&
          JSON.stringify(before.session[name as keyof Session]) !== JSON.stringify(session[name as keyof Session]),
      )
      return {
        message: `The Session was ${before.session.status} and has changed since.`,
        expected: 'no change after the end',
        actual: `changed: ${changed.join(', ')}`,
        field: `${pointer}/${changed[0] ?? ''}`,
      }
    },
  }),
  each('sessions.end/1', {
    needs: 'a COMPLETED Session',
    after: [...TOLD, 'sessions.object/2', 'sessions.object/8', 'commands.stop/4'],
    of: (view) => momentsOf(view).filter(({ session }) => session.status === 'COMPLETED'),
    judge: ({ session, pointer }) => {
      const [start, end] = [timeOf(session.start_date_time) ?? 0, timeOf(session.end_date_time)]
      if (end !== undefined && end >= start) return 'ok'
      return {
        message: end === undefined ? 'A COMPLETED Session has no end_date_time.' : 'The Session ends before it starts.',
        expected: `a time not before ${session.start_date_time}`,
        actual: session.end_date_time ?? 'nothing',
        field: `${pointer}/end_date_time`,
      }
    },
  }),
  each('sessions.end/2', {
    needs: 'a Session that was ACTIVE and has ended',
    after: [...TOLD, 'sessions.object/8', 'sessions.start/2', 'sessions.status/1', 'commands.stop/4'],
    of: (view) => tracksOf(view).flatMap(({ told }) => endOf(told)),
    judge: ({ session, pointer }) => equalStatus(session, `${pointer}/status`),
  }),
]

function endOf(told: readonly SessionState[]): readonly SessionState[] {
  const active = told.some(({ session }) => session.status === 'ACTIVE')
  const end = told.find(({ session }) => isFinal(session))
  return active && end !== undefined ? [end] : []
}

const equalStatus = ({ status: word }: Session, field: string) =>
  word === 'COMPLETED'
    ? ('ok' as const)
    : { message: 'A Session in which energy flowed ends as INVALID.', expected: 'COMPLETED', actual: word, field }

const rhythm: readonly Check[] = [
  each('sessions.rhythm/1', {
    needs: 'an ACTIVE Session',
    after: [...TOLD, 'sessions.start/2'],
    unless: pulledOnly,
    of: (view) =>
      forgets(view, 'sessions.patchSession', 'sessions.putSession')
        ? []
        : stepsOf(view).filter(
            ({ via, before, session }) => via !== 'list' && [before?.session.status, session.status].includes('ACTIVE'),
          ),
    judge: ({ before, seen }) => {
      if (before?.session.status !== 'ACTIVE' || seen.at - before.seen.at <= 5 * 60_000 + 30_000) return 'ok'
      return {
        message: 'An ACTIVE Session was not told anew for more than five minutes.',
        expected: 'about every 30 to 60 seconds',
        actual: `after ${seconds(seen.at - before.seen.at)}`,
      }
    },
  }),
  each('sessions.rhythm/2', {
    needs: 'an ACTIVE Session',
    after: [...TOLD, 'sessions.start/2'],
    unless: pulledOnly,
    of: (view) =>
      tracksOf(view)
        .filter(({ told }) => told.some(({ session }) => session.status === 'ACTIVE'))
        .map(({ told }) => ({ seen: told[0]?.seen, told })),
    judge: ({ told }) => {
      const flood = told.findIndex(({ seen }, index) => {
        const later = told[index + FLOOD.messages - 1]
        return later !== undefined && later.seen.at - seen.at < FLOOD.withinMs
      })
      if (flood < 0) return 'ok'
      return {
        message: 'A Session was told anew ten times within five seconds.',
        expected: 'about every 30 seconds',
        actual: `${told.length} messages in ${seconds((told.at(-1)?.seen.at ?? 0) - (told[0]?.seen.at ?? 0))}`,
      }
    },
  }),
]

const unused: readonly Check[] = [
  each('sessions.unused/1', {
    needs: 'a START_SESSION that is stopped before a car is plugged in',
    after: [...TOLD, 'sessions.object/8', 'commands.stop/1'],
    of: (view) =>
      purchasesOf(view).filter(
        ({ body, accepted }) => accepted && view.fact('given-up', body.authorization_reference ?? '') !== undefined,
      ),
    judge: ({ sessions, stops }, view) => {
      const states = sessions.flatMap(({ pushed, listed }) => [...pushed, ...listed])
      if (states.length === 0 || states.some(({ session }) => session.status !== 'PENDING')) return 'ok'
      const stopped = stops.find(({ accepted }) => accepted)
      if (stopped === undefined || !view.overdue(stopped.seen.at, 120_000)) return undefined
      return {
        message: 'The session was stopped before a car was plugged in, and is still PENDING.',
        expected: 'INVALID, or COMPLETED without a cost',
        actual: 'PENDING',
      }
    },
  }),
  each('sessions.unused/2', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.object/8', 'sessions.start/4', 'sessions.kwh/3'],
    of: (view) =>
      tracksOf(view)
        .filter(({ pushed }) => pushed.length > 0)
        .flatMap(({ pushed, listed }) => pushed.slice(-1).map((last) => ({ ...last, all: [...pushed, ...listed] }))),
    judge: ({ all, session, pointer }, view) => {
      if (all.some((state) => state.session.status === 'ACTIVE') || forgets(view, 'sessions.putSession')) return 'ok'
      const cost = session.total_cost == null ? 0 : grossNumber(session.total_cost)
      if (session.kwh === 0 && cost === 0) return 'ok'
      return {
        message: 'A Session that never was ACTIVE has energy or a cost.',
        expected: 'kwh 0 and no total_cost',
        actual: `kwh ${session.kwh}, total_cost ${cost}`,
        field: session.kwh === 0 ? `${pointer}/total_cost` : `${pointer}/kwh`,
      }
    },
  }),
]

export const sessionCourseChecks: readonly Check[] = [...status, ...rhythm, ...unused]
