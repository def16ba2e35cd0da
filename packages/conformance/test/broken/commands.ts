/** Faults of a CPO that gets START_SESSION and STOP_SESSION wrong. */
import type { WireRequest } from '@plugtill/ocpi/wire'
import {
  answerTo,
  command,
  error,
  RESULT,
  read,
  type Said,
  START,
  STOP,
  saying,
  sessions,
  speaking,
} from './charging-words.ts'
import {
  answers,
  asks,
  believes,
  body,
  both,
  type Defect,
  data,
  hears,
  type Json,
  placeOf,
  reply,
  type Spoil,
  set,
} from './defect.ts'

const KNOWS_NONE = 'JUDGE-KNOWS-NONE'
const about = (name: string) => (start: Json) => start[name] === KNOWS_NONE
const malformed = (start: Json) => start['response_url'] === undefined
const noConnector = (start: Json) => start['connector_id'] === undefined && !malformed(start)
const second = (start: Json) => String(start['response_url']).endsWith('?second=1')
const isKnown = (stop: Json) => stop['session_id'] !== KNOWS_NONE
const again = (start: Json) => String(start['response_url']).endsWith('?again=1')
const accepted = command('ACCEPTED')
const refusing = (fits: (start: Json) => boolean, said: Said): Spoil =>
  saying(START, (start) => (fits(start) ? said : undefined))
const always = (said: Said): Spoil => refusing(() => true, said)

const answer = (change: (value: Json) => unknown): Spoil => answers(START, (response) => data(response, change))
const starts = (change: (start: Json) => Json): Spoil =>
  hears(START, (request) => body(request, (start) => change(start)))

/** A result comes a moment after a command of this kind, which may be answered in another way too. */
const answeringLater = (
  match: RegExp,
  fits: (body: Json) => boolean,
  { said, result }: { readonly said?: Said; readonly result: string },
): Spoil =>
  speaking((post) =>
    both(
      saying(match, (value) => (fits(value) ? said : undefined)),
      {
        serve:
          (serve, { clock }) =>
          async (request) => {
            const response = await serve(request)
            if (match.test(placeOf(request)) && request.body !== '{}' && fits(read(request)))
              clock.after(200, () => void post(read(request)['response_url'], { result }))
            return response
          },
      },
    ),
  )

const defect = (id: string, about: string, rule: string, spoil: Spoil): Defect => ({
  id: `commands/${id}`,
  target: 'cpo',
  about,
  rule,
  spoil,
})

const first: readonly Defect[] = [
  defect('start-500', 'Every START_SESSION is an error of the server', 'commands.start/1', always(error(500))),
  defect(
    'start-no-data',
    'The answer to START_SESSION has no data',
    'commands.start/1',
    answers(START, (response) => body(response, ({ data: _, ...envelope }) => envelope)),
  ),
  defect(
    'start-envelope-missing',
    'The CommandResponse stands where the envelope should',
    'commands.start/1',
    answers(START, (response) => body(response, (envelope) => envelope['data'])),
  ),
  defect(
    'start-result-lower-case',
    'result is accepted in lower case',
    'commands.start/2',
    answer((value) => set(value, '/result', (old: unknown) => String(old).toLowerCase())),
  ),
  defect(
    'start-result-missing',
    'The answer has a timeout and no result',
    'commands.start/2',
    answer((value) => set(value, '/result', undefined)),
  ),
  defect(
    'start-result-of-the-charger',
    'The answer uses a word of the CommandResult',
    'commands.start/2',
    answer((value) => set(value, '/result', 'EVSE_INOPERATIVE')),
  ),
  defect(
    'start-timeout-missing',
    'The answer has no timeout',
    'commands.start/3',
    answer((value) => set(value, '/timeout', undefined)),
  ),
  defect(
    'start-timeout-text',
    'timeout is a text',
    'commands.start/3',
    answer((value) => set(value, '/timeout', '30')),
  ),
  defect(
    'start-message-text',
    'message is a text instead of a list',
    'commands.start/4',
    answer((value) => set(value, '/message', 'Please plug in.')),
  ),
  defect('start-rejected', 'Every START_SESSION is REJECTED', 'commands.start/5', {
    options: { plan: { response: 'REJECTED' } },
  }),
  defect('start-not-supported', 'START_SESSION is NOT_SUPPORTED', 'commands.start/5', always(command('NOT_SUPPORTED'))),
  defect('start-slow', 'START_SESSION is answered when the charger has answered', 'commands.start/6', {
    options: { plan: { plugInMs: 1_500, responseMs: 8_000 } },
  }),
  defect(
    'timeout-0',
    'timeout is 0',
    'commands.start/7',
    answer((value) => set(value, '/timeout', 0)),
  ),
  defect(
    'timeout-in-ms',
    'timeout is in milliseconds',
    'commands.start/8',
    answer((value) => set(value, '/timeout', 30_000)),
  ),
  defect(
    'ids-case-sensitive',
    'A location id in other capitals is unknown',
    'commands.start/9',
    refusing(({ location_id: id }) => id === String(id).toLowerCase(), {
      envelope: { status_code: 2003, data: { result: 'REJECTED', timeout: 30 } },
    }),
  ),
  defect(
    'unknown-field-refused',
    'A field that is not in the table is refused',
    'commands.start/10',
    refusing((start) => start['receipt_language'] !== undefined, {
      envelope: { status_code: 2001, status_message: 'Unknown property receipt_language.' },
    }),
  ),
]

const tokens: readonly Defect[] = [
  defect(
    'token-unknown-2004',
    'START_SESSION with a token that was never pushed is OCPI 2004',
    'tokens.start/1',
    always({ envelope: { status_code: 2004, status_message: 'Unknown token' } }),
  ),
  defect(
    'token-rejected',
    'START_SESSION is REJECTED because the token is not known',
    'tokens.start/1',
    always(command('REJECTED', { message: [{ language: 'en', text: 'Token not found.' }] })),
  ),
  defect(
    'token-whitelist',
    'whitelist NEVER is taken for a no',
    'tokens.start/1',
    always(command('REJECTED', { message: [{ language: 'en', text: 'Whitelist is NEVER, not authorised.' }] })),
  ),
  defect(
    'token-authorize',
    'The CPO asks the PTP to authorise the token',
    'tokens.start/2',
    speaking((post) => ({
      send: (send) => async (request, options) => {
        const sent = await send(request, options)
        if (request.url.includes('/sender/commands/'))
          await post(`${new URL(request.url).origin}/ocpi/2.3.0/sender/tokens/TAP/authorize`, {})
        return sent
      },
    })),
  ),
  defect(
    'token-uid-20',
    'A uid that does not fit into an OCPP 1.6 idTag is refused',
    'tokens.start/3',
    refusing(({ token }) => String((token as Json)['uid']).length > 20, command('REJECTED')),
  ),
]

const refusals: readonly Defect[] = [
  defect(
    'unknown-location-accepted',
    'An unknown location is ACCEPTED',
    'commands.unknown/1',
    refusing(about('location_id'), accepted),
  ),
  defect(
    'unknown-location-404',
    'An unknown location is HTTP 404',
    'commands.unknown/2',
    refusing(about('location_id'), error(404)),
  ),
  defect(
    'unknown-location-not-supported',
    'An unknown location is NOT_SUPPORTED',
    'commands.unknown/2',
    refusing(about('location_id'), command('NOT_SUPPORTED')),
  ),
  defect(
    'unknown-evse-accepted',
    'An unknown EVSE is ACCEPTED',
    'commands.unknown/3',
    refusing(about('evse_uid'), accepted),
  ),
  defect(
    'unknown-connector-accepted',
    'An unknown connector is ACCEPTED',
    'commands.unknown/4',
    refusing(about('connector_id'), accepted),
  ),
  defect(
    'connector-guessed',
    'An EVSE that needs a connector starts without one',
    'commands.unknown/5',
    refusing(noConnector, accepted),
  ),
  defect(
    'malformed-accepted',
    'A START_SESSION without response_url is ACCEPTED',
    'commands.malformed/1',
    refusing(malformed, accepted),
  ),
  defect(
    'malformed-500',
    'A START_SESSION without location_id is an error of the server',
    'commands.malformed/2',
    refusing(malformed, error(500)),
  ),
  defect(
    'unknown-evse-500',
    'An unknown EVSE is an error of the server',
    'commands.malformed/2',
    refusing(about('evse_uid'), error(500)),
  ),
  defect(
    'reserve-404',
    'RESERVE_NOW is not there',
    'commands.other/1',
    saying(/\/RESERVE_NOW$/, () => error(404)),
  ),
  defect(
    'unlock-500',
    'UNLOCK_CONNECTOR is an error of the server',
    'commands.other/1',
    saying(/\/UNLOCK_CONNECTOR$/, () => error(501)),
  ),
  defect(
    'unknown-command-500',
    'A command of an unknown name is an error of the server',
    'commands.other/2',
    saying(/\/MAKE_COFFEE$/, () => error(500)),
  ),
]

const twice: readonly Defect[] = [
  defect(
    'occupied-starts',
    'A second card starts a second session at a connector in use',
    'commands.occupied/1',
    both(
      starts((start) => (second(start) ? { ...start, evse_uid: 'JDG-DC-2' } : start)),
      sessions((session) => set(session, '/evse_uid', 'JDG-AC-1')),
    ),
  ),
  defect(
    'occupied-accepted',
    'A second card at a connector in use is told that all is well',
    'commands.occupied/2',
    answeringLater(START, second, { said: accepted, result: 'ACCEPTED' }),
  ),
  defect(
    'repeat-starts',
    'The same START_SESSION again starts a second session',
    'commands.repeat/1',
    (() => {
      let reference: unknown
      return both(
        starts((start) => {
          if (!again(start)) return start
          reference = start['authorization_reference']
          return { ...start, authorization_reference: 'another-one', evse_uid: 'JDG-DC-2' }
        }),
        sessions((session) =>
          set(session, '/authorization_reference', (old: unknown) => (old === 'another-one' ? reference : old)),
        ),
      )
    })(),
  ),
]

const results: readonly Defect[] = [
  defect(
    'result-never',
    'No CommandResult is sent',
    'commands.result/1',
    believes(RESULT, () => reply(200)),
  ),
  defect('result-late', 'The CommandResult comes after its timeout', 'commands.result/1', {
    options: { plan: { resultMs: 40_000, plugInMs: 1_500 } },
  }),
  defect(
    'result-to-base',
    'The result goes to the commands endpoint instead of response_url',
    'commands.result/2',
    asks(RESULT, (request) => ({ ...request, url: request.url.replace(/\/commands\/.*$/, '/commands/START_SESSION') })),
  ),
  defect(
    'result-without-query',
    'The query of response_url gets lost',
    'commands.result/2',
    asks(RESULT, (request) => ({ ...request, url: request.url.replace(/\?.*$/, '') })),
  ),
  defect(
    'result-in-envelope',
    'The result stands in an envelope',
    'commands.result/3',
    asks(RESULT, (request) =>
      body(request, (result) => ({ data: result, status_code: 1000, timestamp: '2030-07-02T10:00:00Z' })),
    ),
  ),
  defect(
    'result-lower-case',
    'The result is in lower case',
    'commands.result/3',
    asks(RESULT, (request) => body(request, (value) => set(value, '/result', 'accepted'))),
  ),
  defect(
    'result-other-word',
    'The result is SUCCESS',
    'commands.result/3',
    asks(RESULT, (request) => body(request, (value) => set(value, '/result', 'SUCCESS'))),
  ),
  defect(
    'result-twice',
    'After ACCEPTED a second result says FAILED',
    'commands.result/4',
    speaking((post) => ({
      send: (send) => async (request, options) => {
        const sent = await send(request, options)
        if (request.url.includes('/sender/commands/')) await post(request.url, { result: 'FAILED' })
        return sent
      },
    })),
  ),
  defect(
    'result-after-refusal',
    'A refused command gets a result too',
    'commands.result/5',
    answeringLater(START, second, { result: 'REJECTED' }),
  ),
  defect('result-failed', 'The charger refuses every start', 'commands.result/6', {
    options: { plan: { result: 'FAILED' } },
  }),
  defect(
    'result-timeout-but-charges',
    'The result is TIMEOUT and the session runs',
    'commands.result/7',
    asks(RESULT, (request) => body(request, (value) => set(value, '/result', 'TIMEOUT'))),
  ),
]

/** Messages that belong to a STOP_SESSION of the judge. */
function ofStops(make: (isStop: (request: WireRequest) => boolean) => Spoil): Spoil {
  const urls = new Set<unknown>()
  return both(
    make(({ url }) => urls.has(url)),
    hears(STOP, (request) => {
      urls.add(read(request)['response_url'])
      return request
    }),
  )
}

const stops: readonly Defect[] = [
  defect(
    'stop-rejected',
    'STOP_SESSION is REJECTED while the session runs',
    'commands.stop/1',
    saying(STOP, (stop) => (isKnown(stop) ? command('REJECTED') : undefined)),
  ),
  defect(
    'stop-unknown-id',
    'The CPO does not know its own session by the id it gave',
    'commands.stop/1',
    saying(STOP, () => command('UNKNOWN_SESSION')),
  ),
  defect(
    'stop-no-result',
    'STOP_SESSION gets no CommandResult',
    'commands.stop/2',
    ofStops((isStop) => believes(isStop, () => reply(200))),
  ),
  defect(
    'stop-result-rejected',
    'The result of STOP_SESSION is REJECTED',
    'commands.stop/3',
    ofStops((isStop) => asks(isStop, (request) => body(request, (value) => set(value, '/result', 'REJECTED')))),
  ),
  defect(
    'stop-ignored',
    'STOP_SESSION is accepted and nothing happens',
    'commands.stop/4',
    answeringLater(STOP, isKnown, { said: accepted, result: 'ACCEPTED' }),
  ),
  defect(
    'stop-unknown-accepted',
    'STOP_SESSION for an unknown session is ACCEPTED',
    'commands.stop/5',
    saying(STOP, (stop) => (isKnown(stop) ? undefined : accepted)),
  ),
  defect(
    'stop-unknown-rejected',
    'STOP_SESSION for an unknown session is REJECTED',
    'commands.stop/6',
    saying(STOP, (stop) => (isKnown(stop) ? undefined : command('REJECTED'))),
  ),
  defect(
    'stop-ended-500',
    'STOP_SESSION for a session that has ended is an error of the server',
    'commands.stop/7',
    answers(STOP, (response, request) =>
      response.body.includes('It is over') ? answerTo(request, 500, { status_code: 3000 }) : response,
    ),
  ),
]

export const commandDefects: readonly Defect[] = [...first, ...tokens, ...refusals, ...twice, ...results, ...stops]
