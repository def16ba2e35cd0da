import type { Db } from './store.ts'

/** Small facts that outlive the process: our own party, a cursor, a seed. Never a secret in plain. */
export interface Settings {
  readonly get: (key: string) => Promise<string | undefined>
  readonly put: (key: string, value: string) => Promise<void>
  readonly delete: (key: string) => Promise<void>
}

export function settings(db: Db): Settings {
  return {
    async get(key) {
      const [row] = await db.query<{ value: string }>('SELECT value FROM setting WHERE key = $1', [key])
      return row?.value
    },
    async put(key, value) {
      await db.query(
        'INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        [key, value],
      )
    },
    async delete(key) {
      await db.query('DELETE FROM setting WHERE key = $1', [key])
    },
  }
}
