import { DatabaseSync } from 'node:sqlite'
import type { Money } from '../psp.ts'

/** The simulated provider's own books: append-only, apart from everything the platform stores. */
export interface LedgerEntry {
  readonly seq: number
  readonly at: number
  readonly reference: string
  readonly pspReference: string
  readonly operation: 'authorize' | 'increment' | 'reduce' | 'capture' | 'void' | 'refund' | 'expire'
  /** `pending`: a capture that is accepted; a second entry of the same operation, asked for by nobody, decides it. */
  readonly status: 'approved' | 'declined' | 'done' | 'refused' | 'unavailable' | 'pending'
  readonly amount: Money
  /** Empty for what nobody asked for: an expiry, a later decision. */
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
export function openLedger(options: { readonly file?: string } = {}): Ledger {
  return options.file === undefined ? memoryLedger() : fileLedger(options.file)
}

function memoryLedger(): Ledger {
  const all: LedgerEntry[] = []
  return {
    append: (entry) => {
      const booked: LedgerEntry = Object.freeze({ ...entry, seq: all.length + 1 })
      all.push(booked)
      return booked
    },
    entries: (afterSeq = 0) => all.slice(afterSeq),
    locked: (work) => work(),
    close: () => {},
  }
}

interface Row {
  readonly seq: number
  readonly at: number
  readonly reference: string
  readonly psp_reference: string
  readonly operation: LedgerEntry['operation']
  readonly status: LedgerEntry['status']
  readonly amount_minor: number
  readonly currency: string
  readonly key: string
  readonly request: string
  readonly answer: string
}

// Triggers, so that even a mistake of ours cannot rewrite what the provider has booked.
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    reference TEXT NOT NULL,
    psp_reference TEXT NOT NULL,
    operation TEXT NOT NULL,
    status TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL
  );
  CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
`

function fileLedger(file: string): Ledger {
  const database = new DatabaseSync(file)
  database.exec(schema)
  const insert = database.prepare(
    `INSERT INTO ledger (at, reference, psp_reference, operation, status, amount_minor, currency, key, request, answer)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const select = database.prepare('SELECT * FROM ledger WHERE seq > ? ORDER BY seq')
  return {
    append: (e) => {
      const { amountMinor, currency } = e.amount
      const done = insert.run(
        e.at,
        e.reference,
        e.pspReference,
        e.operation,
        e.status,
        amountMinor,
        currency,
        e.key,
        e.request,
        e.answer,
      )
      return { ...e, seq: Number(done.lastInsertRowid) }
    },
    entries: (afterSeq = 0) => (select.all(afterSeq) as unknown as Row[]).map(entryOf),
    locked: (work) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    close: () => database.close(),
  }
}

function entryOf(row: Row): LedgerEntry {
  return {
    seq: row.seq,
    at: row.at,
    reference: row.reference,
    pspReference: row.psp_reference,
    operation: row.operation,
    status: row.status,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    key: row.key,
    request: row.request,
    answer: row.answer,
  }
}
