/** Reconciliation in the operator's API: any period now, and the runs of each day. */
import type { AdminTable } from '@plugtill/engine/admin'
import { Type } from 'typebox'
import type { AdminParts } from './admin.ts'
import { limitOf, row } from './admin-words.ts'
import { RUNS } from './reconcile/daily.ts'
import { instantOf } from './reconcile/instant.ts'
import { type ReconcileParts, reconcile } from './reconcile/reconcile.ts'
import { reconciliationRecord } from './reconcile/view.ts'

const Text = Type.Optional(Type.String({ maxLength: 40 }))
const DAY_MS = 24 * 3_600_000

export type ReconciliationAdmin = Pick<AdminParts, 'documents' | 'clock'> & ReconcileParts

export function reconciliationRows(parts: ReconciliationAdmin): AdminTable {
  return [
    row('GET', '/reconciliation', {
      summary:
        'CDR, capture, advice, receipt and provider compared for the payments begun in a period (the last day when none is named); open holds by age',
      query: Type.Object({ from: Text, to: Text }),
      run: async ({ query }) => {
        const now = parts.clock.now()
        const to = instant(query['to'], now)
        const from = instant(query['from'], to - DAY_MS)
        if (Number.isNaN(from) || Number.isNaN(to) || from >= to)
          return {
            status: 400,
            body: {
              error: 'invalid',
              message: 'from and to are times like 2030-01-31T12:00:00Z or days like 2030-01-31, from before to.',
            },
          }
        return { body: reconciliationRecord(await reconcile(parts, { from, to })) }
      },
    }),
    row('GET', '/reconciliation/runs', {
      summary: 'The daily runs of this server, newest first',
      run: async (call) => ({
        body: (await parts.documents.all(RUNS))
          .map(({ key, body }) => ({ day: key, ...(JSON.parse(body) as object) }))
          .toSorted((a, b) => b.day.localeCompare(a.day))
          .slice(0, limitOf(call)),
      }),
    }),
  ]
}

const instant = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : instantOf(text)
