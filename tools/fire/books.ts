/** Reads the books for the audit from where each of them lies: a SQLite file, a process, PostgreSQL. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openPostgres } from '@plugtill/engine/postgres'
import type { Booked, CpoTruth, StoredPayment } from './audit.ts'

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
    const rows = await store.query<{ id: string; state: string; version: number; body: string }>(
      `SELECT id, state, version, body FROM entity WHERE kind = 'payment'`,
    )
    const lines = await store.query<{ id: string; seq: number; from_state: string; to_state: string }>(
      `SELECT id, seq, from_state, to_state FROM event WHERE kind = 'payment' ORDER BY id, seq`,
    )
    const events = new Map<string, { seq: number; from: string; to: string }[]>()
    for (const { id, seq, from_state: from, to_state: to } of lines) {
      const known = events.get(id) ?? []
      known.push({ seq, from, to })
      events.set(id, known)
    }
    return rows.map(({ id, state, version, body }) => {
      const { captured, advice } = JSON.parse(body) as PaymentBody
      return {
        reference: id,
        state,
        version,
        capturedMinor: captured?.amountMinor ?? 0,
        adviceId: advice?.id,
        events: events.get(id) ?? [],
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
