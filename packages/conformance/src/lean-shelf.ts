/** Objects of one kind, by id, and the pages in which a partner reads them. */
import type { Page } from '@plugtill/ocpi/paging'
import type { ListAnswer } from '@plugtill/ocpi/server'
import { ciKey, parseDateTime } from '@plugtill/ocpi/types'

interface Dated {
  readonly last_updated?: string | null
}

export interface Shelf<T extends Dated> {
  readonly get: (...id: readonly string[]) => T | undefined
  readonly all: () => readonly T[]
  /** Keeps the object unless a newer one is there; says what it was. */
  readonly put: (object: T, ...id: readonly string[]) => 'created' | 'updated' | 'same'
  readonly remove: (...id: readonly string[]) => boolean
  readonly page: (page: Page) => Promise<ListAnswer>
}

export function createShelf<T extends Dated>(): Shelf<T> {
  const kept = new Map<string, T>()
  const at = ({ last_updated }: T) => (last_updated == null ? 0 : parseDateTime(last_updated))
  return {
    get: (...id) => kept.get(ciKey(...id)),
    all: () => [...kept.values()],
    put: (object, ...id) => {
      const before = kept.get(ciKey(...id))
      if (before !== undefined && (at(object) < at(before) || JSON.stringify(object) === JSON.stringify(before)))
        return 'same'
      kept.set(ciKey(...id), object)
      return before === undefined ? 'created' : 'updated'
    },
    remove: (...id) => kept.delete(ciKey(...id)),
    page: async ({ dateFrom, dateTo, offset, limit }) => {
      const from = dateFrom === undefined ? Number.NEGATIVE_INFINITY : parseDateTime(dateFrom)
      const to = dateTo === undefined ? Number.POSITIVE_INFINITY : parseDateTime(dateTo)
      const fitting = [...kept.values()].filter((one) => at(one) >= from && at(one) < to)
      return {
        total: fitting.length,
        items: fitting.slice(offset, offset + limit).map((one) => JSON.stringify(one)),
      }
    },
  }
}
