import type { Clock } from './clock.ts'
import type { Db } from './store.ts'

export type EntryKind = 'ocpi' | 'psp' | 'terminal' | 'note' | 'fault' | 'ocpp'

export interface Entry {
  readonly seq: number
  readonly at: number
  readonly reference: string
  readonly kind: EntryKind
  readonly body: Readonly<Record<string, unknown>>
}

/** What happened beside the state log: exchanges, faults, notes. Append-only. */
export interface Journal {
  readonly write: (reference: string, kind: EntryKind, body: object) => Promise<void>
  /** Oldest first; at most 10,000. */
  readonly of: (reference: string) => Promise<readonly Entry[]>
  /** Newest first. */
  readonly recent: (limit: number, options?: { readonly kinds?: readonly EntryKind[] }) => Promise<readonly Entry[]>
}

export function journal(_db: Db, _clock: Pick<Clock, 'now'>): Journal {
  throw new Error('journal: not wired yet')
}
