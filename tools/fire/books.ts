/** Reads the books for the audit from where each of them lies: a SQLite file, a process, PostgreSQL. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openPostgres } from '@plugtill/engine/postgres'
import type { Booked, CpoTruth, StoredEvent, StoredPayment } from './audit.ts'

export function readProvider(folder: string): readonly Booked[] {
  const file = new DatabaseSync(join(folder, 'ledger.db'), { readOnly: true })
  try {
    return file
      .prepare(
        'SELECT at, reference, operation, status, amount_minor AS "amountMinor", currency FROM ledger ORDER BY seq',
      )
      .all() as unknown as readonly Booked[]
  } finally {
    file.close()
  }
}

export const readCpo = async (url: string): Promise<CpoTruth> =>
  (await (await fetch(`${url}/fire/truth`)).json()) as CpoTruth

interface PaymentBody {
  readonly captured?: { readonly amountMinor: number }
  readonly advice?: { readonly id: string; readonly deliveredAt?: number }
}

export async function readPlatform(url: string): Promise<readonly StoredPayment[]> {
  const store = await openPostgres({ url, schema: 'plugtill_ptp' })
  try {
    // One statement is one moment: a word that comes while the books are read stands in both tables or in neither.
    const rows = await store.query<{ id: string; state: string; version: number; body: string; events: string }>(
      `SELECT id, state, version, body, (SELECT json_agg(json_build_object('seq', seq, 'at', at, 'type', type, 'from', from_state,
         'to', to_state, 'verdict', verdict, 'reason', reason) ORDER BY seq) FROM event v WHERE v.kind = e.kind AND v.id = e.id)::text AS events
       FROM entity e WHERE kind = 'payment'`,
    )
    return rows.map(({ id, state, version, body, events }) => {
      const { captured, advice } = JSON.parse(body) as PaymentBody
      return {
        reference: id,
        state,
        version,
        capturedMinor: captured?.amountMinor ?? 0,
        adviceId: advice?.id,
        events: JSON.parse(events) as readonly StoredEvent[],
      }
    })
  } finally {
    await store.close()
  }
}

/** How many payments still move, or have an advice that nobody took yet. */
export async function unfinished(url: string): Promise<number> {
  const store = await openPostgres({ url, schema: 'plugtill_ptp' })
  try {
    const [row] = await store.query<{ n: number }>(
      `SELECT count(*) AS n FROM entity e WHERE kind = 'payment' AND (state NOT IN ('captured', 'voided', 'declined', 'stuck')
         OR (body::json -> 'advice') IS NOT NULL AND (body::json -> 'advice' ->> 'deliveredAt') IS NULL)`,
    )
    return Number(row?.n ?? 0)
  } finally {
    await store.close()
  }
}
