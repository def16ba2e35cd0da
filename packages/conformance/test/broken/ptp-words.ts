/** Words for faults of a PTP. */
import type { WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Defect, Json, Spoil } from './defect.ts'
import { answers, headers, insteadOf, placeOf, reply } from './defect.ts'

/** A fault of a PTP. */
export const fault = (id: string, rule: string, about: string, spoil: Spoil): Defect => ({
  id,
  target: 'ptp',
  about,
  rule,
  spoil,
})

export const fitting =
  (match: RegExp, body = /(?:)/) =>
  (request: WireRequest): boolean =>
    match.test(placeOf(request)) && body.test(request.body)

/** Something else is answered to whoever may ask at all; the headers stay. */
const instead = (match: RegExp, body: RegExp | undefined, answer: WireResponse): Spoil =>
  answers(fitting(match, body), (response) =>
    response.status === 401 ? response : { ...answer, headers: { ...response.headers, ...answer.headers } },
  )

/** The platform answers HTTP 200 and OCPI 2001 to whatever fits. */
export const refuses = (match: RegExp, body?: RegExp): Spoil => instead(match, body, reply(200, { status_code: 2001 }))

export const missing = (match: RegExp, body?: RegExp): Spoil => instead(match, body, reply(404, { status_code: 2001 }))

export const crashes = (match: RegExp, body?: RegExp): Spoil => instead(match, body, reply(500, { status_code: 3000 }))

/** It answers as if it had such an object. */
export const invents = (match: RegExp, data: Json): Spoil =>
  instead(match, undefined, reply(200, { status_code: 1000, data }))

/** It says yes and does nothing. */
export const nods = (match: RegExp, body?: RegExp): Spoil =>
  insteadOf(fitting(match, body), (request) => echoing(request, reply(200)))

/** With the headers that a correct answer to this question has. */
export function echoing({ headers: asked }: WireRequest, response: WireResponse): WireResponse {
  return headers(response, {
    'x-request-id': asked['x-request-id'],
    'x-correlation-id': asked['x-correlation-id'],
    'ocpi-from-country-code': asked['ocpi-to-country-code'],
    'ocpi-from-party-id': asked['ocpi-to-party-id'],
    'ocpi-to-country-code': asked['ocpi-from-country-code'],
    'ocpi-to-party-id': asked['ocpi-from-party-id'],
  })
}
