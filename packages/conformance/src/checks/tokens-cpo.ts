/** What becomes of the token inside START_SESSION. (C-305, C-306) */
import type { CdrToken } from '@plugtill/ocpi/modules/cdrs'
import { type Check, each, exchanges } from '../check.ts'
import { isYes, type View } from '../view.ts'
import { refusedForItsToken } from './commands-cpo.ts'
import { type Purchase, purchasesOf } from './purchase.ts'
import { said } from './said.ts'
import { equal } from './wrongs.ts'

interface Copied {
  readonly seen: Purchase['seen']
  readonly token: CdrToken
  readonly purchase: Purchase
  readonly field: string
}

const inSessions = (view: View): readonly Copied[] =>
  purchasesOf(view).flatMap((purchase) =>
    purchase.sessions
      .flatMap(({ told }) => told.filter(({ said: words }) => words.cdr_token != null))
      .map(({ seen, session, pointer }) => ({
        seen,
        token: session.cdr_token,
        purchase,
        field: `${pointer}/cdr_token`,
      })),
  )

const inCdrs = (view: View): readonly Copied[] =>
  purchasesOf(view).flatMap((purchase) =>
    purchase.cdrs.map(({ seen, value, pointer }) => ({
      seen,
      token: value.cdr_token,
      purchase,
      field: `${pointer}/cdr_token`,
    })),
  )

type Field = keyof CdrToken

function copied(rule: string, fields: readonly Field[], kind: 'Session' | 'CDR'): Check {
  return each(rule, {
    needs: `a ${kind} of a session that was started`,
    after: kind === 'Session' ? ['sessions.start/1', 'sessions.object/3'] : ['cdrs.sent/1', 'cdrs.object/3'],
    of: kind === 'Session' ? inSessions : inCdrs,
    judge: ({ token, purchase, field }) => {
      const asked = purchase.body.token
      for (const name of fields) {
        const ruling = equal({
          message: `${kind}.cdr_token.${name} is not the one of the token in START_SESSION.`,
          expected: asked[name],
          actual: token[name],
          field: `${field}/${name}`,
        })
        if (ruling !== 'ok') return ruling
      }
      return 'ok'
    },
  })
}

export const tokensCpoChecks: readonly Check[] = [
  each('tokens.start/1', {
    needs: 'a START_SESSION with a token of type AD_HOC_USER',
    of: (view) => exchanges(view.of('us', 'commands.startSession').filter(({ answer }) => answer !== undefined)),
    judge: ({ seen }) =>
      refusedForItsToken(seen)
        ? {
            message: 'START_SESSION was refused because of its token.',
            expected: 'ACCEPTED: the token is authorised by whoever sends it',
            actual: said(seen),
          }
        : isYes(seen)
          ? 'ok'
          : undefined,
  }),
  each('tokens.start/2', {
    needs: 'a START_SESSION with a token of type AD_HOC_USER',
    after: ['commands.start/1'],
    of: (view) => {
      const questions = view.ordinary.filter(
        ({ by, url, method }) => by === 'partner' && method === 'POST' && /\/tokens\/.*\/authorize\b/i.test(url),
      )
      return exchanges(questions.length > 0 ? questions : view.of('us', 'commands.startSession').filter(isYes))
    },
    judge: ({ seen }) =>
      seen.by === 'us'
        ? 'ok'
        : {
            message: 'The platform asked for a real-time authorization of the token in START_SESSION.',
            expected: 'no question',
            actual: `POST ${seen.url}`,
          },
  }),
  copied('tokens.session/1', ['uid'], 'Session'),
  copied('tokens.session/2', ['type'], 'Session'),
  copied('tokens.session/3', ['contract_id'], 'Session'),
  copied('tokens.session/4', ['country_code', 'party_id'], 'Session'),
  copied('tokens.cdr/1', ['uid'], 'CDR'),
  copied('tokens.cdr/2', ['type'], 'CDR'),
  copied('tokens.cdr/3', ['contract_id'], 'CDR'),
  copied('tokens.cdr/4', ['country_code', 'party_id'], 'CDR'),
]
