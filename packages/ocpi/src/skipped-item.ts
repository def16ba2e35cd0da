import { Fault } from './errors.ts'

/** An object in a partner's list that could not be read and was left out, as it is kept. */
export function skippedItem(skipped: {
  readonly peerId: string
  readonly module: string
  readonly endpoint: string
  readonly why: string
}): Fault {
  const { peerId, module, endpoint, why } = skipped
  return new Fault(
    'ITEM_SKIPPED',
    `Partner ${peerId} sent an object in the list ${endpoint} of ${module} that cannot be read: ${why} It was left out; tell the partner.`,
  )
}
