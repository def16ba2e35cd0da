/** Words for faults of a CPO between START_SESSION and the invoice. */
import type { WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import { answers, asks, body, both, insteadOf, items, type Json, reply, type Spoil } from './defect.ts'

export const START = /^POST .*\/START_SESSION$/
export const STOP = /^POST .*\/STOP_SESSION$/
export const RESULT = /^POST .*\/sender\/commands\//
export const PUT = /^PUT .*\/receiver\/sessions\//
export const PATCH = /^PATCH .*\/receiver\/sessions\//
export const PUSH = /^P(UT|ATCH) .*\/receiver\/sessions\//
export const SESSIONS = /^GET .*\/sender\/sessions\b/
export const CDR = /^POST .*\/receiver\/cdrs$/
export const CDRS = /^GET .*\/sender\/cdrs\b/
export const ADVICE = /^POST .*\/financial-advice-confirmations$/
export const ADVICES = /^GET .*\/financial-advice-confirmations\//
export const INVOICE = /^GET \/invoices\//

export type Change = (value: Json) => unknown

/** A Session wherever it is told whole. */
export const sessions = (change: Change): Spoil =>
  both(
    asks(PUT, (request) => body(request, change)),
    answers(SESSIONS, (response) => items(response, change)),
  )

/** A Session in every message about it. */
export const everySession = (change: Change): Spoil =>
  both(
    asks(PUSH, (request) => body(request, change)),
    answers(SESSIONS, (response) => items(response, change)),
  )

/** A CDR wherever it is told. */
export const cdrs = (change: Change): Spoil =>
  both(
    asks(CDR, (request) => body(request, change)),
    answers(CDRS, (response) => items(response, change)),
  )

/** A session of half a minute, in which units can be told apart. */
export const LONGER: Spoil = { options: { plan: { plugInMs: 1_500, stopMs: 25_000 } } }

export const read = ({ body: text }: Pick<WireRequest, 'body'>): Json => JSON.parse(text) as Json

/** An answer that repeats the ids of its question, as the correct platform's does. */
export function answerTo(
  { headers }: WireRequest,
  status: number,
  envelope: Json = { status_code: 1000 },
): WireResponse {
  const back: Readonly<Record<string, string>> = {
    'x-request-id': 'x-request-id',
    'x-correlation-id': 'x-correlation-id',
    'ocpi-from-country-code': 'ocpi-to-country-code',
    'ocpi-from-party-id': 'ocpi-to-party-id',
    'ocpi-to-country-code': 'ocpi-from-country-code',
    'ocpi-to-party-id': 'ocpi-from-party-id',
  }
  const repeated = Object.entries(headers).flatMap(([name, value]) => {
    const other = back[name.toLowerCase()]
    return other === undefined ? [] : [[other, value] as const]
  })
  return reply(status, envelope, Object.fromEntries(repeated))
}

/** What a CPO says instead of the correct one. */
export interface Said {
  readonly status?: number
  readonly envelope: Json
}

export const command = (result: string, more: Json = {}): Said => ({
  envelope: { status_code: 1000, data: { result, timeout: 30, ...more } },
})
export const error = (status: number, status_code = status < 500 ? 2001 : 3000): Said => ({
  status,
  envelope: { status_code },
})

/** Says this to commands of the judge's PTP instead of the platform; undefined lets them through. */
export const saying = (match: RegExp, choose: (body: Json) => Said | undefined): Spoil =>
  insteadOf(match, (request) => {
    // A question without a token, or without a body, is not meant.
    if (!/token/i.test(request.headers['authorization'] ?? '') || Object.keys(read(request)).length === 0)
      return undefined
    const said = choose(read(request))
    return said && answerTo(request, said.status ?? 200, said.envelope)
  })

/** Says something of the fault's own as the platform would: with the headers of its last message, and new ids. */
export type Tell = (url: unknown, value: Json) => Promise<void>

export function speaking(make: (post: Tell, put: Tell) => Spoil): Spoil {
  let last: WireRequest | undefined
  let count = 0
  let way: Parameters<NonNullable<Spoil['send']>>[0] | undefined
  const tell =
    (method: 'POST' | 'PUT'): Tell =>
    async (url, value) => {
      if (last === undefined || way === undefined) return
      count += 1
      const ids = { 'x-request-id': `of-its-own-${count}`, 'x-correlation-id': `of-its-own-${count}` }
      const headers = { ...last.headers, ...ids, 'content-type': 'application/json' }
      await way({ method, url: String(url), headers, body: JSON.stringify(value) }, { timeoutMs: 10_000 })
    }
  const listening: Spoil = {
    send: (send) => async (request, options) => {
      last = request
      way = send
      return send(request, options)
    },
  }
  return both(listening, make(tell('POST'), tell('PUT')))
}

export const shifted = (time: unknown, ms: number): string => new Date(Date.parse(String(time)) + ms).toISOString()
