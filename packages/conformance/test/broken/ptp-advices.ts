/** Faults of a PTP when it tells about money. */
import type { WireRequest } from '@plugtill/ocpi/wire'
import type { Defect, Json, Spoil } from './defect.ts'
import { answers, asks, believes, body, data, headers, items, placeOf, reply, set } from './defect.ts'
import { fault, invents, missing, refuses } from './ptp-words.ts'

const POST = /^POST .*\/receiver\/payments\/financial-advice-confirmations$/
const LIST = /^GET .*\/sender\/payments\/financial-advice-confirmations(\?|$)/
const ONE = /^GET .*\/sender\/payments\/financial-advice-confirmations\/(?!NOT-THERE)[^/]+$/

const telling = (change: (said: Json) => unknown): Spoil => asks(POST, (one) => body(one, change))
const costs = (said: Json) => said['total_costs'] as { before_taxes: number; taxes: readonly { amount: number }[] }
const isPost = (request: WireRequest) => POST.test(placeOf(request))

/** Sent again with something else in it. */
const retelling = (change: (said: Json) => unknown): Spoil => ({
  send: (send) => {
    const sent = new Set<string>()
    return (request, options) => {
      if (!isPost(request)) return send(request, options)
      const again = sent.has(request.body)
      sent.add(request.body)
      return send(again ? body(request, change) : request, options)
    }
  },
})

const twice: Spoil = {
  send: (send) => async (request, options) => {
    const response = await send(request, options)
    if (isPost(request) && response.status < 300) {
      const other = body(request, (said) => set(said, '/id', (old: unknown) => `2${String(old).slice(1)}`))
      await send(
        { ...other, headers: { ...other.headers, 'x-request-id': `${other.headers['x-request-id']}-2` } },
        options,
      )
    }
    return response
  },
}

/** What is sent first is never sent again. */
const once: Spoil = {
  send: (send) => {
    const sent = new Set<string>()
    return async (request, options) => {
      if (!isPost(request)) return send(request, options)
      if (sent.has(request.body)) return reply(200)
      sent.add(request.body)
      return send(request, options)
    }
  },
}

/** The money is taken when the session has ended, before the CDR. */
const early: Spoil = {
  send: (send) => (request, options) => {
    if (isPost(request)) pattern = request
    return send(request, options)
  },
  serve:
    (serve, { send }) =>
    async (request) => {
      const session = /^PUT .*\/receiver\/sessions\//.test(placeOf(request))
        ? (JSON.parse(request.body) as Json)
        : undefined
      if (session?.['status'] === 'COMPLETED' && pattern !== undefined) {
        const advice = {
          ...(JSON.parse(pattern.body) as Json),
          id: `E-${String(session['id']).slice(0, 30)}`,
          authorization_reference: session['authorization_reference'],
          total_costs: session['total_cost'],
        }
        await send(
          {
            ...pattern,
            body: JSON.stringify(advice),
            headers: { ...pattern.headers, 'x-request-id': `early-${String(session['id'])}` },
          },
          { timeoutMs: 1_000 },
        ).catch(() => undefined)
      }
      return serve(request)
    },
}
let pattern: WireRequest | undefined

const A = 'payments.sender.advice/'

export const ptpAdviceDefects: readonly Defect[] = [
  fault(
    'advices/never',
    `${A}1`,
    'No advice is sent.',
    believes(POST, () => reply(201)),
  ),
  fault(
    'advices/no-currency',
    `${A}2`,
    'The advice has no currency.',
    telling((said) => set(said, '/currency', undefined)),
  ),
  fault(
    'advices/no-id',
    `${A}2`,
    'The advice has an id of 40 characters.',
    telling((said) => set(said, '/id', (old: unknown) => `FAC-${String(old)}`)),
  ),
  fault(
    'advices/no-lines',
    `${A}3`,
    'eft_data is missing.',
    telling((said) => set(said, '/eft_data', undefined)),
  ),
  fault(
    'advices/lines-as-text',
    `${A}3`,
    'eft_data is one text.',
    telling((said) => set(said, '/eft_data', 'VISA **** 4242')),
  ),
  fault(
    'advices/total-as-number',
    `${A}4`,
    'total_costs is a number.',
    telling((said) => set(said, '/total_costs', 12.5)),
  ),
  fault(
    'advices/total-as-text',
    `${A}4`,
    'before_taxes is a text.',
    telling((said) => set(said, '/total_costs/before_taxes', (old: unknown) => String(old))),
  ),
  fault(
    'advices/other-code',
    `${A}5`,
    'capture_status_code is CAPTURED.',
    telling((said) => set(said, '/capture_status_code', 'CAPTURED')),
  ),
  fault(
    'advices/own-reference',
    `${A}6`,
    'authorization_reference is that of the bank.',
    telling((said) => set(said, '/authorization_reference', '04F2A1')),
  ),
  fault(
    'advices/net',
    `${A}7`,
    'The advice says the amount without taxes.',
    telling((said) => set(said, '/total_costs/taxes', [])),
  ),
  fault(
    'advices/cents',
    `${A}7`,
    'The advice says the amount in cents.',
    telling((said) => set(said, '/total_costs/before_taxes', (old: unknown) => Number(old) * 100)),
  ),
  fault(
    'advices/dollars',
    `${A}8`,
    'The advice is in another currency.',
    telling((said) => set(said, '/currency', 'USD')),
  ),
  fault(
    'advices/more',
    `${A}9`,
    'More is captured than the CDR asks for.',
    telling((said) => {
      set(said, '/total_costs/before_taxes', costs(said).before_taxes + 5)
      set(said, '/capture_status_code', 'PARTIAL_SUCCESS')
    }),
  ),
  fault(
    'advices/partial',
    `${A}10`,
    'PARTIAL_SUCCESS is said of the whole amount.',
    telling((said) => set(said, '/capture_status_code', 'PARTIAL_SUCCESS')),
  ),
  fault('advices/twice', `${A}11`, 'Two advices follow one CDR.', twice),
  fault(
    'advices/card-number',
    `${A}12`,
    'The whole card number stands in eft_data.',
    telling((said) => set(said, '/eft_data', ['VISA 4242424242424242'])),
  ),
  fault(
    'advices/card-number-spaced',
    `${A}12`,
    'The card number stands in eft_data, in groups.',
    telling((said) => set(said, '/eft_data', ['CARD 5555 5555 5555 4444'])),
  ),
  fault('advices/once', `${A}13`, 'An advice that was not taken is not sent again.', once),
  fault(
    'advices/new-id',
    `${A}13`,
    'An advice is sent again under another id.',
    retelling((said) => set(said, '/id', 'ANOTHER-ID-1')),
  ),
  fault(
    'advices/changed',
    `${A}14`,
    'An advice that is sent again has another last_updated.',
    retelling((said) => set(said, '/last_updated', '2030-07-02T12:00:00.000Z')),
  ),
  fault(
    'advices/for-nothing',
    `${A}15`,
    'Something is captured for a CDR of nothing.',
    telling((said) => {
      if (costs(said).before_taxes === 0) set(said, '/total_costs/before_taxes', 0.5)
    }),
  ),
  fault('advices/early', `${A}16`, 'Money is taken before the CDR.', early),
  fault('advices/list-refused', 'paging.list/1', 'Advices cannot be listed.', refuses(LIST)),
  fault(
    'advices/list-empty',
    'payments.sender.advices.list/2',
    'The list of advices is empty.',
    answers(LIST, (one) =>
      one.status === 200
        ? headers(
            data(one, () => []),
            { 'x-total-count': '0', link: undefined },
          )
        : one,
    ),
  ),
  fault(
    'advices/list-other',
    'payments.sender.advices.list/3',
    'The list says other amounts than were sent.',
    answers(LIST, (one) =>
      items(one, (said) => set(said, '/total_costs/before_taxes', (old: unknown) => Number(old) + 1)),
    ),
  ),
  fault('advices/get-missing', 'payments.sender.advices.get/1', 'Single advices cannot be read.', missing(ONE)),
  fault(
    'advices/unknown-found',
    'payments.sender.advices.get/2',
    'GET of an unknown advice finds one.',
    invents(/^GET .*\/financial-advice-confirmations\/NOT-THERE$/, {}),
  ),
]
