/** What an operator decides about payments, with the reason, and the trail that is kept of it. (T36) */
import type { AdminAnswer, AdminCall, AdminTable } from '@plugtill/engine/admin'
import { journal as journalOn } from '@plugtill/engine/journal'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { limitOf, notFound, row } from './admin-words.ts'
import { DECISIONS } from './payment/events.ts'
import { paymentRecord } from './payment/view.ts'
import { Refusal } from './refusal.ts'
import { timelineOf } from './timeline.ts'

const REASON_LENGTH = 3

const Resolve = Type.Object({
  decision: Type.Union(DECISIONS.map((decision) => Type.Literal(decision))),
  reason: Type.String({ minLength: REASON_LENGTH, maxLength: 500 }),
  by: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  /** Only for `refund`; all that is left when absent. */
  amount_minor: Type.Optional(Type.Integer({ minimum: 1 })),
  /** A UUID, new for each decision and the same when it is sent again. */
  decision_id: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F-]{32,36}$' })),
})

export function resolveRows(parts: AdminParts): AdminTable {
  return [
    row('POST', '/payments/:reference/resolve', {
      summary:
        'Decide about a payment that is stuck, or refund a captured one; the reason is kept. With the same decision_id it is decided once, however often it is sent',
      body: Resolve,
      run: async ({ params, body }) => {
        const reference = (params['reference'] ?? '').toLowerCase()
        const payment = await parts.payments.find(reference)
        if (payment?.id !== reference)
          return notFound(`payment "${params['reference']}"`, '"plugtill payments list" names them.')
        const decided = await resolve(parts, payment.id, body as Type.Static<typeof Resolve>)
        return { body: { ...paymentRecord(decided), timeline: await timelineOf(parts, payment.id) } }
      },
    }),
    row('GET', '/audit', {
      summary: 'What operators have decided, newest first',
      run: (call) => listDecisions(parts, call),
    }),
  ]
}

/** An older program wrote them among its notes. (F77) */
const OLDER = 1000

async function listDecisions({ journal }: AdminParts, call: AdminCall): Promise<AdminAnswer> {
  const limit = limitOf(call)
  const decided = await journal.recent(limit, { kinds: ['decision'] })
  const before = (await journal.recent(OLDER, { kinds: ['note'] })).filter(({ body }) => 'audit' in body)
  const newest = [...decided, ...before].toSorted((a, b) => b.seq - a.seq).slice(0, limit)
  return {
    body: newest.map(({ at, reference, body }) => ({
      ...body,
      at: new Date(at).toISOString(),
      reference: reference || null,
    })),
  }
}

/** The decision, its reason and what it moves are one commit. */
async function resolve({ payments, ids, clock }: AdminParts, reference: string, body: Type.Static<typeof Resolve>) {
  const { decision, amount_minor, decision_id } = body
  const [reason, by] = [body.reason.trim(), body.by?.trim() || 'operator']
  if (reason.length < REASON_LENGTH)
    throw new Refusal('no-reason', `A reason of ${REASON_LENGTH} letters at least is needed: it is kept.`)
  const found = await payments.find(reference)
  const currency = found?.captured?.currency ?? found?.asked.currency ?? ''
  const amount = amount_minor === undefined ? undefined : { amountMinor: amount_minor, currency }
  const { entity, verdict } = await payments.apply(
    reference,
    {
      type: 'operator-decided',
      decision,
      by,
      reason,
      ...(amount && { amount }),
      ...(decision_id !== undefined && { decisionId: decision_id.toLowerCase() }),
      refundId: ids(),
      adviceId: ids(),
      at: clock.now(),
    },
    {
      within: async (tx, _payment, told) => {
        // Decided before: the trail has it.
        if ('ignore' in told) return
        const refused = 'refuse' in told ? told.refuse : null
        const note = { audit: 'payments.resolve', decision, by, reason, amount_minor: amount_minor ?? null, refused }
        await journalOn(tx, clock).write(reference, 'decision', note)
      },
    },
  )
  if ('refuse' in verdict) throw new Refusal('not-decidable', verdict.refuse)
  return entity
}
