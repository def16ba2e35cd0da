/** The operator puts CDRs right and looks at invoices. */
import type { AdminTable } from '@plugtill/engine/admin'
import { parseDateTime } from '@plugtill/ocpi/types'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { get, notFound, post, told } from './admin-words.ts'
import type { Correction } from './corrections/correction.ts'
import type { FoundCdr } from './corrections/corrections.ts'

const Reason = Type.String({ minLength: 3, maxLength: 200 })
const CreditOrder = Type.Object({
  reason: Reason,
  by: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  replacement: Type.Optional(
    Type.Object({
      energy_kwh: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
      end_date_time: Type.Optional(Type.String({ minLength: 10, maxLength: 40 })),
      tariff_id: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
    }),
  ),
})

export function cdrRoutes({ corrections, invoices }: AdminParts): AdminTable {
  return [
    post(
      '/cdrs/:id/credit',
      'Take a CDR back by a credit CDR, with a corrected one in its place where `replacement` says what was wrong',
      ({ params, body }) =>
        told(async () => {
          const { reason, by, replacement } = body as Type.Static<typeof CreditOrder>
          const correction = await corrections.credit(params['id'] ?? '', {
            reason,
            ...(by === undefined ? {} : { by }),
            ...(replacement === undefined ? {} : { replacement: remedyOf(replacement) }),
          })
          return { status: 202, body: correctionRecord(correction) }
        }),
      { body: CreditOrder },
    ),
    get('/cdrs/:id', 'One CDR, and what takes it back or has its place', async ({ params }) => {
      const found = await corrections.find(params['id'] ?? '')
      return found === undefined ? notFound('CDR', params['id']) : { body: cdrRecord(found) }
    }),
    get(
      '/invoices/:reference',
      'The invoice of one payment as data, with what takes it back or its place',
      async ({ params }) => {
        const documents = await invoices.documents(params['reference'] ?? '')
        return documents.length === 0
          ? notFound('invoice', params['reference'])
          : { body: { reference: params['reference'], documents } }
      },
    ),
  ]
}

/** `correction` takes this CDR back; `made_by` wrote it. */
const cdrRecord = ({ cdr, correction, madeBy }: FoundCdr) => ({
  cdr,
  correction: correction === undefined ? null : correctionRecord(correction),
  made_by: madeBy === undefined ? null : correctionRecord(madeBy),
})

type Asked = NonNullable<Type.Static<typeof CreditOrder>['replacement']>

const remedyOf = ({ energy_kwh, end_date_time, tariff_id }: Asked) => ({
  ...(energy_kwh === undefined ? {} : { energyKwh: energy_kwh }),
  ...(end_date_time === undefined ? {} : { endedAt: parseDateTime(end_date_time) }),
  ...(tariff_id === undefined ? {} : { tariffId: tariff_id }),
})

/** Answers use the spelling of OCPI. */
export function correctionRecord({ id, state, cdrId, reason, by, at, replacement }: Correction) {
  return {
    credit_cdr_id: id,
    replacement_cdr_id: replacement?.id ?? null,
    cdr_id: cdrId,
    state,
    reason,
    by: by ?? null,
    at: new Date(at).toISOString(),
  }
}
