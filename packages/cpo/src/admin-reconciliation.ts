/** Invoices between companies: the operator says which CDRs an invoice of his covers, and sees what partners say of theirs. */
import type { AdminTable } from '@plugtill/engine/admin'
import { parseDateTime } from '@plugtill/ocpi/types'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { get, post, told } from './admin-words.ts'
import type { Reconciliation } from './invoices/reconciliation.ts'
import { RECEIVED_RECONCILIATIONS } from './ocpi/reconciliation.ts'

const Moment = Type.String({ minLength: 10, maxLength: 40 })
const Ordered = Type.Object({
  partner: Type.String({ minLength: 3, maxLength: 40 }),
  invoice_id: Type.String({ minLength: 1, maxLength: 255 }),
  cdrs: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 39 }), { minItems: 1, maxItems: 100_000 })),
  from: Type.Optional(Moment),
  until: Type.Optional(Moment),
})

export function reconciliationRoutes({
  reconciliations,
  docs,
}: Pick<AdminParts, 'reconciliations' | 'docs'>): AdminTable {
  return [
    get('/reconciliations', 'Which CDRs the invoices between us and our partners cover', async () => ({
      body: {
        ours: (await reconciliations.list()).map(record),
        received: (await docs.all(RECEIVED_RECONCILIATIONS)).map(({ body }) => JSON.parse(body) as unknown),
      },
    })),
    post(
      '/reconciliations',
      'Say which CDRs an invoice to a partner covers: those named, or all of a period that no invoice covers yet',
      ({ body }) =>
        told(async () => {
          const { invoice_id, from, until, ...rest } = body as Type.Static<typeof Ordered>
          const written = await reconciliations.write({
            ...rest,
            invoiceId: invoice_id,
            ...(from === undefined ? {} : { from: parseDateTime(from) }),
            ...(until === undefined ? {} : { until: parseDateTime(until) }),
          })
          return { status: 201, body: record(written) }
        }),
      { body: Ordered },
    ),
    post('/reconciliations/:id/withdraw', 'Take back a record that was a mistake', ({ params }) =>
      told(async () => ({ body: record(await reconciliations.withdraw(params['id'] ?? '')) })),
    ),
  ]
}

const record = ({ owner, state, record: told }: Reconciliation) => ({ ...told, partner: owner.toUpperCase(), state })
