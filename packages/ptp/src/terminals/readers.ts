/** Which of the provider's readers stands in which terminal. A reader serves one terminal. */
import type { Documents } from '@plugtill/engine/documents'
import { formatDateTime } from '@plugtill/ocpi/types'
import { Refusal } from '../refusal.ts'

export interface Readers {
  readonly of: (terminalId: string) => Promise<string | undefined>
  /** Undefined takes the reader away. */
  readonly set: (terminalId: string, reader: string | undefined) => Promise<void>
}

const SHELF = 'readers'

export function createReaders(documents: Documents, clock: { readonly now: () => number }): Readers {
  const assertFree = async (key: string, reader: string) => {
    const taken = (await documents.all(SHELF)).find((one) => one.body === reader && one.key !== key)
    if (taken)
      throw new Refusal(
        'reader-taken',
        `Reader ${reader} stands in terminal ${taken.key.toUpperCase()}. Take it away there first.`,
      )
  }
  return {
    of: async (terminalId) => (await documents.get(SHELF, terminalId.toLowerCase()))?.body,
    set: async (terminalId, reader) => {
      const key = terminalId.toLowerCase()
      if (reader === undefined) return void (await documents.delete(SHELF, key))
      const before = await documents.get(SHELF, key)
      await assertFree(key, reader)
      await documents.put(SHELF, key, reader, formatDateTime(clock.now()))
      // Two that write at the same moment both see the other now, and neither keeps it.
      await assertFree(key, reader).catch(async (taken: unknown) => {
        if (before) await documents.put(SHELF, key, before.body, before.lastUpdated)
        else await documents.delete(SHELF, key)
        throw taken
      })
    },
  }
}
