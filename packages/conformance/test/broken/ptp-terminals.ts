/** Faults of a PTP's terminals. */
import type { Defect, Json, Spoil } from './defect.ts'
import { answers, asks, believes, body, both, data, headers, hears, items, placeOf, reply, set } from './defect.ts'
import { crashes, fault, invents, missing, nods, refuses } from './ptp-words.ts'

const LIST = /^GET .*\/sender\/payments\/terminals(\?|$)/
const ONE = /^GET .*\/sender\/payments\/terminals\/[^/?]+$/
const READ = /^GET .*\/sender\/payments\/terminals/
const PATCH = /^PATCH .*\/payments\/terminals\//
const PUT = /^PUT .*\/payments\/terminals\//
const ACTIVATE = /^POST .*\/terminals\/activate$/
const DEACTIVATE = /^POST .*\/deactivate$/
const POST = /^POST .*\/receiver\/payments\/terminals$/
const AT = '2030-07-02T10:00:00.000Z'

const patched = (change: (said: Json) => unknown): Spoil => hears(PATCH, (request) => body(request, change))

/** What was assigned before stays. */
const addsUp: Spoil = {
  serve: (serve) => {
    const all = new Set<unknown>()
    return (request) => {
      if (!PATCH.test(placeOf(request))) return serve(request)
      return serve(
        body(request, (said) => {
          if (!Array.isArray(said['location_ids']) || said['location_ids'].includes('NOT-THERE')) return said
          for (const id of said['location_ids']) all.add(id)
          return { ...said, location_ids: [...all] }
        }),
      )
    }
  },
}

/** Once a request like this was served, answers are changed. */
const afterwards = (first: RegExp, match: RegExp, change: Parameters<typeof answers>[1]): Spoil => ({
  serve: (serve, around) => {
    let since = false
    return async (request) => {
      const response = await serve(request)
      if (since && match.test(placeOf(request))) return change(response, request, around)
      since ||= first.test(placeOf(request))
      return response
    }
  },
})

/** The first POST counts; later ones never leave. */
const once = (match: RegExp): Spoil => ({
  send: (send) => {
    let sent = false
    return async (request, options) => {
      if (!match.test(placeOf(request))) return send(request, options)
      if (sent) return reply(201)
      sent = true
      return send(request, options)
    }
  },
})

/** The first list after an activation has one more. */
const second: Spoil = {
  serve: (serve) => {
    let activated = false
    return async (request) => {
      const response = await serve(request)
      if (ACTIVATE.test(placeOf(request)) && /SN-1/.test(request.body)) activated = true
      if (!activated || !/^GET .*\/sender\/payments\/terminals$/.test(placeOf(request))) return response
      activated = false
      const more = data(response, (list) => [
        ...(list as unknown as Json[]),
        { terminal_id: 'SECOND', last_updated: AT },
      ])
      return headers(more, { 'x-total-count': String(Number(response.headers['x-total-count']) + 1) })
    }
  },
}

const T = 'payments.sender.terminals.'

export const ptpTerminalDefects: readonly Defect[] = [
  fault('terminals/list-missing', `${T}list/1`, 'There is no list of terminals.', missing(LIST)),
  fault(
    'terminals/no-id',
    'payments.terminal/1',
    'Terminals in answers have no terminal_id.',
    answers(READ, (one) => items(one, (item) => set(item, '/terminal_id', undefined))),
  ),
  fault(
    'terminals/no-date',
    'payments.terminal/2',
    'Terminals in answers have no last_updated.',
    answers(READ, (one) => items(one, (item) => set(item, '/last_updated', undefined))),
  ),
  fault(
    'terminals/city-too-long',
    'payments.terminal/2',
    'The posted terminal has a city of 60 characters.',
    asks(POST, (one) => body(one, (said) => set(said, '/city', 'x'.repeat(60)))),
  ),
  fault('terminals/get-missing', `${T}get/1`, 'A terminal of the list cannot be read.', missing(ONE)),
  fault(
    'terminals/get-other',
    `${T}get/2`,
    'Whatever terminal is asked for, another one is shown.',
    answers(ONE, (one) => data(one, (said) => set(said, '/terminal_id', 'T-OTHER'))),
  ),
  fault(
    'terminals/get-case',
    `${T}get/4`,
    'terminal_id is compared with regard to case.',
    missing(/^GET .*\/terminals\/jdg-/),
  ),
  fault(
    'terminals/never-told',
    `${T}post/1`,
    'New terminals are neither posted nor listed.',
    both(
      believes(POST, () => reply(201)),
      answers(LIST, (one) =>
        headers(
          data(one, () => []),
          { 'x-total-count': '0', link: undefined },
        ),
      ),
    ),
  ),
  fault(
    'terminals/own-places',
    `${T}post/2`,
    'A new terminal names locations of its own.',
    asks(POST, (one) => body(one, (said) => set(said, '/location_ids', ['OUR-SHOP']))),
  ),
  fault(
    'terminals/other-reference',
    `${T}post/3`,
    'Another reference is posted than is kept.',
    asks(POST, (one) => body(one, (said) => set(said, '/reference', 'SN-2'))),
  ),
  fault('terminals/posted-once', `${T}post/4`, 'A terminal that was not taken is not posted again.', once(POST)),
  fault('terminals/patch-refused', `${T}patch/1`, 'The assignment is refused.', refuses(PATCH)),
  fault('terminals/patch-not-allowed', `${T}patch/1`, 'PATCH is not implemented.', {
    serve: (serve) => async (request) =>
      PATCH.test(placeOf(request)) ? reply(405, { status_code: 2000 }, { allow: 'GET, PUT' }) : serve(request),
  }),
  fault(
    'terminals/patch-forgotten',
    `${T}patch/2`,
    'The assignment is accepted and not stored.',
    nods(PATCH, /JDG-STREET|JDG-YARD|JDG-AC-1|JDG-DC-2|JDG-AC-3/),
  ),
  fault(
    'terminals/evses-ignored',
    `${T}patch/3`,
    'evse_uids are ignored.',
    patched((said) => set(said, '/evse_uids', (old: unknown) => (old === undefined ? undefined : []))),
  ),
  fault('terminals/patch-adds', `${T}patch/3`, 'A new assignment is added to the old one.', addsUp),
  fault(
    'terminals/patch-clears',
    `${T}patch/4`,
    'A list that the PATCH does not name is emptied.',
    patched((said) => ({ evse_uids: [], location_ids: [], ...said })),
  ),
  fault(
    'terminals/empty-ignored',
    `${T}patch/5`,
    'An empty list changes nothing.',
    patched((said) =>
      Object.fromEntries(Object.entries(said).filter(([, value]) => !Array.isArray(value) || value.length > 0)),
    ),
  ),
  fault(
    'terminals/empty-refused',
    `${T}patch/5`,
    'An empty list is refused.',
    refuses(PATCH, /"location_ids":\[\],"evse_uids":\[\]/),
  ),
  fault('terminals/null-crash', `${T}patch/6`, 'null for a list ends in a failure.', crashes(PATCH, /:null/)),
  fault(
    'terminals/patch-loses',
    `${T}patch/7`,
    'After an assignment the reference is gone.',
    afterwards(PATCH, ONE, (one) => data(one, (said) => set(said, '/reference', undefined))),
  ),
  fault(
    'terminals/date-stands',
    `${T}patch/8`,
    'last_updated stands still.',
    answers(READ, (one) => items(one, (said) => set(said, '/last_updated', AT))),
  ),
  fault(
    'terminals/no-date-crash',
    `${T}patch/9`,
    'A PATCH without last_updated ends in a failure.',
    crashes(PATCH, /^(?!.*last_updated)/),
  ),
  fault(
    'terminals/patch-unknown',
    `${T}patch/10`,
    'A PATCH of an unknown terminal is accepted.',
    nods(/^PATCH .*\/terminals\/NOT-THERE/),
  ),
  fault('terminals/place-crash', `${T}patch/11`, 'An unknown location ends in a failure.', crashes(PATCH, /NOT-THERE/)),
  fault('terminals/put-refused', `${T}put/1`, 'The PUT of a terminal is refused.', refuses(PUT)),
  fault(
    'terminals/put-invoice',
    `${T}put/2`,
    'Who makes the invoice is not kept.',
    hears(PUT, (one) => body(one, ({ invoice_creator: _c, invoice_base_url: _u, ...said }) => said)),
  ),
  fault(
    'terminals/put-customer',
    `${T}put/3`,
    'customer_reference is not kept.',
    hears(PUT, (one) => body(one, ({ customer_reference: _, ...said }) => said)),
  ),
  fault('terminals/put-other', `${T}put/4`, 'A PUT for another terminal is accepted.', nods(PUT, /ANOTHER/)),
  fault('terminals/activate-missing', 'payments.sender.activate/1', 'There is no activation.', missing(ACTIVATE)),
  fault(
    'terminals/activate-twice',
    'payments.sender.activate/2',
    'Activation makes a second terminal of a known one.',
    second,
  ),
  fault(
    'terminals/activate-unknown',
    'payments.sender.activate/3',
    'Whatever is activated, the answer is yes.',
    nods(ACTIVATE, /NOT-THERE/),
  ),
  fault(
    'terminals/deactivate-missing',
    'payments.sender.deactivate/1',
    'There is no deactivation.',
    refuses(DEACTIVATE),
  ),
  fault(
    'terminals/deactivate-hides',
    'payments.sender.deactivate/2',
    'A deactivated terminal cannot be read any more.',
    afterwards(/^POST .*\/(?!NOT-THERE)[^/]+\/deactivate$/, ONE, () => reply(404, { status_code: 2001 })),
  ),
  fault(
    'terminals/deactivate-unknown',
    'payments.sender.deactivate/3',
    'An unknown terminal is deactivated.',
    nods(/^POST .*\/NOT-THERE\/deactivate$/),
  ),
  fault(
    'terminals/deactivate-sells',
    'payments.sender.deactivate/4',
    'A deactivated terminal goes on selling.',
    nods(/^POST .*\/(?!NOT-THERE)[^/]+\/deactivate$/),
  ),
  fault(
    'terminals/unknown-found',
    'transport.unknown/2',
    'GET of an unknown terminal finds one.',
    invents(/^GET .*\/payments\/terminals\/NOT-THERE$/, { terminal_id: 'NOT-THERE', last_updated: AT }),
  ),
]
