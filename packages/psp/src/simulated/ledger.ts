/** The simulated provider's own books: append-only, apart from everything the platform stores. */
export interface LedgerEntry {
  readonly seq: number
  readonly at: number
  readonly reference: string
  readonly pspReference: string
  readonly operation: 'authorize' | 'increment' | 'reduce' | 'capture' | 'void' | 'refund' | 'expire'
  readonly status: 'approved' | 'declined' | 'done' | 'refused' | 'unavailable'
  readonly amount: { readonly amountMinor: number; readonly currency: string }
  readonly key: string
  /** What was asked, as JSON text. */
  readonly request: string
  /** What was answered, as JSON text. */
  readonly answer: string
}

export interface Ledger {
  append(entry: Omit<LedgerEntry, 'seq'>): LedgerEntry
  /** Entries after `afterSeq` (0 for all), in order. */
  entries(afterSeq?: number): readonly LedgerEntry[]
  /** Runs `work` with no other writer between its reads and its writes. */
  locked<T>(work: () => T): T
  close(): void
}

/** In memory, or in a SQLite file that several processes may share. */
export declare function openLedger(options?: { readonly file?: string }): Ledger
