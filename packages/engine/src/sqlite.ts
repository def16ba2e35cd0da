import type { Store } from './store.ts'

/** `file` is a path or ':memory:'. Folders that are missing are made. */
export function openSqlite(_options: { readonly file: string }): Promise<Store> {
  throw new Error('sqlite: not wired yet')
}
