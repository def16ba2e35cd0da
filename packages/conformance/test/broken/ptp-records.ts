/** Faults of a PTP with Sessions and CDRs. */
import type { Defect, Json, Spoil } from './defect.ts'
import { answers, body, data, headers, placeOf, reply, set } from './defect.ts'
import { crashes, fault, invents, missing, nods, refuses } from './ptp-words.ts'

const E = 'sessions.receiver.'
const D = 'cdrs.receiver.'
const PUT = /^PUT .*\/receiver\/sessions\//
const PATCH = /^PATCH .*\/receiver\/sessions\//
const GET = /^GET .*\/receiver\/sessions\/[^/]+\/[^/]+\/(?!NOT-THERE)[^/]+$/
const CDR = /^POST .*\/receiver\/cdrs$/
const READ = /^GET .*\/receiver\/cdrs\/[^/]+$/

const shown = (match: RegExp, change: (said: Json) => unknown): Spoil =>
  answers(match, (one) => (one.status === 200 ? data(one, change) : one))

const older: Spoil = {
  serve:
    (serve, { clock }) =>
    (request) =>
      serve(
        PATCH.test(placeOf(request)) && /"kwh":99/.test(request.body)
          ? body(request, (said) => ({ ...said, last_updated: new Date(clock.now()).toISOString() }))
          : request,
      ),
}

/** A CDR that nobody knows is captured all the same. */
const paysForAll: Spoil = {
  serve: (serve, { clock, send }) => {
    return async (request) => {
      const response = await serve(request)
      if (CDR.test(placeOf(request)) && /JDG-CDR-STRANGE/.test(request.body) && told !== undefined) {
        const advice = {
          ...(JSON.parse(told.body) as Json),
          id: 'STRANGE',
          authorization_reference: 'jdg-nobodys-reference',
        }
        const message = {
          ...told,
          body: JSON.stringify(advice),
          headers: { ...told.headers, 'x-request-id': 'strange' },
        }
        clock.after(500, () => void send(message, { timeoutMs: 1_000 }).catch(() => undefined))
      }
      return response
    }
  },
  send: (send) => (request, options) => {
    if (/\/financial-advice-confirmations$/.test(placeOf(request))) told = request
    return send(request, options)
  },
}
let told: Parameters<NonNullable<Spoil['send']>>[0] extends (request: infer R, ...rest: never[]) => unknown
  ? R | undefined
  : never

export const ptpRecordDefects: readonly Defect[] = [
  fault('sessions/put-refused', `${E}put/1`, 'Sessions are refused.', refuses(PUT)),
  fault(
    'sessions/put-adds',
    `${E}put/2`,
    'A PUT leaves the old charging periods.',
    shown(GET, (said) =>
      set(said, '/charging_periods', (old: unknown) =>
        JSON.stringify(old)?.includes('0.3333') ? [...(old as Json[]), ...(old as Json[])] : old,
      ),
    ),
  ),
  fault('sessions/put-anything', `${E}put/3`, 'A Session without status is accepted.', nods(PUT, /^(?!.*"status")/)),
  fault('sessions/patch-refused', `${E}patch/1`, 'PATCH is not implemented.', refuses(PATCH)),
  fault(
    'sessions/periods-replaced',
    `${E}patch/2`,
    'Charging periods of a PATCH replace the old ones.',
    shown(GET, (said) => set(said, '/charging_periods', (old: unknown) => (Array.isArray(old) ? old.slice(-1) : old))),
  ),
  fault(
    'sessions/patch-unknown',
    `${E}patch/3`,
    'A PATCH of an unknown Session is accepted.',
    nods(/^PATCH .*\/sessions\/.*NOT-THERE/),
  ),
  fault('sessions/get-missing', `${E}get/1`, 'Sessions cannot be read.', missing(GET)),
  fault(
    'sessions/status-stale',
    `${E}get/2`,
    'A Session shows its first status for ever.',
    shown(GET, (said) => set(said, '/status', 'PENDING')),
  ),
  fault('sessions/older-wins', `${E}order/1`, 'An older word replaces a newer one.', older),
  fault('sessions/foreign', `${E}owner/1`, 'Sessions of anybody are accepted.', nods(PUT, /YYY/)),
  fault(
    'sessions/other-id',
    `${E}owner/2`,
    'The id in the body may differ from the URL.',
    nods(/^PUT .*\/JDG-STRANGE$/, /^(?!.*YYY)/),
  ),
  fault('sessions/closed', `${E}open/1`, 'Unknown fields are refused.', refuses(PUT, /judge_field/)),
  fault('cdrs/refused', `${D}post/1`, 'CDRs are refused.', refuses(CDR)),
  fault(
    'cdrs/no-location',
    `${D}post/2`,
    'The answer has no Location header.',
    answers(CDR, (one) => headers(one, { location: undefined })),
  ),
  fault('cdrs/anything', `${D}post/3`, 'A CDR without total_cost is accepted.', nods(CDR, /^(?!.*"total_cost")/)),
  fault(
    'cdrs/get-missing',
    `${D}get/1`,
    'The URL of the Location header leads nowhere.',
    answers(CDR, (one) => headers(one, { location: `${one.headers['location'] ?? ''}/gone` })),
  ),
  fault(
    'cdrs/total-changed',
    `${D}get/2`,
    'The total that is read is not the one that was sent.',
    shown(READ, (said) => set(said, '/total_cost/before_taxes', (old: unknown) => Number(old) + 1)),
  ),
  fault('cdrs/again-refused', `${D}again/1`, 'The same CDR again is refused.', {
    serve: (serve) => {
      const known = new Set<string>()
      return async (request) => {
        if (!CDR.test(placeOf(request))) return serve(request)
        const before = known.has(request.body)
        known.add(request.body)
        const response = await serve(request)
        return before ? { ...response, body: reply(200, { status_code: 2001 }).body } : response
      }
    },
  }),
  fault(
    'cdrs/other-crash',
    `${D}other/1`,
    'Another CDR with a known id ends in a failure.',
    crashes(CDR, /"total_cost":\{"before_taxes":30/),
  ),
  fault(
    'cdrs/unknown-refused',
    `${D}unknown/1`,
    'A CDR with an unknown reference is refused.',
    refuses(CDR, /jdg-nobodys-reference/),
  ),
  fault('cdrs/unknown-paid', `${D}unknown/2`, 'A CDR with an unknown reference is captured.', paysForAll),
  fault('cdrs/foreign', `${D}owner/1`, 'CDRs of anybody are accepted.', nods(CDR, /"party_id":"YYY"/)),
  fault('cdrs/credit-refused', `${D}credit/1`, 'Credit CDRs are refused.', refuses(CDR, /"credit":true/)),
  fault('cdrs/closed', `${D}open/1`, 'Unknown fields are refused.', refuses(CDR, /judge_field/)),
  fault(
    'sessions/unknown-found',
    'transport.unknown/2',
    'GET of an unknown Session finds one.',
    invents(/^GET .*\/receiver\/sessions\/.*NOT-THERE$/, {}),
  ),
]
