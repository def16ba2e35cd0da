/** What a CPO does with START_SESSION and STOP_SESSION. (commands; C-301 to C-309) */
import { type Check, each, exchanges, fields, type Ruling, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import {
  type Command,
  type Oddity,
  ordinaryPurchases,
  type Purchase,
  probedPurchases,
  purchasesOf,
} from './purchase.ts'
import { said } from './said.ts'

const ANSWERED = ['commands.start/1', 'commands.start/2', 'commands.start/3']
const STARTED = [...ANSWERED, 'commands.start/5']
/** More than the five seconds allowed for an answer. */
const SLOW_MS = 5_000
const LONGEST_TIMEOUT_S = 600

export const resultOf = ({ answer }: Seen): unknown => (answer?.data as { result?: unknown } | null | undefined)?.result

const commandsOf = (view: View): readonly Seen[] => view.of('us', 'commands.startSession', 'commands.stopSession')
const allCommands = (view: View): readonly Command<unknown>[] =>
  purchasesOf(view).flatMap((purchase) => [purchase, ...purchase.stops])

const answers: readonly Check[] = [
  each('commands.start/1', {
    needs: 'a START_SESSION has to be sent',
    of: (view) => exchanges(commandsOf(view)),
    judge: ({ seen }) =>
      isYes(seen) && typeof seen.answer?.data === 'object' && seen.answer.data !== null
        ? 'ok'
        : refusedForItsToken(seen)
          ? undefined
          : {
              message: `${nameOf(seen)} was not answered with a CommandResponse.`,
              expected: 'HTTP 200 with OCPI 1000 and a CommandResponse in data',
              actual: said(seen),
            },
  }),
  ...fields({
    kind: 'CommandResponse',
    needs: 'an answer to START_SESSION',
    after: ['commands.start/1'],
    owners: [
      [/^\/timeout/, 'commands.start/3'],
      [/^\/message/, 'commands.start/4'],
    ],
    rest: 'commands.start/2',
  }),
  whole('commands.start/5', {
    needs: 'a START_SESSION for a free EVSE has to be answered',
    after: [...ANSWERED, 'tokens.start/1'],
    judge: (view) => {
      const purchases = ordinaryPurchases(view).filter(({ answer }) => answer !== undefined)
      const accepted = purchases.find((purchase) => purchase.accepted)
      if (accepted !== undefined) return { ruling: 'ok', seen: accepted.seen }
      const [refused] = purchases
      if (refused === undefined) return undefined
      const message = `START_SESSION for the free EVSE ${refused.body.evse_uid} was refused${why(refused)}.`
      return {
        ruling: { message, expected: 'ACCEPTED', actual: refused.answer?.result ?? '', field: '/data/result' },
        seen: refused.seen,
      }
    },
  }),
  each('commands.start/6', {
    needs: 'a START_SESSION has to be answered',
    after: ['commands.start/1'],
    of: (view) => exchanges(commandsOf(view).filter(isYes)),
    judge: ({ seen: { durationMs } }) =>
      durationMs <= SLOW_MS
        ? 'ok'
        : {
            message: `The answer took ${durationMs / 1000} s.`,
            expected: 'at most 5 s',
            actual: `${durationMs / 1000} s`,
          },
  }),
  ...timeouts(),
]

function timeouts(): readonly Check[] {
  const timed = {
    needs: 'an ACCEPTED command',
    after: STARTED,
    of: (view: View) => allCommands(view).filter(({ accepted }) => accepted),
  }
  const wrong = (message: string, timeout: number): Ruling => ({
    message,
    expected: 'seconds, such as 30',
    actual: String(timeout),
    field: '/data/timeout',
  })
  return [
    each('commands.start/7', {
      ...timed,
      judge: ({ answer }) =>
        answer === undefined || answer.timeout > 0
          ? 'ok'
          : wrong(`timeout is ${answer.timeout}: the result would be too late at once.`, answer.timeout),
    }),
    each('commands.start/8', {
      ...timed,
      judge: ({ answer }) =>
        answer === undefined || answer.timeout <= LONGEST_TIMEOUT_S
          ? 'ok'
          : wrong(`timeout is ${answer.timeout} s, which is more than ten minutes.`, answer.timeout),
    }),
  ]
}

/** A refusal that speaks of the token is judged as that. */
export const refusedForItsToken = (seen: Seen): boolean => {
  if (seen.place !== 'commands.startSession') return false
  const { answer } = seen
  if (answer?.statusCode === 2004) return true
  if (isYes(seen) && resultOf(seen) === 'ACCEPTED') return false
  const message = (answer?.data as { message?: unknown } | null | undefined)?.message
  return /\btoken|whitelist|unauthori[sz]ed/i.test(`${answer?.statusMessage ?? ''} ${JSON.stringify(message) ?? ''}`)
}

const nameOf = ({ place }: Seen) => (place === 'commands.stopSession' ? 'STOP_SESSION' : 'START_SESSION')

function why({ answer }: Purchase): string {
  const text = answer?.message?.[0]?.text
  return text === undefined ? '' : `: ${text.replace(/[.!]$/, '')}`
}

const oddities: readonly Check[] = [
  odd('commands.start/9', 'capitals', 'with its ids in other capitals'),
  odd('commands.start/10', 'unknown-field', 'with a field that the specification does not know'),
  odd('tokens.start/3', 'long-uid', 'with a token uid of more than 20 characters'),
]

/** Held when one of this kind was accepted; failed when one that was odd in nothing else was refused. */
function odd(rule: string, oddity: Oddity, words: string): Check {
  return whole(rule, {
    needs: `a START_SESSION ${words} has to be answered`,
    after: STARTED,
    judge: (view) => {
      const purchases = probedPurchases(view, 'commands.odd').filter((one) => one.oddities.includes(oddity))
      const accepted = purchases.find((purchase) => purchase.accepted)
      if (accepted !== undefined) return { ruling: 'ok', seen: accepted.seen }
      const refused = purchases.find((purchase) => purchase.oddities.length === 1)
      if (refused === undefined) return undefined
      return {
        ruling: { message: `START_SESSION ${words} was refused.`, expected: 'ACCEPTED', actual: said(refused.seen) },
        seen: refused.seen,
      }
    },
  })
}

const twice: readonly Check[] = [
  each('commands.occupied/1', {
    needs: 'a second START_SESSION for a connector in use',
    after: STARTED,
    of: (view) => probedPurchases(view, 'commands.occupied'),
    judge: ({ sessions, body }) =>
      sessions.length === 0
        ? 'ok'
        : {
            message: `EVSE ${body.evse_uid} was in use, and a second START_SESSION began a second session there.`,
            expected: 'no session',
            actual: `session ${sessions[0]?.id}`,
          },
  }),
  each('commands.occupied/2', {
    needs: 'a second START_SESSION for a connector in use',
    after: [...STARTED, 'commands.occupied/1'],
    of: (view) => probedPurchases(view, 'commands.occupied'),
    judge: ({ accepted, results, body, seen }, view) => {
      const [result] = results
      const told = (result?.question as { result?: unknown } | undefined)?.result
      if (!accepted || (result !== undefined && told !== 'ACCEPTED')) return 'ok'
      if (result === undefined && !view.overdue(seen.at, 60_000)) return undefined
      return {
        message: `EVSE ${body.evse_uid} was in use, and a second START_SESSION was told to be successful.`,
        expected: 'REJECTED, or the result EVSE_OCCUPIED',
        actual: result === undefined ? 'ACCEPTED' : 'ACCEPTED, and the result ACCEPTED',
      }
    },
  }),
  each('commands.repeat/1', {
    needs: 'the same START_SESSION twice',
    after: STARTED,
    of: (view) => {
      view.probes('commands.repeat')
      const withReference = purchasesOf(view).filter(({ body }) => body.authorization_reference != null)
      const groups = Map.groupBy(withReference, ({ body }) => body.authorization_reference?.toLowerCase())
      return [...groups.values()].flatMap((purchases) => {
        const [first] = purchases
        const ids = [...new Set(purchases.flatMap(({ sessions }) => sessions.map(({ id }) => id.toLowerCase())))]
        if (first === undefined || (purchases.length < 2 && ids.length < 2)) return []
        return [{ seen: purchases.at(-1)?.seen ?? first.seen, ids }]
      })
    },
    judge: ({ ids }) =>
      ids.length < 2
        ? 'ok'
        : {
            message: 'One authorization_reference has more than one session.',
            expected: 'one session',
            actual: ids.join(', '),
          },
  }),
]

export const commandsCpoChecks: readonly Check[] = [...answers, ...oddities, ...twice]
