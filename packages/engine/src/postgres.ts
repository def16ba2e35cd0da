import type { Store } from './store.ts'

export interface PostgresOptions {
  readonly url: string
  /** One schema per platform; made when missing. */
  readonly schema: string
  readonly poolSize?: number
}

export function openPostgres(_options: PostgresOptions): Promise<Store> {
  throw new Error('postgres: not wired yet')
}
