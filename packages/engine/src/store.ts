/**
 * Where promises are kept. Two databases behind one word: SQL that both understand, `$1` parameters, times as
 * integers, JSON as text. What differs stands in dialect.ts.
 */

export type SqlValue = string | number | null

export interface Db {
  readonly dialect: 'sqlite' | 'postgres' | 'memory'
  /** One statement. Rows of a SELECT or of a RETURNING clause. `$n` may be used more than once. */
  readonly query: <Row>(sql: string, params?: readonly SqlValue[]) => Promise<readonly Row[]>
}

/** An open transaction: what is written through it is seen by nobody else before the commit. */
export interface Tx extends Db {
  /** Runs after the commit, and never when the transaction is rolled back. */
  readonly afterCommit: (task: () => void) => void
}

export interface Store extends Db {
  /**
   * Commits when `work` resolves, rolls back when it rejects. Inside, use only `tx`: the store itself answers
   * STORE_MISUSED there, because it would wait for the very transaction that waits for it.
   */
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /** Throws that answer, for whoever asks this store later, out of reach of the transaction. */
  readonly refuseInside: () => void
  readonly close: () => Promise<void>
}

/** Several ask PostgreSQL at the same time, and may share a statement; within a transaction nobody else asks, and an embedded database answers at once. */
export const isShared = (db: Db): db is Store => db.dialect === 'postgres' && 'transaction' in db

/**
 * Waits for statements that were asked without waiting for each other, so that PostgreSQL got them in one go. All are over when
 * it returns; the first in their order that failed is the error.
 */
export async function together(asked: readonly Promise<unknown>[]): Promise<void> {
  const answers = await Promise.allSettled(asked)
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (failed) throw failed.reason
}
