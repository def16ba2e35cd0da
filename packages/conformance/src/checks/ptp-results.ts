/** What a PTP does with the results of its commands. (commands › CommandResult; C-301 to C-304, D-F04, D-F05) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { coped, refused } from './ask-back.ts'
import { SENT, starts, startsOnce, wrong } from './ptp-starting.ts'
import { said } from './said.ts'

const resultsOf = (view: View) => view.of('us', 'commands.result')

/** Sent while the answer to a START_SESSION was under way. */
const isEarly = (view: View, { at: sent }: Seen) =>
  starts(view).some(({ at, durationMs }) => sent > at && sent < at + durationMs)

export const ptpResultChecks: readonly Check[] = [
  each('commands.sender.result/1', {
    needs: 'a result has to be sent',
    after: [SENT, 'commands.sender.response-url/1'],
    of: (view) => exchanges(resultsOf(view).filter((seen) => !isEarly(view, seen))),
    judge: ({ seen }) =>
      isYes(seen) ? 'ok' : wrong('The result of a command was not accepted.', 'HTTP 200 with OCPI 1000', said(seen)),
  }),
  each('commands.sender.result/2', {
    needs: 'a result has to arrive before the response',
    after: [SENT, 'commands.sender.result/1'],
    of: (view) => exchanges(resultsOf(view).filter((seen) => isEarly(view, seen))),
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
  startsOnce('commands.sender.result/5', {
    about: 'failed',
    message: 'A start that failed was tried again without a tap.',
  }),
  startsOnce('commands.sender.result/6', {
    about: 'refused',
    message: 'A start that was rejected was tried again without a tap.',
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
]
