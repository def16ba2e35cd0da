import { AsyncLocalStorage } from 'node:async_hooks'
import { Fault } from './fault.ts'

/**
 * Using the store inside its own transaction would wait for itself for ever (SQLite) or silently not be part of the
 * commit (PostgreSQL). One store, one guard: it knows the transaction that surrounds the caller.
 */
export interface TransactionGuard {
  readonly refuseInside: () => void
  readonly run: <T>(work: () => Promise<T>) => Promise<T>
}

export function transactionGuard(): TransactionGuard {
  const surrounding = new AsyncLocalStorage<{ open: boolean }>()
  let open = 0
  return {
    refuseInside() {
      // Most statements come while no transaction is open that could surround them.
      if (open === 0 || surrounding.getStore()?.open !== true) return
      throw new Fault('STORE_MISUSED', 'The store was used inside its own transaction. Use the tx that was handed in.')
    },
    async run(work) {
      const mark = { open: true }
      open++
      try {
        return await surrounding.run(mark, work)
      } finally {
        // What was started inside and lives on (a timer, a promise nobody awaited) is outside from now on.
        mark.open = false
        open--
      }
    },
  }
}
