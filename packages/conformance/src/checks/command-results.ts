/** What comes after the answer: the CommandResult, and what STOP_SESSION leads to. (commands; C-301 to C-304) */
import { type Check, each, exchanges, fields, type Ruling, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { resultOf } from './commands-cpo.ts'
import { type Command, ordinaryPurchases, type Purchase, purchasesOf, samePlace, timeOf } from './purchase.ts'
import { said } from './said.ts'

const ACCEPTED = ['commands.start/1', 'commands.start/2', 'commands.start/3', 'commands.start/5']
/** A result may be as much late as a message takes. */
const GRACE_MS = 5_000
const SESSION_ENDS_MS = 120_000

/** Results after which the hold is released. */
const NO: ReadonlySet<unknown> = new Set(
  'REJECTED FAILED TIMEOUT EVSE_OCCUPIED EVSE_INOPERATIVE NOT_SUPPORTED'.split(' '),
)

const toldBy = (seen: Seen | undefined): unknown => (seen?.question as { result?: unknown } | undefined)?.result

/** In time, late, or missing by now. */
function resultInTime({ seen, answer, results }: Command<unknown>, view: View, name: string): Ruling {
  const limitMs = (answer?.timeout ?? 0) * 1000
  const [result] = results
  if (result !== undefined) {
    const tookMs = result.at - (seen.at + seen.durationMs)
    if (tookMs <= limitMs + GRACE_MS) return 'ok'
    return {
      message: `The result of ${name} came after its timeout.`,
      expected: `within ${answer?.timeout} s`,
      actual: `after ${Math.round(tookMs / 1000)} s`,
    }
  }
  // One that went astray is judged by where it went.
  const lost = strayed(view).some((stray) => !givenUrls(view).some((url) => samePlace(stray.seen.url, url)))
  if (lost || !view.overdue(seen.at, limitMs + GRACE_MS)) return undefined
  return {
    message: `No CommandResult came for an ACCEPTED ${name}.`,
    expected: `POST to its response_url within ${answer?.timeout} s`,
    actual: `nothing for ${Math.round((view.now - seen.at) / 1000)} s`,
  }
}

/** A result that came to no URL we gave, wherever it went. */
function strayed(view: View): readonly { readonly seen: Seen }[] {
  const posted = view.ordinary.filter(
    (seen) =>
      seen.by === 'partner' &&
      (seen.place === 'commands.result' ||
        (seen.place === '' && seen.method === 'POST' && typeof toldBy(seen) === 'string')),
  )
  return exchanges(posted)
}

function givenUrls(view: View): readonly string[] {
  return view.seen.flatMap(({ by, module, question }) => {
    const url = (question as { response_url?: unknown } | undefined)?.response_url
    return by === 'us' && module === 'commands' && typeof url === 'string' ? [url] : []
  })
}

const results: readonly Check[] = [
  each('commands.result/1', {
    needs: 'an ACCEPTED START_SESSION',
    after: [...ACCEPTED, 'commands.start/7'],
    of: (view) => purchasesOf(view).filter(({ accepted }) => accepted),
    judge: (purchase, view) => resultInTime(purchase, view, 'START_SESSION'),
  }),
  each('commands.result/2', {
    needs: 'a CommandResult',
    after: ACCEPTED,
    of: strayed,
    judge: ({ seen }, view) => {
      const given = givenUrls(view)
      if (given.some((url) => samePlace(seen.url, url))) return 'ok'
      return {
        message: 'A CommandResult went to a URL that was not given in any command.',
        expected: given.at(-1) ?? 'the response_url of the command',
        actual: seen.url,
      }
    },
  }),
  ...fields({
    kind: 'CommandResult',
    needs: 'a CommandResult',
    after: ACCEPTED,
    owners: [],
    rest: 'commands.result/3',
  }),
  each('commands.result/4', {
    needs: 'a CommandResult',
    after: ACCEPTED,
    of: (view) => withResults(view),
    judge: ({ results: came }) => {
      const words = [...new Set(came.map(toldBy))]
      return words.length < 2
        ? 'ok'
        : { message: 'One command has two different results.', expected: String(words[0]), actual: words.join(', ') }
    },
  }),
  each('commands.result/5', {
    needs: 'a command that was not ACCEPTED',
    of: (view) => purchasesOf(view).filter(({ answer }) => answer !== undefined && answer.result !== 'ACCEPTED'),
    judge: ({ results: came, answer }) =>
      came.length === 0
        ? 'ok'
        : {
            message: `A command was answered with ${answer?.result}, and a result came nevertheless.`,
            expected: 'no CommandResult',
            actual: String(toldBy(came[0])),
          },
  }),
  whole('commands.result/6', {
    needs: 'a CommandResult for START_SESSION',
    after: [...ACCEPTED, 'commands.result/1', 'commands.result/3', 'commands.result/7'],
    judge: (view) => {
      const purchases = ordinaryPurchases(view).filter(({ results: came }) => came.length > 0)
      const good = purchases.find(({ results: came }) => toldBy(came[0]) === 'ACCEPTED')
      if (good !== undefined) return { ruling: 'ok', seen: good.results[0] }
      const came = purchases[0]?.results[0]
      if (came === undefined) return undefined
      const message = 'START_SESSION for a free EVSE was accepted, but its result is no.'
      return { ruling: { message, expected: 'ACCEPTED', actual: String(toldBy(came)), field: '/result' }, seen: came }
    },
  }),
  each('commands.result/7', {
    needs: 'a CommandResult for START_SESSION',
    after: ACCEPTED,
    of: (view) => purchasesOf(view).filter(({ results: came }) => came.length > 0),
    judge: ({ results: came, sessions }) => {
      const active = sessions.flatMap(({ told }) => told).find(({ session }) => session.status === 'ACTIVE')
      const word = toldBy(came[0])
      if (!NO.has(word) || active === undefined) return 'ok'
      return {
        message: `The result of START_SESSION was ${String(word)}, and its session is ACTIVE nevertheless.`,
        expected: 'no session, or one that is INVALID',
        actual: `session ${active.session.id} is ACTIVE`,
      }
    },
  }),
]

const withResults = (view: View): readonly Command<unknown>[] =>
  purchasesOf(view)
    .flatMap((purchase) => [purchase as Command<unknown>, ...purchase.stops])
    .filter(({ results: came }) => came.length > 0)

/** STOP_SESSIONs that were sent while the session ran. */
const stopsOf = (view: View): readonly Command<unknown>[] =>
  purchasesOf(view).flatMap((purchase) => purchase.stops.filter((stop) => ranAt(purchase, stop)))

function ranAt({ sessions }: Purchase, { seen }: Command<unknown>): boolean {
  const before = sessions.flatMap(({ told }) => told).filter((state) => state.seen.index < seen.index)
  return before.at(-1)?.session.status === 'ACTIVE'
}

const stops: readonly Check[] = [
  each('commands.stop/1', {
    needs: 'a STOP_SESSION for a running session',
    after: ['commands.start/1', 'commands.start/2', 'sessions.start/2'],
    of: (view) => stopsOf(view).filter(({ answer }) => answer !== undefined),
    judge: ({ accepted, seen }) =>
      accepted
        ? 'ok'
        : {
            message: 'STOP_SESSION for a running session was refused.',
            expected: 'ACCEPTED',
            actual: String(resultOf(seen)),
            field: '/data/result',
          },
  }),
  each('commands.stop/2', {
    needs: 'an ACCEPTED STOP_SESSION',
    after: ['commands.stop/1', 'commands.result/1', 'commands.result/2', 'commands.start/7'],
    of: (view) => purchasesOf(view).flatMap((purchase) => purchase.stops.filter(({ accepted }) => accepted)),
    judge: (stop, view) => resultInTime(stop, view, 'STOP_SESSION'),
  }),
  each('commands.stop/3', {
    needs: 'a CommandResult for STOP_SESSION',
    after: ['commands.stop/1', 'commands.stop/2', 'commands.result/3'],
    of: (view) => stopsOf(view).filter(({ results: came }) => came.length > 0),
    judge: ({ results: came }) =>
      toldBy(came[0]) === 'ACCEPTED'
        ? 'ok'
        : {
            message: 'STOP_SESSION for a running session was accepted, but its result is no.',
            expected: 'ACCEPTED',
            actual: String(toldBy(came[0])),
          },
  }),
  each('commands.stop/4', {
    needs: 'an ACCEPTED STOP_SESSION for a running session',
    after: ['commands.stop/1', 'commands.stop/3'],
    of: (view) =>
      purchasesOf(view).flatMap((purchase) =>
        purchase.stops.filter((stop) => stop.accepted && ranAt(purchase, stop)).map((stop) => ({ ...stop, purchase })),
      ),
    judge: ({ purchase, seen }, view) => {
      const states = purchase.sessions.flatMap(({ pushed, listed }) => [...pushed, ...listed])
      const end = states.find(({ session }) => session.status === 'COMPLETED' || session.status === 'INVALID')
      const tookMs = (timeOf(end?.session.end_date_time) ?? 0) - seen.at
      if (end !== undefined && tookMs <= SESSION_ENDS_MS) return 'ok'
      if (end === undefined && !view.overdue(seen.at, SESSION_ENDS_MS)) return undefined
      return {
        message: 'STOP_SESSION was accepted, but the session went on.',
        expected: 'a Session that is COMPLETED within two minutes',
        actual:
          end === undefined ? `still ${states.at(-1)?.session.status}` : `ended ${Math.round(tookMs / 1000)} s later`,
      }
    },
  }),
  each('commands.stop/5', {
    needs: 'a STOP_SESSION for an unknown session',
    of: (view) => exchanges(view.probes('commands.stop-unknown')),
    judge: ({ seen }) =>
      isYes(seen) && resultOf(seen) === 'ACCEPTED'
        ? {
            message: 'STOP_SESSION for a session that does not exist was ACCEPTED.',
            expected: 'UNKNOWN_SESSION',
            actual: 'ACCEPTED',
            field: '/data/result',
          }
        : 'ok',
  }),
  each('commands.stop/6', {
    needs: 'a STOP_SESSION for an unknown session',
    after: ['commands.stop/5'],
    of: (view) => exchanges(view.probes('commands.stop-unknown')),
    judge: ({ seen }) =>
      (seen.response?.status ?? 500) < 500 &&
      (resultOf(seen) === 'UNKNOWN_SESSION' || (seen.answer?.statusCode ?? 0) >= 2000)
        ? 'ok'
        : {
            message: 'The answer to STOP_SESSION does not say that the session is unknown.',
            expected: 'UNKNOWN_SESSION',
            actual: resultOf(seen) === undefined ? said(seen) : String(resultOf(seen)),
          },
  }),
  each('commands.stop/7', {
    needs: 'a STOP_SESSION for a session that has ended',
    of: (view) => exchanges(view.probes('commands.stop-ended')),
    judge: ({ seen }) =>
      seen.response !== undefined && seen.response.status < 300 && seen.answer !== undefined
        ? 'ok'
        : {
            message: 'STOP_SESSION for a session that has ended was an error.',
            expected: 'HTTP 200 with UNKNOWN_SESSION or ACCEPTED',
            actual: said(seen),
          },
  }),
]

export const commandResultChecks: readonly Check[] = [...results, ...stops]
