/** Payments in the operator's API: lists, search, one with all that happened, what needs somebody. */
import type { AdminAnswer, AdminCall, AdminTable } from '@plugtill/engine/admin'
import { decide } from '@plugtill/engine/machine'
import { formatDateTime } from '@plugtill/ocpi/types'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { limitOf, notFound, row } from './admin-words.ts'
import { searchedWords } from './payment/amount-word.ts'
import { DECISIONS } from './payment/events.ts'
import type { Payment, PaymentState } from './payment/payment.ts'
import { paymentMachine } from './payment/states.ts'
import { paymentRecord } from './payment/view.ts'
import { receiptUrl } from './receipts/receipts.ts'
import { followTimeline, timelineOf } from './timeline.ts'

const Text = Type.Optional(Type.String({ maxLength: 200 }))
const Listing = Type.Object({ limit: Text, state: Text, q: Text, before: Text, since: Text, until: Text })

const unknown = (reference: string | undefined) =>
  notFound(`payment "${reference}"`, '"plugtill payments list" names them.')

/** One payment as the operator sees it, with everything that happened to it. */
export async function recordOf(parts: AdminParts, reference: string | undefined) {
  const payment = await parts.payments.find((reference ?? '').toLowerCase())
  if (!payment) return undefined
  const receipt_url = receiptUrl(parts, payment.id) ?? null
  return { ...paymentRecord(payment), receipt_url, timeline: await timelineOf(parts, payment.id) }
}

export function paymentRows(parts: AdminParts): AdminTable {
  return [
    row('GET', '/payments', {
      summary:
        'Payments, newest first. q: beginnings of ids, an amount, the last digits of a card; before: reference of the last one of the page before',
      query: Listing,
      run: (call) => listPayments(parts, call),
    }),
    row('GET', '/payments/summary', {
      summary: 'How many payments are in each state',
      run: async () => ({ body: { states: await parts.engine.counts('payment') } }),
    }),
    row('GET', '/payments/:reference', {
      summary: 'One payment with its timeline, and what an operator may decide about it now',
      run: async ({ params }) => {
        const found = await recordOf(parts, params['reference'])
        if (!found) return unknown(params['reference'])
        const payment = await parts.payments.find(found.reference)
        return { body: { ...found, decisions: payment ? decisionsFor(parts, payment) : [] } }
      },
    }),
    row('GET', '/payments/:reference/events', {
      summary: 'Timeline entries as they happen (server-sent events), until nothing is left to do',
      run: async ({ params, signal }) => {
        const payment = await parts.payments.find((params['reference'] ?? '').toLowerCase())
        if (!payment) return unknown(params['reference'])
        return { stream: dataOf(followTimeline(parts, payment.id, signal)) }
      },
    }),
    row('GET', '/attention', {
      summary: 'What waits for a person: stuck payments, and orders that were given up or fail again and again',
      run: async () => ({ body: await attention(parts) }),
    }),
    row('GET', '/psp/ledger', {
      summary: 'What the simulated provider has booked, independent of this platform',
      run: async () =>
        parts.pspLedger
          ? { body: await parts.pspLedger() }
          : notFound('ledger', 'Only the simulated provider shows its books.'),
    }),
  ]
}

async function listPayments({ payments }: AdminParts, call: AdminCall): Promise<AdminAnswer> {
  const { state, q = '', before, since, until } = call.query
  const [from, to] = [since, until].map((text) => (text === undefined ? undefined : Date.parse(text)))
  if (Number.isNaN(from) || Number.isNaN(to))
    return {
      status: 400,
      body: { error: 'invalid', message: 'since and until are times like 2030-01-31T12:00:00Z.' },
    }
  const words = searchedWords(q)
  const found = await payments.list({
    limit: limitOf(call),
    ...(state && { states: state.split(',') as PaymentState[] }),
    ...(words.length > 0 && { words }),
    ...(before && { before: before.toLowerCase() }),
    ...(from !== undefined && { since: from }),
    ...(to !== undefined && { until: to }),
  })
  return { body: found.map(paymentRecord) }
}

/** Asked of the table itself: whatever it would not refuse. */
function decisionsFor({ clock }: AdminParts, payment: Payment) {
  const asked = { type: 'operator-decided', by: '', reason: '', refundId: '', adviceId: '', at: clock.now() } as const
  return DECISIONS.filter((decision) => 'to' in decide(paymentMachine, payment, { ...asked, decision }).verdict)
}

const SHOWN = 20
const STUBBORN = 3

async function attention({ payments, engine }: AdminParts) {
  const stuck = await payments.list({ states: ['stuck'], limit: SHOWN })
  const parked = await engine.effects({ status: 'parked', limit: SHOWN })
  const failing = (await engine.effects({ status: 'pending', lanes: 'cpo:', limit: 500 })).filter(
    ({ attempts }) => attempts >= STUBBORN,
  )
  const order = ({ id, lane, name, attempts, lastError }: (typeof parked)[number]) => ({
    reference: id,
    lane,
    order: name,
    attempts,
    last_error: lastError ?? null,
  })
  return {
    stuck: stuck.map(({ id, createdAt, reason }) => ({
      reference: id,
      created_at: formatDateTime(createdAt),
      reason: reason ?? null,
    })),
    given_up: parked.map(order),
    failing: failing.slice(0, SHOWN).map(order),
  }
}

async function* dataOf<T>(entries: AsyncIterable<T>): AsyncGenerator<{ data: T }> {
  for await (const data of entries) yield { data }
}
