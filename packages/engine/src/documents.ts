import type { Clock } from './clock.ts'
import type { Db } from './store.ts'

export interface Doc {
  readonly key: string
  /** The stored text, byte for byte. */
  readonly body: string
  readonly lastUpdated: string
  /** Order of first arrival: pages stay stable while objects change. */
  readonly createdSeq: number
  /** Our own clock, milliseconds: when we last wrote it. */
  readonly updatedAt: number
}

export interface DocumentPage {
  readonly total: number
  readonly items: readonly Doc[]
}

export interface PageOf {
  readonly prefix?: string
  /** Inclusive, compared with `lastUpdated` as an instant. */
  readonly dateFrom?: string
  /** Exclusive. */
  readonly dateTo?: string
  readonly offset: number
  readonly limit: number
}

/** OCPI objects and anything else kept as JSON text. Keys start with the owning party; the caller lower-cases them. */
export interface Documents {
  readonly get: (shelf: string, key: string) => Promise<Doc | undefined>
  readonly put: (shelf: string, key: string, body: string, lastUpdated: string) => Promise<'created' | 'updated'>
  readonly delete: (shelf: string, key: string) => Promise<boolean>
  readonly page: (shelf: string, of: PageOf) => Promise<DocumentPage>
  /** In order of first arrival; at most 100,000. */
  readonly all: (shelf: string, of?: { readonly prefix?: string }) => Promise<readonly Doc[]>
}

export function documents(_db: Db, _clock: Pick<Clock, 'now'>): Documents {
  throw new Error('documents: not wired yet')
}
