/** Faults of a PTP when it starts and stops. */
import type { WireRequest } from '@plugtill/ocpi/wire'
import type { Defect, Json, Spoil } from './defect.ts'
import { asks, believes, body, placeOf, reply, set } from './defect.ts'
import { crashes, fault, missing, nods } from './ptp-words.ts'

const START = /^POST .*\/commands\/START_SESSION$/
const STOP = /^POST .*\/commands\/STOP_SESSION$/
const RESULT = /^POST .*\/sender\/commands\/[^/]+$/
const ANSWER = { status_code: 1000, data: { result: 'ACCEPTED', timeout: 30 } }

/** START_SESSION with something else at these places. */
const startWith = (pointer: string, to: unknown): Spoil =>
  asks(START, (one) => body(one, (said) => set(said, pointer, to)))

const isStart = (request: WireRequest) => START.test(placeOf(request))

/** The same request as another message. */
function again(request: WireRequest, change: (said: Json) => unknown = (said) => said): WireRequest {
  copies += 1
  const id = `${request.headers['x-request-id']}-${copies}`
  return { ...body(request, change), headers: { ...request.headers, 'x-request-id': id } }
}
let copies = 0

/** Sent once more when the answer looks like this. */
const insists = (when: (status: number, text: string) => boolean): Spoil => ({
  send:
    (send, { clock }) =>
    async (request, options) => {
      const response = await send(request, options)
      if (isStart(request) && when(response.status, response.body))
        clock.after(2_000, () => void send(again(request), options).catch(() => undefined))
      return response
    },
})

/** After this result of a start it is sent once more. */
const insistsOnResult: Spoil = {
  send: (send) => (request, options) => {
    if (isStart(request)) last = { request, send: () => send(again(request), options) }
    return send(request, options)
  },
  serve:
    (serve, { clock }) =>
    async (request) => {
      if (RESULT.test(placeOf(request)) && /FAILED/.test(request.body) && last?.request.body.includes(request.url))
        clock.after(2_000, () => void last?.send().catch(() => undefined))
      return serve(request)
    },
}
let last: { readonly request: WireRequest; readonly send: () => Promise<unknown> } | undefined

/** One response_url for all commands; results find their way nevertheless. */
const oneUrl: Spoil = {
  send: (send) => (request, options) => {
    if (!START.test(placeOf(request)) && !STOP.test(placeOf(request))) return send(request, options)
    const said = JSON.parse(request.body) as { response_url: string }
    real = said.response_url
    const url = said.response_url.replace(/[^/]+$/, 'ALL')
    return send({ ...request, body: JSON.stringify({ ...said, response_url: url }) }, options)
  },
  serve: (serve) => (request) => serve(request.url.endsWith('/ALL') ? { ...request, url: real } : request),
}
let real = ''

/** A result is unknown while the answer to its command is under way. */
const impatient: Spoil = {
  send: (send) => async (request, options) => {
    if (!isStart(request)) return send(request, options)
    open += 1
    return send(request, options).finally(() => {
      open -= 1
    })
  },
  serve: (serve) => async (request) => {
    if (open === 0 || !RESULT.test(placeOf(request))) return serve(request)
    return { ...(await serve({ ...request, url: `${request.url}0` })) }
  },
}
let open = 0

/** Only the first of these leaves. */
const firstOnly = (match: RegExp): Spoil => ({
  send: (send) => {
    let count = 0
    return async (request, options) => {
      if (!match.test(placeOf(request))) return send(request, options)
      count += 1
      return count === 1 ? send(request, options) : reply(200, ANSWER)
    }
  },
})

/** A session that has ended is stopped some seconds later. */
const stopsTheDead: Spoil = {
  send: (send) => (request, options) => {
    if (STOP.test(placeOf(request)))
      stop = () =>
        send(
          again(request, (said) => set(said, '/response_url', `${String(said['response_url'])}9`)),
          options,
        )
    return send(request, options)
  },
  serve:
    (serve, { clock }) =>
    async (request) => {
      if (/^PUT .*\/sessions\//.test(placeOf(request)) && /COMPLETED/.test(request.body))
        clock.after(10_000, () => void stop?.().catch(() => undefined))
      return serve(request)
    },
}
let stop: (() => Promise<unknown>) | undefined

/** Once the charge runs, another one is started at the same place. */
const startsOnTop: Spoil = {
  send: (send, { clock }) => {
    let done = false
    return async (request, options) => {
      const response = await send(request, options)
      if (isStart(request) && !done) {
        done = true
        const other = again(request, (said) => {
          set(said, '/authorization_reference', '0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b')
          set(said, '/token/uid', 'ANOTHER1')
          set(said, '/response_url', `${String(said['response_url'])}8`)
        })
        clock.after(1_500, () => void send(other, options).catch(() => undefined))
      }
      return response
    }
  },
}

const C = 'commands.sender.'

export const ptpCommandDefects: readonly Defect[] = [
  fault(
    'start/never',
    `${C}start/1`,
    'A tap starts nothing.',
    believes(START, () => reply(200, ANSWER)),
  ),
  fault('start/no-issuer', `${C}start/2`, 'The token has no issuer.', startWith('/token/issuer', undefined)),
  fault(
    'start/long-reference',
    `${C}start/2`,
    'authorization_reference has 40 characters.',
    startWith('/authorization_reference', (old: unknown) => `${String(old)}-001`),
  ),
  fault(
    'start/no-reference',
    `${C}start/3`,
    'There is no authorization_reference.',
    startWith('/authorization_reference', undefined),
  ),
  fault(
    'start/reference-in-token',
    `${C}start/3`,
    'authorization_reference stands in the token.',
    asks(START, (one) =>
      body(one, ({ authorization_reference, token, ...said }) => ({
        ...said,
        token: { ...(token as Json), authorization_reference },
      })),
    ),
  ),
  fault(
    'start/same-reference',
    `${C}start/4`,
    'Every charge has the same authorization_reference.',
    startWith('/authorization_reference', 'TERMINAL-1'),
  ),
  fault('start/twice', `${C}start/5`, 'START_SESSION is sent twice.', {
    send: (send) => async (request, options) => {
      const response = await send(request, options)
      if (isStart(request)) await send(again(request), options)
      return response
    },
  }),
  fault(
    'start/insists',
    `${C}start/6`,
    'After HTTP 500 the command is sent again.',
    insists((status) => status >= 500),
  ),
  fault('start/rfid', `${C}token/1`, 'The token is of type RFID.', startWith('/token/type', 'RFID')),
  fault('start/other-type', `${C}token/1`, 'The token is of type OTHER.', startWith('/token/type', 'OTHER')),
  fault(
    'start/whitelist',
    `${C}token/2`,
    'The token may be kept: whitelist is ALWAYS.',
    startWith('/token/whitelist', 'ALWAYS'),
  ),
  fault('start/invalid-token', `${C}token/3`, 'valid is false.', startWith('/token/valid', false)),
  fault(
    'start/foreign-token',
    `${C}token/4`,
    'The token belongs to another party.',
    startWith('/token/party_id', 'EMP'),
  ),
  fault('start/same-token', `${C}token/5`, 'Every charge has the same token.', startWith('/token/uid', 'TERMINAL1')),
  fault(
    'start/foreign-url',
    `${C}response-url/1`,
    'response_url is at another host.',
    startWith('/response_url', (old: unknown) => String(old).replace('partner.example', 'results.example')),
  ),
  fault('start/same-url', `${C}response-url/2`, 'All commands have one response_url.', oneUrl),
  fault(
    'start/unknown-location',
    `${C}place/1`,
    'location_id is an id of the PTP.',
    startWith('/location_id', 'SITE-17'),
  ),
  fault('start/no-evse', `${C}place/2`, 'evse_uid is missing.', startWith('/evse_uid', undefined)),
  fault(
    'start/evse-id',
    `${C}place/3`,
    'evse_id is sent for evse_uid.',
    startWith('/evse_uid', (old: unknown) => `DE*JDG*E${String(old).replaceAll('-', '')}`),
  ),
  fault('start/no-connector', `${C}place/4`, 'connector_id is missing.', startWith('/connector_id', undefined)),
  fault('start/other-connector', `${C}place/5`, 'connector_id counts from 0.', startWith('/connector_id', '0')),
  fault(
    'start/not-assigned',
    `${C}place/6`,
    'A charge is started where the terminal is not assigned.',
    asks(START, (one) => body(one, (said) => ({ ...said, location_id: 'JDG-YARD', evse_uid: 'JDG-AC-4' }))),
  ),
  fault('start/occupied', `${C}place/7`, 'A second charge is started where one is running.', startsOnTop),
  fault('result/refused', `${C}result/1`, 'Results are not known at their response_url.', missing(RESULT)),
  fault('result/early', `${C}result/2`, 'A result that comes before its response is not known.', impatient),
  fault('result/anybody', `${C}result/3`, 'Any result is accepted.', nods(/^POST .*\/sender\/commands\/.*777777/)),
  fault('result/again', `${C}result/4`, 'The second result of a command ends in a failure.', repeatCrash()),
  fault('result/failed-again', `${C}result/5`, 'A start that failed is tried again.', insistsOnResult),
  fault(
    'result/rejected-again',
    `${C}result/6`,
    'A start that was rejected is tried again.',
    insists((_status, text) => /REJECTED/.test(text)),
  ),
  fault(
    'stop/never',
    `${C}stop/1`,
    'Stopping at the terminal sends nothing.',
    believes(STOP, () => reply(200, ANSWER)),
  ),
  fault(
    'stop/no-url',
    `${C}stop/2`,
    'STOP_SESSION has no response_url.',
    asks(STOP, (one) => body(one, (said) => set(said, '/response_url', undefined))),
  ),
  fault(
    'stop/reference',
    `${C}stop/3`,
    'STOP_SESSION names the authorization_reference.',
    asks(STOP, (one) => body(one, (said) => set(said, '/session_id', 'd3b07384-d9a0-4c9b-8b3e-2f1a5c6d7e8f'))),
  ),
  fault('stop/once', `${C}stop/5`, 'A stop that failed is not repeated.', firstOnly(STOP)),
  fault('stop/dead', `${C}stop/6`, 'Sessions are stopped that are over.', stopsTheDead),
]

function repeatCrash(): Spoil {
  return {
    serve: (serve, around) => {
      const known = new Set<string>()
      const crashing = crashes(RESULT).serve?.(serve, around) ?? serve
      return (request) => {
        if (!RESULT.test(placeOf(request)) || request.url.endsWith('777777')) return serve(request)
        const before = known.has(request.url)
        known.add(request.url)
        return before ? crashing(request) : serve(request)
      }
    },
  }
}
