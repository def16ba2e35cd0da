/** The list of sessions beside what was pushed. (sessions › Sender) */
import { type Check, each, exchanges } from '../check.ts'
import { isYes, type View } from '../view.ts'
import { timeOf } from './purchase.ts'
import { said } from './said.ts'
import { isFinal, tracksOf } from './session-steps.ts'
import type { SessionTrack } from './session-track.ts'
import { SHAPE, TOLD } from './sessions-cpo.ts'

export const sessionListChecks: readonly Check[] = [
  each('sessions.list/1', {
    needs: 'the list of sessions has to be asked for',
    of: (view) => exchanges(view.of('us', 'sessions.list')),
    judge: ({ seen }) =>
      isYes(seen) && Array.isArray(seen.answer?.data)
        ? 'ok'
        : {
            message: 'The list of sessions was not answered.',
            expected: 'HTTP 200 with OCPI 1000 and a list',
            actual: said(seen),
          },
  }),
  each('sessions.list/2', {
    needs: 'the list of sessions after a session was pushed',
    after: [...TOLD, ...SHAPE, 'sessions.list/1'],
    of: (view) => tracksOf(view).flatMap((track) => lookedFor(track, view)),
    judge: ({ track, seen }) =>
      track.listed.length > 0
        ? 'ok'
        : {
            message: 'The session that was pushed is not in the list of sessions.',
            expected: `session ${track.id}`,
            actual: `${lengthOf(seen.answer?.data)} other sessions`,
            field: '/data',
          },
  }),
  each('sessions.list/3', {
    needs: 'the list of sessions after a session was pushed',
    after: [
      ...TOLD,
      'sessions.list/1',
      'sessions.list/2',
      'sessions.object/2',
      'sessions.updated/1',
      'sessions.updated/2',
      'sessions.status/2',
    ],
    of: (view) => tracksOf(view).flatMap(({ listed, pushed }) => listed.map((state) => ({ ...state, pushed }))),
    judge: ({ seen, session, pushed, pointer }) => {
      const end = pushed.findIndex((push) => isFinal(push.session))
      const upToEnd = end < 0 ? pushed : pushed.slice(0, end + 1)
      const before = upToEnd.findLast((push) => push.seen.at + push.seen.durationMs < seen.at)
      const [then, now] = [timeOf(before?.session.last_updated) ?? 0, timeOf(session.last_updated) ?? 0]
      if (before === undefined || now >= then) return 'ok'
      return {
        message: 'The list shows the session as it was before the last push.',
        expected: `last_updated ${before.session.last_updated} or later`,
        actual: session.last_updated,
        field: `${pointer}/last_updated`,
      }
    },
  }),
]

/** A list that must have shown the session: whole, and from before its last change. */
function lookedFor(track: SessionTrack, view: View) {
  const asked = view.of('us', 'sessions.list').filter(isYes)
  const [first] = track.listed
  if (first !== undefined) return [{ track, seen: first.seen }]
  const push = track.pushed.at(-1)
  if (push === undefined) return []
  const changed = timeOf(push.session.last_updated) ?? 0
  const whole = asked.findLast(({ at, url, response }) => {
    const query = URL.parse(url)?.searchParams
    const from = timeOf(query?.get('date_from')) ?? 0
    const single = response?.headers['link'] === undefined && !query?.has('offset') && !query?.has('date_to')
    return single && from <= changed && at > push.seen.at + push.seen.durationMs
  })
  return whole === undefined ? [] : [{ track, seen: whole }]
}

const lengthOf = (data: unknown): number => (Array.isArray(data) ? data.length : 0)
