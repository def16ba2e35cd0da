/** Commands that cannot be carried out, and commands a payment terminal never sends. (commands; C-308) */
import { type Check, each, exchanges, type Ruling } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { resultOf } from './commands-cpo.ts'
import { said } from './said.ts'

/** Wrong when the command was taken as if it could be carried out. */
const notAccepted =
  (what: string) =>
  ({ seen }: { readonly seen: Seen }): Ruling =>
    isYes(seen) && resultOf(seen) === 'ACCEPTED'
      ? { message: `${what} was ACCEPTED.`, expected: 'REJECTED', actual: 'ACCEPTED', field: '/data/result' }
      : 'ok'

const UNKNOWN = {
  location: 'commands.unknown-location',
  evse: 'commands.unknown-evse',
  connector: 'commands.unknown-connector',
  none: 'commands.no-connector',
  malformed: 'commands.malformed',
} as const

const asked = (name: string) => (view: View) => exchanges(view.probes(name))

export const commandRefusalChecks: readonly Check[] = [
  each('commands.unknown/1', {
    needs: 'a START_SESSION for an unknown location',
    of: asked(UNKNOWN.location),
    judge: notAccepted('START_SESSION for a location that does not exist'),
  }),
  each('commands.unknown/2', {
    needs: 'a START_SESSION for an unknown location',
    after: ['commands.unknown/1', 'commands.malformed/2'],
    of: asked(UNKNOWN.location),
    judge: ({ seen }) => {
      const http = seen.response?.status ?? 0
      const told = seen.answer?.statusCode === 2003 || resultOf(seen) === 'REJECTED'
      if (http >= 200 && http < 300 && told) return 'ok'
      return {
        message: 'The refusal does not say that the location is unknown.',
        expected: 'HTTP 200 with OCPI 2003 or REJECTED',
        actual: said(seen),
      }
    },
  }),
  each('commands.unknown/3', {
    needs: 'a START_SESSION for an unknown EVSE',
    of: asked(UNKNOWN.evse),
    judge: notAccepted('START_SESSION for an EVSE that does not exist'),
  }),
  each('commands.unknown/4', {
    needs: 'a START_SESSION for an unknown connector',
    of: asked(UNKNOWN.connector),
    judge: notAccepted('START_SESSION for a connector that does not exist'),
  }),
  each('commands.unknown/5', {
    needs: 'a START_SESSION without connector_id',
    unless: (view) => {
      const evses = view.valid('Location').flatMap(({ value }) => value.evses ?? [])
      return evses.some(({ capabilities }) => capabilities?.includes('START_SESSION_CONNECTOR_REQUIRED'))
        ? undefined
        : 'No EVSE has START_SESSION_CONNECTOR_REQUIRED.'
    },
    of: asked(UNKNOWN.none),
    judge: notAccepted('START_SESSION without connector_id'),
  }),
  each('commands.malformed/1', {
    needs: 'a START_SESSION without response_url and location_id',
    of: asked(UNKNOWN.malformed),
    judge: notAccepted('START_SESSION without a field it needs'),
  }),
  each('commands.malformed/2', {
    needs: 'a START_SESSION that cannot be carried out',
    of: (view) => Object.values(UNKNOWN).flatMap((name) => asked(name)(view)),
    judge: ({ seen }) => ruledOnServer(seen, 'A START_SESSION that cannot be carried out was no refusal but an error.'),
  }),
  each('commands.other/1', {
    needs: 'RESERVE_NOW, CANCEL_RESERVATION or UNLOCK_CONNECTOR',
    of: asked('commands.other'),
    judge: ({ seen }) =>
      seen.response !== undefined && seen.response.status < 300 && seen.answer !== undefined
        ? 'ok'
        : {
            message: `${seen.url.split('/').at(-1)} was not answered in OCPI.`,
            expected: 'HTTP 200 with NOT_SUPPORTED',
            actual: said(seen),
          },
  }),
  each('commands.other/2', {
    needs: 'a command of an unknown name',
    of: asked('commands.unknown-name'),
    judge: ({ seen }) => ruledOnServer(seen, 'A command of an unknown name was an error of the server.'),
  }),
]

function ruledOnServer(seen: Seen, message: string): Ruling {
  if (seen.response !== undefined && seen.response.status < 500) return 'ok'
  return { message, expected: 'HTTP 200 with an OCPI code of 2000 or more, or REJECTED', actual: said(seen) }
}
