/**
 * How often something has failed, kept apart from the attempts: an attempt that ended with our own process, or that an outage has
 * used up, says nothing about the partner.
 */
import type { Documents } from '@plugtill/engine/documents'
import { formatDateTime } from '@plugtill/ocpi/types'

interface Counted {
  readonly shelf: string
  readonly key: string
  /** With this one it is enough. */
  readonly most: number
}

export interface CountParts {
  readonly documents: Documents
  readonly clock: { readonly now: () => number }
}

/** Counts one more; true when that was the last one that is allowed, and the count begins anew. */
export async function wasLast({ documents, clock }: CountParts, { shelf, key, most }: Counted): Promise<boolean> {
  const count = Number((await documents.get(shelf, key))?.body ?? 0) + 1
  if (count < most) await documents.put(shelf, key, String(count), formatDateTime(clock.now()))
  else await documents.delete(shelf, key)
  return count >= most
}
