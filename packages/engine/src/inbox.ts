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

/** Takes note of a delivery, in the caller's transaction. */
export function once(_db: Db, _delivery: Delivery, _clock: Pick<Clock, 'now'>): Promise<Seen> {
  throw new Error('inbox: not wired yet')
}

/** Keeps the answer that a repeat will get. */
export function remember(_db: Db, _source: string, _key: string, _answer: string): Promise<void> {
  throw new Error('inbox: not wired yet')
}
