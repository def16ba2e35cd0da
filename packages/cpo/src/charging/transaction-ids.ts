import type { Store } from '@plugtill/engine/store'

/** Numbers for transactions that are never given twice, also not by another node or after a restart. (OCPP 1.6, 6.46) */
export function transactionIds(store: Store): () => Promise<number> {
  return async () => {
    const [row] = await store.query<{ value: string }>(
      `INSERT INTO setting (key, value) VALUES ($1, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(setting.value AS INTEGER) + 1 AS TEXT) RETURNING value`,
      ['ocpp-transaction'],
    )
    return Number(row?.value)
  }
}
