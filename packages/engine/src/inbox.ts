import type { Clock } from './clock.ts'
import type { Db } from './store.ts'

/** A message that may come again: who sent it, under which name, with which content. */
export interface Delivery {
  readonly source: string
  readonly key: string
  readonly hash: string
}

export type Seen =
  | 'new'
  /** The same message again: give the remembered answer. */
  | { readonly same: true; readonly answer?: string }
  /** The same name with other content: a conflict, nothing may move. */
  | { readonly same: false }

/** Takes note of a delivery, in the caller's transaction: rolled back with it, so a failed one is new again. */
export async function once(db: Db, delivery: Delivery, clock: Pick<Clock, 'now'>): Promise<Seen> {
  const noted = await db.query(
    'INSERT INTO inbox (source, key, hash, at) VALUES ($1, $2, $3, $4) ON CONFLICT (source, key) DO NOTHING RETURNING at',
    [delivery.source, delivery.key, delivery.hash, clock.now()],
  )
  if (noted.length > 0) return 'new'
  const [before] = await db.query<{ hash: string; answer: string | null }>(
    'SELECT hash, answer FROM inbox WHERE source = $1 AND key = $2',
    [delivery.source, delivery.key],
  )
  if (before?.hash !== delivery.hash) return { same: false }
  return before.answer === null ? { same: true } : { same: true, answer: before.answer }
}

/** Keeps the answer that a repeat will get. */
export async function remember(db: Db, source: string, key: string, answer: string): Promise<void> {
  await db.query('UPDATE inbox SET answer = $3 WHERE source = $1 AND key = $2', [source, key, answer])
}
